"""Clients of the native API: their connections, how many and how long they may be silent."""

import asyncio
import logging
from collections.abc import Callable, Iterable

from ..config.words import printable, reason
from .conversation import Conversation, Node
from .frames import Framing, Message, WireError
from .messages import message
from .states import State

log = logging.getLogger("jkbus.esphome")

CLIENTS = 16
GREETING = 30.0  # s in which a client has to say who it is
SILENCE = 60.0  # s after which a client is asked whether it is there
GONE = 150.0  # s after which it is not
ROOM = 1 << 20  # bytes that may wait for a client which does not read, before it is hung up on
_READ = 4096  # bytes at a time


class Clients:
    """Everybody who is connected. `framing` makes a new one for each."""

    def __init__(self, node: Node, framing: Callable[[], Framing]) -> None:
        self._node, self._framing = node, framing
        self._all: set[_Client] = set()
        self._told: set[str] = set()  # troubles, so that each is told once

    async def listen(self, host: str, port: int) -> asyncio.Server:
        """Begin to serve. Raises OSError."""
        return await asyncio.start_server(self._serve, host, port)

    def news(self, states: Iterable[State]) -> None:
        """Tell everybody what has changed."""
        told = list(states)
        for client in self._all if told else ():
            client.conversation.news(told)
            client.flush()

    def log(self, level: int, line: Message) -> None:
        """Tell a line of the log to who wants to hear it."""
        for client in self._all:
            if client.conversation.log_level >= level:
                client.send([line])

    def tell(self, said: Message) -> None:
        """Tell everybody who hears states something that is no state."""
        for client in self._all:
            if client.conversation.hears_states:
                client.send([said])

    def send_away(self, revision: int | None = None) -> None:
        """Let clients with a list of another revision, or all, come back and ask for a new one."""
        for client in list(self._all):
            listed = client.conversation.listed
            if revision is None or listed not in (None, revision):
                client.send([message("DisconnectRequest")] if listed is not None else [])
                client.hang_up()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = _Client(self._node, self._framing(), writer)
        if len(self._all) >= CLIENTS:
            self._trouble(client, f"is one more than {CLIENTS} clients; it is hung up on")
            writer.transport.abort()
            return
        self._all.add(client)
        try:
            await client.serve(reader)
        except WireError as error:
            self._trouble(client, f"{error}; it is hung up on")
            writer.write(error.last)
        except (OSError, TimeoutError) as error:
            log.debug("%s: %s", client.name, reason(error) if isinstance(error, OSError) else "is silent")
        finally:
            self._all.discard(client)
            writer.close()

    def _trouble(self, client: "_Client", text: str) -> None:
        """Tell it once a peer, since clients try again for ever."""
        known = f"{client.peer} {text}"
        log.log(logging.DEBUG if known in self._told else logging.WARNING, "client %s %s", client.name, text)
        if len(self._told) < 100:
            self._told.add(known)


class _Client:
    """One connection."""

    def __init__(self, node: Node, framing: Framing, writer: asyncio.StreamWriter) -> None:
        self.conversation = Conversation(node)
        self.peer = str((writer.get_extra_info("peername") or ["?"])[0])
        self._framing, self._writer = framing, writer

    @property
    def name(self) -> str:
        """Where it is, and what it calls itself."""
        said = printable(self.conversation.client)
        return f"{self.peer} ({said})" if said else self.peer

    async def serve(self, reader: asyncio.StreamReader) -> None:
        """Read and answer until the client has gone. Raises WireError, OSError or TimeoutError."""
        asked = 0.0
        while not self.conversation.ended:
            patience = SILENCE if self.conversation.client else GREETING
            try:
                async with asyncio.timeout(patience):
                    data = await reader.read(_READ)
            except TimeoutError:
                asked += patience
                if not self.conversation.client or asked >= GONE:
                    raise
                self.send([message("PingRequest")])
                continue
            if not data:
                return
            asked = 0.0
            await self._hear(data)
            async with asyncio.timeout(SILENCE):
                await self._writer.drain()

    async def _hear(self, data: bytes) -> None:
        messages, answer = self._framing.receive(data)
        if answer:
            self._writer.write(answer)
        for received in messages:
            self.send(await self.conversation.take(received))
        self.flush()

    def flush(self) -> None:
        """Send what is pending, unless the client has not read what it was sent before."""
        if not self._writer.transport.get_write_buffer_size():
            self.send(self.conversation.pending())

    def send(self, messages: Iterable[Message]) -> None:
        """Send at once; who does not read at all is hung up on."""
        data = b"".join(map(self._framing.encode, messages))
        if self._writer.transport.get_write_buffer_size() + len(data) > ROOM:
            self._writer.transport.abort()
        elif data and not self._writer.is_closing():
            self._writer.write(data)

    def hang_up(self) -> None:
        """End the connection after what was sent."""
        self._writer.close()
