"""What single values cannot tell: things given twice, and things of which just one must be given."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from jkbus.config.faults import Fault, Loc, dotted
from jkbus.config.places import Places
from jkbus.config.tree import PackConfig
from jkbus.config.values import parse_address, slug
from jkbus.config.words import BadValue, shown

Entry = tuple[Loc, dict[str, object]]
ROOM = 16  # addresses on a bus
TRUE = {"true", "t", "yes", "y", "on", "1"}


class Checks:
    """The faults between the values of plain data, which may be of any shape."""

    def __init__(self, data: object, places: Places) -> None:
        self._places = places
        self._buses = entries(data, (), "buses")
        self._packs = [entries(bus, loc, "packs") for loc, bus in self._buses]

    def faults(self) -> Iterator[Fault]:
        """All of them."""
        yield from self._twice(self._buses, "link", wire, "put all packs of one line under one bus")
        named = [
            (loc, {"name": f"bus{loc[-1] + 1}", **bus})
            for loc, bus in self._buses
            if isinstance(loc[-1], int)
        ]
        yield from self._names(named, "give each bus its own")
        everyone = [pack for packs in self._packs for pack in packs]
        own = "a pack's own link is a second wire to its RS485-1 port; remove it or name another port"
        yield from self._twice(everyone, "link", wire, own, known=self._buses)
        yield from self._names(everyone, "give each pack its own")
        yield from self._twice(everyone, "serial", text, "each pack has its own, see its label")
        for packs in self._packs:
            yield from self._twice(packs, "address", address, "give each pack its own on its DIP switch")
            yield from self._identities(packs)
        for (loc, bus), packs in zip(self._buses, self._packs, strict=True):
            if true(bus.get("read_only")):
                yield from self._listeners(loc, bus, packs)

    def _twice(
        self,
        entries: list[Entry],
        key: str,
        read: Callable[[object], object],
        remedy: str,
        known: list[Entry] | None = None,
    ) -> Iterator[Fault]:
        first = {read(entry.get(key)): loc for loc, entry in known or ()}
        for loc, entry in entries:
            value = read(entry.get(key))
            if value is not None and (other := first.setdefault(value, loc)) != loc:
                said = "this link" if key == "link" else f"{key} {shown(value)}"
                yield self._fault(
                    (*loc, key), f"{said} is also that of {self._where(other, key, loc)}; {remedy}"
                )

    def _names(self, entries: list[Entry], remedy: str) -> Iterator[Fault]:
        first: dict[str, Entry] = {}
        for loc, entry in entries:
            name = entry.get("name")
            topic = slug(name) if isinstance(name, str) else ""
            other, known = first.setdefault(topic, (loc, entry))
            if not topic or other == loc:
                continue
            where = self._where(other, "name", loc)
            if known["name"] == name:
                yield self._fault((*loc, "name"), f"name {shown(name)} is also that of {where}; {remedy}")
            else:
                both = f"{shown(name)} and {shown(known['name'])} of {where}"
                text = f"{both} make the same topic {topic}; change one"
                yield self._fault((*loc, "name"), text)

    def _identities(self, packs: list[Entry]) -> Iterator[Fault]:
        for number, (loc, pack) in enumerate(packs):
            given = {key for key in ("address", "serial") if pack.get(key) is not None}
            if len(given) == 2:
                text = "a pack has either an address (its DIP switch) or a serial number; remove one of them"
                yield self._fault(loc, text)
            elif not given and pack.keys() <= PackConfig.model_fields.keys():
                text = (
                    "neither address nor serial is given; add for instance address: 0, as on the DIP switch"
                )
                yield self._fault(loc, text)
            elif "serial" in given and pack.get("link") is not None:
                text = (
                    "the pack behind an own link is known by its address; write address: instead of serial:"
                )
                yield self._fault((*loc, "link"), text)
            if number == ROOM:
                yield self._fault(loc, f"a bus has room for {ROOM} packs, and this is one more; remove it")

    def _listeners(self, loc: Loc, bus: dict[str, object], packs: list[Entry]) -> Iterator[Fault]:
        """What is to be written by a bus that never sends."""
        if true(bus.get("writes")):
            text = "a bus that is read_only cannot change settings; remove one of the two"
            yield self._fault((*loc, "writes"), text)
        for place, pack in packs:
            if true(pack.get("writes")) and pack.get("link") is None:
                text = "its bus is read_only; remove that, or give the pack a link: to its RS485-1 port"
                yield self._fault((*place, "writes"), text)

    def _fault(self, loc: Loc, text: str) -> Fault:
        return Fault(self._places.value(loc), dotted(loc), text)

    def _where(self, loc: Loc, key: str, seen_from: Loc) -> str:
        place = self._places.value((*loc, key))
        abroad = place.file != self._places.value((*seen_from, key)).file
        return f"{dotted(loc)} ({place.file if abroad else 'line'} {place.line})"


def entries(data: object, loc: Loc, key: str) -> list[Entry]:
    """The sections in the list under a key, with their paths; none if it is something else."""
    found = data.get(key) if isinstance(data, dict) else None
    items = found if isinstance(found, list) else []
    return [((*loc, key, index), item) for index, item in enumerate(items) if isinstance(item, dict)]


def true(value: object) -> bool:
    """Whether this is a yes, in any spelling."""
    return str(value).lower() in TRUE


def text(value: object) -> str | None:
    """A text, if it is one."""
    return value if isinstance(value, str) and value else None


def address(value: object) -> int | None:
    """An address, if it can be read."""
    try:
        return None if value is None else parse_address(value)
    except BadValue:
        return None


def wire(link: object) -> str | None:
    """What two links must not share; simulated and recorded buses are private."""
    return link if isinstance(link, str) and not link.startswith(("sim:", "replay:")) else None
