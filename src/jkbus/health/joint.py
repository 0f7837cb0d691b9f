"""Packs side by side: the rows that all of them have, on one grid of times."""

from collections.abc import Mapping
from dataclasses import dataclass

from .estimate import Answer, Estimate
from .past import Column, Past

_PRESENT = 0.5  # of the rows of the pack heard most; packs heard less would leave too few rows in common


@dataclass(frozen=True, slots=True)
class Joint:
    """`pasts` cut to common rows; `currents` without the offsets of their sensors; `total` in A."""

    step: float
    times: Column
    pasts: Mapping[str, Past]
    currents: Mapping[str, Column]
    total: Column


def join(pasts: Mapping[str, Past], zeros: Mapping[str, Answer]) -> Joint:
    """Bring packs together; those heard less than half as often as the best are left out."""
    most = max((len(past) for past in pasts.values()), default=0)
    chosen = {name: past for name, past in pasts.items() if past.times and len(past) >= _PRESENT * most}
    places = {name: {time: row for row, time in enumerate(past.times)} for name, past in chosen.items()}
    common = set[float].intersection(*(set(place) for place in places.values())) if places else set[float]()
    times = sorted(common)
    cut = {name: past.rows([places[name][time] for time in times]) for name, past in chosen.items()}
    currents = {name: _without(past.current, zeros.get(name)) for name, past in cut.items()}
    step = max((past.step for past in cut.values()), default=60.0)
    return Joint(step, times, cut, currents, [sum(row) for row in zip(*currents.values(), strict=True)])


def _without(current: Column, zero: Answer | None) -> Column:
    """A current without its sensor's offset, where that is known and more than its error."""
    if not isinstance(zero, Estimate) or abs(zero.value) <= zero.error:
        return current
    return [value - zero.value for value in current]
