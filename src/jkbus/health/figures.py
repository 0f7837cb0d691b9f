"""All figures of one pack's health."""

from dataclasses import dataclass

from .anchors import anchors
from .capacity import Capacity, capacity, days_since_full, drift
from .counting import count
from .efficiency import Efficiency, efficiency
from .estimate import Answer
from .nameplate import Nameplate
from .past import Past
from .resistance import Resistance, resistance
from .spread import Spread, at_the_bottom, at_the_top
from .stress import Balancing, Stress, balancing, stress


@dataclass(frozen=True, slots=True)
class Figures:
    """What `examine` found; see the modules of these names for method, limits and error of each.

    `days` is how much time the past spans, `zero` the offset of the current sensor in A (positive: the board
    counts too much), `since_full` the days since the last full charge (infinite: never).
    """

    days: float
    top: Spread
    bottom: Spread
    resistance: Resistance
    capacity: Capacity
    zero: Answer
    since_full: float
    efficiency: Efficiency
    stress: Stress
    balancing: Balancing


def examine(past: Past, plate: Nameplate) -> Figures:
    """All figures of a pack; never raises, whatever is missing."""
    counted = count(past)
    found = anchors(past, plate, counted.net)
    zero = drift(plate, counted, found)
    return Figures(
        days=past.days,
        top=at_the_top(past, plate),
        bottom=at_the_bottom(past, plate),
        resistance=resistance(past),
        capacity=capacity(past, plate, counted, found, zero),
        zero=zero,
        since_full=days_since_full(past, found),
        efficiency=efficiency(plate, counted, found),
        stress=stress(past),
        balancing=balancing(past),
    )
