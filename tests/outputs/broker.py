"""A real mosquitto for tests, what it hears, and a bad way to it."""

import asyncio
import contextlib
import getpass
import json
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from aiomqtt import Client

PROGRAM = shutil.which("mosquitto") or "/usr/sbin/mosquitto"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Broker:
    """mosquitto on a free port of this machine; it keeps nothing over a restart."""

    def __init__(self, folder: Path, *lines: str) -> None:
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._config = folder / "mosquitto.conf"
        access = () if any(line.startswith("password_file") for line in lines) else ("allow_anonymous true",)
        base = (f"listener {self.port} 127.0.0.1", f"user {getpass.getuser()}", "persistence false")
        self._config.write_text("\n".join((*base, *access, *lines)) + "\n")
        self._log = (folder / "mosquitto.log").open("ab")

    def start(self) -> None:
        self._process = subprocess.Popen([PROGRAM, "-c", self._config], stdout=self._log, stderr=self._log)
        for _ in range(500):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            time.sleep(0.02)
        raise AssertionError(f"mosquitto did not start: {Path(self._log.name).read_text()}")

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def close(self) -> None:
        self.kill()
        self._log.close()


class Watcher:
    """Everything that is published on a broker, as another client sees it."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.latest: dict[str, str] = {}
        self.retained: set[str] = set()  # topics whose message the broker had kept

    def values(self, topic: str) -> dict[str, Any]:
        """The JSON object last published there; empty if there was none."""
        values: dict[str, Any] = json.loads(self.latest.get(topic) or "{}")
        return values

    def count(self, topic: str) -> int:
        """How often something was published there."""
        return sum(where == topic for where, _ in self.heard)


@contextlib.asynccontextmanager
async def watching(port: int, **login: Any) -> AsyncIterator[Watcher]:
    """A watcher that hears retained messages first, then whatever comes."""
    watcher = Watcher()

    async def listen(client: Client) -> None:
        async for message in client.messages:
            payload = (
                bytes(message.payload).decode(errors="replace") if isinstance(message.payload, bytes) else ""
            )
            watcher.heard.append((str(message.topic), payload))
            watcher.latest[str(message.topic)] = payload
            if message.retain:
                watcher.retained.add(str(message.topic))

    async with Client("127.0.0.1", port, **login) as client:
        await client.subscribe("#")
        task = asyncio.create_task(listen(client))
        try:
            yield watcher
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@contextlib.asynccontextmanager
async def old_broker(port: int) -> AsyncIterator[int]:
    """A port at which the broker seems to know MQTT 3.1.1 only: it refuses what comes with version 5."""

    async def refuse_or_pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.readexactly(9)  # type, length, "MQTT", version
        if b"MQTT\x05" in first:
            writer.write(b"\x20\x02\x00\x01")
            await writer.drain()
            writer.close()
            return
        there, back = await asyncio.open_connection("127.0.0.1", port)
        back.write(first)
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(pump(reader, back), pump(there, writer))

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(4096):
                writer.write(data)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(refuse_or_pass, "127.0.0.1", 0)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
