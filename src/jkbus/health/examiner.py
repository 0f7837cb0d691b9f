"""Finds out now and then how healthy the packs are, without anybody having to wait for it."""

import asyncio
import logging
import math
import pickle
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from ..errors import JkbusError
from ..history.schema import HistoryError
from .verdict import Verdict

log = logging.getLogger("jkbus.health")

FIRST, EVERY = 300.0, 3600.0  # s from the start, and between two examinations
EMPTY = 15.0  # s that a verdict on no pack at all is good for: the first ones are about to be written down
SHARE = 0.01  # of a core that may be spent on it; a slow machine examines less often
PATIENCE = 100.0  # s that somebody who asks waits


class Examiner:
    """Knows how healthy the packs of a history file are; `latest` is what was found out last.

    `listeners` are called with every new verdict. `clock` is the wall clock in unix seconds.
    """

    def __init__(self, file: Path, clock: Callable[[], float] = time.time) -> None:
        self.latest: Verdict | None = None
        self.listeners: list[Callable[[Verdict], None]] = []
        self._file = file
        self._clock = clock
        self._work: asyncio.Task[Verdict] | None = None
        self._told = ""

    async def run(self) -> None:
        """Examine every hour until cancelled; what goes wrong is told once."""
        try:
            await asyncio.sleep(FIRST)
            while True:
                took = 0.0
                try:
                    took = (await self.fresh(math.inf)).took
                except JkbusError as error:
                    self._tell(error)
                await asyncio.sleep(max(EVERY, took / SHARE))
        finally:
            if self._work is not None:
                self._work.cancel()

    async def fresh(self, patience: float = PATIENCE) -> Verdict:
        """The verdict of the last hour; without one, examine now, for `patience` s. Raises JkbusError."""
        if self.latest is not None and 0 <= self._clock() - self.latest.at < _good_for(self.latest):
            return self.latest
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._examine(), name="health")
        await asyncio.wait([self._work], timeout=None if math.isinf(patience) else patience)
        if self._work.done():
            return self._work.result()
        if self.latest is not None:
            return self.latest
        raise JkbusError("the packs are being examined, which takes minutes here; ask again later")

    async def anew(self) -> Verdict:
        """Examine now, whatever was found out before: much has been added since. Raises JkbusError."""
        if self._work is not None:
            await asyncio.wait([self._work])
        self.latest = None
        return await self.fresh(math.inf)

    async def _examine(self) -> Verdict:
        outcome = pickle.loads(await self._asked(str(self._file), str(self._clock())))
        if not isinstance(outcome, Verdict):
            raise HistoryError(str(outcome))
        self.latest, self._told = outcome, ""
        for listener in self.listeners:
            listener(outcome)
        return outcome

    async def _asked(self, *arguments: str) -> bytes:
        """What a process says to it that is killed if nobody waits any more. Raises JkbusError."""
        pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        command = [sys.executable, "-P", "-m", "jkbus.health.checkup", *arguments]
        try:
            process = await asyncio.create_subprocess_exec(*command, stdin=nothing, stdout=pipe, stderr=pipe)
        except OSError as error:
            raise JkbusError(f"the packs cannot be examined ({error.strerror or error})") from None
        try:
            said, complaint = await process.communicate()
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if process.returncode:
            log.warning("%s", complaint.decode(errors="replace").strip())
            raise JkbusError(
                f"the packs could not be examined ({_end(process.returncode)}); the log tells more"
            )
        return said

    def _tell(self, error: JkbusError) -> None:
        level = logging.DEBUG if str(error) == self._told else logging.INFO
        log.log(level, "health: %s", error)
        self._told = str(error)


def _good_for(verdict: Verdict) -> float:
    return EVERY if verdict.health.findings else EMPTY


def _end(code: int) -> str:
    return f"killed by signal {-code}; is there too little memory?" if code < 0 else f"exit code {code}"
