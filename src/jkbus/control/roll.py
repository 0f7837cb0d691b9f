"""The packs that should be there, and calling those that have not been heard yet.

A running gateway knows them all after a while; one that was started for a single command has to wait for the
packs it is asked for, and better asks them at once than waits until their turn comes.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ..bus.bus import Bus
from ..bus.orders import Order
from ..bus.roles import MASTER
from ..config import BusConfig, slug
from ..config.words import shown, suggestion
from ..errors import JkbusError, UsageError
from ..model.battery import Battery
from ..model.pack import GONE, Pack
from .errands import Errands

ALL = "all"
_SETTINGS, _ABOUT = 1, 3
_LOOK = 0.25  # s between two looks at who is there, if nobody speaks
_CALLED = 3.0  # s in which a pack that is asked by a master has answered, or never will
_ROUND = 10.0  # s in which a master has asked every address once
_PERIODS = 3  # of a JK master, after which every pack it polls was heard and could be asked by us


@dataclass(frozen=True, slots=True)
class Expected:
    """A pack that should be there; `sure` if the configuration says so, else it was there before."""

    name: str
    key: str
    bus: str
    address: int | None
    sure: bool


def expected(buses: Sequence[BusConfig], remembered: Mapping[str, Any]) -> list[Expected]:
    """Who should be there, by the configuration and by the memory of packs (see `model.identity`)."""
    given = [(bus.name, pack) for bus in buses for pack in bus.packs]
    found = [Expected(pack.name, slug(pack.name), bus, pack.address, True) for bus, pack in given]
    places, serials = {(bus, pack.address) for bus, pack in given}, {pack.serial for _, pack in given}
    for key, known in remembered.items():
        bus, address, serial = known["bus"], known["address"], known["serial"]
        gone = address is None or (serial is not None and serial in serials)
        if not gone and (bus, address) not in places and any(bus == config.name for config in buses):
            found.append(Expected(known["name"], key, bus, address, False))
    return found


class Roll:
    """Finds packs by name, key or `all`. `leads` gives the bus that leads to a place."""

    def __init__(
        self,
        battery: Battery,
        buses: Iterable[Bus],
        expected: Iterable[Expected],
        leads: Callable[[str, int], Bus],
        errands: Errands,
    ) -> None:
        self._battery = battery
        self._buses = list(buses)
        self._expected = list(expected)
        self._leads = leads
        self._errands = errands
        self.broken: dict[str, JkbusError] = {}
        """Buses whose link cannot be had, and why; only where nobody tries again."""

    def packs(self, selection: Sequence[str]) -> list[Pack]:
        """The packs of these names, keys, or `all`, as far as they were heard.

        In the order of the selection, each once. Raises UsageError for a name that nobody has.
        """
        found: dict[Pack, None] = {}
        for word in selection:
            if word == ALL:
                found.update(dict.fromkeys(pack for pack in self._battery.packs if pack.state != GONE))
                continue
            there = [pack for pack in self._battery.packs if _is(pack, word)]
            found.update(dict.fromkeys(there))
            if not there and not any(_is(pack, word) for pack in self._expected):
                names = dict.fromkeys([*(pack.name for pack in self._known()), ALL])
                raise UsageError(f"there is no pack {shown(word)}; {suggestion(word, names)}")
        return list(found)

    def pack(self, key: str) -> Pack:
        """The pack with that key. Raises JkbusError if it is not there any more."""
        for pack in self._battery.packs:
            if pack.key == key:
                return pack
        raise JkbusError(f"{key}: it is not there any more; `jkbus get all` tells who is")

    def missing(self, selection: Sequence[str]) -> list[Expected]:
        """Those of the selection that should be there and were not heard; for `all` only the sure ones."""
        return [
            pack
            for pack in self._absent(selection)
            if pack.sure or any(_is(pack, word) for word in selection)
        ]

    async def call(self, selection: Sequence[str]) -> None:
        """Wait for the packs of the selection, as long as there is hope. Raises what broke a link."""
        start = asyncio.get_running_loop().time()
        calls = [asyncio.create_task(self._ask(pack)) for pack in self._absent(selection)]
        subscription = self._battery.subscribe()
        try:
            while self._hope(selection, start):
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK):
                        await subscription.wait()
        finally:
            subscription.close()
            for call in calls:
                call.cancel()
            await asyncio.gather(*calls, return_exceptions=True)

    def _known(self) -> list[Pack | Expected]:
        return [*self._battery.packs, *self._expected]

    def _absent(self, selection: Sequence[str]) -> list[Expected]:
        """Those of the selection that are not there; for `all` anybody at their place will do."""
        keys = {pack.key for pack in self._battery.packs}
        places = {(pack.bus, pack.address) for pack in self._battery.packs}
        return [
            pack
            for pack in self._expected
            if pack.key not in keys
            and (
                any(_is(pack, word) for word in selection)
                or (ALL in selection and (pack.bus, pack.address) not in places)
            )
        ]

    def _hope(self, selection: Sequence[str], start: float) -> bool:
        """Whether somebody is not there yet and may still come."""
        now = asyncio.get_running_loop().time()
        if any(self._may_come(pack, start, now) for pack in self._absent(selection)):
            return True
        known = self._known()
        strange = [word for word in selection if not any(word == ALL or _is(pack, word) for pack in known)]
        if strange or (ALL in selection and not self._expected):
            return any(self._looks_round(bus, start, now) for bus in self._buses)
        return False

    def _may_come(self, pack: Expected, start: float, now: float) -> bool:
        bus = self._bus(pack)
        if pack.address is None or not pack.sure:
            return self._looks_round(bus, start, now, _ROUND if pack.address is None else _CALLED)
        if bus.role == MASTER:
            return now < max(start, bus.role_since) + _CALLED
        return now < start + min(_PERIODS * bus.cycle, bus.timing.write)

    def _looks_round(self, bus: Bus, start: float, now: float, within: float = _ROUND) -> bool:
        """Whether a bus has not had the time yet to find whoever is there."""
        if bus.name in self.broken:
            raise self.broken[bus.name]
        return now < (bus.role_since or start) + (within if bus.role == MASTER else _PERIODS * bus.cycle)

    async def _ask(self, pack: Expected) -> None:
        """Ask for what tells that a pack is there, and who it is."""
        bus = self._bus(pack)
        if pack.address is None or (pack.address == 0 and bus.name == pack.bus):
            return
        expires = asyncio.get_running_loop().time() + bus.timing.write
        with suppress(ValueError):
            await self._errands.run(bus, Order(pack.address, _SETTINGS if pack.sure else _ABOUT, expires))

    def _bus(self, pack: Expected) -> Bus:
        bus = self._leads(pack.bus, -1 if pack.address is None else pack.address)
        if bus.name in self.broken:
            raise self.broken[bus.name]
        return bus


def _is(pack: Expected | Pack, word: str) -> bool:
    return slug(word) in (slug(pack.name), pack.key)
