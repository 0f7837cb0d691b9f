"""Reports that are of now: taken as they were heard, or fetched."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import nullcontext

from ..bus.bus import Bus
from ..bus.orders import DONE, Order
from ..bus.roles import MASTER
from ..errors import JkbusError, UsageError
from ..model.pack import Pack
from .cautions import BY_CELLS
from .errands import Errands
from .permits import Route, unasked
from .settings import BY_MODEL, SETTINGS, Setting
from .values import Value, parse, plain

SETTINGS_REPORT, STATUS_REPORT, ABOUT_REPORT = 1, 2, 3
_KINDS = {1: "settings", 2: "status", 3: "about"}
_OF_NOW = 1.0  # s that a report may be old where we can ask for another at any time
_CYCLES = 1.5  # cycles of a JK master that it may be old where we wait for its polls
_LOOK = 0.05  # s between two looks at what was heard


def types_for(pack: Pack, wishes: Mapping[str, str | Value]) -> set[int]:
    """The reports that are needed to set these settings; device info also where it must say who this is."""
    rows = [SETTINGS[name] for name in wishes if name in SETTINGS]
    versions = any(row.known(pack.about) is None for row in rows)
    model = pack.about is None and any(_asks_for_model(row, wishes[row.name]) for row in rows)
    about = {ABOUT_REPORT} if versions or model or pack.key is None or outdated(pack) else set()
    cells = {STATUS_REPORT} if BY_CELLS & wishes.keys() else set()
    return {SETTINGS_REPORT, *(row.type for row in rows), *about, *cells}


def _asks_for_model(setting: Setting, wish: str | Value) -> bool:
    if setting.name not in BY_MODEL:
        return False
    try:
        return plain(setting, parse(setting, wish)) > BY_MODEL[setting.name]
    except UsageError:
        return False


def outdated(pack: Pack) -> bool:
    """Whether its device info is from before it was away: another pack may have been put in its place."""
    return pack.about is not None and pack.heard_at["about"] < pack.first_heard


class Reader:
    """Gets reports of packs."""

    def __init__(self, route: Route, errands: Errands) -> None:
        self._route = route
        self._errands = errands
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)  # by bus, for device info

    async def refresh(self, wanted: Mapping[Pack, Iterable[int]]) -> None:
        """Let the reports of these types be of now, as far as each pack tells them. Raises JkbusError."""
        reading = (self._refresh(pack, types) for pack, types in wanted.items())
        faults = [fault for fault in await asyncio.gather(*reading) if fault]
        if faults:
            raise JkbusError("\n".join(faults))

    async def _refresh(self, pack: Pack, types: Iterable[int]) -> str:
        """The same for one pack; returns what went wrong, "" for nothing."""
        way = self._route(pack)
        if way is None:
            return f"{pack.name}: no link leads to it; check the link of {pack.bus}"
        for type in sorted(types):
            if _is_fresh(pack, type, way[0]) or (type == ABOUT_REPORT and not tells_about(pack, way)):
                continue
            if not await (self._heard(pack, type, way[0]) if unasked(pack, way) else self._asked(type, way)):
                bus = way[0]
                return (
                    f"{pack.name} did not answer within {bus.timing.write:g} s ({bus.name}: {bus.reason});"
                    " check its cable and power, or try again"
                )
        return ""

    async def _asked(self, type: int, way: tuple[Bus, int]) -> bool:
        """Ask for a report; device info in turns, since each of them takes a pause of a JK master."""
        async with self._turns[way[0].name] if type == ABOUT_REPORT else nullcontext():
            return await self._answered(type, way)

    async def _answered(self, type: int, way: tuple[Bus, int]) -> bool:
        bus, address = way
        order = Order(address, type, asyncio.get_running_loop().time() + bus.timing.write)
        await self._errands.run(bus, order)
        return order.outcome == DONE

    async def _heard(self, pack: Pack, type: int, bus: Bus) -> bool:
        """Wait for what a JK master tells by itself, or is told."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + bus.timing.write
        while not _is_fresh(pack, type, bus):
            if clock() > deadline or self._errands.stopping:
                return False
            await asyncio.sleep(_LOOK)
        return True


def tells_about(pack: Pack, way: tuple[Bus, int]) -> bool:
    """Whether its device info can be had: nobody but us asks, and a JK master does not tell its own."""
    return not way[0].read_only and not unasked(pack, way)


def _is_fresh(pack: Pack, type: int, bus: Bus) -> bool:
    frame = {1: pack.settings, 2: pack.status, 3: pack.about}[type]
    age = pack.age(_KINDS[type], asyncio.get_running_loop().time())
    if frame is None or age is None:
        return False
    return age <= (_OF_NOW if bus.role == MASTER else _CYCLES * bus.cycle)
