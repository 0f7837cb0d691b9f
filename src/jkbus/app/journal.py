"""The alarms as they are on disk, where no gateway runs that keeps them."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from ..alarms import Entry
from ..alarms.findings import IN_SILENCE
from ..alarms.journal import acknowledged
from ..alarms.store import Packs, Store
from ..control.locks import is_held
from ..errors import JkbusError, UsageError


class KeptAlarms:
    """What `alarms.Alarms` has left in a state folder; may be changed as long as no gateway keeps them.

    Everything raises JkbusError while there is no file.
    """

    def __init__(self, folder: Path, wall: Callable[[], float] = time.time) -> None:
        self._file = folder / "alarms.sqlite"
        self._wall = wall
        self._store: Store | None = None
        self._packs: Packs = {}

    def standing(self, key: str | None = None) -> list[Entry]:
        """Those that stood when the gateway ended, the worst first."""
        entries = self._opened().entries(1000, key=key, standing=True)
        return sorted(entries, key=lambda entry: (-entry.alarm.severity, -entry.came, -entry.id))

    async def entries(self, count: int = 100, key: str | None = None) -> list[Entry]:
        """The last entries, the newest first."""
        return await asyncio.to_thread(partial(self._opened().entries, count, key=key))

    async def acknowledge(self, id: int, who: str) -> Entry:
        """Somebody has taken note of an alarm. Raises UsageError for no such one."""
        entry = self._opened().entry(id)
        if entry is None:
            raise UsageError(f"there is no alarm {id}; `jkbus alarms` lists them with their numbers")
        return self._changed(acknowledged(entry, who, self._wall()))

    async def close(self, id: int, who: str) -> Entry:
        """Somebody says that an alarm stands no more. Raises UsageError if none of that number stands."""
        entry = self._opened().entry(id)
        if entry is None or not entry.stands:
            raise UsageError(f"no alarm {id} stands; `jkbus alarms` lists those that do with their numbers")
        if entry.alarm in IN_SILENCE:
            self._packs.pop(entry.subject.key, None)  # taken away: it is not missed after the next start
        now = self._wall()
        entry = acknowledged(entry, who, now)
        return self._changed(replace(entry, went=max(entry.came, now), closed_by=who))

    def shut(self) -> None:
        """Let go of the file."""
        if self._store is not None:
            self._store.close()
            self._store = None

    def _opened(self) -> Store:
        if self._store is None:
            if not self._file.exists():
                raise JkbusError(
                    f"{self._file}: there are no alarms yet; they are kept when the gateway runs"
                )
            self._store = Store(self._file)
            self._packs = self._store.load().packs
        if not self._store.is_open:
            raise JkbusError(f"{self._file}: cannot be read, the log tells why; nothing was changed in it")
        return self._store

    def _changed(self, entry: Entry) -> Entry:
        store = self._opened()
        if is_held(self._file.with_name("memory.json.lock")):
            raise JkbusError("a gateway runs and does not answer, so alarms cannot be changed; restart it")
        store.put([entry], self._packs)
        if not store.save():
            raise JkbusError(f"{self._file}: cannot be written, the log tells why; nothing is changed")
        return entry
