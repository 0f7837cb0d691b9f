"""What is published, by the ids that Home Assistant knows it under: what a dashboard may show.

Only what is switched on by default is here, since a card for anything else would be empty.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ..config import Config, EsphomeConfig, slug
from ..control.actions import ACTIONS
from ..control.settings import SETTINGS
from ..errors import UsageError
from ..history.whole import KEY
from ..outputs.alarm_topics import PARTS
from ..outputs.battery_topics import BATTERY, ENERGIES
from ..outputs.controls import LAST_CHANGE, Control, button_of, control_of
from ..outputs.diagnostics import BUS
from ..outputs.entity import Entity, titled
from ..outputs.naming import Names, named, object_id
from ..outputs.pack_values import ROWS
from ..outputs.reference import counterparts
from .ids import MQTT, over_esphome, over_mqtt

Memory = Mapping[str, Mapping[str, Any]]
"""Sections of what the gateway remembers: `packs`, `entities` (told by MQTT) and `esphome`."""

_WHOLE = (*BATTERY, *ENERGIES)
_LAST = 99  # place of a pack that has no address


@dataclass(frozen=True, slots=True)
class Owner:
    """A pack, a bus or the battery as a whole: its name, and the ids of its entities by our keys.

    Settings that can be changed go by `set_` and their name, buttons by `do_` and theirs.
    """

    name: str
    key: str
    ids: Mapping[str, str]

    def some(self, *keys: str) -> list[str]:
        """The ids of those of these entities that are there."""
        return [self.ids[key] for key in keys if key in self.ids]

    def numbered(self, before: str, after: str = "") -> dict[int, str]:
        """The ids of entities that are counted, by their number, such as those of `cell_voltage_`."""
        found = {number: self.ids.get(f"{before}{number}{after}") for number in range(1, 33)}
        return {number: id for number, id in found.items() if id is not None}


@dataclass(frozen=True, slots=True)
class Home:
    """Everything a dashboard can be made of."""

    packs: tuple[Owner, ...]
    buses: tuple[Owner, ...]
    battery: Owner

    @property
    def owners(self) -> Iterator[Owner]:
        """All of them."""
        yield from (self.battery, *self.buses, *self.packs)

    @property
    def ids(self) -> set[str]:
        """Every id that a card may have."""
        return {id for owner in self.owners for id in owner.ids.values()}


@dataclass(frozen=True, slots=True)
class _Place:
    """A pack that belongs here, and where: by bus and address."""

    key: str
    name: str
    order: tuple[int, int, str] = field(compare=False)


def home(config: Config, memory: Memory, via: str, prefixes: Mapping[str, str]) -> Home:
    """What the gateway of a configuration publishes that way.

    `prefixes`: by a pack's name (or `battery`), what ids begin with instead since somebody wanted it so.
    Raises UsageError if nothing was published yet.
    """
    places = sorted(_places(config, memory.get("packs", {})), key=lambda place: place.order)
    found = _over_mqtt(config, memory, places) if via == MQTT else _over_esphome(config, memory, places)
    if not found.packs:
        raise UsageError(
            f"no pack was told to Home Assistant over {via} yet; start `jkbus run` and ask again in a minute"
        )
    known = {slug(owner.name): owner for owner in (*found.packs, found.battery)}
    if unknown := [name for name in prefixes if slug(name) not in known]:
        raise UsageError(
            f"there is no pack {unknown[0]}; there are {', '.join(owner.name for owner in found.packs)}"
        )
    wanted = {slug(name): prefix for name, prefix in prefixes.items()}
    packs = tuple(_moved(pack, wanted.get(slug(pack.name), "")) for pack in found.packs)
    return Home(packs, found.buses, _moved(found.battery, wanted.get(slug(found.battery.name), "")))


def _places(config: Config, remembered: Mapping[str, Any]) -> Iterator[_Place]:
    """The packs of the configuration, and those that were found beside them and are still there."""
    orders = {bus.name: number for number, bus in enumerate(config.buses)}
    given: set[str] = set()
    for bus in config.buses:
        for pack in bus.packs:
            given.add(slug(pack.name))
            address = _LAST if pack.address is None else pack.address
            yield _Place(slug(pack.name), pack.name, (orders[bus.name], address, pack.name))
    for key, pack in remembered.items():
        if key not in given and pack["bus"] in orders and pack["address"] is not None:
            yield _Place(key, pack["name"], (orders[pack["bus"]], pack["address"], key))


def _over_mqtt(config: Config, memory: Memory, places: Iterable[_Place]) -> Home:
    known, root = memory.get("entities", {}), "jkbus" if config.mqtt is None else config.mqtt.topic
    names = config.names
    packs = [
        Owner(place.name, place.key, dict(_asked(place.key, known[place.key].get("entities", {}), names)))
        for place in places
        if place.key in known
    ]
    battery = f"{slug(root)}_{KEY}"
    buses = tuple(_told(bus.name, f"jkbus_{slug(bus.name)}", BUS, names) for bus in config.buses)
    return Home(tuple(pack for pack in packs if pack.ids), buses, _told("Battery", battery, _WHOLE, names))


def _asked(owner: str, told: Mapping[str, str], names: Names) -> Iterator[tuple[str, str]]:
    """The ids that discovery asks for, of what is switched on."""
    for key, platform in told.items():
        if _shown(key, names):
            yield key, over_mqtt(platform, owner, object_id(platform, _name(key), names))


def _told(name: str, owner: str, entities: Iterable[Entity], names: Names) -> Owner:
    """A bus or the battery, as discovery tells of it."""
    platforms = {entity.key: entity.platform for entity in entities if entity.enabled} | PARTS
    ids = {key: over_mqtt(there, owner, object_id(there, key, names)) for key, there in platforms.items()}
    return Owner(name, owner, ids)


def _over_esphome(config: Config, memory: Memory, places: Iterable[_Place]) -> Home:
    node, known = config.esphome or EsphomeConfig(plaintext=True), memory.get("esphome", {})
    if node.entities:
        return _taken_over(node, places)
    named, flat = known.get("names", {}), node.layout == "flat"
    told, device, names = known.get("entities", {}), node.friendly_name or node.name, config.names

    def owner(name: str, key: str, titles: Mapping[str, tuple[str, str]], on_node: bool) -> Owner:
        """By our keys the platform and title of each entity."""
        before, where = (f"{name} ", device) if on_node else ("", name)
        ids = {ours: over_esphome(there, where, before + title) for ours, (there, title) in titles.items()}
        return Owner(name, key, ids)

    packs = [
        owner(named.get(place.key, place.name), place.key, dict(_titles(told[place.key], names)), flat)
        for place in places
        if place.key in told
    ]
    buses = [owner(bus.name, f"bus:{bus.name}", _of(BUS, names), True) for bus in config.buses]
    return Home(tuple(packs), tuple(buses), owner("Battery", KEY, _of(_WHOLE, names), flat))


def _of(entities: Iterable[Entity], names: Names) -> dict[str, tuple[str, str]]:
    called = (named(entity, names) for entity in entities)
    shown = {entity.key: (entity.platform, entity.title) for entity in called if entity.enabled}
    return shown | {key: (platform, titled(key)) for key, platform in PARTS.items()}


def _titles(told: Mapping[str, str], names: Names) -> Iterator[tuple[str, tuple[str, str]]]:
    """Platform and title of what a pack has, where it is switched on."""
    settable, rows = False, _rows(names)
    for key, platform in told.items():
        if key in rows:
            if rows[key].enabled and f"set_{key}" not in told:
                yield key, (platform, rows[key].title)
        elif (control := _control(key)) is not None:
            settable = True
            yield key, (platform, named(control, names).title)
    others = PARTS | ({LAST_CHANGE: "sensor"} if settable else {})
    yield from ((key, (platform, titled(key))) for key, platform in others.items())


def _control(key: str) -> Control | None:
    """The control that has this key; None for any other key, and one of another version."""
    name = _name(key)
    if key.startswith("do_"):
        return button_of(name) if name in ACTIONS else None
    return control_of(SETTINGS[name]) if key.startswith("set_") and name in SETTINGS else None


def _taken_over(node: EsphomeConfig, places: Iterable[_Place]) -> Home:
    """The entities of an ESP32 under their old names; they are all on the node."""
    packs, device, theirs = [], node.friendly_name or node.name, counterparts()
    given = {slug(name): platforms for name, platforms in node.entities.items()}
    for place in places:
        ids: dict[str, str] = {}
        for platform, entities in given.get(place.key, {}).items():
            for key, old in entities.items():
                counterpart = theirs.get((platform, key))
                if counterpart is not None and counterpart.get is not None and not old.disabled:
                    ours = "alarm_text" if counterpart.ours == "=errors" else counterpart.ours
                    settable = "set_" if platform in ("number", "switch") else ""
                    ids.setdefault(f"{settable}{ours}", over_esphome(platform, device, old.name))
        packs.append(Owner(place.name, place.key, {key: id for key, id in ids.items() if key}))
    return Home(tuple(pack for pack in packs if pack.ids), (), Owner("Battery", KEY, {}))


@cache
def _rows(names: Names) -> Mapping[str, Entity]:
    """What a pack may show, by key, as it is called."""
    return {entity.key: named(entity, names) for entity in ROWS}


def _shown(key: str, names: Names) -> bool:
    """Whether Home Assistant shows it without being asked to: everything that is no row is."""
    rows = _rows(names)
    return key not in rows or rows[key].enabled


def _name(key: str) -> str:
    """The part of a key that is in ids: that of a control goes without what sets it apart."""
    return key.partition("_")[2] if key.startswith(("set_", "do_")) else key


def _moved(owner: Owner, prefix: str) -> Owner:
    """The same with ids that begin otherwise."""
    if not prefix:
        return owner
    ends = [id.partition(".")[2] for id in owner.ids.values()]
    common = _beginning(ends)
    ids = {key: id.replace(f".{common}", f".{prefix.rstrip('_')}_", 1) for key, id in owner.ids.items()}
    return Owner(owner.name, owner.key, ids)


def _beginning(names: list[str]) -> str:
    """The words that all of these names begin with, with the _ behind them."""
    first, last = min(names), max(names)
    same = next((at for at in range(len(first)) if not last.startswith(first[: at + 1])), len(first))
    return first[: first.rfind("_", 0, same) + 1]
