"""A recording as a link: what was heard comes again, at its own pace or faster."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

from jkbus.errors import UsageError
from jkbus.transport.base import LinkEnded
from jkbus.transport.captures import Chunk, read_capture

UNTIMED = 0.01  # s between chunks of a recording without times: below the patience of a framer
LINGER = 0.3  # s of silence after the last byte: until then a bus may still make up its mind about it


class Replay:
    """Delivers the heard chunks of a recording, then ends; what is written goes nowhere.

    `speed` is how many times faster than life it runs, 0 as fast as it is read.
    """

    can_write = False

    def __init__(self, url: str, chunks: Sequence[Chunk], speed: float = 1.0) -> None:
        self.url = url
        self._plan = plan(chunks, speed)
        self._next = 0
        self._zero: float | None = None  # loop time at which the recording begins
        self._last = 0.0  # loop time of the last delivery

    async def read(self) -> bytes:
        clock = asyncio.get_running_loop().time
        if self._zero is None:
            self._zero = clock()
        if self._next == len(self._plan):
            await asyncio.sleep(self._last + LINGER - clock())
            raise LinkEnded(f"link {self.url}: the recording is at its end")
        due, data = self._plan[self._next]
        await asyncio.sleep(self._zero + due - clock())
        self._next += 1
        self._last = clock()
        return data

    def write(self, data: bytes) -> None:
        """Nobody is there to hear it."""

    async def close(self) -> None:
        self._next = len(self._plan)


def plan(chunks: Sequence[Chunk], speed: float = 1.0) -> list[tuple[float, bytes]]:
    """When to deliver which bytes, in seconds from the start; never backwards."""
    out: list[tuple[float, bytes]] = []
    due, before = 0.0, None
    for chunk in chunks:
        if chunk.at is None or before is None:
            due += UNTIMED if out and chunk.at is None else 0.0
        else:
            due += max(0.0, chunk.at - before)
        before = chunk.at if chunk.at is not None else before
        if chunk.direction == "<" and chunk.data:
            out.append((due / speed if speed else 0.0, chunk.data))
    return out


async def open_replay(url: str) -> Replay:
    """`replay:FILE[?speed=N]`; raises UsageError if the file cannot be read or holds nothing."""
    path, _, speed = url.removeprefix("replay:").partition("?speed=")
    if not re.fullmatch(r"\d+(\.\d+)?|", speed):
        raise UsageError(f"link {url}: this speed is no number; write ?speed=10, or 0 for as fast as it goes")
    chunks = await asyncio.to_thread(read_capture, path)
    if not any(chunk.direction == "<" for chunk in chunks):
        raise UsageError(f"link {url}: nothing was heard in this recording")
    return Replay(url, chunks, float(speed or 1))
