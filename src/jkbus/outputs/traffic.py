"""A message as one line that an owner can read."""

from collections.abc import Callable

from ..model import alarms
from ..protocol import About, Message, Noise, Report, Settings, Status
from ..protocol.frames import Frame
from ..protocol.messages import REPORTS, Ack, Padding, Read, Refusal, Reply, Request, Write

Paint = Callable[[str, str], str]  # a text and its style; see cli/painting.py

FROM, TO, UNKNOWN = "←", "→", " "
REPORT_STYLES = {"status": "good", "settings": "settings", "about": "about"}
EXCEPTIONS = {1: "function", 2: "address", 3: "value", 4: "check code"}
SHOWN_ENDS = 8  # bytes of each end of something long


def line(message: Message, clock: str, paint: Paint, sent: bool | None = None) -> str:
    """Time, address, kind and what matters most: `12:30:01.250  ← 3  status  52.69 V  -12.3 A ...`.

    The arrow says which way: → to the pack, ← from it. `clock` is the time as it is to be shown, `sent`
    marks what the recorder of a capture said itself.
    """
    arrow, style = direction(message)
    name = kind(message)
    address = "?" if message.address is None and not isinstance(message, Noise) else message.address
    who = f"{arrow}{'' if address is None else address:>3}"
    start = f"{clock}  " if clock else ""
    mark = paint("sent ", "warn") if sent else ""
    return f"{paint(start, 'dim')}{who}  {paint(f'{name:<9}', style)} {mark}{detail(message, paint)}".rstrip()


def direction(message: Message) -> tuple[str, str]:
    """The arrow of a message and the colour of its kind."""
    if isinstance(message, Report):
        return FROM, REPORT_STYLES.get(message.frame.kind, "warn")
    if isinstance(message, Request | Read):
        return TO, "note"
    if isinstance(message, Write):
        return TO, "warn"
    if isinstance(message, Padding):
        return UNKNOWN, "dim"
    if isinstance(message, Noise):
        return UNKNOWN, "warn"
    return FROM, "bad" if isinstance(message, Refusal) else "dim"


def kind(message: Message) -> str:
    """What a message is, in a word: reports by their type."""
    if isinstance(message, Report):
        return type_name(message.type) or ""
    return {"exception": "refused"}.get(message.kind, message.kind)


def detail(message: Message, paint: Paint) -> str:
    """What matters most of a message."""
    if isinstance(message, Report):
        return summary(message.frame, paint)
    if isinstance(message, Request | Ack):
        told = type_name(message.type)
        return paint(told or f"write at {register(message.register)}", "dim")
    if isinstance(message, Write):
        return f"{register(message.register)} = {written(message)}"
    if isinstance(message, Read):
        name = name_at(message.register)
        plural = "s" * (message.count != 1)
        where = register(message.register) + (f" ({name})" if name else "")
        return f"{message.count} register{plural} from {where}"
    if isinstance(message, Reply):
        return ends(message.values)
    if isinstance(message, Refusal):
        return f"function 0x{message.function:02X}: wrong {exception_name(message.code)}"
    assert isinstance(message, Noise)
    sums = f", {message.bad_sums} bad checksum{'s' * (message.bad_sums != 1)}" if message.bad_sums else ""
    shown = "padding" if isinstance(message, Padding) else f"{len(message.data)} bytes{sums}"
    return f"{shown}  {paint(ends(message.data), 'dim')}"


def summary(frame: Frame, paint: Paint) -> str:
    """A report in a dozen words."""
    if isinstance(frame, Status):
        return _status(frame, paint)
    if isinstance(frame, Settings):
        return (
            f"{frame.cell_count_setting} cells  {frame.design_capacity:g} Ah"
            f"  cell {frame.cell_undervoltage_protection_voltage:.3f}"
            f"..{frame.cell_overvoltage_protection_voltage:.3f} V"
            f"  charge {frame.charge_current_limit:g} A  discharge {frame.discharge_current_limit:g} A"
        )
    if isinstance(frame, About):
        serial = f"  serial {frame.serial_number}" if frame.serial_number else ""
        return f"{frame.model}  hardware {frame.hardware_version}  firmware {frame.software_version}{serial}"
    return ends(bytes(frame.data))


def _status(status: Status, paint: Paint) -> str:
    cells = [volts for volts in status.cell_voltage if volts is not None]
    probes = [status.battery_temperature_1, status.battery_temperature_2]
    warmest = max((probe for probe in probes if probe is not None), default=None)
    parts = [
        f"{status.battery_voltage:6.2f} V",
        f"{status.battery_current:+7.2f} A",
        f"{status.state_of_charge:3d} %",
        f"{min(cells):.3f}..{max(cells):.3f} V" if cells else "no cells",
        "" if warmest is None else f"{warmest:5.1f} °C",
    ]
    told = [alarm.title for alarm in alarms.active(status) if alarm.severity > alarms.Severity.INFO]
    return "  ".join([part for part in parts if part] + [paint(", ".join(told), "bad")]).rstrip()


def ends(data: bytes) -> str:
    """The bytes in hex; of many, only both ends."""
    if len(data) <= 2 * SHOWN_ENDS:
        return data.hex(" ")
    return f"{data[:SHOWN_ENDS].hex(' ')} … {data[-SHOWN_ENDS:].hex(' ')}"


def name_at(number: int) -> str | None:
    """The value that lives in that register."""
    for frame in (Settings, Status, About):
        for row in frame.rows():
            if row.address == number and row.bit < 0:
                return row.name
    return None


def written(write: Write) -> str:
    """The values of a write: in words for a known setting, otherwise in hex."""
    for row in Settings.rows():
        if (
            row.address == write.register
            and row.bit < 0
            and row.count == 1
            and row.width == len(write.values)
        ):
            signed = row.code[-1].islower()
            value = int.from_bytes(write.values, "big", signed=signed) / row.per
            return f"{value:g} {row.unit}".rstrip() + f"  ({row.name})"
    return write.values.hex(" ")


def type_name(type: int | None) -> str | None:
    """settings, status or about; an unknown type shows as `unknown 5`."""
    if type is None:
        return None
    return REPORTS[type].kind if type in REPORTS else f"unknown {type}"


def exception_name(code: int) -> str:
    """What was wrong with what a pack refused."""
    return EXCEPTIONS.get(code, f"unknown {code}")


def register(number: int) -> str:
    """A register as people know it: 0x1620."""
    return f"0x{number:04X}"


def plain(text: str, style: str) -> str:
    """No colours: a `Paint` for whoever has none."""
    return text
