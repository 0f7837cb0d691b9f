"""Moments at which the load changed and stayed changed: what resistances and shares are measured with.

A step joins a row before with the second row after it, so that the row in which the load changed, and a board
that measures current and voltage a moment apart, do no harm. The rows before and after it must be calm.
"""

from collections.abc import Iterator, Sequence

from .past import Past

_CALM = 0.15  # of the step: how much the current may change just before and just after it
_LONGEST = 4.5  # usual steps that the five rows around a load step may take
_MIDDLE_SOC = (20.0, 95.0)  # %: outside the curve is steep, and the charge moved changes the voltage
_MIDDLE_VOLTS = (3.22, 3.36)  # V of the average cell, where no state of charge is known


def steps(times: Sequence[float], current: Sequence[float], step: float, least: float) -> Iterator[int]:
    """Rows before a change of `least` A or more; the row after it is two further on."""
    k, last = 1, len(times) - 3
    while k < last:
        change = abs(current[k + 2] - current[k])
        calm = _CALM * change
        if (
            change >= least
            and abs(current[k] - current[k - 1]) <= calm
            and abs(current[k + 3] - current[k + 2]) <= calm
            and times[k + 3] - times[k - 1] <= _LONGEST * step
        ):
            yield k
            k += 2
        else:
            k += 1


def in_the_middle(past: Past, row: int) -> bool:
    """Whether the pack is neither nearly empty nor nearly full, where its curve is flat."""
    if (soc := past.soc[row]) == soc:
        return _MIDDLE_SOC[0] <= soc <= _MIDDLE_SOC[1]
    return _MIDDLE_VOLTS[0] <= past.average[row] <= _MIDDLE_VOLTS[1]
