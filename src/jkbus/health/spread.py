"""How far the cells of a pack are apart where it counts: at the top of charge and at the bottom.

In the middle of charge all LiFePO4 cells have the same voltage, whatever they hold; only at the ends does a
difference in charge become one in voltage. So one visit a day is taken: at the top the rows within 3 mV of
the day's highest average, if that reaches 3.40 V and the current has fallen below 0.1 C; at the bottom the
rows within 10 mV of the day's lowest cell, if that falls to 3.10 V at no more than 0.3 C.

Error: a visit's spread is exact to the board's 2 mV; visits differ since each ends at another voltage and
current. `now` is the median of the last three, and its error how far they are apart. Trends are medians of
all slopes between visits, with their 95 % interval. While a balancer works, it hides part of a drift: see the
hours it works.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from statistics import median, median_low

from .estimate import Answer, Missing, middle, trend
from .nameplate import Nameplate
from .past import Past

TOP, BOTTOM = 3.40, 3.10  # V per cell: average at the top, lowest cell at the bottom
_TOP_RATE, _BOTTOM_RATE = 0.1, 0.3  # C
_TOP_NEAR, _BOTTOM_NEAR = 0.003, 0.010  # V
_LIKE = 0.015  # V by which the tops of two days may differ and still be compared
_DAY = 86400.0
_VISITS, _WEEKS = 6, 2  # that a trend needs
_RECENT = 3  # visits that say how it is now


@dataclass(frozen=True, slots=True)
class Visit:
    """The top or bottom of one day: unix `time`, average cell, `spread` and each cell above average, in V."""

    time: float
    level: float
    spread: float
    deviations: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """Spread in V at one end of charge, its trend in V a week, and both for each cell against the average."""

    now: Answer
    trend: Answer
    cells: tuple[Answer, ...]
    drifts: tuple[Answer, ...]
    visits: tuple[Visit, ...]


def at_the_top(past: Past, plate: Nameplate) -> Spread:
    """Spread and drift where the pack is full; needs a charge to 3.40 V per cell."""
    limit = _TOP_RATE * plate.capacity
    rows = [
        row
        for row, (mean, current) in enumerate(zip(past.average, past.current, strict=True))
        if mean >= TOP and -limit / 10 <= current <= limit
    ]
    visits = list(_visits(past, rows, lambda row: -past.average[row], _TOP_NEAR))
    return _spread(past, visits, f"a charge to {TOP:.2f} V per cell that is held until the current is small")


def at_the_bottom(past: Past, plate: Nameplate) -> Spread:
    """Spread and drift where the pack is empty; needs a discharge until a cell is at 3.10 V."""
    limit = _BOTTOM_RATE * plate.capacity
    rows = [
        row
        for row, (low, current) in enumerate(zip(past.lowest, past.current, strict=True))
        if low <= BOTTOM and -limit <= current <= limit / 10
    ]
    visits = list(_visits(past, rows, lambda row: past.lowest[row], _BOTTOM_NEAR))
    return _spread(past, visits, f"a discharge until a cell is at {BOTTOM:.2f} V (about 10 % of charge)")


def _visits(past: Past, rows: list[int], rank: Callable[[int], float], near: float) -> Iterator[Visit]:
    """One for each day: the rows whose rank is `near` the day's least."""
    for _, day in groupby(rows, lambda row: past.times[row] // _DAY):
        ranked = sorted(day, key=rank)
        best = ranked[min(2, len(ranked) - 1)]  # the third, lest a damaged report be the best
        chosen = [row for row in ranked if abs(rank(row) - rank(best)) <= near]
        cells = zip(*(past.deviations(row) for row in chosen), strict=True)
        yield Visit(
            past.times[best],
            median(past.average[row] for row in chosen),
            median(past.highest[row] - past.lowest[row] for row in chosen),
            tuple(median(cell) for cell in cells),
        )


def _spread(past: Past, visits: list[Visit], need: str) -> Spread:
    count = len(past.cells)
    if not visits:
        nothing = Missing(need)
        return Spread(nothing, nothing, (nothing,) * count, (nothing,) * count, ())
    level = median_low(visit.level for visit in visits)
    alike = [visit for visit in visits if abs(visit.level - level) <= _LIKE]
    recent = alike[-_RECENT:]
    return Spread(
        middle(visit.spread for visit in recent),
        _trend(alike, [visit.spread for visit in alike]),
        tuple(middle(visit.deviations[cell] for visit in recent) for cell in range(count)),
        tuple(_trend(alike, [visit.deviations[cell] for visit in alike]) for cell in range(count)),
        tuple(visits),
    )


def _trend(visits: list[Visit], values: list[float]) -> Answer:
    times = [visit.time for visit in visits]
    if len(visits) < _VISITS or times[-1] - times[0] < _WEEKS * 7 * _DAY * 0.9:
        return Missing(f"{_VISITS} days that go there within at least {_WEEKS} weeks, has {len(visits)}")
    return trend(times, values) or Missing("days that differ")
