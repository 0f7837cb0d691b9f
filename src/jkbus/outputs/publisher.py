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
from .bus_topics import BusTopics
from .controls import NOTHING, Writing
from .groups import Policy
from .homeassistant import Discovery
from .pack_topics import PackTopics
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

    @property
    def wake_at(self) -> float:
        """When to call `due` at the latest."""
        pack_at = self._queue[0][0] if self._queue else math.inf
        return min([pack_at, *(topics.at for topics in self._bus_topics.values())])

    def forget(self) -> None:
        """Whoever listened is gone: announce and tell everything again at the next call."""
        self._greeting = True
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
        if self._greeting:
            self._greeting = False
            yield Message(self._topics.gateway, ONLINE, retain=True)

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
        yield from topics.due(pack, self._buses.get(pack.bus), now)
        if topics.at != before:
            self._plan(key, topics.at)

    def _plan(self, key: str, at: float) -> None:
        self._packs[key][0].at = at
        if at < math.inf:
            heapq.heappush(self._queue, (at, key))
