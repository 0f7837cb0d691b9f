"""Where the marks of an axis lie: round numbers, and the local hours, days and months people think in."""

import math
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import count
from typing import NamedTuple

from .spans import local

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_STEPS = (
    *(5, 10, 15, 30),
    *(minutes * _MINUTE for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * _HOUR for hours in (1, 2, 3, 6, 12)),
    *(days * _DAY for days in (1, 2, 4, 7, 14)),
)
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120)
_MONTH = 30 * _DAY


class Scale(NamedTuple):
    """An axis of values from `low` to `high` with a mark every `step`."""

    low: float
    high: float
    step: float

    @property
    def marks(self) -> list[float]:
        """The values that are marked, the lowest first."""
        return [
            self.low + place * self.step for place in range(round((self.high - self.low) / self.step) + 1)
        ]

    def rows(self, about: int) -> int:
        """How many rows of characters give every mark its own, at equal distances; near `about`."""
        steps = len(self.marks) - 1
        return steps * max(1, round((about - 1) / steps)) + 1

    def label(self, value: float) -> str:
        """A marked value, as precise as the marks need it."""
        return f"{value:.{decimals(self.step)}f}"


def decimals(step: float) -> int:
    """How many digits tell values apart that differ by `step`."""
    return max(0, -math.floor(math.log10(step) + 1e-9))


def figures(values: Iterable[float], per: int) -> int:
    """How many digits behind the point tell all of these values, in steps of `1 / per` at most."""
    most = decimals(1 / per)
    rounded = [round(value, most) for value in values]
    return next((n for n in range(most) if all(round(value, n) == value for value in rounded)), most)


def scale(low: float, high: float, most: int, finest: float) -> Scale:
    """Round ends around `low` to `high` with at most so many marks, and no step smaller than `finest`."""
    for step in _round_steps(max(finest, (high - low) / 100)):
        bottom, top = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        top = max(top, bottom + 1)
        if top - bottom < most:
            return Scale(bottom * step, top * step, step)
    raise AssertionError("steps grow beyond any span")


def _round_steps(least: float) -> Iterator[float]:
    """1, 2 and 5 times the powers of ten, from `least` on."""
    for power in count(math.floor(math.log10(least) + 1e-9)):
        yield from (step for factor in (1, 2, 5) if (step := factor * 10.0**power) > least * (1 - 1e-9))


class Mark(NamedTuple):
    """A time (unix s) that is marked, and its name there."""

    at: float
    label: str


def times(start: float, end: float, most: int) -> list[Mark]:
    """Round local times from `start` up to `end`, at most so many."""
    for step in _STEPS:
        if (end - start) / step <= most:
            return list(_by_clock(start, end, step))
    months = next((months for months in _MONTHS if (end - start) / months / _MONTH <= most), _MONTHS[-1])
    return list(_by_calendar(start, end, months))


def _by_clock(start: float, end: float, step: int) -> Iterator[Mark]:
    at = local(start).replace(hour=0, minute=0, second=0, microsecond=0)
    if step > _DAY:
        at -= timedelta(days=(at.toordinal() - 1) % (step // _DAY))  # weeks begin on Mondays
    while (moment := at.timestamp()) < end:
        if moment >= start:
            clock = f"{at:%H:%M:%S}" if step < _MINUTE else f"{at:%H:%M}"
            yield Mark(moment, clock if at.hour or at.minute or at.second else f"{at.day} {at:%b}")
        at += timedelta(seconds=step)


def _by_calendar(start: float, end: float, months: int) -> Iterator[Mark]:
    began = local(start).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    for place in count((began.year * 12 + began.month - 1) // months * months, months):
        at = began.replace(year=place // 12, month=place % 12 + 1)
        if at.timestamp() >= end:
            return
        if at.timestamp() >= start:
            yield Mark(at.timestamp(), f"{at:%Y}" if at.month == 1 else f"{at:%b}")
