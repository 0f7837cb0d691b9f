"""Which devices and entities the node has.

Home Assistant forgets an entity, its history and its place in dashboards, as soon as a node does not list it
any more. So what was listed once is remembered, and listed after a restart before the pack is heard again.
What is new cannot be told to a client that has its list already: `revision` tells that it needs another one.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..alarms import CAME, WENT
from ..config.values import slug
from ..control.settings import SETTINGS
from ..history.whole import KEY
from ..model.pack import Pack
from ..outputs.alarm_topics import ALARM, SEVERITY
from ..outputs.battery_topics import BATTERY, ENERGIES
from ..outputs.controls import ALL_PACKS, LAST_CHANGE, Control, Writing, button_of, control_of, present_value
from ..outputs.diagnostics import BUS
from ..outputs.entities import present
from ..outputs.entity import derived
from ..outputs.facts import Facts, Value
from ..outputs.pack_values import ROWS
from .entries import Entry, sets, shows, tells

CHANGE, ALARMS = "change", "alarm_summary"  # groups that are none of a report
_BUS = "bus:"
_KEPT = ("devices", "names", "entities")
_BY_KEY = {entity.key: entity for entity in ROWS}
_SEVERITY = derived(SEVERITY, lambda summary: summary.severity, group=ALARMS, main=True)
_LAST_CHANGE = derived(LAST_CHANGE, lambda text: text, group=CHANGE)
_EVENTS = (CAME, WENT)

Known = dict[str, Any]
"""`devices`: numbers of devices; `names`, `entities`: what packs were called and had; each by their keys."""


class Catalogue:
    """The entities by owner: each pack, each bus, and the battery as a whole; `known` is what is remembered.

    `flat`: all of them are on the node itself, and their titles begin with the owner's name.
    """

    def __init__(self, known: Known, buses: Iterable[str], writing: Writing, flat: bool) -> None:
        self.revision = 0
        self._devices, self._names, self._entities = (known.setdefault(kept, {}) for kept in _KEPT)
        self._writing, self._flat = writing, flat
        self._controls: dict[str, tuple[Control, ...]] = {}  # by pack, those that were judged in this run
        self.entries: dict[str, list[Entry]] = {KEY: list(self._battery())}
        self.entries |= {bus_owner(bus): list(self._bus(bus)) for bus in buses}
        for key in self._names:
            self.entries[key] = list(self._pack(key))

    @property
    def devices(self) -> Mapping[int, str]:
        """The devices below the node: number and name."""
        if self._flat:
            return {}
        return {self._device(KEY): "Battery"} | {self._device(key): name for key, name in self._names.items()}

    def look(self, pack: Pack, facts: Facts) -> None:
        """Let the entities be those that this pack has now, and remember them."""
        if pack.key is None:
            return
        before = self._entities.get(pack.key, {})
        may_write = self._writing.bus(pack.bus) and self._writing.pack(pack)
        controls = self._writing.controls(pack, before) if may_write else ()
        there = {entity.key: entity.platform for entity in present(facts, before, ROWS)}
        there |= {control.key: control.platform for control in controls}
        if (
            there == before
            and self._names.get(pack.key) == pack.name
            and self._controls.get(pack.key) == controls
        ):
            return
        self._controls[pack.key] = controls
        if there != before or self._names.get(pack.key) != pack.name:
            self.revision += 1
        self._names[pack.key], self._entities[pack.key] = pack.name, there
        self.entries[pack.key] = list(self._pack(pack.key))

    def find(self, number: int, device: int) -> Entry | None:
        """The entity that a command is for."""
        everything = (entry for entries in self.entries.values() for entry in entries)
        return next((one for one in everything if (one.number, one.device) == (number, device)), None)

    def _device(self, key: str) -> int:
        if self._flat:
            return 0
        return int(self._devices.setdefault(key, max(self._devices.values(), default=0) + 1))

    def _title(self, owner: str, title: str) -> str:
        return f"{owner} {title}" if self._flat else title

    def _battery(self) -> Iterator[Entry]:
        for entity in (*BATTERY, *ENERGIES):
            yield shows(KEY, entity, self._title("Battery", entity.title), self._device(KEY))
        yield from self._alarms(KEY, "Battery", self._device(KEY))

    def _bus(self, bus: str) -> Iterator[Entry]:
        for entity in BUS:
            yield shows(bus_owner(bus), entity, f"{bus} {entity.title}", 0)
        if self._writing.bus(bus):
            yield sets(bus_owner(bus), ALL_PACKS, f"{bus} {ALL_PACKS.title}", 0, None)
        yield from self._alarms(bus_owner(bus), bus, 0)

    def _pack(self, key: str) -> Iterator[Entry]:
        name, device = self._names[key], self._device(key)
        judged = {control.key: control for control in self._controls.get(key, ())}
        known = self._entities[key]
        controls = [judged.get(there) or _control(there) for there in known if there not in _BY_KEY]
        settable = {control.name for control in controls}
        for there in known:
            if there in _BY_KEY and there not in settable:
                entity = _BY_KEY[there]
                yield shows(key, entity, self._title(name, entity.title), device)
        for control in controls:
            yield sets(key, control, self._title(name, control.title), device, _value(control))
        if controls:
            yield shows(key, _LAST_CHANGE, self._title(name, _LAST_CHANGE.title), device)
        yield from self._alarms(key, name, device)

    def _alarms(self, owner: str, name: str, device: int) -> Iterator[Entry]:
        before = "" if device else f"{name} "
        yield tells(owner, ALARM, f"{before}Alarm", device, _EVENTS)
        yield shows(owner, _SEVERITY, f"{before}{_SEVERITY.title}", device)


def bus_owner(bus: str) -> str:
    """The owner of a bus's entities, never that of a pack."""
    return f"{_BUS}{bus}"


def bus_of(owner: str) -> str:
    """The name of the bus that owns."""
    return owner.removeprefix(_BUS)


def owner_of(subject: str, owners: Iterable[str]) -> str:
    """The owner whose alarms are those of this subject: a pack by its key, a bus by the slug of its name."""
    buses = {slug(bus_of(owner)): owner for owner in owners if owner.startswith(_BUS)}
    return buses.get(subject, subject)


def subject_of(owner: str) -> str | None:
    """As alarms call the owner of entities; None for the battery as a whole."""
    if owner == KEY:
        return None
    return slug(bus_of(owner)) if owner.startswith(_BUS) else owner


def _control(key: str) -> Control:
    """The control that has this key, on any board."""
    _, _, name = key.partition("_")
    return control_of(SETTINGS[name]) if name in SETTINGS else button_of(name)


def _value(control: Control) -> Any:
    if not control.group:
        return None

    def get(facts: Facts) -> Value:
        return present_value(control, facts.pack)

    return get
