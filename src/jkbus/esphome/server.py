"""Clients of the native API: their connections, how many and how long they may be silent."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..config.words import printable, reason
from .conversation import Conversation, Node
from .frames import Framing, Message, WireError
from .messages import message
from .states import State

log = logging.getLogger("jkbus.esphome")

CLIENTS = 16
TROUBLES = 100  # that are told in a run; beyond them nobody can fill the log
ROOM = 1 << 20  # bytes that may wait for a client which does not read, before it is hung up on
_READ = 4096  # bytes at a time


@dataclass(frozen=True, slots=True)
class Patience:
    """How long clients are waited for, s."""

    greeting: float = 30.0  # in which a client has to say who it is
    silence: float = 60.0  # after which a client is asked whether it is there
    gone: float = 150.0  # after which it is not
    farewell: float = 2.0  # in which it may read the last that it is told


class Clients:
    """Everybody who is connected. `framing` makes a new one for each."""

    def __init__(self, node: Node, framing: Callable[[], Framing], patience: Patience | None = None) -> None:
        self._node, self._framing, self._patience = node, framing, patience or Patience()
        self._all: dict[_Client, asyncio.Task[None] | None] = {}
        self._told: set[str] = set()  # troubles, so that each is told once

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._all)

    async def listen(self, host: str, port: int) -> asyncio.Server:
        """Begin to serve. Raises OSError."""
        return await asyncio.start_server(self._serve, host, port)

    def news(self, states: Iterable[State]) -> None:
        """Tell everybody what has changed, and what they could not be told before."""
        told = list(states)
        for client in self._all:
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
                if revision is not None:
                    log.info("%s is sent away, to come back for a longer list", client.name)

    async def close(self) -> None:
        """Send everybody away, and wait until they have gone or had their time."""
        self.send_away()
        tasks = [task for task in self._all.values() if task is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=2 * self._patience.farewell)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = _Client(self._node, self._framing(), reader, writer, self._patience)
        if len(self._all) >= CLIENTS:
            self._trouble(client, f"is one more than {CLIENTS} clients; it is hung up on")
            writer.transport.abort()
            return
        self._all[client] = asyncio.current_task()
        try:
            await client.serve()
        except WireError as error:
            self._trouble(client, f"{error}; it is hung up on")
            writer.write(error.last)
        except (OSError, TimeoutError) as error:
            log.debug("%s: %s", client.name, reason(error) if isinstance(error, OSError) else "is silent")
        finally:
            client.hang_up()
            del self._all[client]

    def _trouble(self, client: "_Client", text: str) -> None:
        """Tell it once a peer, since clients try again for ever."""
        known = f"{client.peer} {text}"
        is_new = known not in self._told and len(self._told) < TROUBLES
        log.log(logging.WARNING if is_new else logging.DEBUG, "client %s %s", client.name, text)
        if is_new:
            self._told.add(known)


class _Client:
    """One connection."""

    def __init__(
        self,
        node: Node,
        framing: Framing,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        patience: Patience,
    ) -> None:
        self.conversation = Conversation(node)
        self.peer = str((writer.get_extra_info("peername") or ["?"])[0])
        self._framing, self._reader, self._writer, self._patience = framing, reader, writer, patience

    @property
    def name(self) -> str:
        """Where it is, and what it calls itself."""
        said = printable(self.conversation.client)
        return f"{self.peer} ({said})" if said else self.peer

    async def serve(self) -> None:
        """Read and answer until the client has gone. Raises WireError, OSError or TimeoutError."""
        async with asyncio.timeout(self._patience.greeting):
            while not self.conversation.greeted:
                if not await self._turn():
                    return
        silent = 0.0
        while not self.conversation.ended:
            try:
                async with asyncio.timeout(self._patience.silence):
                    if not await self._turn():
                        return
                silent = 0.0
            except TimeoutError:
                silent += self._patience.silence
                if silent >= self._patience.gone:
                    raise
                self.send([message("PingRequest")])

    async def _turn(self) -> bool:
        """Hear the next bytes and answer; False if the client has gone, or was told to."""
        data = await self._reader.read(_READ)
        if not data or self._writer.is_closing():
            return False
        messages, answer = self._framing.receive(data)
        if answer:
            self._writer.write(answer)
        for received in messages:
            self.send(await self.conversation.take(received))
        self.flush()
        await self._writer.drain()
        return True

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
        """End the connection, after some time for what was sent."""
        self._writer.close()
        asyncio.get_running_loop().call_later(self._patience.farewell, self._writer.transport.abort)
