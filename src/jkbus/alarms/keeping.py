"""Joins packs and buses to the journal, and the journal to its file and to those who listen."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from ..bus.bus import Bus
from ..bus.events import Event
from ..config.alarms import AlarmsConfig
from ..errors import UsageError
from ..model.alarms import Alarm, Severity
from ..model.battery import Battery
from .entry import ACKNOWLEDGED, CAME, PACK, WENT, Change, Entry, Subject, Values
from .feed import Feed
from .findings import IN_SILENCE, patience
from .journal import Journal, Look, Sighting, acknowledged
from .store import Remembered, Store
from .summary import Summary, summary
from .telling import values_of
from .watching import Expected, Watch

log = logging.getLogger("jkbus.alarms")

_LATER = 60.0  # s after which small changes are written
_AGAIN = 60.0  # s after which a file that could not be used is tried again
_SEEN = 600.0  # s after which it is written when what stands was last seen


class Alarms:
    """The alarms of all packs and buses, kept in `alarms.sqlite` in a folder.

    `run` keeps them going; `take` every event of a bus, after the battery took it. `clock` is the one the
    buses are driven with, `wall` gives unix seconds. Before `start`, which `run` does first, nothing is seen.
    """

    def __init__(
        self,
        battery: Battery,
        buses: Iterable[Bus],
        config: AlarmsConfig,
        folder: Path,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._battery = battery
        self._buses = list(buses)
        self._config = config
        self._clock, self._wall = clock, wall
        self._store = Store(folder / "alarms.sqlite")
        self._journal = Journal(patience(config.debounce))
        self._watch: Watch | None = None
        self._feeds: list[Feed] = []
        self._is_news = False  # something happened that is not on disk
        self._saved = self._saved_seen = self._tried = 0.0

    def start(self) -> None:
        """Read what was known when the gateway stopped, and begin to look."""
        self._begin(self._store.load())

    def _begin(self, known: Remembered) -> None:
        self._journal = Journal(patience(self._config.debounce), known.standing, known.next_id)
        expected = {key: Expected(*pack) for key, pack in known.packs.items()}
        self._saved = self._saved_seen = self._tried = now = self._clock()
        spread = self._config.cell_spread
        self._watch = Watch(self._journal, self._battery, self._buses, spread, expected, now)

    def take(self, home: str, event: Event) -> None:
        """Something happened on the bus of that name, and the battery knows it already."""
        if self._watch is not None:
            self._watch.take(home, event, self._wall())
            self._tell()

    def tick(self) -> None:
        """Look at who is silent, and let alarms go that have been gone for long enough; once a second."""
        if self._watch is not None:
            at = self._clock()
            self._watch.tick(at, self._wall())
            self._journal.tick(at)
            self._tell()

    def found(self, subject: Subject, alarm: Alarm, sentence: str = "", values: Values | None = None) -> None:
        """Somebody found that something is wrong; it stands until it is `cleared`. May be told repeatedly."""
        look = self._look(subject, values)
        self._journal.look(subject, [Sighting(alarm, lambda: sentence)], look, lambda name: False)
        self._tell()

    def cleared(self, subject: Subject, alarm: Alarm, values: Values | None = None) -> None:
        """What was found is not so any more; or never was."""
        self._journal.look(subject, [], self._look(subject, values), lambda name: name == alarm.name)
        self._tell()

    def happened(self, subject: Subject, alarm: Alarm, sentence: str = "") -> Entry:
        """Something came and went at once; it is only noted."""
        entry = self._journal.happened(subject, Sighting(alarm, lambda: sentence), self._look(subject, None))
        self._tell()
        return entry

    def standing(self, key: str | None = None) -> list[Entry]:
        """What stands now, the worst first: of one pack or bus by its key, or everything."""
        return [entry for entry in self._journal.standing if key in (None, entry.subject.key)]

    def summary(self, key: str | None = None) -> Summary:
        """What stands of a pack or bus by its key, or of everything, in one line."""
        return summary(self.standing(key))

    def subscribe(self) -> Feed:
        """Hear of every alarm that comes, goes or is acknowledged from now on."""
        feed = Feed(self._feeds.remove)
        self._feeds.append(feed)
        return feed

    async def entries(self, count: int = 100, key: str | None = None) -> list[Entry]:
        """The last entries, the newest first: of one pack or bus by its key, or all."""
        await self.save(now=True)
        found = await asyncio.to_thread(partial(self._store.entries, count, key=key))
        of_now = {entry.id: entry for entry in self._journal.standing}
        return [of_now.get(entry.id, entry) for entry in found]

    async def acknowledge(self, id: int, who: str) -> Entry:
        """Somebody has taken note of an alarm that stands or went. Raises UsageError for no such one."""
        entry = self._journal.acknowledge(id, who, self._wall())
        if entry is None:
            await self.save(now=True)
            entry = await asyncio.to_thread(self._store.entry, id)
            if entry is None:
                raise UsageError(f"there is no alarm {id}; `jkbus alarms` lists them with their numbers")
            if entry.acknowledged is None:
                entry = acknowledged(entry, who, self._wall())
                self._put([entry])
                self._publish(Change(ACKNOWLEDGED, entry))
        self._tell()
        await self.save(now=True)
        return entry

    async def close(self, id: int, who: str) -> Entry:
        """Somebody says that an alarm stands no more; a pack that is silent is not missed until it is heard.

        One that is still seen comes again. Raises UsageError if none of that number stands.
        """
        entry = self._journal.close(id, who, self._wall())
        if entry is None:
            raise UsageError(f"no alarm {id} stands; `jkbus alarms` lists those that do with their numbers")
        if entry.alarm in IN_SILENCE and self._watch is not None:
            self._watch.give_up(entry.subject.key)
            for other in self.standing(entry.subject.key):
                if other.alarm in IN_SILENCE:
                    self._journal.close(other.id, who, self._wall())
        self._tell()
        await self.save(now=True)
        return entry

    async def run(self, every: float = 1.0) -> None:
        """Keep looking every so many seconds until cancelled; slow disks do not hold up the bus."""
        self.start()
        try:
            while True:
                await asyncio.sleep(every)
                self.tick()
                await self.save()
                if not self._store.is_open and self._clock() - self._tried >= _AGAIN:
                    await self._try_again()
        finally:
            self.stop()

    async def _try_again(self) -> None:
        """Begin anew with the file if it can be used by now; what is wrong comes again within seconds."""
        known = await asyncio.to_thread(self._store.load)
        self._tried = self._clock()
        if self._store.is_open:
            self._begin(known)

    async def save(self, now: bool = False) -> None:
        """Write what changed: at once if something came or went, within a minute otherwise."""
        at = self._clock()
        seen = at - self._saved_seen >= _SEEN
        if not (now or seen or self._is_news or at - self._saved >= _LATER):
            return
        self._is_news, self._saved = False, at
        self._saved_seen = at if seen else self._saved_seen
        self._put(self._journal.unsaved(all_standing=seen))
        await asyncio.to_thread(self._store.save)

    def stop(self) -> None:
        """Write everything and let go of the file."""
        if self._watch is not None:
            self._put(self._journal.unsaved(all_standing=True))
            self._store.save()
            self._store.close()
            self._watch = None

    def _put(self, entries: list[Entry]) -> None:
        expected = {} if self._watch is None else self._watch.expected
        self._store.put(entries, {key: (one.name, one.bus, one.address) for key, one in expected.items()})

    def _look(self, subject: Subject, values: Values | None) -> Look:
        last = self._watch.last(subject.key) if self._watch is not None and subject.kind == PACK else None
        now = partial(values_of, last) if values is None else partial(dict, values)
        return Look(self._clock(), self._wall(), now, partial(values_of, last))

    def _tell(self) -> None:
        for change in self._journal.take():
            entry = change.entry
            if change.kind == CAME:
                is_bad = entry.alarm.severity > Severity.INFO
                log.log(logging.WARNING if is_bad else logging.INFO, "%s", entry.message)
            elif change.kind == WENT:
                log.info("%s", entry.ending)
            self._publish(change)

    def _publish(self, change: Change) -> None:
        self._is_news = True
        for feed in self._feeds:
            feed.put(change)


def pack_subject(key: str, name: str) -> Subject:
    """A pack as whose alarm something is found."""
    return Subject(PACK, key, name)
