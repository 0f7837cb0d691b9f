"""What is to be published now: decides for every pack and bus, without sending anything.

Whoever sends calls `due` with the packs that changed, and again at `wake_at` at the latest. A pack is looked
at when it changes and when one of its groups may or must be told again. Messages are made while they are
taken, so a slow broker gets the newest values and nothing waits in between.
"""

import heapq
import math
from collections.abc import Iterable, Iterator, Mapping

from ..bus.bus import Bus
from ..config.values import slug
from ..history.whole import KEY
from ..model.pack import Pack
from .alarm_topics import AlarmTopics
from .battery_topics import BatteryTopics
from .bus_topics import BusTopics
from .controls import NOTHING, Writing
from .facts import NOTHING_KNOWN
from .groups import Policy
from .health_rows import Examined
from .homeassistant import Discovery
from .pack_topics import PackTopics
from .sources import NO_SOURCES, Sources
from .topics import OFFLINE, ONLINE, Message, Topics

Known = dict[str, dict[str, dict[str, str]]]
"""By a pack's key what was announced of it, "device" and "entities", and its last "change"; by `bus:` and a
bus's name its "entities", as far as they come and go."""

BUS_MARK = "bus:"


def is_bus(key: str) -> bool:
    """Whether this key of what was announced is that of a bus."""
    return key.startswith(BUS_MARK)


class Publisher:
    """All packs and buses: who has something to say, and when."""

    def __init__(
        self,
        topics: Topics,
        policies: Mapping[str, Policy],
        buses: Iterable[Bus],
        discovery: Discovery | None = None,
        known: Known | None = None,
        writing: Writing = NOTHING,
        sources: Sources = NO_SOURCES,
    ) -> None:
        self._topics, self._policies, self._discovery = topics, policies, discovery
        self._known: Known = {} if known is None else known
        self._writing = writing
        self._buses = {bus.name: bus for bus in buses}
        self._bus_topics = {name: self._bus(bus) for name, bus in self._buses.items()}
        self._packs: dict[str, tuple[PackTopics, Pack]] = {}
        self._keys: dict[Pack, str] = {}  # what each was last taken for
        self._queue: list[tuple[float, str]] = []  # when to look at which pack again
        self._greeting = True  # nobody was told yet that we are here
        self._examined = Examined(sources.health) if sources.health is not None else None
        self._battery = (
            BatteryTopics(sources.packs, sources.energy, topics, policies["battery"], discovery)
            if sources.packs is not None
            else None
        )
        self._alarms = (
            AlarmTopics(sources.alarms, topics, self._announced) if sources.alarms is not None else None
        )
        self._alarms_at = -math.inf

    @property
    def wake_at(self) -> float:
        """When to call `due` at the latest."""
        pack_at = self._queue[0][0] if self._queue else math.inf
        battery_at = self._battery.at if self._battery is not None else math.inf
        alarms_at = self._alarms_at if self._alarms is not None else math.inf
        return min([pack_at, battery_at, alarms_at, *(topics.at for topics in self._bus_topics.values())])

    def forget(self) -> None:
        """Whoever listened is gone: announce and tell everything again at the next call."""
        self._greeting = True
        for others in (self._battery, self._alarms):
            if others is not None:
                others.forget()
        for bus in self._bus_topics.values():
            bus.forget()
            bus.at = -math.inf
        for key, (topics, _) in self._packs.items():
            topics.forget()
            self._plan(key, -math.inf)

    @property
    def settable(self) -> set[str]:
        """The keys of the packs that have controls."""
        return {key for key, (topics, _) in self._packs.items() if topics.settable}

    def all_packs(self, bus: str) -> bool:
        """Whether a command for one pack of that bus is for all of them."""
        return self._bus_topics[bus].all_packs

    def switch(self, bus: str, on: bool) -> None:
        """Let a command for one pack of that bus be for all of them, or for one again."""
        self._bus_topics[bus].switch(on)

    def changed(self, key: str, text: str) -> None:
        """Tell what became of a command for a pack, and its settings again."""
        if key in self._packs:
            self._packs[key][0].changed(text)
            self._plan(key, -math.inf)

    def due(self, changed: Iterable[Pack], now: float) -> Iterator[Message]:
        """What is to be published now, newest values; buses first, since packs are tied to them.

        At the first call, packs of earlier days that were not heard yet are told to be offline, and when
        everything is as it should be, that we are online.
        """
        if self._greeting:
            for key in [key for key in self._known if key not in self._packs and not is_bus(key)]:
                yield Message(self._topics.availability(key), OFFLINE, retain=True)
        for bus in self._bus_topics.values():
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
        if self._battery is not None and now >= self._battery.at:
            yield from self._battery.due(now)
        if self._alarms is not None:
            yield from self._alarms.due(self._owners(), now)
            self._alarms_at = self._alarms.at(now)
        if self._greeting:
            self._greeting = False
            yield Message(self._topics.gateway, ONLINE, retain=True)

    def close(self) -> None:
        """Nothing will be due any more."""
        if self._alarms is not None:
            self._alarms.close()

    def _owners(self) -> list[str]:
        """Who may have alarms: packs of now and of earlier days, buses, and the battery as a whole."""
        packs = [key for key in (*self._packs, *self._known) if not is_bus(key)]
        return list(dict.fromkeys([*packs, *map(slug, self._buses), KEY]))

    def _announced(self, owner: str) -> float | None:
        """When Home Assistant was told of a pack, a bus or the whole; None if it was not."""
        if self._discovery is None:
            return -math.inf
        if owner == KEY:
            return None if self._battery is None else self._battery.announced_at
        if owner in self._packs:
            return self._packs[owner][0].announced_at
        buses = (topics for name, topics in self._bus_topics.items() if slug(name) == owner)
        return next((topics.announced_at for topics in buses), None)

    def _bus(self, bus: Bus) -> BusTopics:
        writes = self._writing.bus(bus.name)
        mark = f"{BUS_MARK}{bus.name}"
        known = self._known.setdefault(mark, {"entities": {}}) if writes else self._known.get(mark, {})
        return BusTopics(
            bus, self._topics, self._policies["bus"], self._discovery, known.get("entities", {}), writes
        )

    def _look(self, key: str, pack: Pack, now: float) -> Iterator[Message]:
        if key not in self._packs:
            known = self._known.setdefault(key, {})
            new = PackTopics(key, self._topics, self._policies, self._discovery, known, self._writing)
            self._packs[key] = (new, pack)
        topics, _ = self._packs[key]
        self._packs[key] = (topics, pack)
        before_key = self._keys.get(pack, key)
        self._keys[pack] = pack.key or key
        if before_key != key:  # it turned out to be another one: who it seemed to be is not there
            self._plan(before_key, -math.inf)
        before = topics.at
        health = self._examined.values(key) if self._examined is not None else NOTHING_KNOWN
        yield from topics.due(pack, self._buses.get(pack.bus), now, health)
        if topics.at != before:
            self._plan(key, topics.at)

    def _plan(self, key: str, at: float) -> None:
        self._packs[key][0].at = at
        if at < math.inf:
            heapq.heappush(self._queue, (at, key))
