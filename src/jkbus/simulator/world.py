"""A believable day: sun and loads make a current, and the packs share it as copper and chemistry decide.

All packs hang on one busbar. Each is a voltage behind a resistance; the busbar's voltage is the one at which
their currents add up to what is wanted, held between what a charger and an inverter allow, and so that no
pack must carry too much. A pack whose MOSFETs do not let its share through is left out, and so is one whose
fuse is blown.
"""

import math
from collections.abc import Sequence
from random import Random

from .pack import VirtualPack
from .stages import FLOAT

_DAY = 86400.0
_LEADS = (0.001, 0.004)  # Ω of MOSFETs, fuse and cables of a pack, at least and at most
_REASONABLE = (3.0, 3.65)  # V per cell that a charger lets itself be told
_EMPTY = 2.85  # V per cell at which the inverter stops
_STEP = 10.0  # s, the longest step of the world
_SUN = 2200.0  # W per pack at noon under a clear sky
_LOAD = 260.0  # W per pack that always run
_MOST = 90.0  # A per pack that charger and inverter can do

# Loads of a household: W per pack while they run, s they run, times a day.
_APPLIANCES = ((150.0, 900.0, 60.0), (500.0, 180.0, 12.0), (700.0, 2400.0, 4.0), (1100.0, 600.0, 5.0))


class SunnyDay:
    """Moves `packs` through a day that begins at `hour`, `speed` times as fast as the clock.

    `leads` holds the Ω between each pack's cells and the busbar: a loose cable has more of them. `sun` and
    `load` are W per pack: at noon under a clear sky, and what always runs. `ambient` is the day's mean in °C.
    """

    def __init__(
        self, packs: Sequence[VirtualPack], *, seed: int = 0, hour: float = 10.5, speed: float = 1.0
    ) -> None:
        self.packs = list(packs)
        self.speed = speed
        self.ambient = 21.0
        self.sun, self.load = _SUN, _LOAD
        self.time = hour * 3600  # s since midnight of the first day
        self.power = 0.0  # W into the battery
        self._random = Random(seed)
        self.leads = {pack: self._random.uniform(*_LEADS) for pack in packs}
        self._clouds = 0.85
        self._running = [0.0 for _ in _APPLIANCES]  # s that each still runs
        self._ripple = 0.0
        self._now: float | None = None

    def run(self, now: float) -> None:
        """Let the time since the last run pass, if it is a second or more."""
        if self._now is None:
            self._now = now
            self._step(0.0)
        elif now - self._now >= 1.0:
            left, self._now = (now - self._now) * self.speed, now
            while left > 0:
                part = min(left, _STEP)
                self._step(part)
                left -= part

    def _step(self, dt: float) -> None:
        self.time += dt
        self._weather(dt)
        self.power = len(self.packs) * (self._sun() - self._loads(dt)) + self._ripple
        ambient = self.ambient + 4 * math.sin((self.time / _DAY - 0.375) * math.tau)
        for pack, current in zip(self.packs, self._shares(self.power), strict=True):
            pack.step(current, ambient, dt)

    def _sun(self) -> float:
        height = math.sin((self.time / _DAY % 1 - 0.25) * math.tau)
        return self.sun * math.pow(max(0.0, height), 1.3) * self._clouds

    def _weather(self, dt: float) -> None:
        """Clouds drift, and the inverter's load ripples a little each second."""
        wander = self._random.gauss(0, 0.012 * math.sqrt(dt))
        self._clouds = min(1.0, max(0.15, self._clouds + wander + (0.8 - self._clouds) * dt / 1200))
        self._ripple = self._random.gauss(0, 6) * len(self.packs)

    def _loads(self, dt: float) -> float:
        """W per pack that the household takes."""
        total = self.load
        for place, (watts, duration, often) in enumerate(_APPLIANCES):
            if self._running[place] > 0:
                self._running[place] -= dt
                total += watts
            elif self._random.random() < dt * often * self._waking() / _DAY:
                self._running[place] = duration * self._random.uniform(0.6, 1.4)
        return total

    def _waking(self) -> float:
        """How much more (or less) people do at this hour than on average."""
        hour = self.time / 3600 % 24
        return 0.3 if hour < 6 else 2.0 if 17 <= hour < 22 else 1.0

    def _shares(self, power: float) -> list[float]:
        """The current of each pack in A, positive into it."""
        packs = [pack for pack in self.packs if not (pack.off or pack.silent or pack.blown)]
        shares: dict[VirtualPack, float] = {}
        while packs:
            shares = self._split(packs, power)
            blocked = {pack for pack, share in shares.items() if not _lets(pack, share)}
            if not blocked:
                break
            packs = [pack for pack in packs if pack not in blocked]
        return [shares.get(pack, 0.0) if pack in packs else 0.0 for pack in self.packs]

    def _split(self, packs: list[VirtualPack], power: float) -> dict[VirtualPack, float]:
        forces = [pack.cells.resting_voltage for pack in packs]
        ohms = [pack.cells.prompt_resistance + self.leads[pack] for pack in packs]
        conductance = sum(1 / ohm for ohm in ohms)
        pull = sum(force / ohm for force, ohm in zip(forces, ohms, strict=True))
        rest = pull / conductance
        most = _MOST * len(packs)
        current = max(-most, min(most, power / max(rest, 1.0)))
        highest = min(_requested(pack) * len(pack.cells) for pack in packs)
        lowest = max(_EMPTY * len(pack.cells) for pack in packs)
        busbar = min(max(rest + current / conductance, lowest), max(highest, rest))  # a charger takes nothing
        both = list(zip(forces, ohms, strict=True))
        busbar = max(busbar, max(force - _MOST * ohm for force, ohm in both))
        busbar = min(busbar, min(force + _MOST * ohm for force, ohm in both))
        return {pack: (busbar - force) / ohm for pack, force, ohm in zip(packs, forces, ohms, strict=True)}


def _requested(pack: VirtualPack) -> float:
    """Voltage per cell in V that a pack's charge stage asks for."""
    low, high = _REASONABLE
    stage = "float" if pack.stages.stage == FLOAT else "charge"
    return max(low, min(high, float(pack.guard.settings[f"requested_{stage}_cell_voltage"])))


def _lets(pack: VirtualPack, share: float) -> bool:
    guard = pack.guard
    return guard.charge if share > 0.05 else guard.discharge if share < -0.05 else True
