"""Temperatures of a pack: one lump of cells, a quick power board, and four probes that do not quite agree."""

import math
from random import Random

HEATER_CURRENT = 1.0  # A from the cells
_CAPACITY = 90e3  # J/K of 16 large cells and their case
_LOSS = 5.0  # W/K to the room
_COLDEST, _HOTTEST = -60.0, 200.0  # °C, the ends of the world
_BOARD_LAG = 240.0  # s
_BOARD_IDLE = 2.5  # K that the board is warmer than the pack at rest
_BOARD_RISE = 0.0013  # K/A²


class Heat:
    """`battery` and `mosfet` in °C; `probes`: what NT1 to NT4 show above the cells in K, None: unplugged."""

    def __init__(self, temperature: float, random: Random) -> None:
        self.battery = temperature
        self.mosfet = temperature + _BOARD_IDLE
        self.probes: list[float | None] = [round(random.uniform(-0.6, 0.6), 1) for _ in range(4)]
        self.heating = False

    def step(self, current: float, resistance: float, heater: float, ambient: float, dt: float) -> None:
        """Let `current` A through `resistance` Ω and a heater of `heater` W warm the pack for `dt` s."""
        warming = current * current * resistance + heater - _LOSS * (self.battery - ambient)
        self.battery = max(_COLDEST, min(_HOTTEST, self.battery + warming * dt / _CAPACITY))
        target = (self.battery + ambient) / 2 + _BOARD_IDLE + _BOARD_RISE * min(current * current, 1e5)
        self.mosfet += (target - self.mosfet) * (1 - math.exp(-dt / _BOARD_LAG))

    def readings(self) -> list[float | None]:
        """What NT1 to NT4 show, in °C."""
        return [None if probe is None else self.battery + probe for probe in self.probes]
