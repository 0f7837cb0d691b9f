"""Asking the history: values over time, the reports themselves, and what there is.

Times are unix seconds. Everything here raises HistoryError with a sentence: no file yet, a key or a name that
is not known, a damaged file.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ..config.words import suggestion
from ..protocol import Status
from ..protocol.frames import Frame
from .changes import KEPT
from .curves import WIDTHS, Curve, Level, Point, Reader, curve, level_for, reduced
from .packing import Columns
from .schema import HistoryError
from .sealing import HOURS
from .series import Series, frame_with, series_of
from .store import Store
from .tables import SECONDS_AN_HOUR, buckets_in, raw_hour, tail_of
from .whole import KEY, Whole

F = TypeVar("F", bound=Frame)

POINTS = 500
_EVER = 1e12  # s


@dataclass(frozen=True, slots=True)
class Source:
    """A pack, or the whole battery (key `battery`): its name, its first and its last report or hour."""

    key: str
    name: str
    first: float
    last: float


def sources(store: Store) -> list[Source]:
    """All packs that have a history, and the battery, by key."""
    found = []
    with store.reading() as db:
        for source, key, name in db.execute("SELECT id, key, name FROM source ORDER BY key").fetchall():
            tail = tail_of(db, source)
            ends: list[float] = [*_sealed_hours(db, source), *tail]
            if last := _last(db, source, _frame(key)):
                ends.append(last[0])
            if ends:
                times = raw_hour(db, source, int(min(ends)), tail).times
                first = times[0] / 1000 if times else min(ends)
                found.append(Source(key, name, first, max(ends)))
    return found


def names(key: str) -> list[str]:
    """Every name that `read` knows for a pack or the battery."""
    kinds: list[type[Frame]] = [Whole] if key == KEY else [Status, *KEPT.values()]
    return [name for kind in kinds for name in series_of(kind)]


def read(
    store: Store,
    key: str,
    name: str,
    start: float,
    end: float,
    points: int | None = POINTS,
    level: Level | None = None,
) -> Curve:
    """One value over a time: see `curves`."""
    return curves(store, key, [name], start, end, points, level)[name]


def curves(
    store: Store,
    key: str,
    wanted: Sequence[str],
    start: float,
    end: float,
    points: int | None = POINTS,
    level: Level | None = None,
) -> dict[str, Curve]:
    """Values of a pack or the battery from `start` up to `end`, in at most so many points (None: all).

    `level` is what to read if that is not to follow from the number of points: reports ("raw"), minutes or
    hours. A setting has a point where it changed, and one at the start.
    """
    step = (end - start) / points if points else 0.0
    level = level or level_for(step)
    found: dict[str, Curve] = {}
    with store.reading() as db:
        source = source_of(db, key)
        series = [_series(key, name) for name in wanted]
        measured = [one for one in series if one.name in series_of(_frame(key))]
        read = Reader(db, source, measured, start, end).points(level) if measured else {}
        for one in series:
            here = read.get(one.name, []) if one in measured else _changes(db, source, one, start, end)
            if points is None or len(here) <= points:
                found[one.name] = curve(one, here, WIDTHS[level])
            else:
                found[one.name] = curve(one, reduced(here, start, step), step)
    return found


def latest(store: Store, key: str) -> tuple[float, Status | Whole] | None:
    """The last Status of a pack (or of the whole battery) and when it was heard; None if it is forgotten."""
    with store.reading() as db:
        return _last(db, source_of(db, key), _frame(key))


def reports(
    store: Store, key: str, kind: type[F], start: float = 0.0, end: float = _EVER
) -> Iterator[tuple[float, F]]:
    """Reports from `start` up to `end` and when they were heard, sorted by time, as long as they are kept.

    Of Settings and About there are those that differ from the one before, and the one valid at the start.
    """
    with store.reading() as db:
        source = source_of(db, key)
        if kind.type in KEPT:
            for at, report in _changed(db, source, kind.type, start, end):
                yield at, kind(report)
        elif kind is _frame(key):
            for columns in _hours(db, source, start, end):
                for at, record in zip(columns.times, columns.records, strict=True):
                    if start <= at / 1000 < end:
                        yield at / 1000, kind(record)


def _frame(key: str) -> type[Status] | type[Whole]:
    return Whole if key == KEY else Status


def source_of(db: sqlite3.Connection, key: str) -> int:
    """The number of a source in this file. Raises HistoryError for a key that has no history."""
    known = dict(db.execute("SELECT key, id FROM source").fetchall())
    if key not in known:
        raise HistoryError(f"{key}: has no history; {suggestion(key, sorted(known))}")
    return int(known[key])


def _series(key: str, name: str) -> Series:
    kind = _frame(key) if key == KEY else frame_with(name)
    found = series_of(kind).get(name) if kind is not None else None
    if found is None:
        raise HistoryError(f"{name}: there is no such value of {key}; {suggestion(name, names(key))}")
    return found


def _changes(db: sqlite3.Connection, source: int, series: Series, start: float, end: float) -> list[Point]:
    kind = frame_with(series.name)
    assert kind is not None
    found: list[Point] = []
    for at, report in _changed(db, source, kind.type, start, end):
        (number,) = series.read(Columns.of([0], [report]))
        value = None if number is None else number / series.per
        if value is not None and (not found or found[-1][-1] != value):
            found.append((max(at, start), 1, value, value, value))
    return found


def _changed(
    db: sqlite3.Connection, source: int, type: int, start: float, end: float
) -> Iterator[tuple[float, bytes]]:
    where = "FROM change WHERE source = ? AND type = ?"
    first = f"SELECT max(at) {where} AND at <= ?"
    rows = db.execute(
        f"SELECT at, report {where} AND at < ? AND at >= coalesce(({first}), 0) ORDER BY at",
        (source, type, end * 1000, source, type, start * 1000),
    )
    return ((at / 1000, report) for at, report in rows)


def _hours(db: sqlite3.Connection, source: int, start: float, end: float) -> Iterator[Columns]:
    tail = tail_of(db, source)
    first = start // SECONDS_AN_HOUR * SECONDS_AN_HOUR
    query = "SELECT hour FROM raw WHERE source = ? AND hour >= ? AND hour < ?"
    sealed = {hour for (hour,) in db.execute(query, (source, first, end))}
    for hour in sorted(sealed | {hour for hour in tail if first <= hour < end}):
        yield raw_hour(db, source, hour, tail)


def _last(
    db: sqlite3.Connection, source: int, kind: type[Status] | type[Whole]
) -> tuple[float, Status | Whole] | None:
    """What was written down last; a clock that was wrong does not matter."""
    for query in (
        "SELECT hour, blob FROM tail WHERE source = ? ORDER BY rowid DESC LIMIT 1",
        "SELECT hour, blob FROM raw WHERE source = ? ORDER BY hour DESC LIMIT 1",
    ):
        row = db.execute(query, (source,)).fetchone()
        if row is not None:
            columns = Columns.unpacked(row[1], row[0] * 1000)
            return columns.times[-1] / 1000, kind(columns.records[-1])
    return None


def _sealed_hours(db: sqlite3.Connection, source: int) -> list[int]:
    """The first and the last hour of a source that were rolled up."""
    found = []
    for order in ("ASC", "DESC"):
        query = f"SELECT day, blob FROM hour WHERE source = ? ORDER BY day {order} LIMIT 1"
        for day, blob in db.execute(query, (source,)):
            counts = buckets_in(blob, HOURS, ()).counts
            found += [day + place * SECONDS_AN_HOUR for place, count in enumerate(counts) if count]
    return found
