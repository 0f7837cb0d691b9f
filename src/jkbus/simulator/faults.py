"""What can go wrong on a wire, each thing with its rate; every rate is 0 until somebody sets it."""

import math
from dataclasses import dataclass
from random import Random

from .wire import BAUDRATE


@dataclass
class Faults:
    """The faults of a virtual line; may be changed while it runs.

    `lose` and `flip` are probabilities per byte, `lost_requests` per request, `pad` per answer; `flood` is
    bursts of FF per second while nobody speaks; `delay` is the greatest lateness of a chunk in s; `split`
    the greatest size of a chunk in bytes (0: as the line has it). With `echo` a speaker hears itself.
    `reflections` are flipped bits per byte for each pack beyond the first, squared: missing termination.
    The program under test listens at `rate`, or has A and B `swapped`: then nobody understands it either.
    """

    lose: float = 0.0
    flip: float = 0.0
    lost_requests: float = 0.0
    pad: float = 0.0
    flood: float = 0.0
    delay: float = 0.0
    split: int = 0
    echo: bool = False
    reflections: float = 0.0
    rate: int = BAUDRATE
    swapped: bool = False

    @property
    def garbles(self) -> bool:
        """Whether the program under test hears nothing as it is."""
        return self.swapped or self.rate != BAUDRATE


class Spoiler:
    """Spoils bytes at a rate. Draws the distance to the next fault instead of a number for each byte."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._rate = 0.0
        self._distance = 0

    def places(self, length: int, rate: float) -> list[int]:
        """Which of the next `length` bytes are hit."""
        if rate != self._rate:
            self._rate = rate
            self._distance = self._draw()
        if rate <= 0:
            return []
        hit = []
        while self._distance < length:
            hit.append(self._distance)
            self._distance += 1 + self._draw()
        self._distance -= length
        return hit

    def _draw(self) -> int:
        if self._rate >= 1:
            return 0
        if self._rate <= 0:
            return 1 << 62
        return min(1 << 62, int(math.log(1.0 - self._random.random()) / math.log(1.0 - self._rate)))


class Mischief:
    """Applies the byte faults to what is said on a line."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._flips = Spoiler(random)
        self._losses = Spoiler(random)

    def spoil(self, data: bytes, faults: Faults, packs: int = 1) -> bytes:
        """What is left of `data` on a line with so many packs; the same object when nothing happened."""
        flip = min(1.0, faults.flip + faults.reflections * max(0, packs - 1) ** 2)
        flips = self._flips.places(len(data), flip)
        losses = self._losses.places(len(data), faults.lose)
        if not flips and not losses:
            return data
        out = bytearray(data)
        for place in flips:
            out[place] ^= 1 << self._random.randrange(8)
        for place in reversed(losses):
            del out[place]
        return bytes(out)
