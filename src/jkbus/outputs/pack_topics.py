"""What is to be published of one pack now, and when it has to be looked at again."""

import math
from collections.abc import Iterable, Iterator, Mapping

from ..bus.bus import Bus
from ..model.pack import Pack
from ..protocol import Settings
from .alarm_topics import PARTS
from .changes import NONE_YET
from .controls import LAST_CHANGE, Control, Writing, hidden
from .entities import present
from .entity import Entity
from .facts import NOTHING_KNOWN, Facts, Value
from .groups import Policy, as_json
from .homeassistant import Discovery, nameplate
from .pack_values import ROWS, PackValues
from .topics import OFFLINE, ONLINE, Message, Topics

REPEATS = (2.0, 10.0, 30.0)  # s after discovery: Home Assistant listens only once it has made the entities
TELLS_WITHIN = 40.0  # s for a new pack to tell its model, so that it is announced once and whole
LOOK_AGAIN = 30.0  # s between two looks at which entities a pack has
SETTABLE = ("settings", "info")  # groups that hold the values of controls


def tells_later(pack: Pack, bus: Bus | None) -> bool:
    """Whether the pack has not told its model and firmware yet, but can be expected to."""
    return pack.about is None and pack.address != 0 and bus is not None and not bus.read_only


class PackTopics:
    """The topics of one pack: what they were told, and `at`, when they have to be looked at again."""

    def __init__(
        self,
        key: str,
        topics: Topics,
        policies: Mapping[str, Policy],
        discovery: Discovery | None,
        known: dict[str, dict[str, str]],
        writing: Writing,
    ) -> None:
        self.at = -math.inf
        self.announced_at: float | None = None
        self._key, self._topics, self._discovery = key, topics, discovery
        self._kept, self._writing = known, writing
        self._plate = known.setdefault("device", {})
        self._known = known.setdefault("entities", {})  # platform by key
        self._controls: tuple[Control, ...] = ()
        self._settings: Settings | None = None  # those that the controls were made for
        self._change_told = False
        self._told = PackValues(policies)
        self._entities: dict[str, list[Entity]] = {}  # by group
        self._available: bool | None = None
        self._parts: tuple[object, ...] = ()  # of the pack, when it was looked at
        self._announced = 0  # hash of what was announced
        self._look_at = -math.inf
        self._repeats: list[float] = []

    def forget(self) -> None:
        """Whoever listened is gone: announce and tell everything again."""
        self._available, self._announced, self._look_at = None, 0, -math.inf
        self.announced_at = None
        self._start_again()

    @property
    def settable(self) -> bool:
        """Whether it has controls."""
        return bool(self._controls)

    def changed(self, text: str) -> None:
        """A command was carried out or refused: tell this, and the settings even if they are as they were."""
        self._kept["change"] = {"text": text}
        self._change_told = False
        self._told.forget(SETTABLE)

    def due(
        self, pack: Pack, bus: Bus | None, now: float, health: Mapping[str, Value] = NOTHING_KNOWN
    ) -> Iterator[Message]:
        """Everything that is to be said about the pack now; `health` is what is known of it, by entity."""
        facts = Facts(pack, health)
        self.at = math.inf
        if pack.key == self._key:
            yield from self._announcement(facts, bus, now)
        available = pack.available and pack.key == self._key
        if available != self._available:
            self._available = available
            self._start_again()
            payload = ONLINE if available else OFFLINE
            yield Message(self._topics.availability(self._key), payload, retain=True)
        if self._controls and not self._change_told:
            self._change_told = True
            text = self._kept.get("change", {}).get("text", NONE_YET)
            yield Message(self._topics.change(self._key), text)
        if available:
            if self._repeats and now >= self._repeats[0]:
                self._repeats = [at for at in self._repeats if at > now]
                self._start_again()
            yield from self._values(facts, bus, now)
            self.at = min([self.at, *self._repeats[:1]])

    def _start_again(self) -> None:
        self._change_told = False
        self._told.forget()

    def _announcement(self, facts: Facts, bus: Bus | None, now: float) -> Iterator[Message]:
        """The discovery message, if what the pack is or has is new."""
        pack = facts.pack
        may_write = self._writing.bus(pack.bus) and self._writing.pack(pack)
        parts = (pack.name, pack.bus, pack.status is None, pack.settings is None, pack.about, may_write)
        settings = pack.settings if may_write else None
        if now < self._look_at and parts == self._parts and settings is self._settings:
            return
        self._plate.update(nameplate(pack))
        entities = present(facts, self._known, ROWS)
        controls = self._writing.controls(pack, self._known) if may_write else ()
        news = not self._announced or parts != self._parts or controls != self._controls
        self._look_at, self._parts, self._settings = now + LOOK_AGAIN, parts, settings
        changed, gone = self._remember(entities, controls)
        if not self._plate and tells_later(pack, bus):
            self._look_at = pack.first_heard + TELLS_WITHIN
            if now < self._look_at:
                return
        if (news or changed) and self._discovery is not None:
            message = self._discovery.pack(pack, self._plate, entities, gone, controls)
            if hash(message.payload) != self._announced:
                self._announced, self.announced_at = hash(message.payload), now
                self._repeats = [now + after for after in REPEATS]
                yield message

    def _remember(
        self, entities: Iterable[Entity], controls: tuple[Control, ...]
    ) -> tuple[bool, dict[str, str]]:
        """Let these be what the pack has; whether that is new, and the platform of what is gone, by key."""
        keys = {entity.key: entity.platform for entity in entities}
        keys |= {control.key: control.platform for control in controls}
        keys |= {LAST_CHANGE: "sensor"} if controls else {}
        keys |= PARTS if self._discovery is not None and self._discovery.alarms else {}
        changed = keys != self._known
        gone = {key: platform for key, platform in self._known.items() if key not in keys}
        self._entities = {group: [] for group in (*self._told.groups, "availability")}
        for entity in (*entities, *hidden(controls, keys)):
            self._entities[entity.group].append(entity)
        self._controls = controls
        self._known.clear()
        self._known.update(keys)
        return changed, gone

    def _values(self, facts: Facts, bus: Bus | None, now: float) -> Iterator[Message]:
        for group, values in self._told.due(facts, bus, now, self._entities):
            yield Message(self._topics.group(self._key, group), as_json(values))
        self.at = min(self.at, self._told.at)
