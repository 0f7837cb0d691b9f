"""A figure with its error, or what is missing for it; and the robust statistics that make figures.

Medians and Theil-Sen slopes are used in place of means and least squares, since a history holds damaged
reports, clock jumps and an owner at work with a spanner.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

WEEK = 7 * 86400.0
_SURE = 1.96  # standard deviations that hold the truth 19 times in 20
_MOST = 400  # points that a trend looks at: the number of pairs grows with the square
_NOTHING = 1e-9
_SPREAD = 1.4826  # from a median deviation to a standard deviation


@dataclass(frozen=True, slots=True)
class Estimate:
    """`value` and the `error` around it that holds the truth 19 times in 20, resting on `count` cases."""

    value: float
    error: float
    count: int

    @property
    def low(self) -> float:
        """The lower end of what is likely."""
        return self.value - self.error

    @property
    def high(self) -> float:
        """The upper end of what is likely."""
        return self.value + self.error

    def times(self, factor: float) -> "Estimate":
        """The same in another unit."""
        return Estimate(self.value * factor, self.error * abs(factor), self.count)


@dataclass(frozen=True, slots=True)
class Missing:
    """Why nothing can be said: `need` is what must happen, in words that follow "needs"."""

    need: str


Answer = Estimate | Missing


def middle(values: Iterable[float]) -> Estimate:
    """The median and its 95 % interval from the order of the values; at least one is needed."""
    ordered = sorted(values)
    count, value = len(ordered), median(ordered)
    reach = _SURE * math.sqrt(count) / 2
    low = ordered[max(0, math.floor(count / 2 - reach))]
    high = ordered[min(count - 1, math.ceil(count / 2 + reach))]
    return Estimate(value, max(value - low, high - value), count)


def trend(times: Sequence[float], values: Sequence[float]) -> Estimate | None:
    """Change per week: the median of the slopes of all pairs (Theil-Sen) with Sen's 95 % interval.

    None for fewer than four points or when all are of one time.
    """
    thin = len(times) // _MOST + 1
    points = list(zip(times[::thin], values[::thin], strict=True))
    slopes = sorted(
        (after - before) / (later - earlier)
        for place, (earlier, before) in enumerate(points)
        for later, after in points[place + 1 :]
        if later > earlier
    )
    count = len(points)
    if count < 4 or not slopes:
        return None
    reach = _SURE * math.sqrt(count * (count - 1) * (2 * count + 5) / 18) / 2
    half, value = (len(slopes) - 1) / 2, median(slopes)
    low = slopes[max(0, math.floor(half - reach))]
    high = slopes[min(len(slopes) - 1, math.ceil(half + reach))]
    return Estimate(value, max(value - low, high - value), count).times(WEEK)


def proportion(causes: Sequence[float], effects: Sequence[float], resolution: float = 0.0) -> Estimate | None:
    """k of effect = k · cause: least squares without what lies four deviations off the median.

    What lies within two steps of the effects' `resolution` is kept: coarse values are not wrong ones. Pairs
    with a value that is not finite or without a cause are left out; None for fewer than three.
    """
    pairs = [
        (x, y) for x, y in zip(causes, effects, strict=True) if abs(x) > _NOTHING and math.isfinite(x * y)
    ]
    if len(pairs) < 3:
        return None
    guess = median(y / x for x, y in pairs)
    far = max(2 * resolution, 4 * _SPREAD * median(abs(y - guess * x) for x, y in pairs))
    kept = [(x, y) for x, y in pairs if abs(y - guess * x) <= far]
    weight = sum(x * x for x, _ in kept)
    value = sum(x * y for x, y in kept) / weight
    rest = sum((y - value * x) ** 2 for x, y in kept)
    deviation = math.sqrt(rest / max(1, len(kept) - 1) / weight)
    return Estimate(value, _SURE * deviation, len(kept))


def together(*errors: float) -> float:
    """Errors of different causes as one: the root of the sum of their squares."""
    return math.hypot(*errors)
