"""Requests, writes, reads and their answers, byte for byte."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from jkbus.protocol import About, Framer, Settings, Status
from jkbus.protocol.checksum import crc16, sum8
from jkbus.protocol.messages import (
    Ack,
    Message,
    Read,
    Refusal,
    Reply,
    Request,
    Write,
    acknowledgement,
    closing,
    command,
    read,
    refusal,
    reply,
    request,
    write16,
    write32,
)
from material import records, table
from vectors import STATUS

# CRCs as sent, by address: status (1620), settings (161E), about (161C)
REQUEST_CRCS = """
    DB 61  DF BF  DE 5D    D6 F1  D2 2F  D3 CD    C2 01  C6 DF  C7 3D    CF 91  CB 4F  CA AD
    E9 A1  ED 7F  EC 9D    E4 31  E0 EF  E1 0D    F0 C1  F4 1F  F5 FD    FD 51  F9 8F  F8 6D
    BC A1  B8 7F  B9 9D    B1 31  B5 EF  B4 0D    A5 C1  A1 1F  A0 FD    A8 51  AC 8F  AD 6D
    8E 61  8A BF  8B 5D    83 F1  87 2F  86 CD    97 01  93 DF  92 3D    9A 91  9E 4F  9F AD
"""
CLOSING_CRCS = """
    05 9A  64 56  C5 96    04 4B  65 87  C4 47    04 78  65 B4  C4 74    05 A9  64 65  C5 A5
    04 1E  65 D2  C4 12    05 CF  64 03  C5 C3    05 FC  64 30  C5 F0    04 2D  65 E1  C4 21
    04 D2  65 1E  C4 DE    05 03  64 CF  C5 0F    05 30  64 FC  C5 3C    04 E1  65 2D  C4 ED
    05 56  64 9A  C5 5A    04 87  65 4B  C4 8B    04 B4  65 78  C4 B8    05 65  64 A9  C5 69
"""
CASES = [(address, type, 6 * address + 2 * n) for address in range(16) for n, type in enumerate((2, 1, 3))]

WRITES = {
    "02 10 10 78 00 02 04 00 00 00 01 F6 69": write32(2, 0x1078, 1),
    "02 10 10 78 00 02 04 00 00 00 00 37 A9": write32(2, 0x1078, 0),
    "01 10 10 70 00 02 04 00 00 00 01 F8 8B": write32(1, 0x1070, 1),
    "01 10 10 70 00 02 04 00 00 00 00 39 4B": write32(1, 0x1070, 0),
    "01 10 10 70 00 02 44 D3": acknowledgement(1, 0x1070, 2),
    "02 10 10 00 00 02 04 00 00 0D AC 35 C6": write32(2, 0x1000, 3500),
    "02 10 10 30 00 02 04 00 00 00 03 72 3E": write32(2, 0x1030, 3),
    "02 10 10 38 00 02 04 00 00 04 4C 30 AC": write32(2, 0x1038, 1100),
    "02 10 10 84 00 02 04 00 00 0D 70 3D CC": write32(2, 0x1084, 3440),
    "02 10 11 14 00 01 02 02 10 B0 19": write16(2, 0x1114, 0x0210),
    "02 10 11 14 00 01 02 02 00 B1 D5": write16(2, 0x1114, 0x0200),
    "02 10 11 14 00 01 02 00 10 B1 79": write16(2, 0x1114, 0x0010),
    "01 10 10 5C 00 02 04 FF FF FF 38 7B 00": write32(1, 0x105C, -200),
    "02 10 15 04 00 01 02 00 01 36 25": write16(2, 0x1504, 0x0001),
    "02 90 03 FC 01": refusal(2, 0x10, 3),
}
CELLS = [3346, 3345, 3346, 3346, 3346, 3346, 3346, 3345, 3346, 3345]
READS = {
    "01 03 12 00 00 0A C0 B5": read(1, 0x1200, 10),
    "01 03 14 0D 12 0D 11 0D 12 0D 12 0D 12 0D 12 0D 12 0D 11 0D 12 0D 11 01 3F": reply(
        1, b"".join(cell.to_bytes(2, "big") for cell in CELLS)
    ),
    "01 03 12 90 00 02 C1 5E": read(1, 0x1290, 2),
    "01 03 04 00 00 D1 22 26 7A": reply(1, (53538).to_bytes(4, "big")),
    "01 03 12 A6 00 01 61 51": read(1, 0x12A6, 1),
    "01 03 02 00 64 B9 AF": reply(1, b"\x00\x64"),
    "01 03 12 A0 00 02 C1 51": read(1, 0x12A0, 2),
    "01 03 04 00 00 00 00 FA 33": reply(1, bytes(4)),
    "01 83 02 C0 F1": refusal(1, 0x03, 2),
}
VENDORS = {  # from the vendor's document, of addresses that no board has
    "01 03 00 05 00 02 D4 0A": read(1, 0x0005, 2),
    "01 03 04 11 22 33 44 4B C6": reply(1, b"\x11\x22\x33\x44"),
    "01 10 00 20 00 02 04 00 05 22 33 B9 03": write32(1, 0x0020, 0x00052233),
    "01 10 00 20 00 02 40 02": acknowledgement(1, 0x0020, 2),
}
BUILT = {**WRITES, **READS, **VENDORS}


def only(data: bytes) -> Message:
    """The one message that these bytes are."""
    framer = Framer()
    (message,) = framer.feed(data) + framer.finish()
    assert message.data == data
    return message


def test_the_check_codes_have_their_check_values() -> None:
    assert crc16(b"123456789") == 0x4B37
    assert command(b"123456789")[-2:] == b"\x37\x4b"
    assert crc16(b"") == 0xFFFF
    assert sum8(b"123456789") == 0xDD
    assert sum8(memoryview(STATUS)[:299]) == STATUS[299]


@pytest.mark.parametrize("address, type, at", CASES)
def test_a_request_is_what_boards_understand(address: int, type: int, at: int) -> None:
    register = {1: 0x1E, 2: 0x20, 3: 0x1C}[type]
    crc = bytes.fromhex(REQUEST_CRCS)[at : at + 2]
    expected = bytes([address, 0x10, 0x16, register, 0, 1, 2, 0, 0]) + crc
    assert request(address, type) == expected
    message = only(expected)
    assert isinstance(message, Request)
    assert (message.kind, message.address, message.type) == ("request", address, type)


@pytest.mark.parametrize("address, type, at", CASES)
def test_a_closing_acknowledgement_is_what_boards_send(address: int, type: int, at: int) -> None:
    register = {1: 0x1E, 2: 0x20, 3: 0x1C}[type]
    expected = bytes([address, 0x10, 0x16, register, 0, 1]) + bytes.fromhex(CLOSING_CRCS)[at : at + 2]
    assert closing(address, type) == expected
    message = only(expected)
    assert isinstance(message, Ack)
    assert (message.kind, message.address, message.type) == ("ack", address, type)


@pytest.mark.parametrize("text", BUILT)
def test_a_command_is_built_byte_for_byte(text: str) -> None:
    assert BUILT[text].hex(" ").upper() == text


def test_a_command_is_read_for_what_it_is() -> None:
    write = only(bytes.fromhex("01 10 10 5C 00 02 04 FF FF FF 38 7B 00"))
    assert isinstance(write, Write)
    assert (write.address, write.register, write.values) == (1, 0x105C, b"\xff\xff\xff\x38")
    ack = only(bytes.fromhex("01 10 10 70 00 02 44 D3"))
    assert isinstance(ack, Ack)
    assert (ack.address, ack.register, ack.type) == (1, 0x1070, None)
    question = only(bytes.fromhex("01 03 12 90 00 02 C1 5E"))
    assert isinstance(question, Read)
    assert (question.address, question.register, question.count) == (1, 0x1290, 2)
    answer = only(bytes.fromhex("01 03 04 00 00 D1 22 26 7A"))
    assert isinstance(answer, Reply)
    assert (answer.address, answer.values) == (1, b"\x00\x00\xd1\x22")
    for text, function, code in (("02 90 03 FC 01", 0x10, 3), ("01 83 02 C0 F1", 0x03, 2)):
        refused = only(bytes.fromhex(text))
        assert isinstance(refused, Refusal)
        assert (refused.kind, refused.function, refused.code) == ("exception", function, code)


@pytest.mark.parametrize("text", BUILT)
def test_a_command_with_a_wrong_crc_is_noise(text: str) -> None:
    data = bytearray.fromhex(text)
    data[-1] ^= 0x40
    framer = Framer()
    messages = framer.feed(bytes(data)) + framer.finish()
    assert {message.kind for message in messages} == {"noise"}
    assert b"".join(message.data for message in messages) == data


def test_reads_of_a_status_give_its_values_high_byte_first() -> None:
    registers = Status(STATUS[:300]).registers()
    for start, count, text in ((0, 10, 1), (0x90, 2, 3), (0xA6, 1, 5), (0xA0, 2, 7)):
        assert reply(1, registers[start : start + 2 * count]).hex(" ").upper() == list(READS)[text]


def setting(row: str, value: float) -> bytes:
    """The write of one setting to pack 1, made from its row."""
    frame = Settings.blank()
    setattr(frame, row, value)
    place = Settings.row(row)
    assert place.register is not None
    raw = int.from_bytes(frame.registers()[place.offset - 6 : place.offset - 6 + place.size], "big")
    return (write16 if place.size == 2 else write32)(1, place.register, raw)


PLAIN = [line for line in table("writes") if line["frame"] == "01" and not line["bit"]]


@pytest.mark.parametrize("line", PLAIN, ids=[line["name"] for line in PLAIN])
def test_a_setting_is_written_as_in_the_examples(line: dict[str, str]) -> None:
    row = Settings.row(line["name"])
    assert row.register == int(line["register"], 16)
    assert row.per == int(line["right_raw_per_unit"])
    values = [1, 0] if line["example_value"] == "on / off" else [float(line["example_value"])]
    examples = [bytes.fromhex(text) for text in line["example_frame"].split("/")]
    assert [setting(line["name"], value) for value in values] == examples


BITS = [line for line in table("writes") if line["bit"]]


@pytest.mark.parametrize("line", BITS, ids=[line["name"] for line in BITS])
def test_a_switch_is_written_as_in_the_examples(line: dict[str, str]) -> None:
    before, after = (int(word, 16) for word in re.findall(r"0x[0-9A-F]{4}", line["example_value"]))
    frame = Settings.blank()
    frame.settings_switches = before
    setattr(frame, line["name"], not getattr(frame, line["name"]))
    assert frame.settings_switches == after
    assert setting("settings_switches", after) == bytes.fromhex(line["example_frame"])


def test_the_two_times_of_one_register_are_written_together() -> None:
    (example,) = {line["example_frame"] for line in table("writes") if line["register"] == "0x1504"}
    about = About.blank()
    about.requested_charge_voltage_time, about.requested_float_voltage_time = 1.0, 8.0
    row = About.row("requested_charge_voltage_time")
    raw = int.from_bytes(about.registers()[row.offset - 6 : row.offset - 4], "big")
    assert write16(1, 0x1504, raw) == bytes.fromhex(example)


KINDS = {"write": Write, "ack": Ack, "modbus_read": Read, "modbus_reply": Reply, "exception": Refusal}
MODBUS = [
    pytest.param(record, id=f"{capture}:{line}")
    for capture in ("modbus_official_examples", "modbus_phinix", "modbus_txubelaxu_writes")
    for line, record in enumerate(records(capture), 1)
]


@pytest.mark.parametrize("record", MODBUS)
def test_a_captured_command_is_read_for_what_it_is(record: dict[str, Any]) -> None:
    framer = Framer()
    messages = framer.feed(record["data"]) + framer.finish()
    if record["kind"] == "noise":
        assert {message.kind for message in messages} == {"noise"}
        return
    (message,) = messages
    assert type(message) is KINDS["exception" if "exception" in record else record["kind"]]
    assert (message.data, message.address) == (record["data"], record["address"])
    if isinstance(message, Write | Ack | Read) and "register" in record:
        assert message.register == int(record["register"], 16)
    if isinstance(message, Refusal):
        assert message.code == record["exception"]
    if isinstance(message, Read):
        assert message.count == record["count"]


def test_replies_of_a_real_pack_read_as_settings() -> None:
    payload = bytearray(293)
    for start, record in zip((0x00, 0x80, 0xA0), records("modbus_phinix"), strict=False):
        values = record["data"][3:-2]
        payload[start : start + len(values)] = values
    settings = Settings.from_registers(payload)
    assert (settings.smart_sleep_cell_voltage, settings.cell_undervoltage_protection_voltage) == (3.5, 2.58)
    assert settings.short_circuit_delay == 1500
    assert settings.device_address == 0
    assert settings.registers() == payload


@pytest.mark.parametrize(
    ("build", "value"), [(write16, 65536), (write16, -32769), (write32, 1 << 32), (write32, -(1 << 31) - 1)]
)
def test_a_value_that_does_not_fit_is_refused_and_never_cut_short(
    build: Callable[[int, int, int], bytes], value: int
) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        build(1, 0x1000, value)
