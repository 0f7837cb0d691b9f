"""Every kind of message as a line for people."""

import pytest

from jkbus.cli.listing import block
from jkbus.cli.painting import Paint, coloured
from jkbus.outputs.traffic import ends, line, name_at
from jkbus.protocol import About, Framer, Noise, Settings, Status
from jkbus.protocol.messages import Padding, read, refusal, reply, write16, write32
from vectors import ABOUT, SETTINGS, STATUS

PLAIN = Paint(False)


def told(data: bytes) -> str:
    """The line of the first message in these bytes."""
    framer = Framer()
    return line([*framer.feed(data), *framer.finish()][0], "", PLAIN)


@pytest.mark.parametrize(
    "data, expected",
    [
        (STATUS, "←  1  status     53.54 V    +0.00 A  100 %  3.345..3.346 V   19.9 °C"),
        (SETTINGS, "←  1  settings  16 cells  304 Ah  cell 2.600..3.610 V  charge 25 A  discharge 200 A"),
        (ABOUT, "←  2  about     JK_PB2A16S20P  hardware 15A  firmware 15.41  serial 12345678901"),
        (STATUS[300:], "←  1  ack       status"),
        (write32(2, 0x1000, 3500), "→  2  write     0x1000 = 3.5 V  (smart_sleep_cell_voltage)"),
        (write32(1, 0x105C, -200), "→  1  write     0x105C = -20 °C  (charge_undertemperature_protection)"),
        (write16(2, 0x1504, 1), "→  2  write     0x1504 = 00 01"),
        (read(1, 0x1200, 10), "→  1  read      10 registers from 0x1200 (cell_voltage)"),
        (read(1, 0x1FFE, 1), "→  1  read      1 register from 0x1FFE"),
        (reply(1, bytes(range(20))), "←  1  reply     00 01 02 03 04 05 06 07 … 0c 0d 0e 0f 10 11 12 13"),
        (refusal(2, 0x10, 3), "←  2  refused   function 0x10: wrong value"),
        (bytes.fromhex("01101070000244d3"), "←  1  ack       write at 0x1070"),
        (b"\x77\x78", "        noise     2 bytes  77 78"),
    ],
)
def test_each_kind_of_message_is_one_line(data: bytes, expected: str) -> None:
    assert told(data).strip() == expected.strip()


def test_bad_checksums_are_told() -> None:
    assert "600 bytes, 2 bad checksums" in line(Noise(bytes(600), 2), "", PLAIN)
    assert "300 bytes, 1 bad checksum " in line(Noise(bytes(300), 1), "", PLAIN)


def test_padding_is_called_by_its_name() -> None:
    assert line(Padding(b"\0"), "", PLAIN).split() == ["noise", "padding", "00"]


def test_an_alarm_is_told_in_the_line() -> None:
    frame = Status.blank()
    assert isinstance(frame, Status)
    frame.alarms = 1 << 11 | 1 << 19
    assert told(frame.sealed()).endswith("no cells  cell under-voltage")


def test_every_value_stands_in_the_block_by_its_name() -> None:
    for kind, data in ((Status, STATUS), (Settings, SETTINGS), (About, ABOUT)):
        text = "\n".join(block(kind(data[:300]), 100, PLAIN))
        named = [row.name for row in kind.rows() if row.bit < 0 and row.offset not in (0, 4, 5, 299)]
        values = kind(data[:300]).values()
        missing = [name for name in named if name not in text and any(_bytes(values[name]))]
        assert not missing


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else b"\1"


@pytest.mark.parametrize("width", [30, 60, 80, 120, 250])
def test_the_block_keeps_to_its_width_where_it_can(width: int) -> None:
    lines = block(Status(STATUS[:300]), width, PLAIN)
    assert max(map(len, lines)) <= max(width, 80)


def test_bits_that_are_set_are_named() -> None:
    text = "\n".join(block(Settings(SETTINGS[:300]), 120, PLAIN))
    assert "settings_switches 0x0210 display_always_on charge_float_mode_enabled" in text


def test_values_keep_the_precision_of_the_wire() -> None:
    text = "\n".join(block(Status(STATUS[:300]), 120, PLAIN))
    for told_as in (
        "battery_voltage                           53.538 V",
        "mosfet_temperature                        20.6 °C",
    ):
        assert told_as in text


def test_registers_have_the_names_of_their_values() -> None:
    assert (name_at(0x1290), name_at(0x1400), name_at(0x1620)) == ("battery_voltage", "model", None)


def test_short_bytes_are_shown_whole_and_long_ones_by_their_ends() -> None:
    assert ends(bytes(3)) == "00 00 00"
    assert ends(bytes(17)).count("00") == 16


@pytest.mark.parametrize(
    "variables, expected",
    [({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False), ({"FORCE_COLOR": "1"}, True), ({}, False)],
)
def test_colours_are_for_terminals_and_may_be_refused(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: bool
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert coloured() == expected


def test_paint_off_leaves_the_text_alone() -> None:
    assert (Paint(False)("x", "bad"), Paint(True)("x", "bad"), Paint(True)("", "bad")) == (
        "x",
        "\x1b[1;31mx\x1b[0m",
        "",
    )
