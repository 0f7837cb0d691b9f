"""Rows in both directions: bytes to value, value to bytes."""

import math
import struct
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jkbus.protocol import REPORTS, About, Settings, Status
from jkbus.protocol.fields import (
    Bit,
    Count,
    Field,
    Flags,
    Float,
    Probe,
    Text,
)
from jkbus.protocol.frames import Frame

LIMITS = {"B": (0, 255), "b": (-128, 127), "H": (0, 65535), "h": (-32768, 32767)}
LIMITS |= {"I": (0, 2**32 - 1), "i": (-(2**31), 2**31 - 1)}

ROWS = [(frame, row) for frame in REPORTS.values() for row in frame.rows()]
NUMBERS = [(frame, row) for frame, row in ROWS if row.code[-1] in LIMITS and not isinstance(row, Bit)]
PAYLOAD = st.binary(min_size=293, max_size=293)

each_report = pytest.mark.parametrize("frame", REPORTS.values())
each_number = pytest.mark.parametrize("frame, row", NUMBERS, ids=[row.name for _, row in NUMBERS])


def report(frame: type[Frame], payload: bytes) -> Frame:
    blank = frame.blank()
    return frame(bytes(blank.data[:6]) + payload + b"\0")


def listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def lossy(frame: Frame, row: Field) -> bool:
    """Whether the bytes of the row hold more than its value says."""
    if isinstance(row, Text):
        return True
    return isinstance(row, Probe | Float) and getattr(frame, row.name) is None


@each_report
@given(payload=PAYLOAD)
@example(payload=bytes(293))
@example(payload=b"\xff" * 293)
def test_any_report_comes_back_from_its_values(frame: type[Frame], payload: bytes) -> None:
    source = report(frame, payload)
    copy = frame(bytearray(300))
    for row in frame.rows():
        setattr(copy, row.name, getattr(source, row.name))
    assert copy.values() == source.values()
    for row in frame.rows():
        if not lossy(source, row):
            place = slice(row.offset, row.offset + row.size)
            assert copy.data[place] == source.data[place]


@each_report
@given(payload=PAYLOAD)
def test_an_attribute_says_what_the_whole_decode_says(frame: type[Frame], payload: bytes) -> None:
    source = report(frame, payload)
    assert {row.name: listed(getattr(source, row.name)) for row in frame.rows()} == source.values()


@each_report
@given(payload=PAYLOAD)
def test_registers_and_back_is_the_same_report(frame: type[Frame], payload: bytes) -> None:
    source = report(frame, payload)
    assert bytes(frame.from_registers(source.registers()).data) == source.data
    assert frame.from_registers(payload).registers() == payload


@each_report
@given(payload=PAYLOAD)
def test_a_register_has_its_high_byte_first(frame: type[Frame], payload: bytes) -> None:
    registers = report(frame, payload).registers()
    for row in frame.rows():
        if row.address is None:
            continue
        there = registers[row.address - frame.block :][: row.size]
        here = payload[row.offset - 6 :][: row.size]
        code = row.code.replace("f", "I")  # not every bit pattern is a number
        assert struct.unpack(">" + code, there) == struct.unpack("<" + code, here)


def of_kind(row: Field, values: list[float]) -> Any:
    """Numbers in the shape that the row wants: whole ones, one of them, or as many as it has places."""
    if isinstance(row, Count):
        return int(values[0])
    return tuple(values) if row.count > 1 else values[0]


@each_number
@settings(max_examples=10)
@given(data=st.data())
def test_a_value_is_kept_to_half_a_step(frame: type[Frame], row: Field, data: st.DataObject) -> None:
    low, high = (limit / row.per for limit in LIMITS[row.code[-1]])
    one = st.integers(int(low), int(high)) if isinstance(row, Count) else st.floats(low, high)
    values = data.draw(st.lists(one, min_size=row.count, max_size=row.count))
    written = frame.blank()
    if isinstance(written, Status):
        written.temperature_sensor_present, written.cell_present_mask = 0xFF, 0xFFFFFFFF
    setattr(written, row.name, of_kind(row, values))
    got = listed(getattr(written, row.name))
    for wanted, value in zip(values, got if isinstance(got, list) else [got], strict=True):
        if value is None:
            assert isinstance(row, Probe) and round(10 * wanted) == Probe.ABSENT
        else:
            assert abs(value - wanted) <= (0.5 + 1e-6) / row.per


@each_number
def test_a_value_out_of_range_is_told_by_the_name_of_its_row(frame: type[Frame], row: Field) -> None:
    low, high = LIMITS[row.code[-1]]
    before = frame.blank()
    for raw in (low - 1, high + 1, 10**12):
        values = [0.0] * row.count
        values[-1] = raw / row.per
        written = frame.blank()
        with pytest.raises(ValueError, match=f"^{row.name}: .* is not within "):
            setattr(written, row.name, of_kind(row, values if row.count > 1 else [raw / row.per]))
        assert written.data == before.data


SCALED = [(frame, row) for frame, row in NUMBERS if row.count == 1 and not isinstance(row, Count)]


@pytest.mark.parametrize("frame, row", SCALED, ids=[row.name for _, row in SCALED])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_refused(frame: type[Frame], row: Field, value: float) -> None:
    with pytest.raises(ValueError, match=f"^{row.name}: "):
        setattr(frame.blank(), row.name, value)


def test_the_range_is_told_in_the_unit_of_the_row() -> None:
    with pytest.raises(ValueError) as error:
        Status.blank().battery_temperature_1 = 5000.0
    assert str(error.value) == "battery_temperature_1: 5000 is not within -3276.8 to 3276.7 °C"
    with pytest.raises(ValueError) as error:
        Status.blank().charge_stage = 256
    assert str(error.value) == "charge_stage: 256 is not within 0 to 255"


BITS = [(frame, row) for frame, row in ROWS if isinstance(row, Bit)]


@pytest.mark.parametrize("frame, row", BITS, ids=[row.name for _, row in BITS])
@settings(max_examples=10)
@given(payload=PAYLOAD, value=st.booleans())
def test_a_bit_keeps_its_neighbours(frame: type[Frame], row: Field, payload: bytes, value: bool) -> None:
    written = frame(bytearray(report(frame, payload).data))
    (word,) = (w for w in frame.rows() if isinstance(w, Flags) and w.offset == row.offset)
    before = getattr(written, word.name)
    setattr(written, row.name, value)
    assert getattr(written, row.name) is value
    assert getattr(written, word.name) & ~(1 << row.bit) == before & ~(1 << row.bit)
    changed = {place for place in range(293) if written.data[6 + place] != payload[place]}
    assert changed <= {row.offset - 6 + row.bit // 8}


def test_every_known_bit_of_a_word_is_a_row_of_its_own() -> None:
    for frame, bit in BITS:
        assert any(isinstance(row, Flags) and row.offset == bit.offset for row in frame.rows())
    assert len({(frame, row.offset, row.bit) for frame, row in BITS}) == len(BITS)


def test_a_cell_at_zero_volts_is_still_a_cell() -> None:
    status = Status.blank()
    status.cell_voltage = (3.3, 0.0, 3.3, 3.3)
    status.cell_present_mask = 0b1111
    assert status.cell_voltage == (3.3, 0.0, 3.3, 3.3, *[None] * 28)
    assert status.values()["cell_voltage"] == list(status.cell_voltage)


def test_a_cell_that_the_mask_forgot_is_still_a_cell() -> None:
    status = Status.blank()
    status.cell_voltage = (3.3, None, 3.3)
    assert status.cell_voltage == (3.3, None, 3.3, *[None] * 29)
    status.cell_present_mask = 0b10
    assert status.cell_voltage == (3.3, 0.0, 3.3, *[None] * 29)


PROBES = [row for row in Status.rows() if isinstance(row, Probe)]


@pytest.mark.parametrize("row", PROBES, ids=[row.name for row in PROBES])
def test_a_probe_is_absent_when_its_value_or_its_bit_says_so(row: Probe) -> None:
    status = Status.blank()
    status.temperature_sensor_present = 0xFF
    setattr(status, row.name, -19.9)
    assert getattr(status, row.name) == status.values()[row.name] == -19.9
    setattr(status, row.name, None)
    assert getattr(status, row.name) is status.values()[row.name] is None
    assert struct.unpack_from("<h", status.data, row.offset) == (-2000,)
    setattr(status, row.name, 21.5)
    status.temperature_sensor_present = 0xFF & ~row.present
    assert getattr(status, row.name) is status.values()[row.name] is None
    present = row.name.replace("battery_temperature", "battery_temperature_sensor") + "_present"
    setattr(status, present if row.present > 1 else "mosfet_temperature_sensor_present", True)
    assert getattr(status, row.name) == 21.5


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_float_that_is_no_number_is_none(value: float) -> None:
    status = Status.blank()
    struct.pack_into("<f", status.data, 226, value)
    assert status.battery_voltage_correction is status.values()["battery_voltage_correction"] is None
    status.battery_voltage_correction = 2.5
    assert status.battery_voltage_correction == 2.5
    with pytest.raises(ValueError, match="battery_voltage_correction"):
        status.battery_voltage_correction = 1e39


@pytest.mark.parametrize("row", [r for _, r in ROWS if isinstance(r, Text)], ids=lambda row: str(row.name))
@given(data=st.data())
def test_a_text_comes_back_and_clears_what_was_behind_it(row: Text, data: st.DataObject) -> None:
    letters = st.characters(min_codepoint=32, max_codepoint=126)
    text = data.draw(st.text(letters, max_size=row.size))
    about = About.from_registers(b"x" * 293)
    setattr(about, row.name, text)
    assert getattr(about, row.name) == about.values()[row.name] == text
    assert about.data[row.offset : row.offset + row.size] == text.encode().ljust(row.size, b"\0")
    with pytest.raises(ValueError, match=row.name):
        setattr(about, row.name, "x" * (row.size + 1))


def test_a_text_shows_nothing_that_could_harm_a_terminal() -> None:
    about = About.blank()
    assert isinstance(about.data, bytearray)
    about.data[46:62] = "\x1b[2Jä\n\x7f".encode().ljust(16, b"\0")
    assert about.device_name == "?[2J????"


def test_only_passwords_are_secret() -> None:
    assert [row.name for _, row in ROWS if row.secret] == ["device_password", "setup_password"]


def test_lists_of_a_wrong_length_are_refused() -> None:
    with pytest.raises(ValueError, match="cell_voltage: 33 values where 32 are expected"):
        Status.blank().cell_voltage = (3.3,) * 33
    with pytest.raises(ValueError, match="cell_wire_resistance: 33 values"):
        Status.blank().cell_wire_resistance = (0.1,) * 33
    with pytest.raises(ValueError, match="settings_support_flags: 8 bytes where 9 are expected"):
        Settings.blank().settings_support_flags = bytes(8)
    for length in (0, 299, 301):
        with pytest.raises(ValueError, match=f"a report has 300 bytes, not {length}"):
            Status(bytes(length))
    for length in (0, 292, 294):
        with pytest.raises(ValueError, match=f"a block has 293 bytes, not {length}"):
            Status.from_registers(bytes(length))


@each_report
def test_a_sealed_report_keeps_the_writable_one_as_it_was(frame: type[Frame]) -> None:
    blank = frame.blank()
    sealed = blank.sealed()
    assert (len(sealed), sealed[:5]) == (300, b"\x55\xaa\xeb\x90" + bytes([frame.type]))
    assert sealed[299] == sum(sealed[:299]) & 0xFF
    assert blank.data[299] == 0
    assert frame(sealed).sealed() == sealed
