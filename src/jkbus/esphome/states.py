"""What the entities of the node say now: only what has changed, and seldom enough for Home Assistant.

Intervals and dead-bands are those of MQTT, whose reasons hold here too. The values of a pack that is silent
are unknown, since a sub-device cannot be unavailable by itself; its `online` says why.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..alarms import Alarms
from ..bus.bus import Bus
from ..history.whole import KEY, whole
from ..model.energy import Energy
from ..model.pack import Pack
from ..outputs.battery_topics import GROUP as BATTERY_GROUP
from ..outputs.battery_topics import WholeNow
from ..outputs.controls import ALL_PACKS, LAST_CHANGE
from ..outputs.diagnostics import BusNow
from ..outputs.facts import Facts, Value
from ..outputs.groups import Stream
from ..outputs.health_rows import Examined
from ..outputs.pack_values import PackValues
from .catalogue import ALARMS, CHANGE
from .entries import BUTTON, EVENT, Entry
from .frames import Message
from .listing import Listing, bus_owner, is_bus, subject_of

LOOK_AGAIN = 30.0  # s between two looks at which entities a pack has
ALARMS_EVERY = 2.0  # s
UNHEARD = 60.0  # s after the start, when a pack that was not heard yet counts as silent
AVAILABILITY, BUS_GROUP = "availability", "bus"
_SETTABLE = ("settings", "info")  # groups that hold the values of controls


class State(NamedTuple):
    """The number of an entity, and the message that tells its value."""

    number: int
    message: Message


class Sources(NamedTuple):
    """Where values come from, beside packs."""

    buses: Sequence[Bus]
    examined: Examined
    energy: Callable[[], Energy]
    alarms: Alarms


class States:
    """The states of all entities of a listing, as they were told last."""

    def __init__(self, catalogue: Listing, sources: Sources) -> None:
        self._catalogue, self._from = catalogue, sources
        policies = catalogue.policies
        self._told: dict[str, PackValues] = {}
        self._packs: dict[str, Pack] = {}
        self._looked: dict[str, tuple[tuple[bool, ...], float]] = {}
        self._streams = {bus.name: Stream(policies[BUS_GROUP]) for bus in sources.buses}
        self._battery_stream = Stream(policies[BATTERY_GROUP])
        self._alarms_at = -math.inf
        self._missed_at: float | None = None  # when packs that were not heard yet count as silent
        self._values: dict[int, Value] = {
            one.number: False for one in catalogue.all if one.control == ALL_PACKS
        }

    @property
    def all(self) -> list[State]:
        """Every state, for a new client; unknown where nothing was told yet."""
        return [self.of(entry) for entry in self._catalogue.all if entry.platform not in (EVENT, BUTTON)]

    def of(self, entry: Entry) -> State:
        """The state of an entity."""
        return State(entry.number, entry.state(self._values.get(entry.number)))

    def say(self, entry: Entry, value: Value) -> list[State]:
        """Let an entity have this value."""
        return list(self._told_of([entry], {entry.key: value}))

    def changed(self, pack: Pack, sentence: str) -> list[State]:
        """Let settings be told again after a change, and tell at once what became of it."""
        key = pack.key or ""
        if key in self._told:
            self._told[key].forget(_SETTABLE)
            self._told[key].at = -math.inf
            self._looked.pop(key, None)
        return list(self._news(key, CHANGE, {LAST_CHANGE: sentence}))

    def due(self, changed: Iterable[Pack], packs: Sequence[Pack], now: float) -> Iterator[State]:
        """What is different now: `changed` of `packs` have new reports. To be called about once a second."""
        for pack in changed:
            if pack.key is not None:
                self._packs[pack.key] = pack
                self._told.setdefault(pack.key, PackValues(self._catalogue.policies)).at = -math.inf
        for key, told in self._told.items():
            if told.at <= now:
                yield from self._pack(key, self._packs[key], told, now)
        yield from self._never_heard(now)
        if now >= self._battery_stream.ready_at:
            yield from self._battery([pack for pack in packs if pack.available], now)
        for bus in self._from.buses:
            yield from self._bus(bus, now)
        if now >= self._alarms_at:
            self._alarms_at = now + ALARMS_EVERY
            yield from self._severities()

    def _pack(self, key: str, pack: Pack, told: PackValues, now: float) -> Iterator[State]:
        if not pack.available or pack.key != key:
            told.forget()
            told.at = math.inf
            yield from self._silence(key)
            return
        facts = Facts(pack, self._from.examined.values(key))
        self._look(key, facts, told, now)
        entries: dict[str, list[Entry]] = {group: [] for group in told.groups}
        for entry in self._catalogue.entries.get(key, ()):
            if entry.group in entries and entry.get is not None:
                entries[entry.group].append(entry)
        bus = next((bus for bus in self._from.buses if bus.name == pack.bus), None)
        for group, values in told.due(facts, bus, now, entries):
            yield from self._news(key, group, values)
        online = [entry for entry in self._catalogue.entries.get(key, ()) if entry.group == AVAILABILITY]
        yield from self._told_of(online, dict.fromkeys((entry.key for entry in online), True))

    def _look(self, key: str, facts: Facts, told: PackValues, now: float) -> None:
        """From time to time, and when the pack has told more of itself, look which entities it has."""
        pack = facts.pack
        heard = (pack.settings is not None, pack.about is not None)
        before, at = self._looked.get(key, ((), -math.inf))
        if heard == before and now - at < LOOK_AGAIN:
            return
        self._looked[key] = heard, now
        revision = self._catalogue.revision
        self._catalogue.look(pack, facts)
        if self._catalogue.revision != revision:
            told.forget()

    def _silence(self, key: str) -> Iterator[State]:
        """Nothing is known of a pack any more, except that it is silent."""
        for entry in self._catalogue.entries.get(key, ()):
            if entry.group not in (ALARMS, CHANGE):
                value = False if entry.group == AVAILABILITY else None
                yield from self._told_of([entry], {entry.key: value})

    def _never_heard(self, now: float) -> Iterator[State]:
        """Some time after the start: what was expected and is not there."""
        if self._missed_at is None:
            self._missed_at = now + UNHEARD
        elif now >= self._missed_at:
            self._missed_at = math.inf
            for key in self._catalogue.entries.keys() - self._told.keys() - {KEY}:
                if not is_bus(key):
                    yield from self._silence(key)

    def _battery(self, heard: list[Pack], now: float) -> Iterator[State]:
        frame = whole(heard)
        seen = None if frame is None else WholeNow(frame, self._from.energy())
        entries = [entry for entry in self._catalogue.entries.get(KEY, ()) if entry.group == BATTERY_GROUP]
        values = {entry.key: None if seen is None else entry.value(seen) for entry in entries}
        if (told := self._battery_stream.offer(values, now)) is not None:
            yield from self._news(KEY, BATTERY_GROUP, told)

    def _bus(self, bus: Bus, now: float) -> Iterator[State]:
        stream, owner = self._streams[bus.name], bus_owner(bus.name)
        if now >= min(stream.ready_at, stream.beat_at):
            entries = [entry for entry in self._catalogue.entries.get(owner, ()) if entry.group == BUS_GROUP]
            values = {entry.key: entry.value(BusNow(bus, now)) for entry in entries}
            if (told := stream.offer(values, now)) is not None:
                yield from self._news(owner, BUS_GROUP, told)

    def _severities(self) -> Iterator[State]:
        for owner, entries in self._catalogue.entries.items():
            summary = self._from.alarms.summary(subject_of(owner))
            values = {entry.key: entry.value(summary) for entry in entries if entry.group == ALARMS}
            yield from self._news(owner, ALARMS, values)

    def _news(self, owner: str, group: str, values: Mapping[str, Value]) -> Iterator[State]:
        """The states of those entities of the group that have another value now."""
        entries = [entry for entry in self._catalogue.entries.get(owner, ()) if entry.group == group]
        return self._told_of(entries, values)

    def _told_of(self, entries: Iterable[Entry], values: Mapping[str, Value]) -> Iterator[State]:
        """The states of those that have another value now."""
        for entry in entries:
            if entry.key in values and entry.get is not None:
                value = values[entry.key]
                if self._values.get(entry.number, self) != value:
                    self._values[entry.number] = value
                    yield State(entry.number, entry.state(value))
