"""Cells in series: charge, open-circuit curve, resistance; what a current does to them.

A cell's voltage is its open-circuit voltage plus resistance times current. Half of the resistance answers
at once, half follows with a time constant, as diffusion does; that half grows where a cell is nearly full,
so that the voltage climbs under charge and comes back at rest. Charge moved is charge kept: nothing is lost
but the heat in the resistance.
"""

import math
from itertools import pairwise
from random import Random

from .ageing import ACTIVATION, Ageing, chill

# Open-circuit voltage of a LiFePO4 cell over its state of charge in per cent. From the voltage chart that
# vendors of 12.8 V batteries print (rest voltages divided by four), smoothed; the ends are made steep so
# that a simulation can reach the protection limits. Made for simulation, not for measuring a real cell.
_CURVE = (
    (-3.0, 1.5),
    (-1.0, 2.2),
    (0.0, 2.5),
    (2.0, 2.8),
    (5.0, 2.95),
    (9.0, 3.05),
    (14.0, 3.16),
    (20.0, 3.22),
    (30.0, 3.255),
    (40.0, 3.28),
    (50.0, 3.287),
    (60.0, 3.295),
    (70.0, 3.315),
    (80.0, 3.325),
    (90.0, 3.331),
    (95.0, 3.336),
    (98.0, 3.342),
    (99.0, 3.352),
    (100.0, 3.38),
    (101.0, 3.55),
    (103.0, 4.2),
)
_LOWEST, _HIGHEST = -3.0, 103.0
_PER_STEP = 10  # table entries per per cent
_CROWDED = 0.975  # charge above which the slow half of the resistance grows
_CROWDING = 400.0  # times for a whole charge more
_LAG = 60.0  # s, time constant of the slow half of the resistance


def _curve(percent: float) -> float:
    for (left, low), (right, high) in pairwise(_CURVE):
        if percent <= right:
            return low + (high - low) * (percent - left) / (right - left)
    return _CURVE[-1][1]


_STEPS = int((_HIGHEST - _LOWEST) * _PER_STEP)
_TABLE = tuple(_curve(_LOWEST + step / _PER_STEP) for step in range(_STEPS + 2))


def open_circuit(charge: float) -> float:
    """Rest voltage in V of a LiFePO4 cell that holds `charge` (0 empty, 1 full; a little beyond works)."""
    place = (charge * 100 - _LOWEST) * _PER_STEP
    if place <= 0:
        return _TABLE[0]
    if place >= _STEPS:
        return _TABLE[_STEPS]
    step = int(place)
    low = _TABLE[step]
    return low + (_TABLE[step + 1] - low) * (place - step)


class Cells:
    """`count` cells of about `capacity` Ah, filled to `soc` (0 to 1), each a little different from the next.

    `charge` and `capacity` in Ah, `resistance` in Ω at 25 °C, `voltage` in V, `leak` in A (self-discharge),
    `given` and `taken` (Ah that a balancer moved out and in), a value per cell, cell 1 first.
    `temperature` in °C is theirs together; with `ageing` they grow old.
    """

    def __init__(
        self, count: int, capacity: float, soc: float, random: Random, spread: float = 0.004
    ) -> None:
        self.capacity = [capacity * (1.02 + random.uniform(-0.01, 0.01)) for _ in range(count)]
        self.charge = [whole * soc + capacity * random.uniform(-spread, spread) for whole in self.capacity]
        self.resistance = [64 / capacity * random.uniform(0.9, 1.15) / 1000 for _ in range(count)]
        self.voltage = [0.0] * count
        self.leak = [0.0] * count
        self.given = [0.0] * count
        self.taken = [0.0] * count
        self.temperature = 25.0
        self.activation = ACTIVATION
        self.ageing: Ageing | None = None
        self.current = 0.0
        self.lagging = 0.0
        self.carry(0.0, 0.0)

    def __len__(self) -> int:
        return len(self.charge)

    def carry(self, current: float, dt: float) -> None:
        """Let `current` A (positive: charging) flow through all cells for `dt` s."""
        self.current = current
        self.lagging += (current - self.lagging) * (1 - math.exp(-dt / _LAG))
        hours = dt / 3600
        moved = current * hours
        self.charge = [
            charge + moved - leak * hours for charge, leak in zip(self.charge, self.leak, strict=True)
        ]
        if self.ageing is not None:
            self.ageing.step(self, dt)
        self._settle()

    def weaken(self, cell: int, *, missing: float, resistance: float = 1.0) -> None:
        """Take `missing` Ah from one cell (counted from 0) and make its resistance so many times higher."""
        self.charge[cell] -= missing
        self.resistance[cell] *= resistance
        self._settle()

    def move(self, source: int, target: int, charge: float) -> None:
        """Carry `charge` Ah from one cell to another, as an active balancer does."""
        self.charge[source] -= charge
        self.charge[target] += charge
        self.given[source] += charge
        self.taken[target] += charge

    @property
    def resting_voltage(self) -> float:
        """Voltage in V of the whole string if its current stopped at this moment."""
        return sum(self.voltage) - self.current * self.prompt_resistance

    @property
    def prompt_resistance(self) -> float:
        """The half of the string's resistance in Ω that answers at once, as cold as it is."""
        return sum(self.resistance) * chill(self.temperature, self.activation) / 2

    @property
    def soc(self) -> float:
        """True state of charge, 0 to 1, of the cell that is empty first."""
        return min(charge / whole for charge, whole in zip(self.charge, self.capacity, strict=True))

    def _settle(self) -> None:
        cold = chill(self.temperature, self.activation)
        prompt, slow = self.current / 2 * cold, self.lagging / 2 * cold
        self.voltage = volts = []
        for charge, whole, ohm in zip(self.charge, self.capacity, self.resistance, strict=True):
            filled = charge / whole
            pressing = prompt + slow
            if filled > _CROWDED:
                pressing += slow * (min(filled, 1.1) - _CROWDED) * _CROWDING
            volts.append(open_circuit(filled) + ohm * pressing)
