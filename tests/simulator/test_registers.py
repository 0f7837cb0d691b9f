"""The register map of a virtual pack: all of it reads, every setting writes, and the quirks are there."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkbus.protocol.checksum import crc16
from jkbus.protocol.messages import REPORTS, command, read, write16, write32
from jkbus.simulator import VirtualPack
from laboratory import accepts, live, read_register, status
from material import table

REGISTERS = [row for row in table("registers") if row["type"] != "bit"]
READABLE = [row for row in REGISTERS if row["block"] != "0x1600"]
WRITES = [row for row in table("writes") if row["example_frame"]]
COMMANDS = 0x1600
TIMES = 0x1504
ADDRESS_REFUSED, VALUE_REFUSED = command(b"\x01\x90\x02"), command(b"\x01\x90\x03")


def frames(text: str) -> list[bytes]:
    return [bytes.fromhex(part) for part in text.split("/")]


def wished(row: dict[str, str]) -> list[float]:
    """The values that a row of writes.csv says its examples carry."""
    text = row["example_value"]
    if text == "on / off":
        return [1, 0]
    return [int(text.split()[-1], 16)] if text.startswith("toggle") else [float(text)]


@pytest.mark.parametrize("row", WRITES, ids=lambda row: f"{row['register']} {row['name']}")
def test_every_documented_write_is_taken_and_read_back(row: dict[str, str]) -> None:
    pack = VirtualPack(1, firmware="14.20")
    for frame in frames(row["example_frame"]):
        register = frame[2] << 8 | frame[3]
        assert accepts(pack, frame)
        if register >= COMMANDS:
            assert pack.commands == [(register, frame[7:-2])]
        else:
            assert read_register(pack, register, frame[5]) == frame[7:-2]
        if register < TIMES:
            name = "settings_switches" if row["register"] == "0x1114" else row["name"]
            assert getattr(pack.settings, name) == wished(row)[frames(row["example_frame"]).index(frame)]


def test_both_hold_times_are_written_together() -> None:
    pack = VirtualPack(1)
    assert accepts(pack, write16(1, 0x1504, 0x0A50))
    assert (pack.about.requested_charge_voltage_time, pack.about.requested_float_voltage_time) == (1.0, 8.0)


@pytest.mark.parametrize("row", READABLE, ids=lambda row: f"{row['address']} {row['name']}")
@pytest.mark.parametrize("firmware", ["14.20", "19.27"])
def test_every_register_reads_as_the_report_has_it(row: dict[str, str], firmware: str) -> None:
    pack = VirtualPack(1, firmware=firmware)
    frame = pack.frame(int(row["frame"]))
    field = REPORTS[int(row["frame"])].row(row["name"])
    register, count = int(row["modbus_register"], 16), int(row["register_count"])
    given_bytes = read_register(pack, register, count)
    skip = 0 if row["byte_in_register"] in ("both", "high", "both, last in high byte") else 1
    begin = skip if skip < len(given_bytes) else 0
    payload = given_bytes[begin : begin + field.size]
    wire = bytes(frame.data[field.offset : field.offset + field.size])
    if field.code[-1] == "s":
        assert payload == wire
    else:
        assert struct.unpack(f">{field.code}", payload) == struct.unpack(f"<{field.code}", wire)


WRITABLE_WORDS = [
    row
    for row in READABLE
    if row["access"].startswith("RW") and row["type"] in ("u32", "i32") and row["count"] == ""
]


@pytest.mark.parametrize("row", WRITABLE_WORDS, ids=lambda row: row["name"])
def test_every_number_that_can_be_written_keeps_what_was_written(row: dict[str, str]) -> None:
    pack = VirtualPack(1)
    register = int(row["modbus_register"], 16)
    before = int.from_bytes(read_register(pack, register, 2), "big")
    small = row["name"].endswith("_protection") or row["name"].endswith("_release")
    for value in (before + 1, before, before - 1 if small else before + 5):
        if accepts(pack, write32(1, register, value)):
            assert int.from_bytes(read_register(pack, register, 2), "big") == value & 0xFFFFFFFF
        else:
            pytest.fail(f"refused {value}")


@pytest.mark.parametrize(
    "row", [row for row in READABLE if row["access"] == "R"], ids=lambda row: row["name"]
)
def test_what_is_only_measured_cannot_be_written(row: dict[str, str]) -> None:
    pack = VirtualPack(1)
    register, first = int(row["modbus_register"], 16), int(row["address"], 16) & 1
    own = slice(first, min(2, first + int(row["size_bytes"])))
    before = read_register(pack, register, 1)[own]
    pack.hear(write16(1, register, 0xA5A5))
    assert read_register(pack, register, 1)[own] == before


def test_a_write_to_a_measured_value_is_refused() -> None:
    pack = VirtualPack(1)
    for register in (0x1200, 0x1290, 0x1400, 0x1410):
        assert pack.hear(write16(1, register, 1)) == ADDRESS_REFUSED


def test_a_byte_beside_a_read_only_byte_can_be_written_and_the_other_stays() -> None:
    pack = VirtualPack(1)
    flags = pack.settings.settings_support_flags
    assert accepts(pack, write16(1, 0x1118, 48 << 8 | 0x55))
    assert pack.settings.smart_sleep_delay == 48
    assert pack.settings.settings_support_flags == flags


def test_reading_keeps_the_rules_of_the_boards() -> None:
    pack = VirtualPack(1)
    refused = command(b"\x01\x83\x02")
    assert len(read_register(pack, 0x1000, 122)) == 244
    for register, count in (
        (0x1000, 123),
        (0x1000, 124),
        (0x1001, 2),
        (0x1000, 0),
        (0x1124, 2),
        (0x1200, 200),
    ):
        assert pack.hear(read(1, register, count)) == refused
    for register in (0x0000, 0x0FFE, 0x1126, 0x13FE, 0x1526, 0x1600, 0x1620, 0xFFFE):
        assert pack.hear(read(1, register, 1)) == refused
    assert len(read_register(pack, 0x1124, 1)) == 2
    assert read_register(pack, 0x1114, 1) == b"\x33\x00"


def test_what_is_not_for_the_pack_or_damaged_gets_no_answer() -> None:
    pack = VirtualPack(1)
    good = read(1, 0x1200, 10)
    assert pack.hear(read(2, 0x1200, 10)) == b""
    assert pack.hear(good[:-1] + bytes([good[-1] ^ 1])) == b""
    assert pack.hear(good[:-1]) == b""
    assert pack.hear(b"") == b""


def test_other_functions_are_refused() -> None:
    pack = VirtualPack(1)
    assert pack.hear(command(bytes.fromhex("010610780001"))) == command(b"\x01\x86\x01")
    assert pack.hear(command(bytes.fromhex("010412000002"))) == command(b"\x01\x84\x01")


@pytest.mark.parametrize("firmware", ["14.20", "15.41"])
def test_cold_discharge_cannot_be_set_before_v19(firmware: str) -> None:
    pack = VirtualPack(1, firmware=firmware)
    assert pack.hear(write16(1, 0x1122, 0x0000)) == ADDRESS_REFUSED
    new = VirtualPack(1, firmware="19.27")
    assert accepts(new, write16(1, 0x1122, 0xF6FB))
    assert new.settings.discharge_undertemperature_protection == -10
    assert new.settings.discharge_undertemperature_release == -5


@pytest.mark.parametrize(
    ("register", "value"),
    [
        (0x1004, 2700),
        (0x1008, 2500),
        (0x100C, 3400),
        (0x1010, 3700),
        (0x104C, 500),
        (0x105C, -50),
        (0x1064, 700),
    ],
)
def test_a_limit_must_not_cross_its_release(register: int, value: int) -> None:
    pack = VirtualPack(1)
    before = pack.settings.sealed()
    assert pack.hear(write32(1, register, value)) == ADDRESS_REFUSED
    assert pack.settings.sealed() == before


def test_no_time_at_the_charge_voltage_is_a_wrong_value() -> None:
    assert VirtualPack(1).hear(write16(1, 0x1504, 0x0001)) == VALUE_REFUSED


def test_half_a_number_cannot_be_written() -> None:
    pack = VirtualPack(1)
    assert pack.hear(write16(1, 0x1000, 1)) == ADDRESS_REFUSED
    assert pack.hear(write32(1, 0x1002, 1)) == ADDRESS_REFUSED
    assert pack.hear(write16(1, 0x1001, 1)) == ADDRESS_REFUSED


def test_the_data_storage_period_loses_its_high_half_on_older_boards() -> None:
    for firmware, kept in (("14.20", 20864), ("15.41", 20864), ("19.27", 86400)):
        pack = VirtualPack(1, firmware=firmware)
        assert accepts(pack, write32(1, 0x1500, 86400))
        assert pack.about.data_storage_period == kept


@pytest.mark.parametrize(
    ("register", "chemistry", "volts"),
    [
        (0x160A, 1, (2.9, 3.2, 4.2, 4.1, 2.8)),
        (0x160C, 0, (2.6, 3.0, 3.6, 3.4, 2.5)),
        (0x160E, 2, (1.8, 2.0, 2.7, 2.4, 1.7)),
    ],
)
def test_a_preset_overwrites_the_voltage_limits(
    register: int, chemistry: int, volts: tuple[float, ...]
) -> None:
    pack = VirtualPack(1)
    assert accepts(pack, write16(1, register, 1))
    settings = pack.settings
    assert (
        settings.cell_undervoltage_protection_voltage,
        settings.cell_undervoltage_release_voltage,
        settings.cell_overvoltage_protection_voltage,
        settings.cell_overvoltage_release_voltage,
        settings.power_off_cell_voltage,
    ) == volts
    assert status(pack).cell_chemistry == chemistry


def test_a_pack_that_is_shut_down_acknowledges_and_falls_silent() -> None:
    pack = VirtualPack(1)
    assert accepts(pack, write16(1, 0x1604, 1))
    assert pack.hear(read(1, 0x1200, 1)) == b""
    live(pack, 60, 30.0)
    assert pack.hear(read(1, 0x1200, 1)) == b""


def test_documented_commands_are_noted() -> None:
    pack = VirtualPack(1)
    assert accepts(pack, write32(1, 0x1612, 5))
    assert accepts(pack, write16(1, 0x1610, 1))
    assert pack.commands == [(0x1612, b"\0\0\0\5"), (0x1610, b"\0\1")]
    assert pack.forbidden_writes == []


@pytest.mark.parametrize("register", [0x1602, 0x1614, 0x1616, 0x1618, 0x161A, 0x1622, 0x1624, 0x1626])
def test_a_write_to_a_dangerous_register_is_noted_and_refused(register: int) -> None:
    pack = VirtualPack(1)
    assert pack.hear(write16(1, register, 1)) == ADDRESS_REFUSED
    assert pack.forbidden_writes == [(register, b"\0\1")]


def test_a_long_write_into_the_commands_is_noted_too() -> None:
    pack = VirtualPack(1)
    pack.hear(command(struct.pack(">BBHHB", 1, 0x10, 0x15FC, 4, 8) + bytes(8)))
    pack.hear(write32(1, 0x161E, 1))
    assert [register for register, _ in pack.forbidden_writes] == [0x15FC, 0x161E]


CALIBRATIONS = (0x1600, 0x1606)  # a board that is told wrong readings tells wrong ones


@given(
    st.integers(0x0FF0, 0x1640), st.binary(min_size=2, max_size=64).filter(lambda data: len(data) % 2 == 0)
)
def test_no_write_whatever_makes_a_pack_fail_or_lie(register: int, values: bytes) -> None:
    pack = VirtualPack(1, firmware="19.27")
    pack.hear(command(struct.pack(">BBHHB", 1, 0x10, register, len(values) // 2, len(values)) + values))
    live(pack, 5, 30.0)
    live(pack, 5, -30.0)
    if all(written not in CALIBRATIONS for written, _ in pack.commands):
        status(pack)


@given(st.integers(0, 0xFFFF), st.integers(0, 0xFFFF))
def test_no_read_whatever_makes_a_pack_fail(register: int, count: int) -> None:
    answer = VirtualPack(1).hear(read(1, register, count))
    assert crc16(answer[:-2]) == int.from_bytes(answer[-2:], "little")
    assert answer[1] == 0x83 or len(answer) == 5 + 2 * count
