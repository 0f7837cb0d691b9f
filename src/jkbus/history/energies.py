"""Energy in and out of a pack, or of all packs, per hour, day or month as the clocks of a time zone go.

It is kept in quarter hours: the local hours and days of every time zone, summer time included, are made of
whole ones, so that a day has 23 or 25 hours where it should.
"""

import sqlite3
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Literal

from .query import source_of
from .rollup import QUARTER
from .sealing import energy_of
from .store import Store
from .tables import SECONDS_A_DAY, energy_in, lay_quarters, no_energy, raw_hour, tail_of
from .whole import KEY

By = Literal["hour", "day", "month"]

_STEP = QUARTER // 1000  # s
_KWH = 3.6e6  # J
_LATEST = 32e9  # s, the year 2984; calendars end some time after


@dataclass(frozen=True, slots=True)
class Energy:
    """kWh in and out between `start` and `end` (unix s), known for `known` seconds of it: 0 is a gap.

    Of the whole battery it is the sum of its packs, and `known` the average of those heard in each quarter.
    """

    start: float
    end: float
    charged: float
    discharged: float
    known: float


def energy(store: Store, key: str, start: float, end: float, by: By, zone: tzinfo) -> list[Energy]:
    """Energy of a pack or the battery by local hours, days or months: all that touch the time, whole ones.

    Nothing is told of the time before the first and after the last reading. Raises HistoryError.
    """
    first = floor(start, by, zone)
    last = following(floor(min(max(start, end - 1), _LATEST), by, zone), by, zone)
    with store.reading() as db:
        others = db.execute("SELECT id FROM source WHERE key != ?", (KEY,)).fetchall()
        packs = [source for (source,) in others if key == KEY] or [source_of(db, key)]
        quarters = _quarters(db, packs, first, last)
    if not quarters:
        return []
    times = sorted(quarters)
    found = []
    begin = floor(times[0], by, zone)
    while begin <= times[-1]:
        end = following(begin, by, zone)
        part = [quarters[at] for at in times[bisect_left(times, begin) : bisect_left(times, end)]]
        charged, discharged, known = (sum(kind) for kind in zip((0, 0, 0), *part, strict=True))
        found.append(Energy(begin, end, charged / _KWH, discharged / _KWH, known / 1000))
        begin = end
    return found


def floor(at: float, by: By, zone: tzinfo) -> float:
    """The begin (unix s) of the local hour, day or month in which `at` lies."""
    if by == "hour":
        begin = at // _STEP * _STEP
        while _hour(begin - _STEP, zone) == _hour(begin, zone):
            begin -= _STEP
        return begin
    local = datetime.fromtimestamp(at, zone)
    return datetime(local.year, local.month, 1 if by == "month" else local.day, tzinfo=zone).timestamp()


def following(begin: float, by: By, zone: tzinfo) -> float:
    """The begin of the next one."""
    if by == "hour":
        end = begin + _STEP
        while _hour(end, zone) == _hour(begin, zone):
            end += _STEP
        return end
    local = datetime.fromtimestamp(begin, zone)
    day = local.date() + timedelta(days=1)
    if by == "month":
        day = (local.date().replace(day=1) + timedelta(days=32)).replace(day=1)
    return datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()


def _hour(at: float, zone: tzinfo) -> tuple[object, ...]:
    """What tells local hours apart: also the two of the same number when summer time ends."""
    local = datetime.fromtimestamp(at, zone)
    return local.toordinal(), local.hour, local.utcoffset()


def _quarters(
    db: sqlite3.Connection, sources: list[int], first: float, last: float
) -> dict[int, tuple[int, int, float]]:
    """Joules in, joules out and ms known of all these sources together, by the begin of the quarter in s."""
    days: dict[int, list[list[list[int]]]] = defaultdict(list)
    for source in sources:
        for start, day in _days(db, source, first, last):
            days[start].append(day)
    found = {}
    for start, packs in days.items():
        charged, discharged, known = (
            list(map(sum, zip(*kind, strict=True))) for kind in zip(*packs, strict=True)
        )
        heard = [sum(map(bool, quarter)) for quarter in zip(*(day[-1] for day in packs), strict=True)]
        for place, count in enumerate(heard):
            if count and first <= start + place * _STEP < last:
                quarter = charged[place], discharged[place], known[place] / count
                found[start + place * _STEP] = quarter
    return found


def _days(
    db: sqlite3.Connection, source: int, first: float, last: float
) -> Iterator[tuple[int, list[list[int]]]]:
    """The rows of a source, by the begin of their days, with what its open hours will add to them."""
    tail = tail_of(db, source)
    query = "SELECT day, blob FROM energy WHERE source = ? AND day > ? AND day < ?"
    days = {day: energy_in(blob) for day, blob in db.execute(query, (source, first - SECONDS_A_DAY, last))}
    for hour in tail:
        if first - SECONDS_A_DAY < hour < last:
            day = days.setdefault(hour - hour % SECONDS_A_DAY, no_energy())
            columns = raw_hour(db, source, hour, tail)
            lay_quarters(day, energy_of(db, source, hour, tail, columns))
    yield from days.items()
