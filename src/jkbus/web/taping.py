"""A recording of a line that is sent while it is made; blanked, since it is meant to be passed on."""

import asyncio
import io
from collections.abc import AsyncGenerator, Callable
from typing import Protocol, TextIO

from ..wiring.watch import Chunk, Watch

_EVERY = 0.5  # s between two sendings
_MOST = 4_000_000  # characters that may wait for a slow reader


class Recorder(Protocol):
    """What writes down what is heard and said; see transport/captures.py."""

    def heard(self, data: bytes, now: float) -> None: ...
    def said(self, data: bytes, now: float) -> None: ...
    def close(self) -> None: ...


Recorders = Callable[[TextIO, str, float], Recorder]


async def tape(watch: Watch, recorders: Recorders, now: float, seconds: float) -> AsyncGenerator[bytes, None]:
    """The recording of so many seconds, in pieces; given up when nobody takes it."""
    text = io.StringIO()
    recorder = recorders(text, watch.link, now)

    def hear(chunk: Chunk) -> None:
        if text.tell() < _MOST:
            (recorder.said if chunk.said else recorder.heard)(chunk.data, chunk.at)

    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    watch.listeners.append(hear)
    try:
        while (left := end - loop.time()) > 0:
            yield _taken(text)
            await asyncio.sleep(min(left, _EVERY))
        recorder.close()
        yield _taken(text)
    finally:
        watch.listeners.remove(hear)


def _taken(text: io.StringIO) -> bytes:
    out = text.getvalue().encode("ascii", "replace")
    text.seek(0)
    text.truncate()
    return out
