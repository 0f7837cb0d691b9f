"""`history energy`: kWh in and out by hour, day or month."""

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from rich.table import Table
from rich.text import Text

from ..config import Config
from ..control.local import Asker
from ..history.whole import KEY
from .charting import curve
from .documents import dumps
from .remembering import ask, chosen, remember, series, sources
from .showing import DIM, NOTHING, WARN, page, table
from .spans import DAY, Span, iso, lasting, local
from .talking import Answer

By = Literal["hour", "day", "month"]

DEFAULTS: dict[By, float] = {"hour": DAY, "day": 13 * DAY, "month": 365 * DAY}  # s that are shown
FORMATS = {"hour": "%Y-%m-%d %H:%M", "day": "%Y-%m-%d", "month": "%Y-%m"}
LONG = 7 * DAY  # s of which it is worth telling how much came out again
GAPS = 0.02  # of the time that may be missing for that
_SLACK = 0.01  # of an hour, a day or a month that may be missing and is no gap


def energy(path: Path | None, pack: str, span: Span, by: By, json: bool) -> None:
    """Print the energy in and out of a pack or the battery. Raises JkbusError."""

    async def work(archive: Asker, config: Config) -> None:
        (source,) = chosen(await sources(archive), [pack or KEY])
        asked = {"key": source["key"], "start": span.start, "end": span.end, "by": by}
        rows = (await ask(archive, "energy", **asked, **zone()))["rows"]
        if json:
            for row in rows:
                print(dumps({**row, "start": iso(row["start"]), "end": iso(row["end"])}))
        elif rows:
            show(source, rows, by, await returned(archive, source, rows))
        else:
            print(f"nothing is known of {source['name']} in this time")

    remember(path, work)


def zone() -> dict[str, str]:
    """The time zone of whoever asks, where it is not the one of this computer."""
    name = os.environ.get("TZ", "").removeprefix(":")
    try:
        return {"zone": name} if name and ZoneInfo(name) else {}
    except (KeyError, ValueError, OSError):
        return {}


def show(source: Answer, rows: Sequence[Answer], by: By, ending: str) -> None:
    """Print a row for each hour, day or month, the sum, and how much came out again."""
    console = page()
    shown = table((by, "in kWh", "out kWh", "not known for"), figures=True)
    for row in rows:
        when, missing = Text(f"{local(row['start']):{FORMATS[by]}}"), gap(source, row)
        figures = (f"{row[way]:.2f}" if row["known"] else NOTHING for way in ("charged", "discharged"))
        shown.add_row(when, *figures, Text(lasting(missing) if missing else "", style=WARN))
    if len(rows) > 1:
        sums = (Text(f"{total(rows, way):.2f}", style="bold") for way in ("charged", "discharged"))
        shown.add_row("together", *sums, "")
    console.print(Text(f"energy of {source['name']}", style="bold"))
    console.print(without_empty(shown))
    if ending:
        console.print(Text(ending, style=DIM))


def total(rows: Sequence[Answer], way: str) -> float:
    """The sum of a column."""
    return float(sum(row[way] for row in rows))


def without_empty(shown: Table) -> Table:
    """The table without the columns that say nothing."""
    shown.columns = [column for column in shown.columns if any(str(cell) for cell in column.cells)]
    return shown


def gap(source: Answer, row: Answer) -> float:
    """Seconds nothing is known about, of those since the history began and up to now; 0 for a few."""
    start, end = max(row["start"], source["first"]), min(row["end"], time.time())
    missing = float(end - start - row["known"])
    return missing if missing > max(60.0, _SLACK * (row["end"] - row["start"])) else 0.0


async def returned(archive: Asker, source: Answer, rows: Sequence[Answer]) -> str:
    """How much of the energy came out again, where the time is long and without gaps enough to tell.

    What is stored now and was not at the beginning, or the other way round, is counted in: the change of the
    remaining capacity times the mean voltage.
    """
    charged, discharged = total(rows, "charged"), total(rows, "discharged")
    span = Span(max(rows[0]["start"], source["first"]), min(rows[-1]["end"], source["last"]))
    if span.end - span.start < LONG or total(rows, "known") < (1 - GAPS) * (span.end - span.start):
        return ""
    capacity, voltage = [
        await curve(archive, source, series(source, name), span, 500)
        for name in ("remaining_capacity", "battery_voltage")
    ]
    volts = sum(voltage.mean) / max(len(voltage.mean), 1)
    stored = (capacity.mean[-1] - capacity.mean[0]) * volts / 1000 if capacity.mean else 0.0
    if charged <= 0 or not 0 < (discharged + stored) / charged <= 1.05:
        return ""
    share = f"{(discharged + stored) / charged:.0%}".replace("%", " %")
    more = "more" if stored >= 0 else "less"
    return f"about {share} came out again; {abs(stored):.1f} kWh {more} are stored now than at the beginning"
