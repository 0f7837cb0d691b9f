"""What is done with an hour when it is over, and with what is too old."""

import sqlite3
from typing import NamedTuple

from ..model.energy import GAP
from ..protocol import Status
from ..protocol.frames import Frame
from .buckets import Buckets
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
from .whole import KEY, Whole

MINUTES, HOURS = 60, 24  # buckets of a row
LATEST = GAP + 30.0  # s after its end in which an hour may still get what belongs to it
AHEAD = 2 * SECONDS_AN_HOUR  # s; an hour later than that is of a clock that was wrong


def is_over(hour: int, now: float) -> bool:
    """Whether nothing more is to be expected for an hour (both in unix seconds)."""
    return hour + SECONDS_AN_HOUR + LATEST <= now or hour > now + AHEAD


class _Rolled(NamedTuple):
    """What an hour of a source comes to."""

    source: int
    raw: bytes
    minutes: Buckets
    whole: Buckets
    energy: dict[int, Quarter]


class Sealing:
    """An hour that is over on its way from the tail into its rows: a source a step, at the end all of them.

    Until the last step nothing is written, so that the tail is rid of the hour at once: its pages become
    free, and none of them has to be written again for each source.
    """

    def __init__(self, db: sqlite3.Connection, hour: int) -> None:
        self._hour = hour
        self._last = int(db.execute("SELECT coalesce(max(rowid), 0) FROM tail").fetchone()[0])
        self._pieces = self._in_tail(db)
        known = "SELECT DISTINCT source, key FROM tail JOIN source ON source.id = source WHERE hour = ?"
        self._left = sorted(db.execute(known, (hour,)).fetchall())
        self._rolled: list[_Rolled] = []

    def step(self, db: sqlite3.Connection) -> bool:
        """Do the next step; True after the last."""
        if self._left:
            source, key = self._left.pop()
            self._rolled.append(self._roll(db, source, Whole if key == KEY else Status))
            return False
        if self._in_tail(db) == self._pieces:  # else another gateway was faster
            for rolled in self._rolled:
                self._write(db, rolled)
            db.execute("DELETE FROM tail WHERE hour = ? AND rowid <= ?", (self._hour, self._last))
        return True

    def _in_tail(self, db: sqlite3.Connection) -> int:
        query = "SELECT count(*) FROM tail WHERE hour = ? AND rowid <= ?"
        return int(db.execute(query, (self._hour, self._last)).fetchone()[0])

    def _roll(self, db: sqlite3.Connection, source: int, frame: type[Frame]) -> _Rolled:
        tail = tail_of(db, source, self._last)
        columns = raw_hour(db, source, self._hour, tail)
        number_series(db, series_of(frame).values())
        series, start = series_in(db, series_of(frame).values()), self._hour * 1000
        minutes, whole = roll(columns, series, start, (MINUTE, HOUR))
        energy = energy_of(db, source, self._hour, tail, columns) if frame is Status else {}
        return _Rolled(source, columns.packed(start), minutes, whole, energy)

    def _write(self, db: sqlite3.Connection, rolled: _Rolled) -> None:
        """Write the rows of a source; what was there stays where it was made of more reports.

        Late reports, of a clock that was wrong, must not replace the memory of an hour that was forgotten.
        """
        source, hour, day = rolled.source, self._hour, self._hour - self._hour % SECONDS_A_DAY
        lay(db, "minute", source, hour, rolled.minutes, 0, MINUTES)
        lay(db, "hour", source, day, rolled.whole, (hour - day) // SECONDS_AN_HOUR, HOURS)
        if rolled.energy:
            lay_energy(db, source, day, rolled.energy)
        db.execute("INSERT OR REPLACE INTO raw VALUES (?, ?, ?)", (source, hour, rolled.raw))


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
