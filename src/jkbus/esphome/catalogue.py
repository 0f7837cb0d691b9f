"""Which devices and entities the node has, unless the configuration chooses them.

Home Assistant forgets an entity, its history and its place in dashboards, as soon as a node does not list it
any more. So what was listed once is remembered, and listed after a restart before the pack is heard again.
What is new cannot be told to a client that has its list already: `revision` tells that it needs another one.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from ..alarms import CAME, WENT
from ..control.actions import ACTIONS
from ..control.settings import SETTINGS
from ..history.whole import KEY
from ..model.pack import Pack
from ..outputs.alarm_topics import ALARM, SEVERITY
from ..outputs.battery_topics import BATTERY, ENERGIES
from ..outputs.controls import ALL_PACKS, LAST_CHANGE, Control, Writing, button_of, control_of, present_value
from ..outputs.diagnostics import BUS
from ..outputs.entities import present
from ..outputs.entity import Entity, Get, derived
from ..outputs.facts import Facts, Value
from ..outputs.naming import OURS, Names, named
from ..outputs.pack_values import ROWS
from .entries import Entry, sets, shows, tells
from .listing import Listing, bus_owner

CHANGE, ALARMS = "change", "alarm_summary"  # groups that are none of a report
_KEPT = ("devices", "names", "entities")
_BY_KEY = {entity.key: entity for entity in ROWS}
_ALARM = derived(ALARM, lambda change: None, group=ALARMS)
_SEVERITY = derived(SEVERITY, lambda summary: summary.severity, group=ALARMS, main=True)
_LAST_CHANGE = derived(LAST_CHANGE, lambda text: text, group=CHANGE, on=True)
_EVENTS = (CAME, WENT)

Known = dict[str, Any]
"""`devices`: numbers of devices; `names`, `entities`: what packs were called and had; each by their keys."""


class Catalogue(Listing):
    """The entities of each pack, each bus, and of the battery; `known` is what is remembered.

    Of what is remembered, packs that are not among `keys` are forgotten, for nobody expects them any more.
    `flat`: all entities are on the node itself, and their titles begin with the owner's name. `names`: what
    entities are called.
    """

    def __init__(
        self,
        known: Known,
        buses: Iterable[str],
        writing: Writing,
        flat: bool,
        keys: Collection[str] = (),
        names: Names = OURS,
    ) -> None:
        super().__init__()
        self._devices, self._names, self._entities = (known.setdefault(kept, {}) for kept in _KEPT)
        self._writing, self._flat, self._naming = writing, flat, names
        self._controls: dict[str, tuple[Control, ...]] = {}  # by pack, those that were judged in this run
        self.entries[KEY] = list(self._battery())
        self.entries |= {bus_owner(bus): list(self._bus(bus)) for bus in buses}
        for key in set(self._names) - set(keys):
            del self._names[key]
            self._entities.pop(key, None)
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
        is_new = there != before or self._names.get(pack.key) != pack.name
        if not is_new and self._controls.get(pack.key) == controls:
            return
        self.revision += is_new
        self._controls[pack.key] = controls
        self._names[pack.key], self._entities[pack.key] = pack.name, there
        self.entries[pack.key] = list(self._pack(pack.key))

    def _device(self, key: str) -> int:
        """The number of a device, never given again to another."""
        if self._flat:
            return 0
        return int(self._devices.setdefault(key, max(self._devices.values(), default=0) + 1))

    def _title(self, owner: str, one: Entity | Control, alone: bool = False) -> str:
        """How an entity is called: with its owner's name, unless it has a device of that name."""
        return f"{owner} {one.title}" if self._flat or alone else one.title

    def _called(self, *entities: Entity) -> Iterator[Entity]:
        return (named(entity, self._naming) for entity in entities)

    def _battery(self) -> Iterator[Entry]:
        for entity in self._called(*BATTERY, *ENERGIES):
            yield shows(KEY, entity, self._title("Battery", entity), self._device(KEY))
        yield from self._alarms(KEY, "Battery", self._device(KEY))

    def _bus(self, bus: str) -> Iterator[Entry]:
        for entity in BUS:
            yield shows(bus_owner(bus), entity, self._title(bus, entity, alone=True), 0)
        if self._writing.bus(bus):
            title = self._title(bus, ALL_PACKS, alone=True)
            yield sets(bus_owner(bus), ALL_PACKS, title, 0, lambda nothing: None)
        yield from self._alarms(bus_owner(bus), bus, 0)

    def _pack(self, key: str) -> Iterator[Entry]:
        name, device = self._names[key], self._device(key)
        judged = {control.key: control for control in self._controls.get(key, ())}
        known = self._entities[key]
        controls = [
            found
            for there in known
            if there not in _BY_KEY and (found := judged.get(there) or _control(there)) is not None
        ]
        settable = {control.name for control in controls}
        shown = (_BY_KEY[there] for there in known if there in _BY_KEY and there not in settable)
        for entity in self._called(*shown):
            yield shows(key, entity, self._title(name, entity), device)
        for control in (named(control, self._naming) for control in controls):
            yield sets(key, control, self._title(name, control), device, value_of(control))
        if controls:
            yield shows(key, _LAST_CHANGE, self._title(name, _LAST_CHANGE), device)
        yield from self._alarms(key, name, device)

    def _alarms(self, owner: str, name: str, device: int) -> Iterator[Entry]:
        alone = not device
        yield tells(owner, ALARM, self._title(name, _ALARM, alone), device, _EVENTS)
        yield shows(owner, _SEVERITY, self._title(name, _SEVERITY, alone), device)


def _control(key: str) -> Control | None:
    """The control that has this key, on any board; None for one of a later version than this."""
    kind, _, name = key.partition("_")
    if kind == "do":
        return button_of(name) if name in ACTIONS else None
    return control_of(SETTINGS[name]) if name in SETTINGS else None


def value_of(control: Control) -> Get | None:
    """How the value of a control is read from what is known of its pack; None for a button."""
    if not control.group:
        return None

    def get(facts: Facts) -> Value:
        return present_value(control, facts.pack)

    return get
