"""What is to be published of one pack now, and when it has to be looked at again."""

import math
from collections.abc import Iterable, Iterator, Mapping

from ..bus.bus import Bus
from ..model.pack import Pack
from ..protocol import Settings, Status
from .alarm_topics import PARTS
from .changes import NONE_YET
from .controls import LAST_CHANGE, Control, Writing, hidden
from .diagnostics import NodeNow
from .entities import ENTITIES, present
from .entity import Entity
from .facts import NOTHING_KNOWN, Facts, Value
from .groups import Policy, Stream
from .health_rows import GROUP as HEALTH_GROUP
from .health_rows import HEALTH
from .homeassistant import Discovery, nameplate
from .topics import OFFLINE, ONLINE, Message, Topics

ROWS = (*ENTITIES, *HEALTH)
REPEATS = (2.0, 10.0, 30.0)  # s after discovery: Home Assistant listens only once it has made the entities
TELLS_WITHIN = 40.0  # s for a new pack to tell its model, so that it is announced once and whole
LOOK_AGAIN = 30.0  # s between two looks at which entities a pack has
URGENT = ("status", "alarms")  # groups that do not wait when a switch or an alarm changes
SETTABLE = ("settings", "info")  # groups that hold the values of controls
_REPORT = {"settings": "settings", "info": "about"}  # where the values of a group come from; else the status
_BYTES = {  # of the report that a group's values are made of; else all: what has not moved is not looked at
    "cells": ((6, 144),),
    "temperatures": ((144, 146), (162, 166), (214, 215), (256, 260)),
    "alarms": ((166, 170), (202, 220)),
}


def urgent(status: Status) -> tuple[object, ...]:
    """What nobody should have to wait for: alarms, switches, missing probes."""
    return (
        status.alarms,
        status.charge_mosfet_on,
        status.discharge_mosfet_on,
        status.heating_active,
        status.precharge_active,
        status.emergency_countdown > 0,
        status.temperature_sensor_present,
    )


def material(group: str, data: bytes | bytearray) -> bytes:
    """The bytes of a report that the values of a group are made of."""
    if group not in _BYTES:
        return bytes(data)
    return b"".join([data[start:end] for start, end in _BYTES[group]])


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
        groups = {entity.group for entity in ROWS}
        self._streams = {name: Stream(policy) for name, policy in policies.items() if name in groups}
        self._judged: dict[str, object] = {}  # by group: what its values were made of last
        self._entities: dict[str, list[Entity]] = {}  # by group
        self._available: bool | None = None
        self._urgent: tuple[object, ...] = ()
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
        for group in SETTABLE:
            self._streams[group].forget()

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
        for stream in self._streams.values():
            stream.forget()

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
        self._entities = {group: [] for group in (*self._streams, "availability")}
        for entity in (*entities, *hidden(controls, keys)):
            self._entities[entity.group].append(entity)
        self._controls = controls
        self._known.clear()
        self._known.update(keys)
        return changed, gone

    def _values(self, facts: Facts, bus: Bus | None, now: float) -> Iterator[Message]:
        pack = facts.pack
        node = bus.nodes.get(pack.address) if bus is not None else None
        moving = urgent(pack.status) if pack.status is not None else ()
        hurry = URGENT if moving != self._urgent else ()
        self._urgent = moving
        for group, stream in self._streams.items():
            report = getattr(pack, _REPORT.get(group, "status"))
            if report is None or (group == "gateway" and node is None):
                continue
            if group == HEALTH_GROUP and not facts.health:
                continue
            timed = group == "gateway"  # its values change with time, not with a report
            made_of = facts.health if group == HEALTH_GROUP else material(group, report.data)
            news = timed or self._judged.get(group) != made_of
            if now >= stream.beat_at or (news and (now >= stream.ready_at or group in hurry)):
                self._judged[group] = made_of
                subject = NodeNow(node, now) if node is not None and timed else facts
                values = {entity.key: entity.value(subject) for entity in self._entities[group]}
                if text := stream.offer(values, now):
                    yield Message(self._topics.group(self._key, group), text)
                news = timed
            self.at = min(self.at, stream.beat_at, stream.ready_at if news else math.inf)
