"""The connections of clients, each with an end: too many, too slow, half open or deaf, none stays for ever.

uvicorn bounds what a request may hold; this bounds how many connections there are and what each may last. A
client has so many seconds for the line and headers of a request, and so many to read what it was sent; then
it is cut. Up to MOST are served, a few more are told to come again, and beyond that a connection is closed
as it comes, also one that is only half through the handshake of TLS: there are always file descriptors for
the buses and the history.
"""

import asyncio
import socket
from typing import Any
from weakref import WeakSet

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST, ROOM = 200, 256  # connections that are served, and that are there at once
ASKING = 10.0  # s for the line and headers of a request
READING = 15.0  # s that what was sent may lie there unread
_SENTENCE = b'{"error":"too many look at this page; try again in a moment","asked_wrong":false}'
BUSY = b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nConnection: close\r\n"
BUSY += b"Retry-After: 5\r\nContent-Length: %d\r\n\r\n%s" % (len(_SENTENCE), _SENTENCE)


class Door(socket.socket):
    """A socket that listens and lets in as many as there is room for."""

    def __init__(self, family: int, kind: int) -> None:
        super().__init__(family, kind)
        self._inside: WeakSet[socket.socket] = WeakSet()

    def accept(self) -> tuple[socket.socket, Any]:
        """The next client; one that finds no room is closed, and ConnectionAbortedError raised."""
        client, address = super().accept()
        if sum(1 for other in self._inside if other.fileno() >= 0) >= ROOM:
            client.close()
            raise ConnectionAbortedError
        self._inside.add(client)
        return client, address


class Crowd:
    """Everybody who is connected and has shaken hands."""

    def __init__(self) -> None:
        self._connections: set[Connection] = set()

    def join(self, connection: "Connection") -> bool:
        """Whether there is room for one more."""
        welcome = len(self._connections) < MOST
        self._connections.add(connection)
        return welcome

    def leave(self, connection: "Connection") -> None:
        """It is gone."""
        self._connections.discard(connection)

    def disperse(self) -> None:
        """Cut whoever is still there."""
        for connection in list(self._connections):
            connection.cut()


class Connection(H11Protocol):
    """A connection of uvicorn's that ends when its client does nothing."""

    def __init__(self, crowd: Crowd, **given: Any) -> None:
        super().__init__(**given)
        self._crowd = crowd
        self._asking: asyncio.TimerHandle | None = None
        self._reading: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there; one too many is told so and sent away."""
        super().connection_made(transport)
        self._asking = self.loop.call_later(ASKING, self.cut)
        if not self._crowd.join(self):
            transport.write(BUSY)
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._crowd.leave(self)
        self._has_asked()
        self._has_read()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """A request, or a part of one."""
        if self.transport.is_closing():
            return
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._has_asked()
        elif self._asking is None:
            self._asking = self.loop.call_later(ASKING, self.cut)

    def on_response_complete(self) -> None:
        """An answer was sent; what of it was not read yet must be read now."""
        super().on_response_complete()
        if self.transport.get_write_buffer_size():
            self._watch()

    def pause_writing(self) -> None:
        """The client does not read as fast as it is told."""
        super().pause_writing()
        self._watch()

    def resume_writing(self) -> None:
        """It has read."""
        super().resume_writing()
        self._has_read()

    def cut(self) -> None:
        """End the connection now, whatever the client has not read."""
        if self.transport is not None:
            self.transport.abort()

    def _has_asked(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None

    def _has_read(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _watch(self) -> None:
        if self._reading is None:
            self._reading = self.loop.call_later(READING, self._look)

    def _look(self) -> None:
        self._reading = None
        if self.flow.write_paused or (self.transport.is_closing() and self.transport.get_write_buffer_size()):
            self.cut()
