"""Far ends for links: a pseudo terminal and a TCP server that may go away."""

import asyncio
import os
import socket
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


async def reached(condition: Callable[[], object], within: float = 10) -> None:
    """Wait until the condition holds."""
    for _ in range(int(within / 0.005)):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError(f"not within {within} s")


class Stick:
    """A serial port: `path` is what a program opens, the rest is the wire behind it."""

    def __init__(self) -> None:
        self.wire, self._port = os.openpty()
        tty.setraw(self._port)
        os.set_blocking(self.wire, False)
        self.path = os.ttyname(self._port)

    def send(self, data: bytes) -> None:
        os.write(self.wire, data)

    async def receive(self, size: int) -> bytes:
        """What was sent to the wire, at least `size` bytes."""
        data = bytearray()

        def enough() -> bool:
            with suppress(BlockingIOError):
                data.extend(os.read(self.wire, 1024))
            return len(data) >= size

        await reached(enough)
        return bytes(data)

    def lock(self) -> str:
        """Let nobody use the port; returns the group of its file."""
        file = Path(self.path)
        file.chmod(0)
        return file.group()

    def unplug(self) -> None:
        for end in (self.wire, self._port):
            with suppress(OSError):
                os.close(end)
        self.wire = self._port = -1


@contextmanager
def stick() -> Iterator[Stick]:
    made = Stick()
    try:
        yield made
    finally:
        made.unplug()


class Gateway:
    """A TCP server on a port of its own; each client gets `greeting`, what comes is kept in `heard`."""

    def __init__(self, greeting: bytes = b"") -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"socket://127.0.0.1:{self.port}"
        self.greeting = greeting
        self.heard = b""
        self.clients: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.clients.add(writer)
        writer.write(self.greeting)
        with suppress(OSError):
            while data := await reader.read(1024):
                self.heard += data

    def send(self, data: bytes) -> None:
        for client in self.clients:
            client.write(data)

    async def stop(self) -> None:
        """Hang up on everybody, as a gateway does that restarts."""
        if self._server:
            self._server.close()
        for client in self.clients:
            client.transport.abort()
        self.clients.clear()
        await asyncio.sleep(0)
