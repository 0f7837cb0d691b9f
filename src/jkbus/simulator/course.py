"""Sun, house and the charge that follows from them, over months that nobody has simulated.

A year of `SunnyDay` would take hours. Here time goes in quarter hours, the battery is one number, and every
quarter draws from a random generator of its own day: two courses of the same seed agree wherever both reach.
"""

import math
from array import array
from itertools import pairwise
from random import Random

QUARTER = 900  # s
_DAY = 86400
_FULL = (
    1.004  # charge at which a charger holds the cells at 3.45 V; a little beyond what the board calls full
)
_EMPTY = 0.14  # charge at which the house goes over to the grid
_TAPER = 1120.0  # A per whole charge that is missing, what a full battery still takes
_VOLTS = 52.8
_SUN, _LOAD = 2150.0, 180.0  # W per pack: noon under a clear sky, and what always runs
_USAGE = (
    0.45,
    0.4,
    0.4,
    0.4,
    0.4,
    0.6,
    1.3,
    1.6,
    1.2,
    0.9,
    0.9,
    1.2,
)  # of what is switched on, from midnight on
_EVENING = (1.5, 1.1, 0.9, 0.9, 1.1, 1.6, 2.3, 2.4, 2.1, 1.7, 1.2, 0.7)  # and from noon on
_SWITCHED = 200.0  # W per pack on average


class Course:
    """What a pack of `capacity` Ah went through from `start` to `end` (unix s), a value a quarter hour.

    `charge` is 0 to 1 and a little beyond, at the beginning of each quarter and at the end; `zone` is local
    time minus UTC in s; `clouds` says how much of the sun came through.
    """

    def __init__(
        self, start: float, end: float, *, capacity: float, seed: int = 0, zone: float = 0.0
    ) -> None:
        self.start = int(start) // QUARTER * QUARTER
        self.capacity = capacity
        self.seed = seed
        self.zone = zone
        count = -(-(int(end) - self.start) // QUARTER)
        self.clouds, self._habits = array("d"), array("d")
        self._live(count)
        self.charge = array("d", [0.7])
        for place in range(count):
            self.charge.append(self._after(self.charge[-1], self._power(place)))

    def hour(self, at: float) -> float:
        """The local time of day in hours."""
        return (at + self.zone) % _DAY / 3600

    def at(self, at: float) -> float:
        """The charge at a time."""
        place, part = divmod(at - self.start, QUARTER)
        before, after = self.charge[int(place)], self.charge[min(int(place) + 1, len(self.charge) - 1)]
        return before + (after - before) * part / QUARTER

    def current(self, at: float) -> float:
        """The mean current in A of the quarter a time lies in, positive while charging."""
        place = min(int(at - self.start) // QUARTER, len(self.charge) - 2)
        return (self.charge[place + 1] - self.charge[place]) * self.capacity * 3600 / QUARTER

    def energy(self) -> tuple[float, float]:
        """kWh that went in and that came out."""
        steps = [after - before for before, after in pairwise(self.charge)]
        whole = self.capacity * _VOLTS / 1000
        return sum(step for step in steps if step > 0) * whole, -sum(
            step for step in steps if step < 0
        ) * whole

    def ripples(self, at: float, count: int) -> list[float]:
        """What the current is beside its mean in each part of a quarter, in A; together nothing."""
        begin = int(at) // QUARTER * QUARTER
        place = min(int(begin - self.start) // QUARTER, len(self.clouds) - 1)
        random = Random(f"{self.seed}/{begin}")
        gap = 1 - self.clouds[place]
        amperes = [
            random.gauss(0, 0.3) + self._height(begin) * gap * random.gauss(0, 9) for _ in range(count)
        ]
        if random.random() < 0.5 * self._usage(begin):
            first, watts = random.randrange(count), random.choice((500.0, 700.0, 1100.0))
            for part in range(first, min(count, first + max(1, count // random.choice((2, 3, 5))))):
                amperes[part] -= watts / _VOLTS
        mean = sum(amperes) / count
        room = min(1.0, (_FULL - self.charge[place]) * 20, (self.charge[place] - _EMPTY) * 50)
        return [(ampere - mean) * max(0.0, room) for ampere in amperes]

    def temperature(self, at: float) -> float:
        """Of the room, in °C."""
        return 21 + 3.5 * self._season(at) + 2.5 * math.sin((self.hour(at) / 24 - 0.45) * math.tau)

    def sun(self, at: float) -> float:
        """W per pack at noon of that day under a clear sky."""
        return _SUN * (1 + 0.12 * self._season(at))

    @property
    def load(self) -> float:
        """W per pack that always run."""
        return _LOAD

    def _live(self, count: int) -> None:
        """Day by day: how much of the sun comes through, and how much of the usual is switched on."""
        day, random, mean, now = -1, Random(), 0.8, 0.8
        for place in range(count):
            if (today := int(self.start + place * QUARTER + self.zone) // _DAY) != day:
                day, random = today, Random(f"{self.seed}/{today}")
                mean = now = random.choice((0.95, 0.95, 0.9, 0.85, 0.7, 0.5, 0.25))
            now += random.gauss(0, 0.12 * (1 - abs(2 * mean - 1))) + (mean - now) * 0.3
            now = min(1.0, max(0.1, now))
            self.clouds.append(now)
            self._habits.append(random.uniform(0.6, 1.4))

    def _power(self, place: int) -> float:
        """W per pack that sun and house leave for the battery."""
        at = self.start + place * QUARTER
        wanted = _LOAD + _SWITCHED * self._usage(at) * self._habits[place]
        return self.sun(at) * self._height(at) * self.clouds[place] - wanted

    def _season(self, at: float) -> float:
        """1 in the middle of summer, -1 in the middle of winter."""
        return math.cos(((at + self.zone) / _DAY % 365.2425 - 172) / 365.2425 * math.tau)

    def _height(self, at: float) -> float:
        """Of the sun, 0 to 1."""
        return math.pow(max(0.0, math.sin((self.hour(at) / 24 - 0.25) * math.tau)), 1.3)

    def _usage(self, at: float) -> float:
        return (*_USAGE, *_EVENING)[int(self.hour(at))]

    def _after(self, charge: float, power: float) -> float:
        """The charge a quarter later."""
        most = max(0.0, (_FULL - charge) * _TAPER)
        moved = min(power / _VOLTS, most) * QUARTER / 3600 / self.capacity
        return max(_EMPTY, charge + moved) if moved < 0 else charge + moved
