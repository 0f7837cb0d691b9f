"""How cells grow old, and how cold slows them; and where every truth stands that a health report must find.

capacity, resistance, charge of a cell     `Cells.capacity`, `.resistance` (at 25 °C), `.charge`
fading over months                         `Cells.ageing`, an `Ageing`
a weak cell                                `Cells.weaken`, or `Ageing.haste`
self-discharge of a cell                   `Cells.leak`, A each
what the balancer moved                    `Cells.given` and `Cells.taken`, Ah each
temperature's effect on resistance         `Cells.temperature`, `Cells.activation`
a loose cable                              `SunnyDay.leads`, Ω between a pack and the busbar
a blown fuse, an open breaker              `VirtualPack.blown`
an open MOSFET                             the settings charge_enabled and discharge_enabled
a drifting current sensor                  `VirtualPack.gain` and `.zero` (A)

Fading is linear in time and in charge moved, which is what the middle of a LiFePO4 cell's life looks like;
the figures are those that vendors of large cells promise (80 % after 6000 cycles), not a measurement.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .cells import Cells

ACTIVATION = 20e3  # J/mol: resistance at 0 °C is about twice that at 25 °C
_GAS, _ZERO, _WARM = 8.314, 273.15, 298.15  # J/(mol K), K, K
_YEAR = 365.25 * 86400


def chill(temperature: float, activation: float = ACTIVATION) -> float:
    """How many times the resistance at 25 °C a cell has at `temperature` °C (Arrhenius)."""
    kelvin = max(_ZERO - 60, _ZERO + temperature)
    return math.exp(activation / _GAS * (1 / kelvin - 1 / _WARM))


@dataclass
class Ageing:
    """What a string of cells loses: shares of its capacity, and the resistance that grows with them.

    `calendar` is lost in a year, `cycling` by a full charge and discharge; resistance rises by `growth`
    times the share of capacity lost. `haste` lets cells (counted from 0) age so many times as fast, and
    `hurry` all of them.
    """

    calendar: float = 0.01
    cycling: float = 0.2 / 6000
    growth: float = 2.0
    haste: Mapping[int, float] = field(default_factory=dict)
    hurry: float = 1.0

    def step(self, cells: "Cells", dt: float) -> None:
        """Let `dt` s pass with the current that the cells carry."""
        moved = abs(cells.current) * dt / 3600
        for cell, whole in enumerate(cells.capacity):
            lost = self.calendar * dt / _YEAR + self.cycling * moved / (2 * whole)
            fade(cells, cell, lost * self.hurry * self.haste.get(cell, 1.0), self.growth)


def fade(cells: "Cells", cell: int, lost: float, growth: float = 2.0) -> None:
    """Take the share `lost` of its capacity from a cell at once; what it holds stays if there is room."""
    cells.capacity[cell] *= 1 - lost
    cells.resistance[cell] *= 1 + growth * lost
