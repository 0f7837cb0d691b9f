"""`history show`: values over time, as plots, a table or JSON."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from ..config import Config
from ..control.local import Asker
from ..history.curves import Curve
from ..history.series import Series, frame_with
from ..protocol import Status
from ..protocol.fields import Bit
from . import plotting, ticks
from .documents import dumps
from .remembering import ask, chosen, remember, series, sources
from .showing import DIM, NOTHING, ROWS, fits, page, table
from .spans import Span, iso, local, told
from .talking import Answer, selected

POINTS = 500  # of JSON
LINES = 24  # of a table
HEIGHT, LEAST_HEIGHT = 12, 5  # characters of a plot
SWITCHES = ("_on", "_active", "_enabled")  # ends of names of what is 0 or 1 in a whole byte
_AROUND = 5  # lines of a plot that are not its own


def show(
    path: Path | None, pack: str, names: str, span: Span, points: int | None, as_table: bool, json: bool
) -> None:
    """Print values of a pack over a time. Raises JkbusError."""

    async def work(archive: Asker, config: Config) -> None:
        (source,) = chosen(await sources(archive), [pack])
        wanted = [series(source, name) for name in selected([names])]
        console = page()
        plain = as_table or not plotting.drawable(console.encoding)
        count = points or (POINTS if json else LINES if plain else 2 * console.width)
        curves = [await curve(archive, source, one, span, count) for one in wanted]
        if json:
            for one in curves:
                print(dumps(document(source, one)))
        elif not any(one.times for one in curves):
            console.print(nothing(source, span))
        elif plain:
            show_table(console, wanted, curves)
        else:
            show_plots(console, source, wanted, curves, span)

    remember(path, work)


async def curve(archive: Asker, source: Answer, series: Series, span: Span, points: int) -> Curve:
    """A value of a source over a time. Raises JkbusError."""
    asked = {"key": source["key"], "name": series.name, "start": span.start, "end": span.end}
    found = (await ask(archive, "curve", **asked, points=points))["curve"]
    columns = (tuple(found[name]) for name in ("times", "low", "mean", "high"))
    return Curve(series.name, series.unit, found["step"], *columns)


def document(source: Answer, curve: Curve) -> dict[str, Any]:
    """A curve for programs."""
    return {
        "pack": source["name"],
        "name": curve.name,
        "unit": curve.unit,
        "step_s": curve.step,
        "times": [iso(at, milliseconds=not curve.step) for at in curve.times],
        "low": curve.low,
        "mean": curve.mean,
        "high": curve.high,
    }


def nothing(source: Answer, span: Span) -> str:
    """What is said where nothing is known."""
    return (
        f"nothing is known of {source['name']} from {told(span.start)} to {told(span.end)}; its history goes"
        f" from {told(source['first'])} to {told(source['last'])}"
    )


def show_plots(
    console: Console, source: Answer, wanted: Sequence[Series], curves: Sequence[Curve], span: Span
) -> None:
    """Print a plot for each curve, one below the other."""
    room = shutil.get_terminal_size((80, 40)).lines // len(curves) - _AROUND
    height = min(HEIGHT, max(LEAST_HEIGHT, room))
    scales = [scale(one, curve, (height + 1) // 2) for one, curve in zip(wanted, curves, strict=True)]
    margin = plotting.margin_for(scales)
    for one, curve, axis in zip(wanted, curves, scales, strict=True):
        console.print(Text(f"{one.name} of {source['name']}", style="bold").append_text(unit(one)))
        if not curve.times:
            console.print(Text("  nothing is known in this time\n", style=DIM))
            continue
        rows = 2 if is_bit(one) else axis.rows(height)
        frame = plotting.Frame(span.start, span.end, console.width - margin - 2, rows, not is_measured(one))
        for line in plotting.plot(curve, frame, axis, margin):
            console.print(line, no_wrap=True, crop=True)
        console.print(Text(f"{summary(one, curve)}\n"))


def unit(series: Series) -> Text:
    """The unit behind a name."""
    return Text(f" in {series.unit}" if series.unit else "", style=f"not bold {DIM}")


def is_measured(series: Series) -> bool:
    """Whether it is told all the time, and not only when it changes."""
    return frame_with(series.name) in (Status, None)


def is_bit(series: Series) -> bool:
    """Whether it is 0 or 1."""
    return isinstance(ROWS.get(series.name), Bit) or series.name.endswith(SWITCHES)


def scale(series: Series, curve: Curve, marks: int) -> ticks.Scale:
    """The axis of a curve, with so many marks at most."""
    if is_bit(series):
        return ticks.Scale(0.0, 1.0, 1.0)
    low, high = min(curve.low, default=0.0), max(curve.high, default=1.0)
    if high - low < 2 / series.per:
        room = max(abs(high) / 20, 2 / series.per)
        low, high = low - room, high + room
    return ticks.scale(low, high, marks, 1 / series.per)


def summary(series: Series, curve: Curve) -> str:
    """Lowest, mean and highest, and when."""
    low, high = min(curve.low), max(curve.high)
    mean = sum(curve.mean) / len(curve.mean)
    if is_bit(series):
        return f"always {'on' if low else 'off'}" if low == high else f"on for {100 * mean:.1f} % of the time"
    if low == high:
        return f"always {said(series, low, ticks.figures([low], series.per))}"
    digits = min(ticks.decimals(1 / series.per), ticks.decimals((high - low) / 1000))
    lowest, highest = curve.times[curve.low.index(low)], curve.times[curve.high.index(high)]
    return (
        f"lowest {said(series, low, digits)} ({brief(lowest)})  mean {said(series, mean, digits)}"
        f"  highest {said(series, high, digits)} ({brief(highest)})"
    )


def said(series: Series, value: float, digits: int) -> str:
    """A value with its unit."""
    return f"{value:.{digits}f} {series.unit}".rstrip()


def brief(at: float) -> str:
    """A moment of the last months."""
    return f"{local(at).day} {local(at):%b %H:%M}"


def show_table(console: Console, wanted: Sequence[Series], curves: Sequence[Curve]) -> None:
    """Print a row for each time, or each value by itself where that is too wide."""
    whole = one_table(wanted, curves)
    if fits(whole, console):
        console.print(whole)
        return
    for one, curve in zip(wanted, curves, strict=True):
        console.print(one_table([one], [curve]))
        console.print()


def one_table(wanted: Sequence[Series], curves: Sequence[Curve]) -> Any:
    """Times down, values across: of one its lowest, mean and highest, of several the means."""
    spread = [any(low != high for low, high in zip(one.low, one.high, strict=True)) for one in curves]
    titles = ["time"]
    spread = [wide and len(wanted) == 1 for wide in spread]
    for one, wide in zip(wanted, spread, strict=True):
        head = f"{one.name} {one.unit}".rstrip()
        titles += ["lowest", head, "highest"] if wide else [head]
    shown = table(titles, figures=True)
    rows: dict[float, list[str]] = {}
    width, done = len(titles) - 1, 0
    for one, curve, wide in zip(wanted, curves, spread, strict=True):
        digits = ticks.figures((*curve.low, *curve.mean, *curve.high), one.per)
        for at, *values in zip(curve.times, curve.low, curve.mean, curve.high, strict=True):
            row = rows.setdefault(at, [NOTHING] * width)
            told_values = [f"{value:.{digits}f}" for value in values]
            row[done : done + (3 if wide else 1)] = told_values if wide else told_values[1:2]
        done += 3 if wide else 1
    for at in sorted(rows):
        shown.add_row(told(at, seconds=True), *rows[at])
    return shown
