"""From reports to minutes, hours and energy: what is left of them when they are forgotten."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from ..model.energy import GAP, MOST, moved
from .buckets import Buckets, Stat, Stats
from .packing import Columns
from .series import Series

MINUTE, QUARTER, HOUR, DAY = 60_000, 900_000, 3_600_000, 86_400_000  # ms


def roll(columns: Columns, series: Mapping[int, Series], start: int, widths: Sequence[int]) -> list[Buckets]:
    """The reports of the hour that begins at `start` (ms) in buckets of these widths (ms), a result for each.

    A mean is that of the reports in its bucket, each counting as much as any other.
    """
    times, end = columns.times, start + HOUR
    cuts = [[bisect_left(times, at) for at in range(start, end + 1, width)] for width in widths]
    found = [Buckets([end - begin for begin, end in pairwise(cut)], {}) for cut in cuts]
    if not columns.times:
        return found
    first = columns.first()
    for key, one in series.items():
        still = all(columns.constant(*place) for place in one.places)
        numbers = one.read(first if still else columns)
        for buckets, cut in zip(found, cuts, strict=True):
            stats = _still(numbers[0], one.fine, buckets) if still else _stats(numbers, one.fine, cut)
            if any(stats):
                buckets.stats[key] = stats
    return found


def _still(number: int | None, fine: int, buckets: Buckets) -> Stats:
    stat = None if number is None else Stat(number, number * fine, number)
    return [stat if count else None for count in buckets.counts]


def _stats(numbers: Sequence[int | None], fine: int, cut: list[int]) -> Stats:
    parts = ([number for number in numbers[begin:end] if number is not None] for begin, end in pairwise(cut))
    return [_stat(part, fine) if part else None for part in parts]


def _stat(part: Sequence[int], fine: int) -> Stat:
    count = len(part)
    return Stat(min(part), (2 * sum(part) * fine + count) // (2 * count), max(part))


class Quarter(NamedTuple):
    """Energy of a pack in a quarter of an hour: joules in and out, and ms of it in which that is known."""

    charged: int
    discharged: int
    known: int


@dataclass(slots=True)
class _Open:
    charged: float = 0.0  # J
    discharged: float = 0.0
    known: int = 0


def quarters(times: Iterable[int], watts: Iterable[float], start: int, end: int) -> dict[int, Quarter]:
    """Energy between `start` and `end` (ms), by the beginning of each quarter of an hour.

    Between two readings the power is the line that joins them, cut where a quarter ends. After a gap of more
    than `GAP` seconds nothing is assumed about the time between, as `model.energy` has it.
    """
    found: dict[int, _Open] = {}
    before: tuple[int, float] | None = None
    for at, power in zip(times, watts, strict=True):
        if abs(power) > MOST:
            continue
        if before is not None and 0 < at - before[0] <= GAP * 1000:
            _spread(found, before, (at, power), start, end)
        before = (at, power)
    return {at: Quarter(round(one.charged), round(one.discharged), one.known) for at, one in found.items()}


def _spread(
    found: dict[int, _Open], before: tuple[int, float], after: tuple[int, float], start: int, end: int
) -> None:
    """Add the time between two readings to the quarters it lies in."""
    (then, old), (now, new) = before, after
    slope = (new - old) / (now - then)
    at = max(then, start)
    while at < min(now, end):
        quarter = at - at % QUARTER
        until = min(now, end, quarter + QUARTER)
        one = found.setdefault(quarter, _Open())
        charged, discharged = moved(
            old + slope * (at - then), old + slope * (until - then), (until - at) / 1000
        )
        one.charged += charged
        one.discharged += discharged
        one.known += until - at
        at = until
