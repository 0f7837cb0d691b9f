"""Lets the history hear what the gateway hears: collects for some seconds, then writes in a thread."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from ..bus.events import Event, Heard
from ..model.battery import Battery
from ..model.pack import Pack
from ..protocol import REPORTS, Status
from .schema import HistoryError
from .store import Sample, Store
from .whole import KEY, whole

log = logging.getLogger("jkbus.history")

EVERY = 8.0  # s between two writes: with the time a slow disk takes, a power cut costs at most ten
WHOLE_EVERY = 1.0  # s between two samples of the whole battery
MOST = 20_000  # reports that wait in memory while nothing can be written: 20 minutes of 16 packs


class _Waiting(NamedTuple):
    pack: Pack | None  # None for the whole battery
    key: str | None  # None until the pack is identified
    at: int
    report: bytes


class Recorder:
    """Keeps every report of every pack in `store`, and the battery as a whole once a second.

    Nothing here holds up a bus: what cannot be written waits, as much of it as there is room for, and the log
    says so once. What is heard of a pack before it is known which one it is waits too. `clock` is the wall
    clock in unix seconds.
    """

    def __init__(
        self, store: Store, battery: Battery, *, every: float = EVERY, clock: Callable[[], float] = time.time
    ) -> None:
        self.store = store
        self._battery = battery
        self._every = every
        self._clock = clock
        self._waiting: deque[_Waiting] = deque(maxlen=MOST)
        self._summed = float("-inf")
        self._trouble = self._disorder = ""  # what was told of writing, and of the housework
        self._lost = 0

    def take(self, bus: str, event: Event) -> None:
        """Take an event of the bus of that name, after the battery has taken it."""
        if not isinstance(event, Heard) or event.report.type not in REPORTS:
            return
        pack, now = self._battery.pack(bus, event.address), round(self._clock() * 1000)
        if pack is None:
            return
        self._put(_Waiting(pack, _key(pack), now, event.report.data))
        if event.report.type == Status.type and not 0 <= event.at - self._summed < WHOLE_EVERY:
            self._summed = event.at
            if (together := whole(self._battery.packs)) is not None:
                self._put(_Waiting(None, KEY, now, bytes(together.data)))

    async def run(self) -> None:
        """Write every few seconds, and at the end, until cancelled."""
        try:
            while True:
                await asyncio.sleep(self._every)
                await self.write()
        finally:
            self._written(self._collected())
            self.store.close()

    async def write(self) -> None:
        """Write what has come since the last time, then let the store do a piece of its housework."""
        batch = self._collected()
        if not await asyncio.to_thread(self._written, batch):
            self._put_back(batch)
        else:
            await asyncio.to_thread(self._tend)

    def _put(self, one: _Waiting) -> None:
        self._lost += len(self._waiting) == MOST
        self._waiting.append(one)

    def _put_back(self, batch: list[_Waiting]) -> None:
        later, self._waiting = self._waiting, deque(maxlen=MOST)
        for one in (*batch, *later):
            self._put(one)

    def _collected(self) -> list[_Waiting]:
        """What can be written now; the rest goes on waiting for its key."""
        waiting, self._waiting = self._waiting, deque(maxlen=MOST)
        batch = []
        for one in waiting:
            key = one.key or (one.pack and _key(one.pack))
            if key:
                batch.append(one if one.key else one._replace(key=key))
            else:
                self._waiting.append(one)
        return batch

    def _written(self, batch: list[_Waiting]) -> bool:
        """Write a batch; whether that was possible."""
        if not batch:
            return True
        names = {one.key or "": one.pack.name if one.pack else KEY for one in batch}
        try:
            self.store.write([Sample(one.key or "", one.at, one.report) for one in batch], names)
        except HistoryError as error:
            self._trouble = _told(str(error), self._trouble)
            return False
        if self._trouble:
            lost = f"; {self._lost} reports of the time between found no room in memory" if self._lost else ""
            log.info("%s: is written again%s", self.store.file, lost)
        self._trouble, self._lost = "", 0
        return True

    def _tend(self) -> None:
        try:
            if not self.store.tend(self._clock()):
                self._disorder = ""
        except HistoryError as error:
            self._disorder = _told(str(error), self._disorder)


def _told(trouble: str, before: str) -> str:
    """Tell what is wrong, unless that was told before; and return it."""
    if trouble != before:
        log.warning("%s", trouble)
    return trouble


def _key(pack: Pack) -> str | None:
    """The key of a pack in the history; `battery` is the whole one's, whatever a pack is called."""
    return f"{KEY}_pack" if pack.key == KEY else pack.key
