"""The JK master: a pack with address 0 that polls the others and tells of itself, in its real rhythm.

The figures are those somebody measured on a bus with three slaves; they do not add up to the whole, so the
rest of the period lies here before the master's own reports. Where the pause of a present slave lies is not
known either; here a part of it separates its two exchanges, since a pack is deaf after it has answered.
"""

from collections.abc import Iterator
from random import Random
from typing import TYPE_CHECKING

from ..protocol.messages import request
from .wire import BYTE

if TYPE_CHECKING:
    from .pack import VirtualPack

PERIOD = 4.4  # s from one request to address 1 to the next
SLOT = 0.26  # s for a slave that is there: two exchanges of about 38 ms, the rest are pauses
MISSING = 0.22  # s that an answer is waited for
BETWEEN = 0.04  # s from the status of a slave to the request for its settings
GAP = (0.44, 0.66)  # s after the master's own reports, before address 1
_HIGHEST = 15
_SETTINGS, _STATUS = 1, 2


class JkMaster:
    """Speaks for `pack`. `poll` it at `wake_at`, tell it who `answered`; `active` switches it on and off."""

    def __init__(self, pack: "VirtualPack", random: Random, active: bool = True) -> None:
        self.pack = pack
        self.wake_at = float("-inf")
        self.cycles = 0
        self._random = random
        self._asked: int | None = None
        self._answered = False
        self._now = 0.0
        self._rhythm = self._cycles()
        self._active = active

    @property
    def active(self) -> bool:
        """Whether it speaks; switched on, it begins a new cycle at once."""
        return self._active and not self.pack.silent and not self.pack.off

    @active.setter
    def active(self, active: bool) -> None:
        if active and not self._active:
            self.wake_at = float("-inf")
            self._rhythm = self._cycles()
        self._active = active

    def poll(self, now: float) -> bytes:
        """What it says at `now`; empty where only time goes by."""
        self._now = now
        data, wait = next(self._rhythm)
        self.wake_at = now + wait
        return data

    def answered(self, address: int, now: float) -> None:
        """The slave at `address` has finished an answer."""
        if self._asked == address:
            self._asked, self._answered = None, True
            self.wake_at = now

    def _cycles(self) -> Iterator[tuple[bytes, float]]:
        while True:
            began = self._now
            for address in range(1, _HIGHEST + 1):
                yield from self._slave(address)
            gap = self._random.uniform(*GAP)
            length = sum(len(self.pack.report(type)) for type in (_STATUS, _SETTINGS)) * BYTE
            yield b"", max(0.0, began + PERIOD - gap - length - self._now)
            for type in (_STATUS, _SETTINGS):
                report = self.pack.report(type)
                yield report, len(report) * BYTE
            yield b"", gap
            self.cycles += 1

    def _slave(self, address: int) -> Iterator[tuple[bytes, float]]:
        began = self._now
        yield from self._ask(address, _STATUS)
        if self._answered:
            yield b"", BETWEEN
            yield from self._ask(address, _SETTINGS)
            yield b"", max(0.0, began + SLOT - self._now)

    def _ask(self, address: int, type: int) -> Iterator[tuple[bytes, float]]:
        self._asked, self._answered = address, False
        yield request(address, type), MISSING
        self._asked = None
