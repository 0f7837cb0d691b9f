"""One who looks at the traffic of a line: what he wants to see, as fast as he can read it."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable

from .traffic import Line

A_SECOND = 50  # messages
FIRST = 60  # messages that are there when he comes
LONGEST = 300.0  # s; who wants to look on asks again, and is checked again
_BEAT = 10.0  # s
_BREATH = 0.1  # s between two sendings
_WAITING = 200  # messages that may wait for a slow reader

Wanted = Callable[[Line], bool]


class Onlooker:
    """`take` what is said, and send it from `events`; of more than fifty a second the rest is counted."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._waiting: deque[bytes] = deque()
        self._news = asyncio.Event()
        self._left_out = 0
        self._second, self._sent = 0, 0

    def first(self, lines: list[Line]) -> None:
        """What was said before he came."""
        wanted = [line for line in lines if self._wanted(line)]
        self._waiting.extend(line.event() for line in wanted[-FIRST:])

    def take(self, line: Line) -> None:
        """Something was said."""
        if not self._wanted(line):
            return
        if int(line.at) != self._second:
            self._second, self._sent = int(line.at), 0
        self._sent += 1
        if self._sent > A_SECOND or len(self._waiting) >= _WAITING:
            self._left_out += 1
        else:
            self._waiting.append(line.event())
            self._news.set()

    async def events(self) -> AsyncIterator[bytes]:
        """Server-sent events, until he has looked long enough."""
        loop = asyncio.get_running_loop()
        end = loop.time() + LONGEST
        yield b": looking\n\n"
        while loop.time() < end:
            if self._waiting or self._left_out:
                yield self._all()
                await asyncio.sleep(_BREATH)
                continue
            self._news.clear()
            try:
                async with asyncio.timeout(_BEAT):
                    await self._news.wait()
            except TimeoutError:
                yield b": beat\n\n"

    def _all(self) -> bytes:
        out = b"".join(self._waiting)
        self._waiting.clear()
        if self._left_out:
            out += b'event: left_out\ndata: {"count": %d}\n\n' % self._left_out
            self._left_out = 0
        return out
