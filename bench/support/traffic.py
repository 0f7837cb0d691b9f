"""A saturated bus, made once and played as often as needed: its making costs nothing while we measure."""

import asyncio
from functools import cache

from jkbus.bus.bus import Bus
from jkbus.bus.timing import Timing
from jkbus.simulator import bank

Chunk = tuple[float, bytes]


@cache
def saturated(seconds: float = 60.0, packs: int = 15, cycle: float = 0.0) -> tuple[Chunk, ...]:
    """What a listener hears beside a busy master: chunks of a USB adapter, with their times in s.

    About 13 reports a second, or each pack once in `cycle` s. Address 0 is nobody, so the listener takes
    no part.
    """
    line, bus, now, found = bank(packs, master=False, seed=2), Bus(Timing(status=cycle)), 0.0, []
    warm = 30.0
    while now < warm + seconds:
        if data := line.read(now):
            found.append((now - warm, data))
            bus.receive(data, now)
        else:
            bus.receive(b"", now)
        if said := bus.poll(now):
            found.append((now - warm, said))
            line.write(said, now)
        now = max(min(bus.wake_at, line.wake_at), now + 1e-6)
    return tuple(chunk for chunk in found if chunk[0] >= 0)


class Played:
    """A link that hears the same minute again and again, at its own pace."""

    can_write = False

    def __init__(self, url: str, chunks: tuple[Chunk, ...], offset: float = 0.0) -> None:
        self.url = url
        self._chunks = chunks
        self._length = chunks[-1][0] + 0.05
        self._clock = asyncio.get_running_loop().time
        self._start = self._clock() + 0.05 - offset % self._length
        self._next = 0
        while self._due() < self._clock():
            self._next += 1

    def _due(self) -> float:
        turn, place = divmod(self._next, len(self._chunks))
        return self._start + turn * self._length + self._chunks[place][0]

    async def read(self) -> bytes:
        if (wait := self._due() - self._clock()) > 0:
            await asyncio.sleep(wait)
        data = b""
        while self._due() <= self._clock():
            data += self._chunks[self._next % len(self._chunks)][1]
            self._next += 1
        return data

    def write(self, data: bytes) -> None:
        raise AssertionError("a listener does not speak")

    async def close(self) -> None:
        pass
