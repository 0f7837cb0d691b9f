"""The rows against tables written independently of them."""

from decimal import Decimal

import pytest

from jkbus.protocol import REPORTS
from jkbus.protocol.fields import Bit, CellVoltages, Field, Flags, Opaque, Probe, Text
from jkbus.protocol.frames import Frame
from material import table

CODES = {"u8": "B", "i8": "b", "u16": "H", "i16": "h", "u32": "I", "i32": "i", "f32": "f"}
WORDS = {"1": "B", "2": "H", "4": "I"}
KINDS = {"ascii": Text, "bytes": Opaque, "bitmask": Flags, "bit": Bit}
BLOCKS = {"0x1000": 1, "0x1200": 2, "0x1400": 3}

FIELDS = table("frames")
REGISTERS = [line for line in table("registers") if line["block"] in BLOCKS]


def frame_of(line: dict[str, str]) -> type[Frame]:
    return Frame if line["frame"] == "all" else REPORTS[int(line["frame"])]


def row_of(line: dict[str, str]) -> Field:
    return frame_of(line).row(line["name"])


def struct_code(line: dict[str, str]) -> str:
    if line["type"] in ("ascii", "bytes"):
        return f"{line['size']}s"
    if line["type"] in ("bit", "bitmask"):
        return WORDS[line["size"]]
    return line["count"] + CODES[line["type"]]


each_field = pytest.mark.parametrize(
    "line", FIELDS, ids=[f"{line['frame']}-{line['name']}" for line in FIELDS]
)


@each_field
def test_a_row_lies_where_the_table_says(line: dict[str, str]) -> None:
    row = row_of(line)
    assert row.name == line["name"]
    assert row.offset == int(line["offset"])
    assert row.code == struct_code(line)
    assert row.size == int(line["size"])
    assert row.count == int(line["count"] or 1)
    assert row.width * row.count == row.size
    assert row.bit == int(line["bit"] or -1)
    assert isinstance(row, KINDS.get(line["type"], Field))


@each_field
def test_a_row_means_what_the_table_says(line: dict[str, str]) -> None:
    row = row_of(line)
    assert row.per * Decimal(line["scale"] or 1) == 1
    assert row.unit == line["unit"]
    assert row.secret == ("secret" in line["notes"])
    assert (line["absent_value"] == "-2000") == isinstance(row, Probe)
    assert (line["absent_value"] == "0") == isinstance(row, CellVoltages)


@pytest.mark.parametrize("frame", REPORTS.values())
def test_a_report_has_the_rows_of_the_table_and_no_other(frame: type[Frame]) -> None:
    expected = {line["name"] for line in FIELDS if line["frame"] in ("all", f"{frame.type:02}")}
    assert {row.name for row in frame.rows()} == expected
    assert len(frame.rows()) == len(expected)


@pytest.mark.parametrize("frame", REPORTS.values())
def test_every_byte_of_a_report_belongs_to_one_row(frame: type[Frame]) -> None:
    covered = [
        byte
        for row in frame.rows()
        if not isinstance(row, Bit)
        for byte in range(row.offset, row.offset + row.size)
    ]
    assert covered == list(range(300))


@pytest.mark.parametrize("frame", REPORTS.values())
def test_rows_come_in_the_order_of_the_bytes_and_bits_behind_their_word(frame: type[Frame]) -> None:
    places = [(row.offset, row.bit) for row in frame.rows()]
    assert places == sorted(places)
    assert list(frame.blank().values()) == [row.name for row in frame.rows()]


@pytest.mark.parametrize("line", REGISTERS, ids=[line["name"] for line in REGISTERS])
def test_a_row_knows_its_register(line: dict[str, str]) -> None:
    frame = REPORTS[BLOCKS[line["block"]]]
    row = frame.row(line["name"])
    assert frame.type == int(line["frame"])
    assert row.address == int(line["address"], 16) == frame.block + int(line["byte_offset"], 16)
    assert row.register == int(line["modbus_register"], 16)
    assert row.address & 1 == ("low" in line["byte_in_register"])
    assert (row.width == 1) == (line["byte_in_register"] in ("high", "low"))


def test_every_row_of_a_payload_has_a_register() -> None:
    payload = {(line["frame"], line["name"]) for line in FIELDS if line["frame"] != "all"}
    assert {(line["frame"], line["name"]) for line in REGISTERS} == payload


def test_what_every_report_begins_and_ends_with_has_no_register() -> None:
    for frame in REPORTS.values():
        outside = [row.name for row in frame.rows() if row.address is None]
        assert outside == ["preamble", "frame_type", "frame_counter", "checksum"]
        assert all(frame.row(name).register is None for name in outside)
