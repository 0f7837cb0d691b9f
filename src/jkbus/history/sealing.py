"""What is done with an hour when it is over, and with what is too old."""

import sqlite3

from ..model.energy import GAP
from ..protocol import Status
from ..protocol.frames import Frame
from .packing import Columns
from .rollup import HOUR, MINUTE, Quarter, quarters, roll
from .series import power, series_of
from .tables import (
    SECONDS_A_DAY,
    SECONDS_AN_HOUR,
    Pieces,
    lay,
    lay_energy,
    number_series,
    raw_hour,
    series_in,
    tail_of,
)

MINUTES, HOURS = 60, 24  # buckets of a row
LATEST = GAP + 30.0  # s after its end in which an hour may still get what belongs to it
AHEAD = 2 * SECONDS_AN_HOUR  # s; an hour later than that is of a clock that was wrong


def is_over(hour: int, now: float) -> bool:
    """Whether nothing more is to be expected for an hour (both in unix seconds)."""
    return hour + SECONDS_AN_HOUR + LATEST <= now or hour > now + AHEAD


def seal(db: sqlite3.Connection, source: int, hour: int, frame: type[Frame]) -> None:
    """Make one piece of an hour, and its minutes, its hour and its energy.

    What was there of that hour stays where it was made of more reports: late ones, of a clock that was wrong,
    must not replace the memory of an hour whose reports are forgotten.
    """
    tail = tail_of(db, source)
    columns = raw_hour(db, source, hour, tail)
    number_series(db, series_of(frame).values())
    series, start = series_in(db, series_of(frame).values()), hour * 1000
    minutes, whole = roll(columns, series, start, (MINUTE, HOUR))
    day = hour - hour % SECONDS_A_DAY
    lay(db, "minute", source, hour, minutes, 0, MINUTES)
    lay(db, "hour", source, day, whole, (hour - day) // SECONDS_AN_HOUR, HOURS)
    if frame is Status:
        lay_energy(db, source, day, energy_of(db, source, hour, tail, columns))
    db.execute("INSERT OR REPLACE INTO raw VALUES (?, ?, ?)", (source, hour, columns.packed(start)))
    db.execute("DELETE FROM tail WHERE source = ? AND hour = ?", (source, hour))


def energy_of(
    db: sqlite3.Connection, source: int, hour: int, tail: Pieces, columns: Columns
) -> dict[int, Quarter]:
    """Energy of a pack in an hour by quarter hours, up to the readings on both sides of its borders."""
    before = raw_hour(db, source, hour - SECONDS_AN_HOUR, tail)
    after = raw_hour(db, source, hour + SECONDS_AN_HOUR, tail)
    times = (*before.times[-1:], *columns.times, *after.times[:1])
    watts = (*power(before)[-1:], *power(columns), *power(after)[:1])
    return quarters(times, watts, hour * 1000, hour * 1000 + HOUR)


def forget(db: sqlite3.Connection, table: str, source: int, before: float) -> None:
    """Delete the oldest hour of a source from a table if it ended before that time.

    Never more at once: a clock that is years ahead for some minutes must not cost the history.
    """
    oldest = f"SELECT min(hour) FROM {table} WHERE source = ?"
    db.execute(
        f"DELETE FROM {table} WHERE source = ? AND hour = ({oldest}) AND hour + ? <= ?",
        (source, source, SECONDS_AN_HOUR, before),
    )
