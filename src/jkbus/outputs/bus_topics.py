"""What is to be published of one bus now: its state, and whether a change is meant for all of its packs."""

import math
from collections.abc import Iterator

from ..bus.bus import Bus
from .controls import ALL_PACKS
from .diagnostics import BUS, BusNow
from .groups import Policy, Stream, as_json
from .homeassistant import Discovery
from .pack_topics import REPEATS
from .topics import OFF, ON, Message, Topics


class BusTopics:
    """The topics of one bus; `all_packs`: a command for one of its packs is for all that may be written."""

    def __init__(
        self,
        bus: Bus,
        topics: Topics,
        policy: Policy,
        discovery: Discovery | None,
        known: dict[str, str],
        writes: bool,
    ) -> None:
        self.at = -math.inf
        self.all_packs = False
        self.announced_at: float | None = None
        self._bus, self._topics, self._discovery = bus, topics, discovery
        self._known, self._writes = known, writes
        self._stream = Stream(policy)
        self._switch_told = False
        self._repeats: list[float] = []

    def forget(self) -> None:
        """Whoever listened is gone: announce and tell everything again."""
        self.announced_at, self._switch_told = None, False
        self._stream.forget()

    def switch(self, on: bool) -> None:
        """Let commands be for all packs, or for one again."""
        self.all_packs, self._switch_told, self.at = on, False, -math.inf

    def due(self, now: float) -> Iterator[Message]:
        """Everything that is to be said about the bus now."""
        if self.announced_at is None and self._discovery is not None:
            self.announced_at = now
            self._repeats = [now + after for after in REPEATS]
            yield self._discovery.bus(self._bus.name, self._writes, bool(self._known))
        if self._repeats and now >= self._repeats[0]:
            self._repeats = [at for at in self._repeats if at > now]
            self._stream.forget()
        yield from self._all_packs()
        if now >= min(self._stream.ready_at, self._stream.beat_at):
            subject = BusNow(self._bus, now)
            values = self._stream.offer({entity.key: entity.value(subject) for entity in BUS}, now)
            if values is not None:
                yield Message(self._topics.bus(self._bus.name), as_json(values))
        soon = max(self._stream.ready_at, now + 1.0)
        self.at = min([soon, *self._repeats[:1]])

    def _all_packs(self) -> Iterator[Message]:
        """Whether commands are for all packs; the broker forgets it where no pack may be written any more."""
        topic = self._topics.apply_to_all(self._bus.name)
        if self._writes and not self._switch_told:
            self._known[ALL_PACKS.key] = ALL_PACKS.platform
            yield Message(topic, ON if self.all_packs else OFF, retain=True)
        elif self._known and not self._writes:
            self._known.clear()
            yield Message(topic, "", retain=True)
        self._switch_told = True
