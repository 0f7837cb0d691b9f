"""Reports packed by columns: whatever goes in comes out, and what stands still costs nothing."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkbus.history.packing import Columns, PackingError, pack, unpack
from jkbus.protocol import Status
from jkbus.simulator import VirtualPack
from material import reports
from remembering import status

TIMES = st.integers(-(2**50), 2**50)


@st.composite
def pieces(draw: st.DrawFn) -> tuple[list[int], list[bytes]]:
    size = draw(st.integers(1, 40))
    records = draw(st.lists(st.binary(min_size=size, max_size=size), max_size=30))
    times = draw(st.lists(TIMES, min_size=len(records), max_size=len(records)))
    return times, records


@given(pieces())
def test_what_was_packed_comes_out_sorted_by_time(piece: tuple[list[int], list[bytes]]) -> None:
    times, records = piece
    order = sorted(range(len(times)), key=times.__getitem__)
    assert unpack(pack(times, records)) == ([times[i] for i in order], [records[i] for i in order])


@given(pieces(), TIMES)
def test_a_blob_may_be_moved_in_time(piece: tuple[list[int], list[bytes]], zero: int) -> None:
    blob = Columns.of(*piece).packed(zero)
    assert list(Columns.unpacked(blob, zero + 5).times) == [at + 5 for at in sorted(piece[0])]


@given(st.lists(st.binary(min_size=12, max_size=12), max_size=20), st.integers(0, 8))
def test_a_number_is_read_out_of_its_own_columns(records: list[bytes], offset: int) -> None:
    columns = Columns.unpacked(pack(range(len(records)), records))
    expected = [int.from_bytes(record[offset : offset + 4], "little") for record in records]
    assert list(columns.numbers(offset, "I")) == expected
    assert columns.constant(offset, 4) == (len(set(expected)) <= 1)
    assert columns.first().records == records[:1]


@given(pieces(), st.data())
def test_a_damaged_blob_is_an_error_and_never_wrong_reports(
    piece: tuple[list[int], list[bytes]], data: st.DataObject
) -> None:
    blob = bytearray(pack(*piece))
    place = data.draw(st.integers(7, len(blob) - 1))
    blob[place] ^= data.draw(st.integers(1, 255))
    try:
        found = unpack(bytes(blob))
    except PackingError:
        return
    assert found == unpack(pack(*piece))  # a bit of deflate that says nothing


@given(st.binary(max_size=60))
def test_any_bytes_at_all_are_a_piece_or_an_error(blob: bytes) -> None:
    try:
        unpack(blob)
    except PackingError as error:
        assert "gap" in str(error)


def test_a_torn_blob_is_an_error() -> None:
    blob = pack(range(100), [status()] * 100)
    for length in range(len(blob)):
        with pytest.raises(PackingError):
            unpack(blob[:length])


def test_a_blob_of_a_later_version_is_an_error() -> None:
    with pytest.raises(PackingError, match="version 200"):
        unpack(b"\xc8" + pack([1], [b"abc"])[1:])


def test_records_of_different_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="one size"):
        pack([1, 2], [b"a", b"bc"])
    with pytest.raises(ValueError, match="time for each"):
        pack([1], [b"a", b"b"])


def test_a_value_that_stands_still_costs_next_to_nothing() -> None:
    blob = pack([second * 1000 for second in range(3600)], [status()] * 3600)
    assert len(blob) / 3600 < 0.5  # bytes a report of 300


def test_a_living_pack_takes_a_tenth_of_its_reports_at_most() -> None:
    virtual, told = VirtualPack(1, seed=4), []
    for second in range(1200):
        virtual.step(30.0 + second % 7, 22.0, 1.0)
        told.append(virtual.frame(Status.type).sealed())
    assert len(pack([second * 1000 for second in range(1200)], told)) / 1200 < 30


def test_real_reports_come_out_byte_for_byte() -> None:
    told = [data for _, data in reports()]
    assert unpack(pack(range(len(told)), told))[1] == told


def test_a_blob_is_what_the_documentation_says() -> None:
    blob = pack([1000, 1250], [b"ab", b"ac"])
    assert blob[:7] == bytes([1, 2, 0, 0, 0, 2, 0])
    times = bytes([0xE8, 0xFA, 0x03, 0x00]) + bytes(12)
    assert zlib.decompress(blob[7:]) == times + b"aa" + b"bc"
