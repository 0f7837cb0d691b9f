"""The register map of a virtual pack: blocks of bytes that are its frames, and the commands above them."""

from typing import TYPE_CHECKING

from ..protocol import About, Settings
from ..protocol.fields import Field
from ..protocol.frames import Frame

if TYPE_CHECKING:
    from .pack import VirtualPack

FUNCTION, ADDRESS, VALUE = 1, 2, 3  # what a refusal complains of

_TYPES = {0x1000: 1, 0x1200: 2, 0x1400: 3}  # block -> type of the report that holds it
_COMMANDS = 0x1600
_LAST_COMMAND = 0x1627
_BLOCK = 294  # bytes of a block: the payload, and a zero to make whole registers

_READ_ONLY = {"settings_support_flags", "settings_reserved_298"}
_COLD_ONLY = {"discharge_undertemperature_protection", "discharge_undertemperature_release"}
_WRITABLE_ABOUT = {
    "uart1_protocol",
    "can_protocol",
    "uart2_protocol",
    "lcd_buzzer_trigger",
    "dry_contact_1_trigger",
    "dry_contact_2_trigger",
    "lcd_buzzer_trigger_value",
    "lcd_buzzer_release_value",
    "dry_contact_1_trigger_value",
    "dry_contact_1_release_value",
    "dry_contact_2_trigger_value",
    "dry_contact_2_release_value",
    "data_storage_period",
    "requested_charge_voltage_time",
    "requested_float_voltage_time",
    "emergency_duration",
    "uart3_protocol",
    "rebulk_soc",
    "uart4_protocol",
}
# Settings of which the first must not exceed the second.
_ORDERED = (
    ("cell_undervoltage_protection_voltage", "cell_undervoltage_release_voltage"),
    ("cell_overvoltage_release_voltage", "cell_overvoltage_protection_voltage"),
    ("charge_overtemperature_release", "charge_overtemperature_protection"),
    ("discharge_overtemperature_release", "discharge_overtemperature_protection"),
    ("charge_undertemperature_protection", "charge_undertemperature_release"),
    ("mosfet_overtemperature_release", "mosfet_overtemperature_protection"),
    ("discharge_undertemperature_protection", "discharge_undertemperature_release"),
)
# Under-voltage, its release, over-voltage, its release and power off in V, by command register; chemistry.
_PRESETS = {
    0x160A: ((2.9, 3.2, 4.2, 4.1, 2.8), 1),
    0x160C: ((2.6, 3.0, 3.6, 3.4, 2.5), 0),
    0x160E: ((1.8, 2.0, 2.7, 2.4, 1.7), 2),
}
_VOLTAGE, _SHUTDOWN, _CURRENT, _EMERGENCY, _CLOCK = 0x1600, 0x1604, 0x1606, 0x1610, 0x1612
_DOCUMENTED = {0x1600: 4, 0x1604: 2, 0x1606: 4, 0x160A: 2, 0x160C: 2, 0x160E: 2, 0x1610: 2, 0x1612: 4}
_EMERGENCY_MINUTES = 30  # where the board has no setting for it
_ENOUGH = 1.0  # A that must flow to calibrate by


class Refused(Exception):
    """The board answers with an exception of this `code`."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def read(pack: "VirtualPack", register: int, count: int) -> bytes:
    """The bytes of `count` registers. Raises `Refused` for what cannot be read."""
    frame, start = _place(pack, register, 2 * count)
    return (frame.registers() + b"\0")[start : start + 2 * count]


def write(pack: "VirtualPack", register: int, values: bytes) -> None:
    """Write `values` from `register` on and obey them. Raises `Refused` for what the board does not take."""
    if register <= _LAST_COMMAND and register + len(values) > _COMMANDS:
        _command(pack, register, values)
        return
    frame, start = _place(pack, register, len(values))
    rows = [row for row in _touched(frame, start, start + len(values)) if _writable(pack, row)]
    if not rows:
        raise Refused(ADDRESS)
    payload = bytearray(frame.registers() + b"\0")
    payload[start : start + len(values)] = values
    wished = type(frame).from_registers(payload[:-1])
    data = bytearray(frame.data)
    for row in rows:
        data[row.offset : row.offset + row.size] = wished.data[row.offset : row.offset + row.size]
    _judge(type(frame)(data))
    frame.data = data
    if pack.firmware.short_storage_period:
        pack.about.data_storage_period &= 0xFFFF
    pack.obey()


def _place(pack: "VirtualPack", register: int, size: int) -> tuple[Frame, int]:
    """The frame in whose block `size` bytes from `register` on lie, and where they begin in its payload."""
    for block, type in _TYPES.items():
        start = register - block
        if start >= 0 and start + size <= _BLOCK and register % 2 == 0 and size:
            return pack.frame(type), start
    raise Refused(ADDRESS)


def _touched(frame: Frame, start: int, end: int) -> list[Field]:
    """The rows with bytes from `start` to `end` of the payload. Raises `Refused` for a part of a number."""
    found = []
    for row in frame.rows():
        first, last = row.offset - 6, row.offset - 6 + row.size
        if row.bit >= 0 or last <= start or first >= end:
            continue
        if row.code[-1] != "s" and (
            (max(first, start) - first) % row.width or (min(last, end) - first) % row.width
        ):
            raise Refused(ADDRESS)
        found.append(row)
    return found


def _writable(pack: "VirtualPack", row: Field) -> bool:
    if row.name in _COLD_ONLY:
        return pack.firmware.cold_discharge
    if row.address is None or row.address < 0x1200:
        return row.name not in _READ_ONLY
    return row.name in _WRITABLE_ABOUT


def _judge(frame: Frame) -> None:
    """Raise `Refused` for settings that cross each other or that a board is known to refuse."""
    if isinstance(frame, Settings):
        for lower, upper in _ORDERED:
            if getattr(frame, lower) > getattr(frame, upper):
                raise Refused(ADDRESS)
    elif isinstance(frame, About) and frame.requested_charge_voltage_time <= 0:
        raise Refused(VALUE)


def _command(pack: "VirtualPack", register: int, values: bytes) -> None:
    """Do what a command register does; what nobody should ever write is noted and refused."""
    if _DOCUMENTED.get(register) != len(values):
        pack.forbidden_writes.append((register, values))
        raise Refused(ADDRESS)
    pack.commands.append((register, values))
    number = int.from_bytes(values, "big")
    if register == _CLOCK:
        pack.rtc = float(number)
    elif register == _VOLTAGE:
        pack.offset = number - sum(round(volt * 1000) for volt in pack.cells.voltage)
    elif register == _CURRENT and abs(pack.current) >= _ENOUGH:
        pack.gain = number / 1000 / abs(pack.current)
    elif number == 1 and register == _SHUTDOWN:
        pack.off = True
    elif number == 1 and register == _EMERGENCY:
        pack.guard.emergency = (pack.about.emergency_duration or _EMERGENCY_MINUTES) * 60.0
    elif number == 1 and register in _PRESETS:
        _preset(pack, register)
    pack.obey()


def _preset(pack: "VirtualPack", register: int) -> None:
    volts, chemistry = _PRESETS[register]
    settings = pack.settings
    settings.cell_undervoltage_protection_voltage, settings.cell_undervoltage_release_voltage = volts[:2]
    settings.cell_overvoltage_protection_voltage, settings.cell_overvoltage_release_voltage = volts[2:4]
    settings.power_off_cell_voltage = volts[4]
    if pack.firmware.charge_stages:
        pack.status.cell_chemistry = chemistry
