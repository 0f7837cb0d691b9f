"""Moments at which the charge of a pack is known, whatever its board counts: full and empty.

Full: the highest cell at 3.40 V or more with no more than 0.05 C flowing in. A LiFePO4 cell is then within a
per cent of full. The last row of such a stay counts, and the highest cell, since it ends the charge.
Empty: the lowest cell at 2.85 V or less with no more than 0.3 C flowing out: within three per cent of empty.
The deepest row of such a stay counts. A board sets its own count at the voltages in its settings instead.
"""

from dataclasses import dataclass

from .nameplate import Nameplate
from .past import Column, Past

FULL, EMPTY = 3.40, 2.85  # V
FULL_ERROR, EMPTY_ERROR = 0.01, 0.03  # of the capacity
_TAIL, _LOAD = 0.05, 0.3  # C
_REST = 0.005  # C that a full pack may give and still count as full
_AWAY = 0.02  # of the capacity: farther, and a stay is over


@dataclass(frozen=True, slots=True)
class Anchor:
    """A row at which the pack was full, or empty; `first` is the row in which its stay there began."""

    row: int
    full: bool
    first: int


def anchors(past: Past, plate: Nameplate, net: Column) -> list[Anchor]:
    """All anchors in order of time, one for each stay; `net` is the charge counted before each row, in Ah.

    A stay ends when the pack has moved 2 % of its capacity away.
    """
    tail, rest, load = _TAIL * plate.capacity, -_REST * plate.capacity, -_LOAD * plate.capacity
    away, farthest = _AWAY * plate.capacity, 0.0
    found: list[Anchor] = []
    rows = zip(past.highest, past.lowest, past.current, net, strict=False)
    for row, (high, low, current, counted) in enumerate(rows):
        if found:
            farthest = max(farthest, abs(counted - net[found[-1].row]))
        full = high >= FULL and rest <= current <= tail
        if not full and not (low <= EMPTY and load <= current <= tail):
            continue
        stays = bool(found) and found[-1].full == full and farthest <= away
        if stays and not full and counted >= net[found[-1].row]:
            continue
        first = found.pop().first if stays else row
        found.append(Anchor(row, full, first))
        farthest = 0.0
    return found
