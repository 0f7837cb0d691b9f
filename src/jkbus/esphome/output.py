"""The gateway as an ESPHome device, as long as it runs: tells what changes, and brings its clients along."""

import asyncio
import json
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass

from ..config import BusConfig, EsphomeConfig
from ..config.words import printable, reason
from ..control.desk import Desk
from ..control.outcomes import Who
from ..history.whole import KEY
from ..model.battery import Battery, Subscription
from ..model.pack import Pack
from ..outputs.alarm_topics import ALARM, EVENTS
from ..outputs.controls import Writing
from ..outputs.naming import OURS, Names
from ..outputs.wishes import Wishes
from .announce import announced
from .catalogue import Catalogue, Known
from .chosen import chosen
from .conversation import log_message
from .device import mac_of
from .entries import EVENT
from .frames import Framing, Message, Noise, Plain, key_of
from .listing import Listing, owner_of
from .messages import message
from .node import PackNode
from .server import Clients, Patience
from .states import Sources, States

log = logging.getLogger("jkbus.esphome")

GLANCE = 1.0  # s between two looks if nothing happens
PAUSE = 0.1  # s between two looks while reports come in
SETTLED = 5.0  # s without news about which entities there are, after which clients get a new list
AGAIN = 30.0  # s until a port that was taken is tried again
VIA = Who("esphome")


@dataclass(frozen=True, slots=True)
class Expected:
    """Whom the node may show: buses and packs as configured, and the keys of all packs there may be.

    `names`: what their entities are called.
    """

    buses: tuple[BusConfig, ...]
    keys: Collection[str]
    names: Names = OURS


class Esphome:
    """A node of ESPHome's kind. `known` is remembered between runs; `web_port` is where other computers find
    the page, 0 for nowhere. Raises UsageError for entities that cannot be."""

    def __init__(
        self,
        config: EsphomeConfig,
        battery: Battery,
        desk: Desk,
        sources: Sources,
        writing: Writing,
        known: Known,
        expected: Expected,
        web_port: int = 0,
        patience: Patience | None = None,
    ) -> None:
        self._config, self._battery, self._alarms = config, battery, sources.alarms
        self._desk, self._writing = desk, writing
        self._mac = mac_of(config, known)
        self._listing = self._list(expected, [bus.name for bus in sources.buses], known)
        self._states = States(self._listing, sources)
        self._node = PackNode(
            config,
            self._mac,
            self._listing,
            self._states,
            battery,
            sources.alarms,
            writing.buttons,
            web_port,
        )
        self.clients = Clients(self._node, self._framing, patience)
        self._node.tell = self.clients.news
        self._news_at = 0.0  # when an entity was new last

    def _list(self, expected: Expected, names: list[str], known: Known) -> Listing:
        if self._config.entities:
            return chosen(self._config, expected.buses)
        flat = self._config.layout == "flat"
        return Catalogue(known, names, self._writing, flat, expected.keys, expected.names)

    async def run(self) -> None:
        """Serve until cancelled. A port that is taken is told of, and tried again."""
        wishes = Wishes(self._desk, self._battery, self._writing, VIA, self._node.is_for_all, self._changed)
        self._node.wishes = wishes
        lines = _Lines(asyncio.get_running_loop(), self.clients.log)
        logging.getLogger("jkbus").addHandler(lines)
        try:
            server = await self._listen()
            try:
                async with announced(self._config, self._mac):
                    await self._tell()
            finally:
                server.close()
                await self.clients.close()
        finally:
            logging.getLogger("jkbus").removeHandler(lines)
            await wishes.close()

    async def _listen(self) -> asyncio.Server:
        host, port, told = self._config.listen, self._config.api_port, ""
        while True:
            try:
                server = await self.clients.listen(host, port)
            except OSError as error:
                text = reason(error)
                log.log(logging.DEBUG if text == told else logging.WARNING, _TAKEN, host, port, text)
                told = text
                await asyncio.sleep(AGAIN)
            else:
                log.info(
                    "ESPHome's native API: %s at %s:%d, address %s", self._config.name, host, port, self._mac
                )
                return server

    async def _tell(self) -> None:
        clock = asyncio.get_running_loop().time
        subscription, feed = self._battery.subscribe(), self._alarms.subscribe()
        try:
            while True:
                changed = await _changes(subscription, GLANCE)
                before = self._listing.revision
                self.clients.news(self._states.due(changed, self._battery.packs, clock()))
                if self._listing.revision != before:
                    self._news_at = clock()
                elif clock() - self._news_at > SETTLED:
                    self.clients.send_away(self._listing.revision)
                for change in feed.take():
                    if change.kind in EVENTS:
                        self._happened(change.entry.subject.key, change.kind)
                await asyncio.sleep(PAUSE)
        finally:
            subscription.close()
            feed.close()

    def _happened(self, subject: str, kind: str) -> None:
        """Tell of an alarm at its owner and at the battery as a whole."""
        buses = list(self._listing.entries)
        for owner in dict.fromkeys([owner_of(subject, buses), KEY]):
            for entry in self._listing.entries.get(owner, ()):
                if entry.platform == EVENT and entry.key == ALARM:
                    fields = {"key": entry.number, "device_id": entry.device, "event_type": kind}
                    self.clients.tell(message("EventResponse", **fields))

    def _changed(self, pack: Pack, text: str) -> None:
        """Tell what became of anybody's change, in its sentence."""
        self.clients.news(self._states.changed(pack, json.loads(text)["message"]))

    def _framing(self) -> Framing:
        key = self._config.encryption_key
        if key is None:
            return Plain()
        mac = self._mac.replace(":", "").lower()
        return Noise(key_of(key.get_secret_value()), self._config.name, mac)


_TAKEN = "ESPHome's native API cannot be served at %s:%d (%s); is another program there? Trying again"


class _Lines(logging.Handler):
    """Brings the lines of the log to clients, from whichever thread they come; without tracebacks."""

    def __init__(self, loop: asyncio.AbstractEventLoop, tell: Callable[[int, Message], None]) -> None:
        super().__init__()
        self._loop, self._tell = loop, tell

    def emit(self, record: logging.LogRecord) -> None:
        """Tell one."""
        if not self._loop.is_closed():
            text = f"{record.levelname} {record.name}: {printable(record.getMessage())}"
            self._loop.call_soon_threadsafe(self._tell, *log_message(record, text))


async def _changes(subscription: Subscription, within: float) -> list[Pack]:
    try:
        async with asyncio.timeout(within):
            return await subscription.wait()
    except TimeoutError:
        return []
