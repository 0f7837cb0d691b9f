"""Curves of values over a time, from reports, minutes or hours.

Whichever has about as many points as are wanted is taken. Where it is forgotten the next coarser one fills
in, and where an hour is not over yet it is made from the reports, hour by hour.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Literal, NamedTuple

from .buckets import Buckets
from .rollup import roll
from .sealing import HOURS, MINUTES
from .series import Series
from .tables import SECONDS_A_DAY, SECONDS_AN_HOUR, buckets_in, raw_hour, series_in, tail_of

Level = Literal["raw", "minute", "hour"]
WIDTHS: Mapping[Level, float] = {"raw": 0.0, "minute": 60.0, "hour": 3600.0}  # s of a point


class Point(NamedTuple):
    """A value at `at` (unix s; the begin of its minute or hour), made of so many `reports`."""

    at: float
    reports: int
    low: float
    mean: float
    high: float


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
    columns = tuple(zip(*points, strict=True)) or ((),) * len(Point._fields)
    times, _, low, mean, high = columns
    return Curve(series.name, series.unit, step, times, low, mean, high)


def reduced(points: Iterable[Point], start: float, step: float) -> Iterator[Point]:
    """One point for every `step` seconds since `start` in which there are any, at its begin."""
    for place, group in groupby(points, lambda point: (point.at - start) // step):
        part = list(group)
        count = sum(point.reports for point in part)
        mean = sum(point.mean * point.reports for point in part) / count
        low, high = min(map(attrgetter("low"), part)), max(map(attrgetter("high"), part))
        yield Point(start + place * step, count, low, mean, high)


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
        hours = self._rolled("hour")
        if level != "hour":
            hours |= self._rolled("minute")
        if level == "raw":
            hours |= self._raw()
        found: Points = {}
        for hour in sorted(hours):
            for name, points in hours[hour].items():
                found.setdefault(name, []).extend(points)
        return found

    def _first(self, width: int) -> int:
        """Begin of the row of `width` s in which the time begins."""
        return int(self._start // width * width)

    def _raw(self) -> dict[int, Points]:
        first = self._first(SECONDS_AN_HOUR)
        rows = self._db.execute(
            "SELECT hour FROM raw WHERE source = ? AND hour >= ? AND hour < ?",
            (self._source, first, self._end),
        )
        hours = {hour for (hour,) in rows} | {hour for hour in self._tail if first <= hour < self._end}
        return {hour: self._readings(hour) for hour in hours}

    def _readings(self, hour: int) -> Points:
        columns = raw_hour(self._db, self._source, hour, self._tail)
        found: Points = {}
        for one in self._series.values():
            pairs = zip(columns.times, one.read(columns), strict=True)
            values = ((at / 1000, number / one.per) for at, number in pairs if number is not None)
            found[one.name] = [
                Point(at, 1, value, value, value) for at, value in values if self._start <= at < self._end
            ]
        return found

    def _rolled(self, level: Level) -> dict[int, Points]:
        """Points of hours or minutes, by hour."""
        found: dict[int, Points] = {}
        width = int(WIDTHS[level])
        for begin, buckets in self._rows(level).items():
            for key, stats in buckets.stats.items():
                one = self._series[key]
                for place, stat in enumerate(stats):
                    at = begin + place * width
                    if stat is not None and at + width > self._start and at < self._end:
                        mean = stat.mean / one.fine / one.per
                        point = Point(
                            at, buckets.counts[place], stat.low / one.per, mean, stat.high / one.per
                        )
                        hour = at - at % SECONDS_AN_HOUR
                        found.setdefault(hour, {}).setdefault(one.name, []).append(point)
        return found

    def _rows(self, level: Level) -> dict[int, Buckets]:
        """The rows of a table by their begin, with what is to be added to them when their hour is over."""
        name, length, count = (
            ("day", SECONDS_A_DAY, HOURS) if level == "hour" else ("hour", SECONDS_AN_HOUR, MINUTES)
        )
        first = self._first(length)
        query = f"SELECT {name}, blob FROM {level} WHERE source = ? AND {name} >= ? AND {name} < ?"
        rows = self._db.execute(query, (self._source, first, self._end))
        found = {begin: buckets_in(blob, count, self._series) for begin, blob in rows}
        for hour in self._tail:
            if first <= hour < self._end:
                columns = raw_hour(self._db, self._source, hour, self._tail)
                (fresh,) = roll(columns, self._series, hour * 1000, (length // count * 1000,))
                begin = hour - hour % length
                found.setdefault(begin, Buckets.empty(count)).merge(fresh, (hour - begin) * count // length)
        return found
