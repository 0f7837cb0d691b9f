"""One client's side of the native API: what it asks, and what it is told. No socket, no clock of its own.

Of states the latest wins: what a slow client has not been sent yet is replaced, never queued.
"""

import logging
import time
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from .frames import Message
from .messages import message, read
from .states import State

API = (1, 14)  # from which on the ids of entities follow from their names


class Node(Protocol):
    """What a client talks to."""

    @property
    def name(self) -> str:
        """The node's name."""

    @property
    def revision(self) -> int:
        """Another number as soon as there are entities that were not listed before."""

    @property
    def info(self) -> Message:
        """The device and those below it."""

    @property
    def listing(self) -> Sequence[Message]:
        """Every entity, and every action."""

    @property
    def states(self) -> Sequence[State]:
        """Every state as it was told last."""

    async def command(self, name: str, fields: Any) -> list[Message]:
        """Do what a client wishes, or begin to; what it is told at once."""


class Conversation:
    """What one client was told and wants to hear. `listed` is the node's revision that it has a list of."""

    def __init__(self, node: Node) -> None:
        self.client = ""
        self.greeted = False
        self.ended = False
        self.log_level = 0
        self.hears_states = False
        self.listed: int | None = None
        self._node = node
        self._informed: int | None = None  # the revision of which it knows the devices
        self._pending: dict[int, Message] = {}

    async def take(self, received: Message) -> list[Message]:
        """The answers to a message. Raises WireError for one that cannot be read."""
        name, fields = read(received)
        if name == "HelloRequest":
            self.client, self.greeted = str(fields.client_info)[:60], True
            major, minor = API
            hello = {"api_version_major": major, "api_version_minor": minor, "name": self._node.name}
            return [message("HelloResponse", **hello, server_info="jkbus")]
        if name in _ANSWERS:
            self.ended = name == "DisconnectRequest"
            return [message(_ANSWERS[name])]
        if name == "DeviceInfoRequest":
            self._informed = self._node.revision
            return [self._node.info]
        if name == "ListEntitiesRequest":
            self.listed = self._node.revision if self._informed is None else self._informed
            return [*self._node.listing, message("ListEntitiesDoneResponse")]
        if name == "GetTimeRequest":
            return [message("GetTimeResponse", epoch_seconds=int(time.time()))]
        if name.endswith("CommandRequest") or name == "ExecuteServiceRequest":
            return await self._node.command(name, fields)
        self._follow(name, fields)
        return []

    def news(self, states: Iterable[State]) -> None:
        """Take what has changed."""
        if self.hears_states:
            self._pending.update((state.number, state.message) for state in states)

    def pending(self) -> list[Message]:
        """What is to be sent now."""
        pending = list(self._pending.values())
        self._pending.clear()
        return pending

    def _follow(self, name: str, fields: Any) -> None:
        if name == "SubscribeStatesRequest":
            self.hears_states = True
            self.news(self._node.states)
        elif name == "SubscribeLogsRequest":
            self.log_level = int(fields.level)
        elif name == "DisconnectResponse":
            self.ended = True


def log_message(record: logging.LogRecord, text: str) -> tuple[int, Message]:
    """A line of the log with ESPHome's number of its level, as a client is told it."""
    level = next(number for least, number in _LEVELS if record.levelno >= least)
    return level, message("SubscribeLogsResponse", level=level, message=text.encode())


_LEVELS = ((logging.ERROR, 1), (logging.WARNING, 2), (logging.INFO, 3), (0, 5))
_ANSWERS = {
    "AuthenticationRequest": "AuthenticationResponse",
    "PingRequest": "PingResponse",
    "DisconnectRequest": "DisconnectResponse",
}
