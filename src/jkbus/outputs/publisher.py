"""What is to be published now: decides for every pack and bus, without sending anything.

Whoever sends calls `due` with the packs that changed, and again at `wake_at` at the latest. A pack is looked
at when it changes and when one of its groups may or must be told again. Messages are made while they are
taken, so a slow broker gets the newest values and nothing waits in between.
"""

import heapq
import math
from collections.abc import Iterable, Iterator, Mapping

from ..bus.bus import Bus
from ..model.pack import Pack
from ..protocol import Status
from .diagnostics import BUS, BusNow, NodeNow
from .entities import ENTITIES, present
from .entity import Entity
from .facts import Facts
from .groups import Policy, Stream
from .homeassistant import Discovery, nameplate
from .topics import OFFLINE, ONLINE, Message, Topics

Known = dict[str, dict[str, dict[str, str]]]  # what was announced of a pack: "device" and "entities"

REPEATS = (2.0, 10.0, 30.0)  # s after discovery: Home Assistant listens only once it has made the entities
TELLS_WITHIN = 40.0  # s for a new pack to tell its model, so that it is announced once and whole
LOOK_AGAIN = 30.0  # s between two looks at which entities a pack has
URGENT = ("status", "alarms")  # groups that do not wait when a switch or an alarm changes
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
    ) -> None:
        self.at = -math.inf
        self._key, self._topics, self._discovery = key, topics, discovery
        self._plate = known.setdefault("device", {})
        self._known = known.setdefault("entities", {})  # platform by key
        groups = {entity.group for entity in ENTITIES}
        self._streams = {name: Stream(policy) for name, policy in policies.items() if name in groups}
        self._judged: dict[str, bytes] = {}  # by group: the report that was looked at last
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
        self._start_again()

    def due(self, pack: Pack, bus: Bus | None, now: float) -> Iterator[Message]:
        """Everything that is to be said about the pack now."""
        facts = Facts(pack)
        self.at = math.inf
        if pack.key == self._key:
            yield from self._announcement(facts, bus, now)
        available = pack.available and pack.key == self._key
        if available != self._available:
            self._available = available
            self._start_again()
            payload = ONLINE if available else OFFLINE
            yield Message(self._topics.availability(self._key), payload, retain=True)
        if available:
            if self._repeats and now >= self._repeats[0]:
                self._repeats = [at for at in self._repeats if at > now]
                self._start_again()
            yield from self._values(facts, bus, now)
            self.at = min([self.at, *self._repeats[:1]])

    def _start_again(self) -> None:
        for stream in self._streams.values():
            stream.forget()

    def _announcement(self, facts: Facts, bus: Bus | None, now: float) -> Iterator[Message]:
        """The discovery message, if what the pack is or has is new."""
        pack = facts.pack
        parts = (pack.name, pack.bus, pack.status is None, pack.settings is None, pack.about)
        if now < self._look_at and parts == self._parts:
            return
        self._plate.update(nameplate(pack))
        entities = present(facts, self._known)
        keys = {entity.key: entity.platform for entity in entities}
        news = not self._announced or parts != self._parts or keys != self._known
        gone = {key: platform for key, platform in self._known.items() if key not in keys}
        self._look_at, self._parts = now + LOOK_AGAIN, parts
        self._entities = {group: [] for group in (*self._streams, "availability")}
        for entity in entities:
            self._entities[entity.group].append(entity)
        self._known.clear()
        self._known.update(keys)
        if not self._plate and tells_later(pack, bus):
            self._look_at = pack.first_heard + TELLS_WITHIN
            if now < self._look_at:
                return
        if news and self._discovery is not None:
            message = self._discovery.pack(pack, self._plate, entities, gone)
            if hash(message.payload) != self._announced:
                self._announced = hash(message.payload)
                self._repeats = [now + after for after in REPEATS]
                yield message

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
            timed = group == "gateway"  # its values change with time, not with a report
            made_of = material(group, report.data)
            news = timed or self._judged.get(group) != made_of
            if now >= stream.beat_at or (news and (now >= stream.ready_at or group in hurry)):
                self._judged[group] = made_of
                subject = NodeNow(node, now) if node is not None and timed else facts
                values = {entity.key: entity.value(subject) for entity in self._entities[group]}
                if text := stream.offer(values, now):
                    yield Message(self._topics.group(self._key, group), text)
                news = timed
            self.at = min(self.at, stream.beat_at, stream.ready_at if news else math.inf)


class BusTopics:
    """The topic of one bus."""

    def __init__(self, bus: Bus, topics: Topics, policy: Policy, discovery: Discovery | None) -> None:
        self.at = -math.inf
        self._bus, self._topics, self._discovery = bus, topics, discovery
        self._stream = Stream(policy)
        self._announced = False
        self._repeats: list[float] = []

    def forget(self) -> None:
        """Whoever listened is gone: announce and tell everything again."""
        self._announced = False
        self._stream.forget()

    def due(self, now: float) -> Iterator[Message]:
        """Everything that is to be said about the bus now."""
        if not self._announced and self._discovery is not None:
            self._announced = True
            self._repeats = [now + after for after in REPEATS]
            yield self._discovery.bus(self._bus.name)
        if self._repeats and now >= self._repeats[0]:
            self._repeats = [at for at in self._repeats if at > now]
            self._stream.forget()
        if now >= min(self._stream.ready_at, self._stream.beat_at):
            subject = BusNow(self._bus, now)
            if text := self._stream.offer({entity.key: entity.value(subject) for entity in BUS}, now):
                yield Message(self._topics.bus(self._bus.name), text)
        soon = max(self._stream.ready_at, now + 1.0)
        self.at = min([soon, *self._repeats[:1]])


class Publisher:
    """All packs and buses: who has something to say, and when."""

    def __init__(
        self,
        topics: Topics,
        policies: Mapping[str, Policy],
        buses: Iterable[Bus],
        discovery: Discovery | None = None,
        known: Known | None = None,
    ) -> None:
        self._topics, self._policies, self._discovery = topics, policies, discovery
        self._known: Known = {} if known is None else known
        self._buses = {bus.name: bus for bus in buses}
        self._bus_topics = [
            BusTopics(bus, topics, policies["bus"], discovery) for bus in self._buses.values()
        ]
        self._packs: dict[str, tuple[PackTopics, Pack]] = {}
        self._keys: dict[Pack, str] = {}  # what each was last taken for
        self._queue: list[tuple[float, str]] = []  # when to look at which pack again
        self._greeting = True  # nobody was told yet that we are here

    @property
    def wake_at(self) -> float:
        """When to call `due` at the latest."""
        pack_at = self._queue[0][0] if self._queue else math.inf
        return min([pack_at, *(topics.at for topics in self._bus_topics)])

    def forget(self) -> None:
        """Whoever listened is gone: announce and tell everything again at the next call."""
        self._greeting = True
        for bus in self._bus_topics:
            bus.forget()
            bus.at = -math.inf
        for key, (topics, _) in self._packs.items():
            topics.forget()
            self._plan(key, -math.inf)

    def due(self, changed: Iterable[Pack], now: float) -> Iterator[Message]:
        """What is to be published now, newest values; buses first, since packs are tied to them.

        At the first call, packs of earlier days that were not heard yet are told to be offline, and when
        everything is as it should be, that we are online.
        """
        if self._greeting:
            for key in [key for key in self._known if key not in self._packs]:
                yield Message(self._topics.availability(key), OFFLINE, retain=True)
        for bus in self._bus_topics:
            if now >= bus.at:
                yield from bus.due(now)
        for pack in changed:
            if pack.key is not None:
                yield from self._look(pack.key, pack, now)
        while self._queue and self._queue[0][0] <= now:
            at, key = heapq.heappop(self._queue)
            topics, pack = self._packs[key]
            if topics.at == at:
                yield from self._look(key, pack, now)
        if self._greeting:
            self._greeting = False
            yield Message(self._topics.gateway, ONLINE, retain=True)

    def _look(self, key: str, pack: Pack, now: float) -> Iterator[Message]:
        if key not in self._packs:
            known = self._known.setdefault(key, {})
            new = PackTopics(key, self._topics, self._policies, self._discovery, known)
            self._packs[key] = (new, pack)
        topics, _ = self._packs[key]
        self._packs[key] = (topics, pack)
        before_key = self._keys.get(pack, key)
        self._keys[pack] = pack.key or key
        if before_key != key:  # it turned out to be another one: who it seemed to be is not there
            self._plan(before_key, -math.inf)
        before = topics.at
        yield from topics.due(pack, self._buses.get(pack.bus), now)
        if topics.at != before:
            self._plan(key, topics.at)

    def _plan(self, key: str, at: float) -> None:
        self._packs[key][0].at = at
        if at < math.inf:
            heapq.heappush(self._queue, (at, key))
