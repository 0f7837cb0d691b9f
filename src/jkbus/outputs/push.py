"""Sends every value on to databases of time series: reports become lines, lines a batch every ten seconds.

    battery -> Sampler -> batch -> Spool (disk) -> Poster -> server

One task fills the spool and one empties it, oldest first, whatever the server does meanwhile. So killing us
loses the batch that was being made and nothing else, and killing the server loses nothing that the spool can
hold. What was sent and not acknowledged is sent again; the same line twice is the same point.
"""

import asyncio
import gzip
import logging
import time
from collections.abc import Awaitable, Iterable
from contextlib import suppress
from pathlib import Path

from ..bus.bus import Bus
from ..config.export import ExportConfig, format_size
from ..config.tree import Config
from ..config.values import slug
from ..model.battery import Battery
from ..model.pack import Pack
from .lineprotocol import Sampler
from .post import Answer, Poster, Unreachable
from .spool import Batch, Spool

log = logging.getLogger("jkbus.export")

BATCH = 10.0  # s
FIRST_DELAY, LAST_DELAY = 1.0, 60.0  # s between two attempts while a server is away
BAD_DATA = (400, 413, 422)  # what such an answer is about will never be taken; anything else may yet be
BUSY = (408, 425, 429)


class Push:
    """All databases of a configuration; `run` feeds them until cancelled. Raises UsageError."""

    def __init__(self, config: Config, battery: Battery, buses: Iterable[Bus] = ()) -> None:
        folder, known = config.state / "spool", list(buses)
        self.exports = [Export(export, folder, battery, known) for export in config.export]

    async def run(self) -> None:
        """Send until cancelled; what was not sent by then is on disk."""
        async with asyncio.TaskGroup() as group:
            for export in self.exports:
                group.create_task(export.run(), name=f"export {export.config.name}")


class Export:
    """One database: samples for it, its spool in a folder of `folder`, and the connection to it."""

    batch, first_delay, last_delay = BATCH, FIRST_DELAY, LAST_DELAY

    def __init__(
        self, config: ExportConfig, folder: Path, battery: Battery, buses: Iterable[Bus] = ()
    ) -> None:
        self.config = config
        self.refused = 0
        self.spool = Spool(folder / slug(config.name), config.spool, config.name)
        self._battery = battery
        self._sampler = Sampler(buses, config.interval, config.tags)
        self._poster = Poster(config.endpoint, config.ca, config.insecure)
        self._lines: list[str] = []
        self._news = asyncio.Event()
        self._storing: Awaitable[None] | None = None
        self._told = ""
        self._complaint = ""

    async def run(self) -> None:
        """Sample, keep and send until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._gather())
                group.create_task(self._deliver())
        finally:
            self._poster.end()
            self._store(self._take())

    async def _gather(self) -> None:
        clock = asyncio.get_running_loop().time
        subscription = self._battery.subscribe()
        try:
            while True:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self.batch):
                        while True:
                            self._sample(await subscription.wait(), clock())
                await self._keep()
        finally:
            subscription.close()

    def _sample(self, changed: Iterable[Pack], now: float) -> None:
        wall = time.time()
        for pack in changed:
            self._lines += self._sampler.pack(pack, now, wall)
        self._lines += self._sampler.others(self._battery.packs, now, wall)

    async def _keep(self) -> None:
        """Hand the lines to the disk, without waiting for it: it may take its time, and reports go on."""
        if self._storing is not None:
            await self._storing
        if lines := self._take():
            self._storing = asyncio.create_task(self._stored(lines))

    async def _stored(self, lines: list[str]) -> None:
        await asyncio.to_thread(self._store, lines)
        self._news.set()

    def _take(self) -> list[str]:
        lines, self._lines = self._lines, []
        return lines

    def _store(self, lines: list[str]) -> None:
        if lines:
            self.spool.put(gzip.compress("\n".join((*lines, "")).encode(), 6))

    async def _deliver(self) -> None:
        """Send what waits, oldest first, and wait longer and longer while the server does not take it."""
        delay = self.first_delay
        while True:
            self._news.clear()
            batch = await asyncio.to_thread(self.spool.first)
            if batch is None:
                await self._news.wait()
            elif await self._send(batch):
                delay = self.first_delay
            else:
                await asyncio.to_thread(self.spool.secure)
                await asyncio.sleep(delay)
                delay = min(2 * delay, self.last_delay)

    async def _send(self, batch: Batch) -> bool:
        """Whether the server is done with a batch, be it taken or refused for good."""
        try:
            answer = await self._poster.post(batch.data)
        except Unreachable as error:
            self._trouble(str(error))
            return False
        if answer.status in BAD_DATA:
            await asyncio.to_thread(self.spool.refuse, batch.number)
            self._complain(answer)
        elif answer.status // 100 == 2:
            await asyncio.to_thread(self.spool.done, batch.number, time.monotonic())
            if self._poster.lost:  # it may have been killed and be back; what it took before may be gone
                self._poster.lost = False
                await asyncio.to_thread(self.spool.again)
        else:
            self._trouble(_meaning(answer))
            return False
        self._well()
        return True

    def _trouble(self, text: str) -> None:
        """Tell why nothing arrives, once."""
        waits = f"up to {format_size(self.config.spool)} wait in {self.spool.folder}"
        log.log(
            logging.DEBUG if text == self._told else logging.WARNING, "%s: %s; %s", self._name, text, waits
        )
        self._told = text

    def _well(self) -> None:
        if self._told:
            log.info("%s: takes values again; %d batches wait", self._name, len(self.spool))
        self._told = ""

    def _complain(self, answer: Answer) -> None:
        self.refused += 1
        text = f"refuses a batch ({answer.status}: {answer.text or 'without a word'})"
        level = logging.DEBUG if text == self._complaint else logging.WARNING
        aside = self.spool.folder / "refused"
        log.log(level, "%s: %s; it was set aside in %s (%d so far)", self._name, text, aside, self.refused)
        self._complaint = text

    @property
    def _name(self) -> str:
        return f"export {self.config.name}"


def _meaning(answer: Answer) -> str:
    """What an answer that is about no single batch means, with the remedy."""
    status, said = answer.status, f" ({answer.text})" if answer.text else ""
    if status in (401, 403):
        return f"refuses our login; check token, or username and password, under export:{said}"
    if status == 404:
        return f"has no such database or path; check database, bucket and url under export:{said}"
    if status // 100 == 3:
        return f"has moved; write where to into the url under export:{said}"
    if status in BUSY or status // 100 == 5:
        return f"cannot take values now ({status}){said}"
    return f"does not take values ({status}); check the url under export:{said}"
