"""A virtual line behind a network: what is heard comes late and bunched, what is said reaches it late.

In both directions, each with a mind of its own, every piece takes its time, now and then everything stands
still for a while, and nothing overtakes anything: so TCP over a poor Wi-Fi behaves.
"""

import math
from collections import deque
from dataclasses import dataclass
from random import Random

from .line import VirtualLine


@dataclass(frozen=True)
class Weather:
    """How bad a network is: each piece takes `least` to `most` s, and mostly little more than the least;
    `stalls` a minute hold up everything for up to `longest` s."""

    least: float = 0.0
    most: float = 0.0
    stalls: float = 0.0
    longest: float = 2.0


class _Way:
    """One direction: when what sets out now arrives."""

    def __init__(self, random: Random, weather: Weather) -> None:
        self._random = random
        self.weather = weather
        self._stalled_until = -math.inf
        self._next_stall: float | None = None
        self._before = -math.inf
        self.pieces: deque[tuple[float, bytes]] = deque()

    def send(self, data: bytes, now: float) -> None:
        """A piece sets out."""
        self._stall(now)
        weather = self.weather
        late = self._random.triangular(weather.least, weather.most, weather.least)
        self._before = max(self._before, self._stalled_until, now + late)
        self.pieces.append((self._before, data))

    @property
    def wake_at(self) -> float:
        """When the next piece arrives."""
        return self.pieces[0][0] if self.pieces else math.inf

    def _stall(self, now: float) -> None:
        rate = self.weather.stalls / 60
        while rate and (self._next_stall is None or self._next_stall <= now):
            begins = now if self._next_stall is None else self._next_stall
            if self._next_stall is not None:
                self._stalled_until = begins + self._random.uniform(0.1, 1.0) * self.weather.longest
            self._next_stall = begins + self._random.expovariate(rate)


class Network:
    """Read, write and wake_at of a `line`, as somebody far away has them."""

    def __init__(self, line: VirtualLine, weather: Weather, seed: int = 0) -> None:
        self.line = line
        random = Random(seed)
        self.inward, self.outward = (_Way(Random(random.random()), weather) for _ in "io")

    @property
    def wake_at(self) -> float:
        """When something happens on the line or arrives at either end."""
        return min(self.line.wake_at, self.inward.wake_at, self.outward.wake_at)

    def write(self, data: bytes, now: float) -> None:
        """We say something; the line hears it later."""
        self.outward.send(data, now)

    def read(self, now: float) -> bytes:
        """What has arrived here by `now`."""
        if self.line.now == -math.inf:
            self.line.read(now)
        while (at := min(self.line.wake_at, self.outward.wake_at)) <= now:
            if self.outward.wake_at <= at:
                at, said = self.outward.pieces.popleft()
                self.line.write(said, max(at, self.line.now))
            if heard := self.line.read(max(at, self.line.now)):
                self.inward.send(heard, at)
        arrived = b""
        while self.inward.wake_at <= now:
            arrived += self.inward.pieces.popleft()[1]
        return arrived
