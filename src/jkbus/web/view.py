"""The documents of what is shown, as of now: for routes, and for the stream of changes."""

from collections.abc import Iterable

from ..alarms import Entry
from ..bus.bus import Bus
from ..model.pack import Pack
from .documents import buses, entries, packs, settings
from .documents import pack as full
from .shown import Shown

PATIENCE = 30.0  # s after the start in which a pack that nobody has heard is not missed


class View:
    """Makes documents of packs, buses and alarms; that of the battery is made by `shown.whole`."""

    def __init__(self, shown: Shown) -> None:
        self._shown = shown
        self._links = {bus.name: bus.link.shown for bus in shown.config.buses}
        self._named = {bus.name: bus.packs for bus in shown.config.buses}

    def pack(self, name: str) -> Pack | None:
        """The pack of that key or, where nobody has it, of that name."""
        there = self._shown.battery.packs
        by_key = (pack for pack in there if packs.key_of(pack) == name)
        return next(by_key, None) or next((pack for pack in there if pack.name == name), None)

    def summary(self, pack: Pack) -> packs.Summary:
        """A pack in short."""
        return packs.summary(pack, self._shown.clock(), not self.why_not(pack), self._standing(pack))

    def detail(self, pack: Pack, recent: Iterable[Entry]) -> full.Detail:
        """A pack in full; `recent` are its last alarms, which are read from a file."""
        bus = next((bus for bus in self._shown.buses if bus.name == pack.bus), None)
        node = bus.nodes.get(pack.address) if bus is not None else None
        settable, standing = not self.why_not(pack), self._standing(pack)
        return full.detail(pack, self._shown.clock(), settable, standing, recent, node)

    def bus(self, bus: Bus) -> buses.Bus:
        """A bus."""
        link, problem = self._links.get(bus.name, ""), self._shown.troubles.get(bus.name)
        now = self._shown.clock()
        named = self._named.get(bus.name, ()) if now - self._shown.began >= PATIENCE else ()
        return buses.bus(bus, link, self._shown.battery, now, problem, named)

    def standing(self) -> entries.Standing:
        """The alarms that stand."""
        return entries.standing(self._shown.alarms.standing())

    def fleet(self) -> settings.Fleet:
        """The settings of all packs whose settings were heard."""
        there = [pack for pack in self._shown.battery.packs if pack.settings is not None]
        return settings.fleet([settings.Judged(pack, self.why_not(pack)) for pack in there])

    def why_not(self, pack: Pack) -> str:
        """Why a pack cannot be written to now; "" if it can."""
        return self._shown.permits.why_not(pack)

    def _standing(self, pack: Pack) -> list[Entry]:
        return self._shown.alarms.standing(pack.key) if pack.key else []
