"""Internal resistance from a pack's own load steps.

Method: at each step of the load of at least 5 A (`least`) in the middle of charge, the change of voltage
over the change of current, by least squares over all steps without outliers, each brought to 25 °C with
Arrhenius' law at 20 kJ/mol.

Valid for what a cell does a moment after a step: about a minute with minutes of history (`after` says). That
is more than a tester at 1 kHz shows and less than a long discharge costs. A cell's figure holds the joints
between its sense wires, so a loose busbar of a cell shows there; the pack's figure ends at its board, so a
loose cable outside does not (see `sharing`).

Error (95 %): scatter of the steps, 3 % for the charge moved during a step, and 1.1 % for each kelvin between
the steps and 25 °C, as activation energies of 12 to 28 kJ/mol are found. A board's current sensor may be
wrong by 1 to 3 % on top, alike for all cells.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from .estimate import Answer, Estimate, Missing, proportion, together
from .past import NAN, Column, Past
from .steps import in_the_middle, steps

LEAST_STEP = 5.0  # A: a cell of 280 Ah answers with a millivolt, which is what boards resolve
_ENOUGH = 12  # steps
_RESOLUTION = 0.001  # V of boards
_DRIFT = 0.03
_PER_KELVIN = 0.011
_ASSUMED = 25.0  # °C where no probe tells
_GAS, _ZERO, _ACTIVATION = 8.314, 273.15, 20e3  # J/(mol K), K, J/mol


@dataclass(frozen=True, slots=True)
class Resistance:
    """Ω at 25 °C of a pack and of its cells, `after` s after a step; °C at which most steps were seen."""

    pack: Answer
    cells: tuple[Answer, ...]
    after: float
    temperature: float


def chill(temperature: float) -> float:
    """How many times the resistance at 25 °C cells have at `temperature` °C."""
    return math.exp(_ACTIVATION / _GAS * (1 / (_ZERO + temperature) - 1 / (_ZERO + 25)))


def resistance(past: Past, least: float = LEAST_STEP) -> Resistance:
    """Resistance of a pack and its cells; needs 12 load steps of `least` A between 20 and 95 % of charge."""
    found = [k for k in steps(past.times, past.current, past.step, least) if in_the_middle(past, k)]
    degrees = [_degrees(past.temperature[k]) for k in found]
    typical = median(degrees) if degrees else NAN
    drives = [
        (past.current[k + 2] - past.current[k]) * chill(degree)
        for k, degree in zip(found, degrees, strict=True)
    ]

    def of(column: Column) -> Answer:
        return _figure(drives, [column[k + 2] - column[k] for k in found], typical, least)

    return Resistance(of(past.voltage), tuple(of(cell) for cell in past.cells), 2 * past.step, typical)


def _figure(drives: Sequence[float], answers: Sequence[float], typical: float, least: float) -> Answer:
    usable = sum(1 for answer in answers if math.isfinite(answer))
    found = proportion(drives, answers, _RESOLUTION) if usable >= _ENOUGH else None
    if found is None:
        return Missing(
            f"{_ENOUGH} load steps of {least:.0f} A or more between 20 and 95 % of charge, has {usable}; "
            "switching a kettle on and off for some minutes makes some"
        )
    systematic = (_DRIFT + _PER_KELVIN * abs(typical - 25)) * abs(found.value)
    return Estimate(found.value, together(found.error, systematic), found.count)


def _degrees(temperature: float) -> float:
    return temperature if temperature == temperature else _ASSUMED
