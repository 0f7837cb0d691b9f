"""The live view: every pack of every bus in a terminal.

`render` is pure and draws one picture from the model; `Screen` shows it twice a second. Old values are never
shown as present: a pack that is late has its age in yellow, one that is silent shows no values at all.
"""

import asyncio
from collections.abc import Sequence

from rich import box
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.panel import Panel
from rich.segment import SegmentLines
from rich.table import Table
from rich.text import Text

from ..bus.bus import Bus
from ..model.alarms import Severity
from ..model.battery import Battery
from ..model.pack import HEARD, LATE, Pack
from .columns import BAD, COLUMNS, DIM, GOOD, SEVERITY_STYLES, Column, bar, duration, fitted, fitting, needed
from .totals import Totals, totals

RESTING = 5.0  # W below which a battery neither charges nor discharges
REFRESH_EVERY = 0.5  # s
ROWS = 8  # of the view that are there with any number of packs and buses
PRINT_WIDTH = 120
PRINT_EVERY = 5.0  # s, where nothing can be drawn over


def render(
    battery: Battery,
    buses: Sequence[Bus],
    now: float,
    width: int,
    notes: Sequence[str] = (),
    page: str = "",
) -> RenderableType:
    """The whole view at `now` (seconds of the bus's clock), `width` columns wide.

    `notes` are the last lines of the log, `page` is where the web page is. Columns that do not fit are left
    out, the least telling first.
    """
    packs = battery.packs
    parts: list[RenderableType] = [header(totals(packs), width, page)]
    if packs:
        parts += [table(packs, now, width), *remarks(packs, now)]
    parts += [Text(), *(footer(bus, now, width) for bus in buses)]
    if notes:
        parts += [
            Text(),
            *(Text(f"  {note}", style=DIM, no_wrap=True, overflow="ellipsis") for note in notes),
        ]
    return Group(*parts)


def header(battery: Totals, width: int, page: str = "") -> RenderableType:
    """The battery as one, in a frame; and where to see it in a browser."""
    title = f"[bold white]jkbus[/]  {battery.packs} pack{'s' * (battery.packs != 1)}"
    if battery.heard < battery.packs:
        title += f", [red]{battery.packs - battery.heard} silent[/]"
    if page and len(page) + 50 <= width:
        title += f", also at [cyan]{page}[/]"
    body = Text("Listening; no pack has been heard yet.", style=DIM)
    if battery.state_of_charge is not None:
        body = Text("\n").join([_now(battery, width), _behind(battery, width)])
    return Panel(body, title=title, title_align="left", box=box.ROUNDED, border_style=DIM, padding=(0, 1))


def _now(battery: Totals, width: int) -> Text:
    soc, power = battery.state_of_charge or 0.0, battery.power or 0.0
    doing, style = "resting", DIM
    if abs(power) >= RESTING:
        doing, style = ("charging", GOOD) if power > 0 else ("discharging", "cyan")
    line = Text().append(f"{soc:.0f} %  ", style="bold").append_text(bar(soc, max(8, min(40, width - 62))))
    line.append(f"   {battery.voltage:.2f} V   {battery.current:+.1f} A   {watts(power)}   ", style="bold")
    return line.append(doing, style=style)


def _behind(battery: Totals, width: int) -> Text:
    pieces = [f"{battery.remaining:.0f} of {battery.capacity:.0f} Ah"]
    pieces += [f"in {battery.charged:.2f} kWh", f"out {battery.discharged:.2f} kWh"]
    pieces += [f"cells {low:.3f}..{high:.3f} V" for low, high in [battery.cells] if battery.cells]
    pieces += [f"{low:.0f}..{high:.0f} °C" for low, high in [battery.temperatures] if battery.temperatures]
    return fitted(pieces, width - 4)


def watts(power: float) -> str:
    """Power as people say it: 648 W, 4.48 kW."""
    return f"{power / 1000:+.2f} kW" if abs(power) >= 1000 else f"{power:+.0f} W"


def table(packs: Sequence[Pack], now: float, width: int) -> RenderableType:
    """A row per pack; an empty line between two buses."""
    gap = 2 if width >= 100 else 1
    columns = fitting(COLUMNS, width - 2, gap)
    spare = width - 2 - needed(columns, gap)
    longest = max(len(pack.name) for pack in packs)
    shown = Table(box=None, padding=(0, gap, 0, 0), pad_edge=False, header_style=DIM)
    for column in columns:
        more = max(0, min(spare, longest - column.width)) if column.title == "pack" else 0
        shown.add_column(
            column.title,
            justify=column.justify,
            width=column.width + more,
            no_wrap=True,
            overflow="ellipsis",
        )
    for before, pack in zip([None, *packs], packs, strict=False):
        if before is not None and before.bus != pack.bus:
            shown.add_row()
        shown.add_row(*(_cell(column, pack, now) for column in columns))
    return Padding(shown, (1, 0, 0, 2))


def _cell(column: Column, pack: Pack, now: float) -> Text | str:
    if column.lasting or pack.available:
        return column.cell(pack, now)
    return Text("-", style=DIM) if column.title else ""


def remarks(packs: Sequence[Pack], now: float) -> list[RenderableType]:
    """What needs attention, a line each, with what to do about it."""
    told: list[RenderableType] = []
    for pack in packs:
        if pack.available:
            for alarm in pack.alarms:
                if alarm.severity > Severity.INFO:
                    text = f"{pack.name}: {alarm.title}; {alarm.remedy}"
                    told.append(_remark("▲", SEVERITY_STYLES[alarm.severity], text))
        elif pack.state not in (HEARD, LATE):
            text = (
                f"{pack.name} has been silent for {duration(now - pack.since)}; check its power and bus cable"
            )
            told.append(_remark("○", BAD, text))
    return [Text(), *told] if told else []


def _remark(glyph: str, style: str, text: str) -> RenderableType:
    return Padding(Text().append(f"{glyph} ", style=style).append(text), (0, 0, 0, 2))


def footer(bus: Bus, now: float, width: int) -> RenderableType:
    """What a bus does: our role with its reason, the line's figures, and what cannot be had."""
    counters = bus.counters
    figures = [f"load {bus.load(now):.0f} %", f"cycle {bus.cycle:.1f} s", f"gap {bus.gap * 1000:.0f} ms"]
    figures += [f"{counters.reports} reports", f"noise {counters.noise} B", f"bad sums {counters.bad_sums}"]
    figures += [f"collisions {counters.collisions}"]
    lines = [
        Text().append(f"{bus.name}  ", "bold").append(bus.role, "cyan").append(f": {bus.reason}", DIM),
        fitted(figures, width - 2),
        *(Text(f"missing {sentence}", style=DIM) for sentence in bus.missing()),
    ]
    return Padding(Group(*lines), (0, 0, 0, 2))


def cut(picture: RenderableType, console: Console) -> RenderableType:
    """The picture as far as the terminal is high, and in the last line how much is below."""
    lines = console.render_lines(picture, pad=False)
    high = console.height - 1
    if len(lines) <= console.height:
        return picture
    below = Text(
        f"  … {len(lines) - high} more lines in a taller terminal", DIM, no_wrap=True, overflow="ellipsis"
    )
    return Group(SegmentLines(lines[:high], new_lines=True), below)


async def show(
    battery: Battery,
    buses: Sequence[Bus],
    notes: Sequence[str] = (),
    console: Console | None = None,
    page: str = "",
) -> None:
    """Keep the view on the terminal until cancelled, and leave its last picture behind.

    Where the output is no terminal, the view is printed every few seconds instead, and in the end.
    """
    console = console or Console()
    clock = asyncio.get_running_loop().time
    if not console.is_terminal:
        await _print(battery, buses, notes, console, page)
    picture: RenderableType = ""
    try:
        with Live(console=console, screen=True, auto_refresh=False, redirect_stderr=False) as live:
            while True:
                room = max(0, console.height - len(battery.packs) - 5 * len(buses) - ROWS)
                last = list(notes)[max(0, len(notes) - room) :]
                picture = render(battery, buses, clock(), console.width, last, page)
                live.update(cut(picture, console), refresh=True)
                await asyncio.sleep(REFRESH_EVERY)
    finally:
        console.print(picture)


async def _print(
    battery: Battery, buses: Sequence[Bus], notes: Sequence[str], console: Console, page: str
) -> None:
    console.width = PRINT_WIDTH
    clock = asyncio.get_running_loop().time
    try:
        while True:
            await asyncio.sleep(PRINT_EVERY)
            console.print(render(battery, buses, clock(), console.width, notes, page))
    finally:
        console.print(render(battery, buses, clock(), console.width, notes, page))
