"""What a pack can be told to do at once: the seven commands that the vendor documents.

They lie at 0x1600 and above, among others that erase, switch off for good or arm a firmware upgrade, and
those are not here. Document V1.0 gave the same registers other meanings (0x160C was the emergency start and
is the LiFePO4 preset now), so a board older than V14, or one that has not said its version, is told nothing.
Registers: the vendor's register map V1.1; none was verified on a real board.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP
from difflib import get_close_matches
from functools import partial

from ..errors import UsageError
from ..model.pack import Pack
from ..protocol import Status
from ..protocol.messages import write16, write32
from .plan import Plan, Rejected, Step
from .settings import SETTINGS, version
from .values import decimal, shown

SETTINGS_REPORT, STATUS_REPORT = 1, 2
_FIRST = (14, 0)  # boards from here on obey document V1.1
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Action:
    """A command: its register, the word to be typed for it, and the report (`type`) to read afterwards.

    `unit` is that of the value it takes, "" where it takes none; then `low` to `high` is its range.
    """

    name: str
    title: str
    register: int
    text: str
    type: int = STATUS_REPORT
    word: str = ""
    unit: str = ""
    low: float = 0
    high: float = 0


ACTIONS = {
    action.name: action
    for action in (
        Action(
            "emergency_start",
            "Emergency start",
            0x1610,
            "Gives power in spite of the under-voltage protection, for the emergency time of the board.",
            word="emergency",
        ),
        Action(
            "preset_lifepo4",
            "LiFePO4 preset",
            0x160C,
            "Replaces all cell voltage limits by the board's own ones for LiFePO4 cells.",
            SETTINGS_REPORT,
            word="lifepo4",
        ),
        Action(
            "preset_li_ion",
            "Li-ion preset",
            0x160A,
            "Replaces all cell voltage limits by the board's own ones for Li-ion cells.",
            SETTINGS_REPORT,
            word="li-ion",
        ),
        Action(
            "preset_lto",
            "LTO preset",
            0x160E,
            "Replaces all cell voltage limits by the board's own ones for LTO cells.",
            SETTINGS_REPORT,
            word="lto",
        ),
        Action("set_clock", "Set clock", 0x1612, "Sets the clock of the board to the local time."),
        Action(
            "calibrate_voltage",
            "Calibrate voltage",
            0x1600,
            "Tells the board the true voltage of the pack, as a good meter at its terminals shows it.",
            word="calibrate",
            unit="V",
            low=10,
            high=100,
        ),
        Action(
            "calibrate_current",
            "Calibrate current",
            0x1606,
            "Tells the board the true current while it charges, as a good meter shows it.",
            word="calibrate",
            unit="A",
            high=100,
        ),
    )
}

# Under-voltage, its release, over-voltage, its release and power off, as one source reports them.
_LIMITS = (
    "cell_undervoltage_protection_voltage",
    "cell_undervoltage_release_voltage",
    "cell_overvoltage_protection_voltage",
    "cell_overvoltage_release_voltage",
    "power_off_cell_voltage",
)
_PRESETS = {
    "preset_li_ion": (2.9, 3.2, 4.2, 4.1, 2.8),
    "preset_lifepo4": (2.6, 3.0, 3.6, 3.4, 2.5),
    "preset_lto": (1.8, 2.0, 2.7, 2.4, 1.7),
}
_VOLTAGE_ERROR = 0.1  # of the present reading: more is a slip of the pen, not a calibration
_CURRENT_ERROR = 10.0  # A, the same
_REST = -1.0  # A: the register knows no sign, so nothing is calibrated while the pack discharges


def plan_action(pack: Pack, name: str, value: str, local_time: datetime, address: int | None = None) -> Plan:
    """The plan for an action; `value` is the true voltage or current, else "".

    `local_time` is what the clock is set to: its wall time counts, not its zone. Raises Rejected with every
    fault found, UsageError for an action that does not exist.
    """
    action = find_action(name)
    faults = [fault for fault in (_too_old(pack), _surplus(action, value)) if fault]
    number = 1
    try:
        if action.unit:
            number = _calibration(action, pack, value)
        elif action.name == "set_clock":
            number = seconds(local_time)
    except UsageError as error:
        faults.append(str(error))
    if faults:
        raise Rejected(pack.name, faults)
    wire = pack.address if address is None else address
    build = write32 if action.unit or action.name == "set_clock" else write16
    data = build(wire, action.register, number)
    step = Step((), data, action.type, action.register, action.name, moving=action.name == "set_clock")
    return Plan(
        pack.name,
        pack.key or "",
        pack.bus,
        wire,
        (step,),
        warnings=tuple(_warnings(action, pack, local_time)),
        word=action.word,
        action=action.name,
        value=value.strip(),
    )


def renewal(step: Step, address: int) -> Callable[[], bytes] | None:
    """What makes the bytes of a step anew in the moment they are sent; None where they stay as planned."""
    return partial(_clock_set, step, address) if step.moving else None


def _clock_set(step: Step, address: int) -> bytes:
    try:
        return write32(address, step.register, seconds(datetime.now().astimezone()))
    except UsageError:  # the clock of this computer was put back meanwhile
        return step.data


def find_action(name: str) -> Action:
    """The action of that name. Raises UsageError that says what was probably meant."""
    if action := ACTIONS.get(name):
        return action
    close = get_close_matches(name[:60].lower().replace("-", "_").replace(" ", "_"), ACTIONS, 1, 0.5)
    hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(ACTIONS)}"
    raise UsageError(f"there is no action {name[:50]!r}; {hint}")


def seconds(local_time: datetime) -> int:
    """Local time as a board counts it: seconds since 2020-01-01 00:00:00 on the same wall clock.

    Raises UsageError for a time that a board cannot count.
    """
    since = int((local_time.replace(tzinfo=UTC) - _EPOCH).total_seconds())
    if not 0 <= since < 1 << 32:
        raise UsageError(f"the clock of this computer says {local_time:%Y-%m-%d %H:%M}; set it right first")
    return since


def _too_old(pack: Pack) -> str:
    """Why the commands of this board are not known to be those of document V1.1; "" where they are."""
    if pack.about is None or (software := version(pack.about.software_version)) is None:
        return (
            "the firmware of this board is not known yet, and the commands of old ones mean other things; "
            "try again in a minute"
        )
    if software < _FIRST:
        return (
            f"firmware {pack.about.software_version} is older than 14, and its commands mean other things; "
            "use JK's application"
        )
    return ""


def _surplus(action: Action, value: str) -> str:
    return f"{action.name} takes no value" if value.strip() and not action.unit else ""


def _calibration(action: Action, pack: Pack, value: str) -> int:
    """The true value in mV or mA. Raises UsageError for one that cannot be it."""
    if pack.status is None:
        raise UsageError("its present reading has not been heard yet; try again in a minute")
    if not value.strip():
        raise UsageError(f"{action.name} needs the true value in {action.unit}, as a good meter shows it")
    number = decimal(action.name, action.unit, value)
    if not action.low <= number <= action.high:
        ends = f"{action.low:g} to {action.high:g} {action.unit}"
        raise UsageError(f"{action.name}: {value.strip()[:40]} is not within {ends}")
    reading = _reading(action, pack.status)
    if action.unit == "A" and reading < _REST:
        raise UsageError(f"{action.name}: the pack gives {-reading:g} A; calibrate while it is charged")
    limit = _VOLTAGE_ERROR * reading if action.unit == "V" else _CURRENT_ERROR
    if abs(float(number) - reading) > limit:
        raise UsageError(
            f"{action.name}: the pack reads {reading:g} {action.unit}, and a calibration moves it by no more "
            f"than {limit:.3g} {action.unit}; check the meter"
        )
    return int((number * 1000).to_integral_value(ROUND_HALF_UP))


def _reading(action: Action, status: Status) -> float:
    """What the pack says of what the action calibrates."""
    return status.battery_voltage if action.unit == "V" else status.battery_current


def _warnings(action: Action, pack: Pack, local_time: datetime) -> Iterator[str]:
    yield from _preset_warnings(action, pack)
    if action.name == "set_clock":
        yield f"it will show {local_time:%Y-%m-%d %H:%M}, the local time of the computer jkbus runs on"
    if action.name == "emergency_start":
        minutes = pack.about.emergency_duration if pack.about is not None else 0
        time = f"for {minutes} min" if minutes else "for a time the board does not tell"
        yield f"the cells are discharged below their limit {time}; cells that are drained too far are ruined"
    elif action.unit:
        now = f"{_reading(action, pack.status):g} {action.unit}" if pack.status is not None else "nothing yet"
        yield f"this register is documented but was never tried; note what the pack reads now: {now}"


def _preset_warnings(action: Action, pack: Pack) -> Iterator[str]:
    limits = _PRESETS.get(action.name)
    if limits is None:
        return
    yield "it replaces all cell voltage limits and cannot be undone except with a profile saved before"
    for name, limit in zip(_LIMITS, limits, strict=True) if pack.settings is not None else ():
        old = getattr(pack.settings, name)
        if old != limit:
            row = SETTINGS[name]
            yield f"{name} {shown(row, old)} is expected to become {shown(row, limit)}"
