"""Curves of values over a time, from reports, minutes or hours.

Whichever has about as many points as are wanted is taken. Where it is forgotten the next coarser one fills
in, and where an hour is not over yet it is made from the reports, hour by hour.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import mul
from typing import Literal

from .buckets import Buckets
from .rollup import roll
from .sealing import HOURS, MINUTES
from .series import Series
from .tables import SECONDS_A_DAY, SECONDS_AN_HOUR, buckets_in, raw_hour, series_in, tail_of

Level = Literal["raw", "minute", "hour"]
WIDTHS: Mapping[Level, float] = {"raw": 0.0, "minute": 60.0, "hour": 3600.0}  # s of a point

# What the rows of a table begin with, the seconds they are long, and their buckets
_ROWS = {"hour": ("day", SECONDS_A_DAY, HOURS), "minute": ("hour", SECONDS_AN_HOUR, MINUTES)}


# A value at a time (unix s; the begin of its minute or hour), made of so many reports: lowest, mean, highest
Point = tuple[float, int, float, float, float]

Points = dict[str, list[Point]]  # by name of the series


@dataclass(frozen=True, slots=True)
class Curve:
    """A value over time, the points sorted by `times` (unix s); where nothing is known there is no point.

    A point stands for `step` seconds from its time on; 0.0 are single readings, low, mean and high the same.
    """

    name: str
    unit: str
    step: float
    times: tuple[float, ...]
    low: tuple[float, ...]
    mean: tuple[float, ...]
    high: tuple[float, ...]


def level_for(step: float) -> Level:
    """What to read for a point every `step` seconds."""
    return "raw" if step < WIDTHS["minute"] else "minute" if step < WIDTHS["hour"] else "hour"


def curve(series: Series, points: Iterable[Point], step: float) -> Curve:
    """The curve of these points."""
    times, _, low, mean, high = tuple(zip(*points, strict=True)) or ((), (), (), (), ())
    return Curve(series.name, series.unit, step, times, low, mean, high)


def reduced(points: Iterable[Point], start: float, step: float) -> Iterator[Point]:
    """One point for every `step` seconds since `start` in which there are any, at its begin."""
    for place, group in groupby(points, lambda point: (point[0] - start) // step):
        _, counts, lows, means, highs = zip(*group, strict=True)
        count = sum(counts)
        yield start + place * step, count, min(lows), sum(map(mul, means, counts)) / count, max(highs)


class Reader:
    """Reads the points of some series of a source between `start` and `end` (unix s)."""

    def __init__(
        self, db: sqlite3.Connection, source: int, series: Sequence[Series], start: float, end: float
    ) -> None:
        self._db = db
        self._source = source
        self._start, self._end = start, end
        self._tail = tail_of(db, source)
        self._series = series_in(db, series)

    def points(self, level: Level) -> Points:
        """All points by name, sorted by time, as fine as `level` where that is still there."""
        hours = self._rolled("hour", level == "hour")
        if level != "hour":
            hours |= self._rolled("minute", level == "minute")
        if level == "raw":
            hours |= self._raw()
        found: Points = {}
        for hour in sorted(hours):
            for name, points in hours[hour].items():
                found.setdefault(name, []).extend(points)
        return found

    def _raw(self) -> dict[int, Points]:
        rows = self._db.execute(*self._query("hour", "raw", "hour", SECONDS_AN_HOUR))
        hours = {hour for (hour,) in rows} | self._open(SECONDS_AN_HOUR)
        return {hour: self._readings(hour) for hour in hours}

    def _readings(self, hour: int) -> Points:
        columns = raw_hour(self._db, self._source, hour, self._tail)
        found: Points = {}
        for one in self._series.values():
            pairs = zip(columns.times, one.read(columns), strict=True)
            values = ((at / 1000, number / one.per) for at, number in pairs if number is not None)
            found[one.name] = [
                (at, 1, value, value, value) for at, value in values if self._start <= at < self._end
            ]
        return found

    def _rolled(self, level: Level, with_open: bool) -> dict[int, Points]:
        """Points of hours or minutes, by hour; with what will be added to them when their hour is over."""
        column, length, count = _ROWS[level]
        rows = self._db.execute(*self._query(f"{column}, blob", level, column, length))
        buckets = {begin: buckets_in(blob, count, self._series) for begin, blob in rows}
        for hour in self._open(length) if with_open else ():
            columns, begin = raw_hour(self._db, self._source, hour, self._tail), hour - hour % length
            (fresh,) = roll(columns, self._series, hour * 1000, (length // count * 1000,))
            buckets.setdefault(begin, Buckets.empty(count)).merge(fresh, (hour - begin) * count // length)
        found: dict[int, Points] = {}
        for begin, row in buckets.items():
            for hour, name, points in self._points(begin, length // count, row):
                found.setdefault(hour, {}).setdefault(name, []).extend(points)
        return found

    def _points(self, begin: int, width: int, row: Buckets) -> Iterator[tuple[int, str, list[Point]]]:
        """Hour, name and points: all of an hour together, or an hour each."""
        times = range(begin, begin + width * len(row.counts), width)
        for key, stats in row.stats.items():
            one = self._series[key]
            per, fine = one.per, one.per * one.fine
            points: list[Point] = [
                (at, count, stat.low / per, stat.mean / fine, stat.high / per)
                for at, count, stat in zip(times, row.counts, stats, strict=True)
                if stat is not None and self._start < at + width and at < self._end
            ]
            if width < SECONDS_AN_HOUR:
                yield begin, one.name, points
            else:
                yield from ((int(point[0]), one.name, [point]) for point in points)

    def _query(self, columns: str, table: str, begin: str, length: int) -> tuple[str, tuple[float, ...]]:
        where = f"source = ? AND {begin} >= ? AND {begin} < ?"
        return f"SELECT {columns} FROM {table} WHERE {where}", (self._source, self._first(length), self._end)

    def _open(self, length: int) -> set[int]:
        """The hours of the tail in rows of `length` s that the time touches."""
        return {hour for hour in self._tail if self._first(length) <= hour < self._end}

    def _first(self, length: int) -> float:
        return self._start // length * length
