"""Virtual packs as a link: the same line the tests use, in real time."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Protocol
from urllib.parse import parse_qsl

from jkbus.errors import LinkError, UsageError

EXAMPLE = "sim:6?master=no&seed=1&echo=yes"
YES_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


class Line(Protocol):
    """What of a virtual line is used here; times in seconds since it was opened."""

    @property
    def wake_at(self) -> float: ...
    def read(self, now: float) -> bytes: ...
    def write(self, data: bytes, now: float) -> None: ...


class Simulation:
    """A virtual line in real time."""

    can_write = True

    def __init__(self, url: str, line: Line) -> None:
        self.url = url
        self._line = line
        self._clock = asyncio.get_running_loop().time
        self._zero = self._clock()
        self._news = asyncio.Event()
        self._closed = False

    def _now(self) -> float:
        return self._clock() - self._zero

    async def read(self) -> bytes:
        while not self._closed:
            if data := self._line.read(self._now()):
                return data
            self._news.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout_at(self._zero + self._line.wake_at):
                    await self._news.wait()
        raise LinkError(f"link {self.url} is closed")

    def write(self, data: bytes) -> None:
        self._line.write(data, self._now())
        self._news.set()

    async def close(self) -> None:
        self._closed = True
        self._news.set()


def open_simulation(url: str) -> Simulation:
    """`sim:N[?master=no&seed=1&echo=yes]`: N packs, with a JK master unless told otherwise.

    `seed` chooses among worlds, `echo` lets us hear ourselves as many adapters do, `fault` spoils the wiring
    (see simulator/afflictions.py). Raises UsageError.
    """
    from jkbus.simulator.afflictions import AFFLICTIONS
    from jkbus.simulator.banks import bank, clock_of_now
    from jkbus.simulator.faults import Faults

    packs, _, query = url.removeprefix("sim:").partition("?")
    options = dict(parse_qsl(query, keep_blank_values=True))
    try:
        master = YES_NO[options.pop("master", "yes")]
        echo = YES_NO[options.pop("echo", "no")]
        seed = int(options.pop("seed", "0"))
        fault = options.pop("fault", "")
        afflict = AFFLICTIONS[fault] if fault else None
    except (KeyError, ValueError):
        raise UsageError(f"link {url}: this cannot be read; write for instance {EXAMPLE}") from None
    if options:
        raise UsageError(f"link {url}: {next(iter(options))} is unknown; write for instance {EXAMPLE}")
    try:
        faults, rtc = Faults(echo=echo), clock_of_now()
        line = bank(int(packs), master=master, seed=seed, faults=faults, rtc=rtc)
    except ValueError as error:
        raise UsageError(f"link {url}: {error}") from None
    if afflict is not None:
        afflict(line)
    return Simulation(url, line)
