"""Looks at packs and buses, and tells the journal what is to be seen. Time is an argument; nothing is kept.

A bit is looked at in every Status. Silence is looked at every second: of a bus on which nobody is heard, the
packs are not called silent, since that is one alarm and not fifteen. Packs that were heard once are expected
ever after, also after a restart, until somebody closes the alarm or another pack is heard in their place.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from functools import partial
from typing import NamedTuple

from ..bus.bus import Bus
from ..bus.events import Event, Heard
from ..config.values import slug
from ..model.battery import Battery
from ..model.pack import GONE, SILENT, Pack
from ..protocol import Settings, Status
from .buses import BusWatch
from .entry import BUS, PACK, Subject
from .findings import BUS_NOISY, BUS_SILENT, PACK_GONE, PACK_SILENT, is_in_reports
from .journal import Journal, Look, Sighting
from .packs import PackWatch
from .telling import values_of

_WITHIN = 180.0  # s from the start for a pack to be heard and known; it takes 120 at most
_NAMELESS = 300  # reports kept of a pack while nobody knows who it is
_ON_BUS = {BUS_SILENT.name, BUS_NOISY.name}
_SILENCE = {PACK_SILENT.name, PACK_GONE.name}


class Expected(NamedTuple):
    """A pack that should be heard."""

    name: str
    bus: str
    address: int


class _Heard(NamedTuple):
    """A Status, the settings of then, and when it was heard by both clocks."""

    status: Status
    settings: Settings | None
    at: float
    wall: float


class Watch:
    """Looks at the packs of `battery` and at `buses` from `started` on (s of the buses' clock).

    `expected` are the packs that should be heard, by key; it is changed in place. `spread` is in V.
    """

    def __init__(
        self,
        journal: Journal,
        battery: Battery,
        buses: Iterable[Bus],
        spread: float,
        expected: dict[str, Expected],
        started: float,
    ) -> None:
        self.expected = expected
        self._journal = journal
        self._battery = battery
        self._buses = {bus.name: BusWatch(bus) for bus in buses}
        self._spread = spread
        self._started = started
        self._packs: dict[str, PackWatch] = {}
        self._nameless: dict[Pack, deque[_Heard]] = {}

    def take(self, home: str, event: Event, wall: float) -> None:
        """Look at what was heard on the bus of that name, after the battery took it."""
        pack = self._battery.pack(home, event.address) if isinstance(event, Heard) else None
        if pack is None or not isinstance(event, Heard):
            return
        frame = event.report.frame
        heard = [_Heard(frame, pack.settings, event.at, wall)] if isinstance(frame, Status) else []
        if pack.key is None:
            self._nameless.setdefault(pack, deque(maxlen=_NAMELESS)).extend(heard)
            return
        self._expect(pack, pack.key, wall)
        for earlier in (*self._nameless.pop(pack, ()), *heard):
            self._look(pack, pack.key, earlier)

    def tick(self, at: float, wall: float) -> None:
        """Look at who is silent, and at the buses."""
        for bus in self._buses.values():
            subject = Subject(BUS, slug(bus.bus.name), bus.bus.name)
            seen = list(bus.sightings(at))
            self._journal.look(subject, seen, Look(at, wall, partial(dict, bus.values)), _ON_BUS.__contains__)
        present = {pack.key: pack for pack in self._battery.packs if pack.key is not None}
        for key, expected in self.expected.items():
            bus_watch = self._buses.get(expected.bus)
            if bus_watch is not None and bus_watch.alive:
                self._look_for(key, expected, present.get(key), at, wall)

    def give_up(self, key: str) -> None:
        """A pack was taken away: do not miss it any more, until it is heard again."""
        self.expected.pop(key, None)

    def last(self, key: str) -> Status | None:
        """The last Status of a pack that was looked at."""
        watch = self._packs.get(key)
        return None if watch is None else watch.last

    def _look(self, pack: Pack, key: str, heard: _Heard) -> None:
        watch = self._packs.get(key) or self._packs.setdefault(key, PackWatch(self._spread))
        seen = watch.sightings(heard.status, heard.settings, heard.at, heard.wall)
        values, before = partial(values_of, heard.status), partial(values_of, watch.last)
        look = Look(heard.at, heard.wall, values, before)
        self._journal.look(Subject(PACK, key, pack.name), seen, look, is_in_reports)
        watch.last = heard.status

    def _expect(self, pack: Pack, key: str, wall: float) -> None:
        place = Expected(pack.name, pack.bus, pack.address)
        if self.expected.get(key) == place:
            return
        for other, expected in list(self.expected.items()):
            if other != key and expected[1:] == place[1:]:
                self._replaced(other, wall)
        self.expected[key] = place

    def _replaced(self, key: str, wall: float) -> None:
        """Another pack is heard where this one was, or the same one under another name."""
        del self.expected[key]
        for entry in self._journal.standing:
            if entry.subject.id == (PACK, key):
                self._journal.close(entry.id, "another pack in its place", wall)

    def _look_for(self, key: str, expected: Expected, pack: Pack | None, at: float, wall: float) -> None:
        if pack is None and at - self._started < _WITHIN:
            return
        seen = _silence(pack) if pack is not None else [Sighting(PACK_SILENT, _unheard)]
        status = pack.status if pack is not None and pack.available else None
        look = Look(at, wall, partial(values_of, status), partial(values_of, self.last(key)))
        self._journal.look(Subject(PACK, key, expected.name), seen, look, _SILENCE.__contains__)


def _unheard() -> str:
    return "it has not been heard since the gateway started"


def _silence(pack: Pack) -> Iterator[Sighting]:
    if pack.state in (SILENT, GONE):
        yield Sighting(PACK_SILENT, lambda: f"address {pack.address} on {pack.bus} does not answer")
    if pack.state == GONE:
        yield Sighting(PACK_GONE, lambda: f"address {pack.address} on {pack.bus} has not answered for long")
