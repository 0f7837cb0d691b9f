"""What a pack really holds, and what its board makes of that.

Capacity: the charge counted between a full and an empty anchor, either way, over all such journeys that were
heard nearly whole. Error (95 %): the anchors (1 % and 3 %), the scatter, and the offset of the current sensor
as far as it is unknown. A sensor's gain, typically true within 1 to 2 %, cannot be seen from inside and comes
on top. `at_least` needs no empty anchor: the most that was taken out after a full one.

Drift: what was counted in more than out between full anchors, per hour. A pack full twice holds the same
twice, so this is what the board's count loses or gains: the sensor's offset, and the little that a cell loses
by itself (about 0.02 A in 280 Ah). Error: 1.5 % of the capacity over the time between the first and the last
anchor, and the scatter of the journeys.
"""

from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from .anchors import EMPTY_ERROR, FULL_ERROR, Anchor
from .counting import Count
from .estimate import Answer, Estimate, Missing, middle, together
from .nameplate import Nameplate
from .past import NAN, Past

_CLOSED = 0.015  # of the capacity: how alike two full anchors are
_SHORTEST = 12.0  # h between full anchors for a drift
_UNKNOWN_OFFSET = 0.1  # A: what a good sensor may show where nothing flows


@dataclass(frozen=True, slots=True)
class Capacity:
    """Ah `whole` between anchors and `at_least` (0.0 if never full); what the board said at empty, in %."""

    whole: Answer
    at_least: float
    board_at_empty: float


def capacity(past: Past, plate: Nameplate, count: Count, found: list[Anchor], zero: Answer) -> Capacity:
    """Capacity between anchors, each journey without the sensor's offset `zero` (A) where it is known."""
    offset = zero.value if isinstance(zero, Estimate) else 0.0
    doubt = zero.error if isinstance(zero, Estimate) else _UNKNOWN_OFFSET
    moved, hours = [], []
    for one, two in pairwise(found):
        if one.full != two.full and count.whole(one.row, two.row):
            hour = (count.times[two.row] - count.times[one.row]) / 3600
            moved.append(abs(count.net[two.row] - count.net[one.row] - offset * hour))
            hours.append(hour)
    said = [past.soc[anchor.first] for anchor in found if not anchor.full and past.soc[anchor.first] >= 0]
    return Capacity(
        _whole(moved, hours, doubt),
        _at_least(count, found),
        median(said) if said else NAN,
    )


def _whole(moved: list[float], hours: list[float], doubt: float) -> Answer:
    if not moved:
        return Missing("one journey from full (3.40 V) to empty (2.85 V), or back, heard without gaps")
    found = middle(moved)
    anchored = together(FULL_ERROR, EMPTY_ERROR) * found.value
    return Estimate(found.value, together(found.error, anchored, doubt * median(hours)), found.count)


def _at_least(count: Count, found: list[Anchor]) -> float:
    most = 0.0
    for place, anchor in enumerate(found):
        if anchor.full:
            end = found[place + 1].row if place + 1 < len(found) else len(count.times)
            before = count.net[anchor.row]
            most = max(most, before - min(count.net[anchor.row : end + 1]))
    return most


def drift(plate: Nameplate, count: Count, found: list[Anchor]) -> Answer:
    """A by which the board counts too much (positive) or too little, from one full anchor to the next."""
    fulls = [anchor.row for anchor in found if anchor.full]
    hours, nets = 0.0, 0.0
    rates, chains, previous = [], 0, -1
    for first, last in pairwise(fulls):
        hour = (count.times[last] - count.times[first]) / 3600
        if not count.whole(first, last):
            continue
        chains += previous != first
        previous = last
        hours += hour
        nets += count.net[last] - count.net[first]
        if hour >= _SHORTEST:
            rates.append((count.net[last] - count.net[first]) / hour)
    if hours < _SHORTEST:
        return Missing("two full charges at least half a day apart, heard without gaps between")
    closing = _CLOSED * plate.capacity * chains**0.5 / hours
    scatter = middle(rates).error / max(1, len(rates)) ** 0.5 if len(rates) > 2 else 0.0
    return Estimate(nets / hours, together(closing, scatter), max(1, len(rates)))


def days_since_full(past: Past, found: list[Anchor]) -> float:
    """Days since the pack was last full; infinite if it never was."""
    rows = [anchor.row for anchor in found if anchor.full]
    return (past.times[-1] - past.times[rows[-1]]) / 86400 if rows else float("inf")
