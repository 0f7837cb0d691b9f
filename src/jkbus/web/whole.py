"""The battery as a whole over time: what came and went today, and how the current goes.

What all packs moved since midnight is their counters of now less those of midnight. These are known once the
history has told what it has of today, or when midnight was seen; without either nothing is told.
"""

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as hours
from typing import Any

from ..alarms import Alarms
from ..control.requests import Doings, answer
from ..history.whole import KEY
from ..model.battery import Battery
from ..model.energy import Energy
from ..outputs.totals import Totals, totals
from .documents import battery as documents

SMOOTHING = 60.0  # s: time constant of the current that the outlook goes by
_AGAIN = 60.0  # s until the history is asked once more, where it knew nothing
_PATIENCE = 0.5  # s to wait for it
_SEEN = 60.0  # s before midnight within which the counters are those of midnight


@dataclass(frozen=True, slots=True)
class _Midnight:
    """The counters of all packs at the beginning of a day (kWh), and seconds of it that were not watched."""

    day: date
    charged: float
    discharged: float
    missed: float


class Whole:
    """Makes the document of the battery. `clock` is that of the buses, `wall` gives unix seconds."""

    def __init__(
        self,
        battery: Battery,
        energy: Callable[[], Energy],
        alarms: Alarms,
        doings: Doings,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._battery, self._energy, self._alarms, self._doings = battery, energy, alarms, doings
        self._clock, self._wall = clock, wall
        self._current: float | None = None
        self._at = self._asked = -math.inf
        self._midnight: _Midnight | None = None
        self._seen: float | None = None  # wall clock of the last look
        self._asking: asyncio.Task[None] | None = None

    def document(self) -> documents.Battery:
        """The battery as it is now."""
        now, wall = self._clock(), self._wall()
        found, energy = totals(self._battery.packs), self._energy()
        self._smooth(found, now)
        self._mark(energy, now, wall)
        return documents.battery(
            found,
            energy,
            self._today(energy, wall),
            documents.outlook(found, self._current),
            self._alarms.summary(),
            wall,
        )

    async def settled(self) -> documents.Battery:
        """The same, once the history has told what it knows of today; that is not waited for long."""
        document = self.document()
        if self._asking is not None:
            await asyncio.wait([self._asking], timeout=_PATIENCE)
            document = self.document()
        return document

    def _smooth(self, found: Totals, now: float) -> None:
        """Follow the current with a time constant of a minute; a change of direction counts at once."""
        if found.current is None or self._current is None or found.current * self._current <= 0:
            self._current = found.current
        else:
            share = 1.0 - math.exp((self._at - now) / SMOOTHING)
            self._current += share * (found.current - self._current)
        self._at = now

    def _mark(self, energy: Energy, now: float, wall: float) -> None:
        """Know the counters of midnight: because it has just been, or from the history."""
        today, before, self._seen = _day(wall), self._seen, wall
        if before is not None and _day(before) != today:
            watched = 0 <= wall - before <= _SEEN  # else nobody looked, or the clock was set
            self._midnight = _Midnight(today, energy.charged, energy.discharged, 0.0) if watched else None
            self._asked = -math.inf
        if self._midnight is None and self._asking is None and now - self._asked >= _AGAIN:
            self._asked = now
            self._asking = asyncio.get_running_loop().create_task(self._ask(today, wall))

    async def _ask(self, today: date, wall: float) -> None:
        try:
            request = {"do": "energy", "key": KEY, "start": _begin(today), "end": wall, "by": "day"}
            rows: list[Any] = []
            async for each in answer(self._doings, request):
                rows = each.get("rows", [])
            if rows and self._midnight is None and _day(self._wall()) == today:
                row, energy = rows[-1], self._energy()
                charged, discharged = energy.charged - row["charged"], energy.discharged - row["discharged"]
                missed = max(0.0, wall - _begin(today) - row["known"])
                self._midnight = _Midnight(today, charged, discharged, missed)
        finally:
            self._asking = None

    def _today(self, energy: Energy, wall: float) -> documents.Today | None:
        at = self._midnight
        if at is None:
            return None
        return {
            "charged": round(max(0.0, energy.charged - at.charged), 3),
            "discharged": round(max(0.0, energy.discharged - at.discharged), 3),
            "known": round(max(0.0, wall - _begin(at.day) - at.missed)),
        }


def _day(wall: float) -> date:
    """The local day of a moment."""
    return datetime.fromtimestamp(wall).astimezone().date()


def _begin(day: date) -> float:
    """Local midnight in unix seconds."""
    return datetime.combine(day, hours()).timestamp()
