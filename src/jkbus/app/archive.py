"""The local API: what can be asked about the past, and the answers, as plain JSON objects.

    {"do": "history"}                                   {"sources": [{"key", "name", "first", "last"}]}
    {"do": "names", "key": ".."}                        {"names": [..]}
    {"do": "curve", "key", "name", "start", "end", "points": 500}
                          {"curve": {"name", "unit", "level", "step", "times", "low", "mean", "high"}}
    {"do": "energy", "key", "start", "end", "by": "hour|day|month", "zone": "Europe/Berlin"}
                          {"rows": [{"start", "end", "charged", "discharged", "known"}]}
    {"do": "health", "packs": [..]}
        {"at", "packs": [{"key", "name", "findings": [{"kind", "topic", "subject", "sentence", "todo"}]}],
         "battery": [..]}
    {"do": "alarms", "standing": false, "count": 100, "packs": [..]}               {"entries": [..]}
    {"do": "acknowledge", "ids": [..], "who": {"via": .., "user": ..}}             {"acknowledged": [ids]}
    {"do": "close", "ids": [..], "who": {..}}                                      {"closed": [ids]}

`key` is that of a pack, or `battery` for all of them together; `packs` are names or keys, none for all. Times
are unix seconds, energy is in kWh, a row of it is known for `known` of its seconds. Faults are told as in
`control.requests`.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import asdict
from functools import partial
from typing import Any, Protocol, TypeVar

from ..alarms import Entry
from ..config import Config
from ..config.words import shown, suggestion
from ..control.requests import Doings, Json, Request, who, words
from ..errors import JkbusError, UsageError
from ..health.examiner import Examiner
from ..health.findings import Finding
from ..history import energies, query
from ..history.curves import level_for
from ..history.store import Store
from .asked import choice, number, numbers, span, text, zone

T = TypeVar("T")

_POINTS, _ENTRIES = 5000, 1000  # at most in an answer
_ROWS = 10_000


class Journal(Protocol):
    """The alarms: as `alarms.Alarms` of a gateway that runs, or as they are on disk."""

    def standing(self, key: str | None = None) -> list[Entry]:
        """Those that stand, the worst first."""

    async def entries(self, count: int = 100, key: str | None = None) -> list[Entry]:
        """The last ones, the newest first."""

    async def acknowledge(self, id: int, who: str) -> Entry:
        """Take note of one. Raises UsageError."""

    async def close(self, id: int, who: str) -> Entry:
        """Say that one is over. Raises UsageError."""


class Archive:
    """Answers what was. Files are read in a thread, one question after the other."""

    def __init__(
        self, config: Config, store: Store, journal: Journal, examiner: Examiner, patience: float
    ) -> None:
        self._off = not config.history.enabled
        self._store = store
        self._journal = journal
        self._examiner = examiner
        self._patience = patience
        self._turn = asyncio.Semaphore()

    @property
    def doings(self) -> Doings:
        """What can be asked, by name."""
        table: dict[str, Callable[[Request], Awaitable[Json]]] = {
            "history": self._history,
            "names": self._names,
            "curve": self._curve,
            "energy": self._energy,
            "health": self._health,
            "alarms": self._alarms,
            "acknowledge": self._acknowledge,
            "close": self._close,
        }
        return {name: partial(_only, do) for name, do in table.items()}

    async def _read(self, read: Callable[..., T], *arguments: Any) -> T:
        self._look()
        async with self._turn:
            return await asyncio.to_thread(read, self._store, *arguments)

    def _look(self) -> None:
        if self._off and not self._store.file.exists():
            raise JkbusError("there is no history: history: has enabled: false in the configuration")

    async def _history(self, request: Request) -> Json:
        return {"sources": [asdict(source) for source in await self._read(query.sources)]}

    async def _names(self, request: Request) -> Json:
        return {"names": query.names(text(request, "key"))}

    async def _curve(self, request: Request) -> Json:
        (start, end), points = span(request), number(request, "points", query.POINTS, _POINTS)
        asked = (text(request, "key"), text(request, "name"), start, end, points)
        curve = await self._read(query.read, *asked)
        return {"curve": {**asdict(curve), "level": level_for((end - start) / points)}}

    async def _energy(self, request: Request) -> Json:
        (start, end), by = span(request), choice(request, "by", ("day", "hour", "month"))
        asked = (text(request, "key"), start, end, by, zone(request))
        rows = await self._read(energies.energy, *asked)
        if len(rows) > _ROWS:
            raise UsageError(f"these are {len(rows)} rows; ask for a shorter time, or for days or months")
        return {"rows": [asdict(row) for row in rows]}

    async def _health(self, request: Request) -> Json:
        asked = words(request, "packs")
        self._look()
        verdict = await self._examiner.fresh(self._patience)
        chosen = _chosen(asked, verdict.names.items())
        packs = [
            {"key": key, "name": verdict.names.get(key, key), "findings": list(map(_told, findings))}
            for key, findings in verdict.health.findings.items()
            if key in chosen
        ]
        return {"at": verdict.at, "packs": packs, "battery": []}

    async def _alarms(self, request: Request) -> Json:
        asked, count = words(request, "packs"), number(request, "count", 100, _ENTRIES)
        if request.get("standing", False):
            found = self._journal.standing()
        else:
            found = await self._journal.entries(count if not asked else _ENTRIES)
        if asked:
            subjects = [(entry.subject.key, entry.subject.name) for entry in found]
            chosen = _chosen(asked, [*subjects, *await self._known()])
            found = [entry for entry in found if entry.subject.key in chosen]
        return {"entries": [entry.public() for entry in found[:count]]}

    async def _known(self) -> list[tuple[str, str]]:
        """Packs that have a history: without an alarm they are known all the same."""
        try:
            return [(source.key, source.name) for source in await self._read(query.sources)]
        except JkbusError:
            return []

    async def _acknowledge(self, request: Request) -> Json:
        return {"acknowledged": await _each(self._journal.acknowledge, request)}

    async def _close(self, request: Request) -> Json:
        return {"closed": await _each(self._journal.close, request)}


async def _only(do: Callable[[Request], Awaitable[Json]], request: Request) -> AsyncIterator[Json]:
    yield await do(request)


async def _each(change: Callable[[int, str], Awaitable[Entry]], request: Request) -> list[int]:
    asker = who(request)
    name = f"{asker.user} ({asker.via})" if asker.user else asker.via
    return [(await change(id, name)).id for id in numbers(request, "ids")]


def _told(finding: Finding) -> Json:
    told = asdict(finding)
    told["todo"] = told.pop("advice")
    return told


def _chosen(asked: list[str], known: Iterable[tuple[str, str]]) -> set[str]:
    """The keys of what was asked for by name or key; of everything if nothing was. Raises UsageError."""
    names = list(known)
    chosen = {key for key, name in names if not asked or key in asked or name in asked}
    for word in asked:
        if not any(word in both for both in names):
            likely = suggestion(word, dict.fromkeys(name for _, name in names)) if names else "there are none"
            raise UsageError(f"nothing is known of {shown(word)}; {likely}")
    return chosen
