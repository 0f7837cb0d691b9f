"""Current that goes from pack to pack instead of to the house.

Method: in each row the packs that charge and those that discharge are summed; the smaller sum goes round.
A pack on the smaller side by 2 A or more takes part; where both sides are alike all do. `steady` packs show
the same current within 0.5 A for hours: that is a sensor's offset rather than a current, since a current
changes with the load and fades as the packs come level.

Error: the offsets of all sensors, as far as they were not taken off before (0.1 to 0.5 A each).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from .past import Column

_LEAST = 2.0  # A
_LEVEL = 0.8  # of the greater side: the smaller one is not against the others any more, but equal
_STEADY = 0.5  # A between the tenth and the ninetieth of a hundred rows
_LONG = 6.0  # h that a sensor's offset must have lasted


@dataclass(frozen=True, slots=True)
class Circulation:
    """`hours` a day in which a pack took part; its typical and `strongest` current in A, positive: taking."""

    hours: float
    current: float
    strongest: float
    steady: bool


def circulation(times: Column, currents: Mapping[str, Column], step: float) -> dict[str, Circulation]:
    """What goes round in each pack; all columns on one grid of `step` s."""
    parts: dict[str, list[float]] = {name: [] for name in currents}
    for row in zip(*currents.values(), strict=True):
        into = sum(current for current in row if current > 0)
        out = -sum(current for current in row if current < 0)
        if not min(into, out) >= _LEAST:
            continue
        for name, current in zip(currents, row, strict=True):
            other = out if current > 0 else into
            own = into if current > 0 else out
            if abs(current) >= _LEAST and own * _LEVEL <= other:
                parts[name].append(current)
    days = max(len(times) * step / 86400, 1 / 24)
    return {name: _circulation(sorted(part), step, days) for name, part in parts.items()}


def _circulation(ordered: list[float], step: float, days: float) -> Circulation:
    if not ordered:
        return Circulation(0.0, 0.0, 0.0, False)
    count, hours = len(ordered), len(ordered) * step / 3600
    wide = ordered[count * 9 // 10] - ordered[count // 10]
    strongest = max(ordered, key=abs)
    return Circulation(hours / days, ordered[count // 2], strongest, wide <= _STEADY and hours >= _LONG)
