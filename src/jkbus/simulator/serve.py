"""A virtual line in real time, for programs that want a port: a pty, a TCP port, or both.

Every client hears the whole bus, and what it writes goes onto the bus, as on a real pair of wires. Clients
may come, go and fall asleep: for one who does not read the newest bytes are thrown away, and one who writes
faster than the wire loses what the wire cannot take.
"""

import asyncio
import contextlib
import fcntl
import os
import struct
import termios
import tty
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

from ..errors import LinkError, UsageError
from .air import Tap
from .line import VirtualLine
from .wire import BYTE

_WAITING = 16384  # bytes that may wait for a client to read them
_AHEAD = 0.25  # s of talk that may wait for the wire
_PTY_WAITING = 2048  # bytes that may wait in a pty, so that one who opens it does not hear old tales


async def serve(
    line: VirtualLine,
    *,
    pty: str | None = None,
    tcp: str | None = None,
    ready: Callable[[list[str]], None] = lambda urls: None,
) -> None:
    """Serve `line` until cancelled, on a pty that `pty` links to and on a port `tcp` ("host:port").

    `ready` is called once with the links that a client may open. Raises UsageError for a wrong path or
    address, LinkError for a port that cannot be had.
    """
    if pty is None and tcp is None:
        raise UsageError("nothing to serve on: name a path for a pty, or host:port for TCP")
    server = _Server(line)
    async with contextlib.AsyncExitStack() as stack:
        urls = []
        if pty is not None:
            urls.append(stack.enter_context(_pty(server, Path(pty))))
        if tcp is not None:
            urls.append(await stack.enter_async_context(_tcp(server, tcp)))
        ready(urls)
        await server.run()


class _Client:
    """One who hears the bus: its tap, and how to hand it bytes."""

    def __init__(self, tap: Tap, send: Callable[[bytes], None]) -> None:
        self.tap = tap
        self.send = send


class _Server:
    """Carries bytes between a line and its clients at the pace of the clock."""

    def __init__(self, line: VirtualLine) -> None:
        self._line = line
        self._clients: list[_Client] = []
        self._clock = asyncio.get_running_loop().time
        self._zero = self._clock()
        self._news = asyncio.Event()
        line.detach(line.tap)

    @property
    def _now(self) -> float:
        return self._clock() - self._zero

    def join(self, send: Callable[[bytes], None]) -> _Client:
        client = _Client(self._line.attach(), send)
        self._clients.append(client)
        return client

    def leave(self, client: _Client) -> None:
        if client in self._clients:
            self._clients.remove(client)
            self._line.detach(client.tap)

    def say(self, client: _Client, data: bytes) -> None:
        """A client speaks; what the wire cannot take is lost."""
        now = self._now
        room = int((now + _AHEAD - max(now, client.tap.speaks_until)) / BYTE)
        if room > 0:
            self._line.write(data[:room], now, client.tap)
            self._news.set()

    async def run(self) -> None:
        while True:
            now = self._now
            for client in list(self._clients):
                if data := self._line.read(now, client.tap):
                    client.send(data)
            self._news.clear()
            wake = min([self._line.wake(client.tap) for client in self._clients] or [now + 1.0])
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(self._zero + min(wake, now + 1.0)):
                    await self._news.wait()


class _Connection(asyncio.Protocol):
    """A client on TCP."""

    def __init__(self, server: _Server, open: set[asyncio.Transport]) -> None:
        self._server = server
        self._open = open

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._client = self._server.join(self._send)
        self._open.add(transport)

    def data_received(self, data: bytes) -> None:
        self._server.say(self._client, data)

    def connection_lost(self, error: Exception | None) -> None:
        self._server.leave(self._client)
        self._open.discard(self._transport)

    def _send(self, data: bytes) -> None:
        if self._transport.get_write_buffer_size() < _WAITING and not self._transport.is_closing():
            self._transport.write(data)


@contextlib.asynccontextmanager
async def _tcp(server: _Server, where: str) -> AsyncIterator[str]:
    """Listen on "host:port" (port 0: any that is free); gives the link's URL."""
    host, _, port = where.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:
        raise UsageError(f"tcp {where}: a port is missing; write for instance 127.0.0.1:8899")
    connections: set[asyncio.Transport] = set()
    loop = asyncio.get_running_loop()
    try:
        listening = await loop.create_server(
            lambda: _Connection(server, connections), host.strip("[]") or None, int(port)
        )
    except OSError as error:
        reason = error.strerror or str(error)
        raise LinkError(f"tcp {where}: {reason}; choose another address or port") from None
    try:
        yield f"socket://{host or '127.0.0.1'}:{listening.sockets[0].getsockname()[1]}"
    finally:
        listening.close()
        for connection in list(connections):
            connection.abort()


@contextlib.contextmanager
def _pty(server: _Server, path: Path) -> Iterator[str]:
    """Open a pty and link `path` to it; gives the path."""
    near, far = os.openpty()
    try:
        tty.setraw(far)
        os.set_blocking(near, False)
        with _linked(path, os.ttyname(far)):
            client = server.join(lambda data: _send(near, far, data))
            loop = asyncio.get_running_loop()
            loop.add_reader(near, lambda: _receive(near, server, client))
            try:
                yield str(path)
            finally:
                loop.remove_reader(near)
                server.leave(client)
    finally:
        os.close(near)
        os.close(far)


@contextlib.contextmanager
def _linked(path: Path, target: str) -> Iterator[None]:
    """A symbolic link that goes away in the end, unless somebody else has taken it over."""
    if path.exists() and not path.is_symlink():
        raise UsageError(f"pty {path}: there is something with this name already; choose another one")
    try:
        path.unlink(missing_ok=True)
        path.symlink_to(target)
    except OSError as error:
        raise UsageError(f"pty {path}: {error.strerror}; choose a path that can be written") from None
    try:
        yield
    finally:
        if path.is_symlink() and str(path.readlink()) == target:
            path.unlink()


def _send(near: int, far: int, data: bytes) -> None:
    """Hand bytes to whoever has the pty open; what nobody reads is thrown away."""
    waiting = struct.unpack("i", fcntl.ioctl(far, termios.FIONREAD, b"\0\0\0\0"))[0]
    if waiting > _PTY_WAITING:
        termios.tcflush(far, termios.TCIFLUSH)
    with contextlib.suppress(OSError):
        os.write(near, data)


def _receive(near: int, server: _Server, client: _Client) -> None:
    with contextlib.suppress(OSError):
        server.say(client, os.read(near, 4096))
