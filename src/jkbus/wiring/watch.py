"""One line as those see it who look at the wire: what was just said, who listens, and how it has been.

A bus hands over every chunk that it hears or says. It is kept for some seconds, given to the wiring check and
to whoever listens at the moment; whatever fails here is logged once and never reaches the bus.
"""

import logging
import math
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from ..bus.bus import Bus
from .check import check
from .ear import Ear
from .samples import Samples
from .verdict import VerdictDocument

log = logging.getLogger("jkbus.gateway")

KEPT = 1500  # chunks: some seconds of a full line
_TICK = 1.0  # s between two looks while nothing is heard


class Chunk(NamedTuple):
    """Bytes that were heard, or `said` by us, at a time of the bus's clock."""

    data: bytes
    at: float
    said: bool


Listener = Callable[[Chunk], None]


class Watch:
    """What is to be seen of one bus. `link` holds no secret; `recent` are the last chunks, oldest first."""

    def __init__(self, bus: Bus, link: str = "", rate: int = 115200, late: float = 0.0) -> None:
        self.bus = bus
        self.link = link
        self.recent: deque[Chunk] = deque(maxlen=KEPT)
        self.listeners: list[Listener] = []
        self.samples = Samples(bus)
        self.ear = Ear(rate, late)
        self._look_at = -math.inf
        self._failed = False

    def turn(self, heard: bytes, said: bytes, now: float, wall: float) -> None:
        """What was heard and then said, both b"" where only time has passed; `wall` in unix seconds.

        Raises nothing.
        """
        if heard or now >= self._look_at:
            self._look_at = now + _TICK
            self._guarded(Chunk(heard, now, False), wall)
        if said:
            self._guarded(Chunk(said, now, True), wall)

    def verdict(self, now: float, wall: float) -> VerdictDocument:
        """What the wiring check says at `now`."""
        self.turn(b"", b"", now, wall)
        ear = self.ear
        return check(ear).document(None if ear.began is None else round(wall - (now - ear.began), 1))

    def _guarded(self, chunk: Chunk, wall: float) -> None:
        try:
            self._take(chunk, wall)
        except Exception:
            level = logging.DEBUG if self._failed else logging.ERROR
            self._failed = True
            log.log(
                level, "%s: the wiring cannot be watched; please report this", self.bus.name, exc_info=True
            )

    def _take(self, chunk: Chunk, wall: float) -> None:
        self.samples.look(chunk.at, wall)
        if chunk.said:
            self.ear.said(chunk.data, chunk.at)
        else:
            self.ear.heard(chunk.data, chunk.at)
        if chunk.data:
            self.recent.append(chunk)
        for listener in self.listeners:
            listener(chunk)
