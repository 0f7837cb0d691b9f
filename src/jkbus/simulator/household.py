"""The bank of the demo as it is now and as it was at any time of its course.

Its packs are real virtual ones: for a time in the past their cells are put where the course has them and the
packs tell what they measure then. So the past ends with the values that the present begins with. The last
pack has a cell that lags behind the others, the second one a cell with a bad joint.
"""

import math
from collections.abc import Mapping
from random import Random

from .banks import bank, clock_of
from .course import Course
from .line import VirtualLine
from .pack import VirtualPack
from .stages import ABSORPTION, BULK, FLOAT
from .telling import tell
from .world import SunnyDay

CAPACITY = 280.0 * 1.02  # Ah that a pack moves between empty and full
LAGGING, BEHIND = 10, 0.035  # which cell of the last pack (from 0), and the charge it lacks
LOOSE, JOINT = 3, 1.9  # which cell of the second pack, and how many times as much resistance it has
_APART, _UNEVEN = 0.008, 0.0006  # charge by which packs and cells differ
_LEAD = 0.002  # Ω between each pack and the busbar
_CYCLES = 5.0  # full cycles in a week


class Household:
    """`count` packs on a line at the end of a `course`, with a master at address 0."""

    def __init__(self, count: int, course: Course, now: float) -> None:
        self.course = course
        self.now = now
        self._random = Random(f"{course.seed}/household")
        rtc = clock_of(now, course.zone)
        self.line: VirtualLine = bank(count, seed=course.seed, rtc=rtc, weak=False)
        self.packs: Mapping[int, VirtualPack] = {pack.address: pack for pack in self.line.packs}
        self._apart = {pack: self._random.uniform(-_APART, _APART) for pack in self.line.packs}
        self._cells = {
            pack: [self._random.gauss(0, _UNEVEN) for _ in pack.cells.charge] for pack in self._apart
        }
        for pack in self._apart:  # they are older than the course
            pack.runtime += now - course.start
            pack.uptime = now - course.start + self._random.uniform(0, 1e6)
            pack.cycle_capacity += self._cycled(pack, now - course.start)
        self._starts = {
            pack: (pack.runtime, pack.uptime, pack.rtc, pack.cycle_capacity) for pack in self._apart
        }
        self._cells[self.line.packs[-1]][LAGGING] -= BEHIND
        self.line.packs[1 % count].cells.resistance[LOOSE] *= JOINT
        self._settle()

    def _settle(self) -> None:
        """Let the present begin where the course ends."""
        world, course = self.line.world, self.course
        assert isinstance(world, SunnyDay)
        world.time = course.hour(self.now) * 3600
        world.sun, world.load = course.sun(self.now), course.load
        world.leads = dict.fromkeys(world.packs, _LEAD)
        for pack in self.line.packs:
            self._put(pack, self.now, 0.0)
            pack.cells.lagging = course.current(self.now)
            pack.cells.carry(0.0, 0.0)

    def reports(self, at: float, ripple: float = 0.0) -> dict[int, bytes]:
        """What each pack told in its Status then, by address; `ripple` A beside the mean of the quarter."""
        current = self.course.current(at) + ripple
        told = {}
        for address, pack in self.packs.items():
            self._put(pack, at, current)
            pack.cells.lagging = pack.current
            pack.cells.carry(pack.current, 0.0)
            tell(pack)
            told[address] = bytes(pack.status.sealed())
        return told

    def _put(self, pack: VirtualPack, at: float, current: float) -> None:
        """Make a pack what it was: its charge, its count, its temperatures and its clocks."""
        course, back = self.course, self.now - at
        charge = course.at(at)
        full = max(0.0, 1.0 - charge)
        own = charge + self._apart[pack] * min(1.0, full * 12)
        pack.cells.charge = [
            whole * (own + apart) for whole, apart in zip(pack.cells.capacity, self._cells[pack], strict=True)
        ]
        pack.current = round(current * self._unlike(pack, at), 3)
        pack.remaining = max(0.0, min(pack.full, pack.full - max(0.0, 1.0 - own) * CAPACITY))
        runtime, uptime, rtc, cycled = self._starts[pack]
        pack.runtime, pack.uptime, pack.rtc = runtime - back, uptime - back, rtc - back
        pack.cycle_capacity = cycled - self._cycled(pack, back)
        pack.heat.battery = course.temperature(at) + 0.02 * abs(course.current(at)) + 1.0
        pack.heat.mosfet = pack.heat.battery + 2.0 + 0.0013 * current * current
        pack.cells.temperature = pack.heat.battery
        pack.balancing = self._balancing(pack, at) if full < 0.02 or pack is self.line.packs[-1] else 0
        pack.stages.stage = FLOAT if charge > 1.0035 else ABSORPTION if charge > 0.995 else BULK
        pack.stages.elapsed = at % 7200

    def _cycled(self, pack: VirtualPack, seconds: float) -> float:
        """Ah that a pack gives in so much time."""
        return seconds / 86400 * _CYCLES / 7 * pack.full

    def _unlike(self, pack: VirtualPack, at: float) -> float:
        """How much more than its part a pack carries: packs take turns, in the mean it is nothing."""
        return 1 + 0.02 * math.sin((at / 5400 + pack.address) * math.tau)

    def _balancing(self, pack: VirtualPack, at: float) -> int:
        settings, volts = pack.guard.settings, pack.cells.voltage
        highest, lowest = max(volts), min(volts)
        works = highest - lowest > settings["balancing_trigger_delta_voltage"]
        return 1 + int(at // 60) % 2 if works and highest > settings["balancing_start_cell_voltage"] else 0
