"""`alarms`: what is wrong and what was, and who has taken note of it."""

import getpass
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..config import Config
from ..control.local import Asker
from ..errors import UsageError
from ..history.series import series_of
from ..protocol import Status
from . import ticks
from .documents import dumps
from .remembering import ALL, ask, remember
from .showing import DIM, page
from .spans import lasting, local, told
from .talking import Answer, selected

STYLES = {"info": DIM, "warning": "yellow", "protection": "red", "fault": "bold red"}
REMARK = "info"
MOST = 1000  # that are asked for
WIDEST = 110  # columns that are easy to read
MOMENTS = ("before", "during", "after")
ALWAYS = ("battery_voltage", "battery_current", "state_of_charge", "cell_voltage_min", "cell_voltage_max")
LITTLE = 1.0  # °C by which temperatures differ anyway


def show_alarms(path: Path | None, all: bool, count: int, json: bool) -> None:
    """Print what stands, the worst first, then what is over, the newest first. Raises JkbusError."""

    async def work(archive: Asker, config: Config) -> None:
        standing, over = await entries(archive, count, all)
        if json:
            for entry in [*standing, *over]:
                print(dumps(entry))
        else:
            show(page(), standing, over, all)

    remember(path, work)


async def entries(archive: Asker, count: int, all: bool) -> tuple[list[Answer], list[Answer]]:
    """What stands, and the last that is over; remarks only if `all` is wanted."""
    standing = [entry for entry in await _asked(archive, True) if wanted(entry, all)]
    over = [entry for entry in await _asked(archive, False) if entry["went"] and wanted(entry, all)]
    return standing, over[:count]


async def _asked(archive: Asker, standing: bool) -> list[Answer]:
    found: list[Answer] = (await ask(archive, "alarms", standing=standing, count=MOST))["entries"]
    return found


def wanted(entry: Answer, all: bool) -> bool:
    """Whether an alarm is to be shown: remarks only if all are."""
    return all or entry["severity"] != REMARK


def show(console: Console, standing: Sequence[Answer], over: Sequence[Answer], all: bool) -> None:
    """Print alarms for people."""
    if not standing:
        console.print(Text("nothing is wrong now", style="green"))
    for head, entries in (("standing", standing), ("over", over)):
        if entries:
            console.print(Text(head, style="bold"))
            console.print(grid(entries, min(console.width, WIDEST)))
    if not all:
        console.print(Text("remarks, such as a full battery, are shown with --all", style=DIM))


def grid(entries: Sequence[Answer], width: int) -> Table:
    """Alarms below each other: number, and beside it what is known."""
    numbers = [f"{entry['id']:>4}" for entry in entries]
    room = width - max(map(len, numbers)) - 2
    shown = Table.grid(padding=(0, 2, 0, 0))
    shown.add_column(justify="right")
    shown.add_column(max_width=room)
    for number, entry in zip(numbers, entries, strict=True):
        shown.add_row(Text(number, style=DIM), described(entry, room))
    return shown


def described(entry: Answer, width: int) -> Text:
    """An alarm: whose and what, how bad, from when to when, what was measured, and what to do."""
    name = entry.get("pack") or entry.get("bus") or "gateway"
    sentence = entry["message"].removeprefix(f"{name}: ").removesuffix(f"; {entry['remedy']}")
    text = Text().append(f"{name}: ", "bold").append(sentence.replace("; ", ": ", 1))
    text.append(f"\n{entry['severity']}", STYLES.get(entry["severity"], ""))
    text.append(f", {when(entry)}{seen(entry)}")
    for line in packed(values(entry), width):
        text.append(f"\n{line}", DIM)
    if entry["remedy"] and not entry["went"]:
        text.append(f"\n→ {entry['remedy']}", "bold")
    return text


def packed(cells: Iterable[str], width: int) -> list[str]:
    """Words that belong together beside each other, as many as fit in a line."""
    lines: list[str] = []
    for cell in cells:
        if lines and len(lines[-1]) + len(cell) + 3 <= width:
            lines[-1] += f"   {cell}"
        else:
            lines.append(cell)
    return lines


def when(entry: Answer) -> str:
    """From when to when, for how long, and how often."""
    came = datetime.fromisoformat(entry["came"]).timestamp()
    if entry["went"]:
        went = datetime.fromisoformat(entry["went"]).timestamp()
        until = f"{local(went):%H:%M}" if told(came)[:10] == told(went)[:10] else told(went)
        text = f"{told(came)} to {until}, {lasting(went - came)}"
    else:
        text = f"since {told(came)}, {lasting(time.time() - came)}"
    text += f", came {entry['count']} times" if entry["count"] > 1 else ""
    return text + (", went while nobody watched" if entry["unwatched"] else "")


def seen(entry: Answer) -> str:
    """Who has taken note of it, or ended it."""
    if entry["closed_by"]:
        return f", closed by {entry['closed_by']}"
    return f", seen by {entry['acknowledged_by']}" if entry["acknowledged"] else ""


def values(entry: Answer) -> Iterator[str]:
    """What was measured before it came, at its coming and at its going; what did not change is told once."""
    moments: list[Mapping[str, float]] = [entry[moment] for moment in MOMENTS if entry[moment]]
    names = dict.fromkeys(name for moment in moments for name in moment)
    known = series_of(Status)
    for name in names:
        series = known.get(name)
        found = [moment[name] for moment in moments if name in moment]
        if series is None or not (name in ALWAYS or _differ(found, series.unit)):
            continue
        digits = ticks.figures(found, series.per)
        shown = [text for text, _ in groupby(f"{value:.{digits}f}" for value in found)]
        cell = moments[-1].get(f"{name}_cell")
        which = f" (cell {cell:.0f})" if cell else ""
        yield f"{name} {' → '.join(shown)} {series.unit}".rstrip() + which


def _differ(found: Sequence[float], unit: str) -> bool:
    return max(found) - min(found) > (LITTLE if unit == "°C" else 0.0)


def acknowledge(path: Path | None, ids: Sequence[str]) -> None:
    """Take note of alarms by number, or of all that stand. Raises JkbusError."""
    _change(path, ids, "acknowledge", "acknowledged", "was seen", "there is none that nobody has seen")


def close(path: Path | None, ids: Sequence[str]) -> None:
    """Say that alarms are over, by number. Raises JkbusError."""
    _change(path, ids, "close", "closed", "is closed", "there is none that stands")


def _change(path: Path | None, ids: Sequence[str], do: str, done: str, told: str, none: str) -> None:
    numbers = selected(ids)

    async def work(archive: Asker, config: Config) -> None:
        asked = await chosen(archive, numbers)
        who = {"via": "command line", "user": getpass.getuser()}
        found = (await ask(archive, do, ids=asked, who=who))[done] if asked else []
        print("\n".join(f"alarm {number} {told}" for number in found) or none)

    remember(path, work)


async def chosen(archive: Asker, numbers: Sequence[str]) -> list[int]:
    """The numbers that were named; of `all`, those that stand and nobody has taken note of."""
    if list(numbers) == [ALL]:
        standing = await _asked(archive, True)
        return [entry["id"] for entry in standing if not entry["acknowledged"]]
    if not numbers or not all(number.isdecimal() for number in numbers):
        raise UsageError("which alarms? their numbers, as `jkbus alarms` shows them, or all")
    return [int(number) for number in numbers]
