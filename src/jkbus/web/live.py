"""What changes, for everybody who looks: an event is made once; of what a client missed the latest wins.

    reports -> Subscription -> Live: events, encoded once -> Client: a dict by name, emptied when it is sent

A client that reads slowly finds the newest of each pack when it is ready, and costs no more memory than one
event a pack. Nothing is made as long as nobody looks.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import suppress
from importlib.metadata import version

from ..alarms import Entry, Feed
from ..errors import JkbusError
from ..model.battery import Subscription
from ..model.pack import Pack
from .documents.numbers import encoded
from .documents.packs import key_of
from .shown import Shown
from .view import View

PAUSE = 0.15  # s between two looks at what has changed; a report is told within 0.2 s
HEARTBEAT = 10.0  # s
RECENT = 10  # alarms that are told with a pack
_SLOW = 1.0  # s between two looks at what nobody tells of

Events = dict[str, bytes]  # by what they are about


class Client:
    """Somebody who looks; `wanted` is the key of a pack it wants in full, "" for none."""

    def __init__(self, wanted: str, still: Callable[[], bool]) -> None:
        self.wanted = wanted
        self._waiting: Events = {}
        self._news = asyncio.Event()
        self._still = still
        self._closed = False

    def put(self, events: Events) -> None:
        """Something changed."""
        if events:
            self._waiting.update(events)
            self._news.set()

    def close(self) -> None:
        """End what it is sent."""
        self._closed = True
        self._news.set()

    async def chunks(self) -> AsyncIterator[bytes]:
        """What to send: first everything, then what changed, and a comment where nothing does."""
        while self._still() and not self._closed:
            waiting, self._waiting = self._waiting, {}
            self._news.clear()
            yield b"".join(waiting.values()) or b": still here\n\n"
            with suppress(TimeoutError):
                async with asyncio.timeout(HEARTBEAT):
                    await self._news.wait()


class Live:
    """Tells clients what changed; `run` it as long as there is a page."""

    def __init__(self, shown: Shown) -> None:
        self._shown = shown
        self._view = View(shown)
        self._clients: set[Client] = set()
        self._somebody = asyncio.Event()
        self._told: Events = {}  # what is told again only if it is not the same
        self._recent: dict[str, list[Entry]] = {}

    async def open(self, wanted: str, still: Callable[[], bool]) -> Client:
        """A new client, which is told everything first; `close` it. It is sent no more once not `still()`."""
        client = Client(wanted, still)
        if wanted:
            await self._remember(wanted)
        packs = self._shown.battery.packs
        client.put({"hello": event("hello", {"version": version("jkbus")})})
        client.put(dict(self._slowly()))
        client.put(dict(self._of(packs)))
        client.put(dict(self._in_full(packs, {wanted})))
        self._clients.add(client)
        self._somebody.set()
        return client

    def close(self, client: Client) -> None:
        """It looks no more."""
        self._clients.discard(client)
        if not self._clients:
            self._somebody.clear()

    def end(self) -> None:
        """Send everybody away."""
        for client in self._clients:
            client.close()

    async def run(self) -> None:
        """Tell what changes, whenever somebody looks; until cancelled."""
        while True:
            await self._somebody.wait()
            packs, alarms = self._shown.battery.subscribe(), self._shown.alarms.subscribe()
            try:
                await self._tell(packs, alarms)
            finally:
                packs.close()
                alarms.close()

    async def _tell(self, changes: Subscription, alarms: Feed) -> None:
        clock, slow_at = asyncio.get_running_loop().time, 0.0
        while self._clients:
            changed: dict[Pack, None] = {}
            with suppress(TimeoutError):
                async with asyncio.timeout(_SLOW):
                    changed = dict.fromkeys(await changes.wait())
            events: Events = {}
            if alarmed := {change.entry.subject.key for change in alarms.take()}:
                changed |= dict.fromkeys(pack for pack in self._shown.battery.packs if pack.key in alarmed)
                for key in alarmed & self._recent.keys():
                    await self._remember(key)
            if alarmed or clock() >= slow_at:
                slow_at = clock() + _SLOW
                events |= self._news()
            if changed:
                events |= self._of(changed)
            self._send(events, changed)
            await asyncio.sleep(PAUSE)

    def _send(self, events: Events, changed: Iterable[Pack]) -> None:
        full = dict(self._in_full(changed, {client.wanted for client in self._clients}))
        for client in self._clients:
            client.put(events)
            if (name := f"detail {client.wanted}") in full:
                client.put({name: full[name]})

    def _of(self, packs: Iterable[Pack]) -> Iterator[tuple[str, bytes]]:
        """What is told where these packs have changed."""
        yield "battery", event("battery", self._shown.whole.document())
        for pack in packs:
            yield f"pack {pack.bus}/{pack.address}", event("pack", self._view.summary(pack))

    def _in_full(self, packs: Iterable[Pack], wanted: set[str]) -> Iterator[tuple[str, bytes]]:
        for pack in packs:
            if (key := key_of(pack)) in wanted:
                detail = self._view.detail(pack, self._recent.get(key, ()))
                yield f"detail {key}", event("detail", detail)

    def _slowly(self) -> Iterator[tuple[str, bytes]]:
        """What changes by itself: it is looked at each second."""
        yield "alarms", event("alarms", self._view.standing())
        for bus in self._shown.buses:
            yield f"bus {bus.name}", event("bus", self._view.bus(bus))

    def _news(self) -> Events:
        """What of that is not as it was told last."""
        found = dict(self._slowly())
        news = {name: data for name, data in found.items() if self._told.get(name) != data}
        self._told = found
        return news

    async def _remember(self, key: str) -> None:
        """Read the last alarms of a pack, which are told with it; none where they cannot be read."""
        while len(self._recent) > 32:
            del self._recent[next(iter(self._recent))]
        try:
            self._recent[key] = await self._shown.alarms.entries(RECENT, key)
        except JkbusError:
            self._recent[key] = []


def event(name: str, document: object) -> bytes:
    """An event of the stream; JSON has no line feeds of its own."""
    return b"event: " + name.encode() + b"\ndata: " + encoded(document) + b"\n\n"
