"""A link that is lost is opened again: when, and what is told about it.

The first second, then two, four, up to half a minute; a link that held for a minute starts anew. The log
gets one line when a link is lost or cannot be opened, one for each further reason, and one when it is back.
A link counts as open only after two seconds: some gateways accept every client and hang up at once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from jkbus.errors import LinkError
from jkbus.transport.base import Link, LinkEnded

log = logging.getLogger("jkbus.link")

FIRST, LONGEST = 1.0, 30.0  # s between two attempts
SETTLED = 2.0  # s after which a link that opened is believed to be open
PROVEN = 60.0  # s after which a link that held is not held to account for its past


class Retry:
    """The policy, with the time as an argument: what to tell and how long to wait."""

    def __init__(self) -> None:
        self._delay = FIRST
        self._opened_at: float | None = None
        self._lost_at: float | None = None  # since when it is away and this was told
        self._reasons: set[str] = set()

    def opened(self, now: float) -> None:
        """The link could be opened: tell nothing yet, call `settled` in SETTLED seconds."""
        self._opened_at = now

    def settled(self, now: float) -> str:
        """The link is believed to be open; returns what to tell after its URL."""
        lost_at, self._lost_at = self._lost_at, None
        self._reasons.clear()
        return "is open" if lost_at is None else f"is back after {now - lost_at:.0f} s"

    def failed(self, reason: str, now: float) -> tuple[float, str]:
        """It was lost or could not be opened; returns how long to wait and what to tell ("" for nothing)."""
        if self._opened_at is not None and now - self._opened_at >= PROVEN:
            self._delay = FIRST
        self._opened_at = None
        delay, self._delay = self._delay, min(2 * self._delay, LONGEST)
        told = reason in self._reasons
        self._reasons.add(reason)
        if self._lost_at is None:
            self._lost_at = now
            return delay, f"{reason}; trying again until it works"
        return delay, "" if told else reason


async def keep_open(
    open_: Callable[[], Awaitable[Link]],
    use: Callable[[Link], Awaitable[None]],
    *,
    settle: float = SETTLED,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Open a link and let `use` have it until it is lost; again and again, until a recording ends.

        await keep_open(partial(open_link, url, baudrate=115200), partial(drive, bus))

    `use` reads and lets LinkError through; the link is closed for it. It returns at the end of a recording
    and when `use` returns; what else `use` raises, and UsageError from opening, comes through.
    """
    clock = asyncio.get_running_loop().time
    retry = Retry()
    while True:
        try:
            return await _use_once(open_, use, retry, settle)
        except LinkEnded as end:
            return log.info("%s", end)
        except LinkError as error:
            delay, news = retry.failed(str(error), clock())
            if news:
                log.warning("%s", news)
        await sleep(delay)


async def _use_once(
    open_: Callable[[], Awaitable[Link]], use: Callable[[Link], Awaitable[None]], retry: Retry, settle: float
) -> None:
    loop = asyncio.get_running_loop()
    link = await open_()
    retry.opened(loop.time())
    settled = loop.call_later(settle, lambda: log.info("link %s %s", link.url, retry.settled(loop.time())))
    try:
        await use(link)
    finally:
        settled.cancel()
        await link.close()
