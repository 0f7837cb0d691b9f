"""The columns of the live view: what each shows of a pack, and which go first where there is no room."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.console import JustifyMethod
from rich.text import Text

from ..model.alarms import Severity
from ..model.pack import GONE, HEARD, LATE, Pack

LOW, EMPTY = 20, 10  # per cent of charge that turn the bar yellow and red
WIDE_SPREAD = 0.05  # V between the cells of a pack that deserve a look
GOOD, WARN, BAD, DIM = "green", "yellow", "bold red", "bright_black"
SEVERITY_STYLES = {Severity.WARNING: WARN, Severity.PROTECTION: BAD, Severity.FAULT: BAD}


def bar(per_cent: float, width: int) -> Text:
    """A bar of `width` characters, filled to half of one."""
    full, half = divmod(round(max(0.0, min(100.0, per_cent)) / 100 * width * 2), 2)
    shown = "━" * full + "╸" * half
    style = BAD if per_cent <= EMPTY else WARN if per_cent <= LOW else GOOD
    return Text().append(shown, style=style).append("─" * (width - len(shown)), style=DIM)


def fitted(pieces: Sequence[str], width: int) -> Text:
    """As many of the pieces as fit on a line."""
    kept = list(pieces)
    while len(kept) > 1 and len("   ".join(kept)) > width:
        kept.pop()
    return Text("   ".join(kept), style=DIM)


def duration(seconds: float) -> str:
    """A time span in a few characters: 0.4 s, 12 s, 3 min, 2 h."""
    if seconds < 9.95:
        return f"{max(0.0, seconds):.1f} s"
    for limit, unit, size in ((99.5, "s", 1), (5970, "min", 60), (172800, "h", 3600)):
        if seconds < limit:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 86400:.0f} d"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: those with the highest `rank` are the first to go where there is no room."""

    title: str
    width: int
    rank: int
    cell: Callable[[Pack, float], Text | str]
    justify: JustifyMethod = "right"
    lasting: bool = False  # shown of a silent pack too


def _state(pack: Pack, now: float) -> Text:
    glyph, style = {HEARD: ("●", GOOD), LATE: ("●", WARN), GONE: ("○", DIM)}.get(pack.state, ("○", BAD))
    return Text().append(glyph, style=style).append(f" {pack.address:2}")


def _age(pack: Pack, now: float) -> Text:
    age = pack.age("status", now)
    if age is None:
        return Text("waiting", style=DIM)
    styles = {HEARD: DIM, LATE: WARN, GONE: DIM}
    return Text(duration(age), style=styles.get(pack.state, BAD))


def _spread(pack: Pack, now: float) -> Text | str:
    if not pack.cells:
        return ""
    spread = max(pack.cells) - min(pack.cells)
    return Text(f"{spread * 1000:.0f} mV", style=WARN if spread >= WIDE_SPREAD else "")


def _cells(pack: Pack, now: float) -> str:
    return f"{min(pack.cells):.3f}..{max(pack.cells):.3f}" if pack.cells else ""


def _temperatures(pack: Pack, now: float) -> str:
    found = [value for name, value in pack.temperatures.items() if name != "mosfet_temperature"]
    return f"{min(found):.0f}..{max(found):.0f}" if found else ""


def _capacity(pack: Pack, now: float) -> str:
    status = pack.status
    return f"{status.remaining_capacity:.0f}/{status.full_charge_capacity:.0f}" if status else ""


def _mosfet(pack: Pack, now: float) -> str:
    value = pack.temperatures.get("mosfet_temperature")
    return "" if value is None else f"{value:.0f}"


def _switches(pack: Pack, now: float) -> Text | str:
    if pack.status is None:
        return ""
    shown = Text()
    for on in (pack.status.charge_mosfet_on, pack.status.discharge_mosfet_on):
        shown.append(f"{'on' if on else 'OFF':<4}", style=GOOD if on else BAD)
    balancing = pack.status.balancing_state != 0
    return shown.append("on" if balancing else "·", style="cyan" if balancing else DIM)


def _alarm_mark(pack: Pack, now: float) -> Text | str:
    worst = next((alarm for alarm in pack.alarms if alarm.severity > Severity.INFO), None)
    return "" if worst is None else Text("▲", style=SEVERITY_STYLES[worst.severity])


COLUMNS = (
    Column("", 4, 3, _state, "left", lasting=True),
    Column("", 1, 4, _alarm_mark, "left"),
    Column("pack", 10, 0, lambda pack, now: pack.name, "left", lasting=True),
    Column("", 6, 14, lambda pack, now: Text(pack.role, style=DIM), "left", lasting=True),
    Column("age", 7, 5, _age, lasting=True),
    Column("", 10, 10, lambda pack, now: bar(pack.status.state_of_charge, 10) if pack.status else "", "left"),
    Column("SoC %", 5, 1, lambda pack, now: f"{pack.status.state_of_charge}" if pack.status else ""),
    Column("V", 6, 2, lambda pack, now: f"{pack.status.battery_voltage:.2f}" if pack.status else ""),
    Column("A", 7, 2, lambda pack, now: f"{pack.status.battery_current:+.1f}" if pack.status else ""),
    Column("W", 6, 9, lambda pack, now: f"{pack.power or 0:+.0f}"),
    Column("cells V", 12, 7, _cells),
    Column("spread", 6, 6, _spread),
    Column("cells °C", 8, 8, _temperatures),
    Column("MOS °C", 6, 13, _mosfet),
    Column("chg dis bal", 11, 11, _switches, "left"),
    Column("Ah", 8, 15, _capacity),
    Column("cycles", 6, 16, lambda pack, now: str(pack.status.cycle_count) if pack.status else ""),
    Column("kWh in", 8, 17, lambda pack, now: f"{pack.energy.charged:.2f}"),
    Column("kWh out", 8, 17, lambda pack, now: f"{pack.energy.discharged:.2f}"),
)


def needed(columns: Sequence[Column], gap: int) -> int:
    """The width of these columns side by side, `gap` spaces apart."""
    return sum(column.width for column in columns) + gap * (len(columns) - 1)


def fitting(columns: Sequence[Column], width: int, gap: int) -> list[Column]:
    """The columns that fit side by side, `gap` spaces apart."""
    kept = list(columns)
    while len(kept) > 1 and needed(kept, gap) > width:
        kept.remove(max(kept, key=lambda column: column.rank))
    return kept
