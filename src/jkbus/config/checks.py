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
        yield from self._names(everyone, "give each pack its own")
        yield from self._twice(everyone, "serial", text, "each pack has its own, see its label")
        for packs in self._packs:
            yield from self._twice(packs, "address", address, "give each pack its own on its DIP switch")
            yield from self._identities(packs)

    def _twice(
        self, entries: list[Entry], key: str, read: Callable[[object], object], remedy: str
    ) -> Iterator[Fault]:
        first: dict[object, Loc] = {}
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
            if number == ROOM:
                yield self._fault(loc, f"a bus has room for {ROOM} packs, and this is one more; remove it")

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
