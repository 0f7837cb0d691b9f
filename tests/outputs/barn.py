"""A battery that is heard when a test says so, what sends it on, and a server that answers as told."""

import asyncio
import contextlib
import gzip
import ssl
import threading
import time
from collections.abc import AsyncIterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from jkbus.bus.bus import Bus
from jkbus.bus.events import Heard
from jkbus.config import BusConfig, ExportConfig, PackConfig, SecretUrl
from jkbus.model.battery import Battery
from jkbus.model.identity import Identities
from jkbus.outputs.push import Export
from jkbus.protocol import Report
from jkbus.simulator import VirtualPack


class Barn:
    """A battery of one virtual pack whose voltage counts up: 1 mV with every report."""

    def __init__(self) -> None:
        named = BusConfig(
            link=SecretUrl("sim:2"), name="bus1", packs=(PackConfig(name="My barn", address=1),)
        )
        self.virtual = VirtualPack(1)
        self.battery = Battery(Identities([named], {}))
        self.heard: list[tuple[float, float]] = []  # Unix time and voltage
        self._hear("settings", "about")

    def hear(self) -> None:
        self.virtual.status.battery_voltage = (len(self.heard) + 1) / 1000
        self._hear("status")
        self.heard.append((time.time(), self.virtual.status.battery_voltage))

    async def hear_for(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.hear()
            await asyncio.sleep(0.02)

    def _hear(self, *kinds: str) -> None:
        now = asyncio.get_running_loop().time()
        for kind in kinds:
            frame = getattr(self.virtual, kind)
            self.battery.apply("bus1", Heard(Report(frame.sealed(), 1, "acknowledgement"), now))

    @property
    def voltages(self) -> list[float]:
        return [volts for _, volts in self.heard]


def sender(config: ExportConfig, folder: Path, barn: Barn) -> Export:
    """Our side, impatient."""
    named = config if config.name else config.model_copy(update={"name": "nas"})
    export = Export(named, folder, barn.battery, [Bus(name="bus1")])
    export.batch, export.first_delay, export.last_delay = 0.2, 0.05, 0.2
    return export


@contextlib.asynccontextmanager
async def running(export: Export) -> AsyncIterator[Export]:
    task = asyncio.create_task(export.run())
    try:
        yield export
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class Scripted:
    """A server that answers as it is told to, and keeps what it was sent."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.answers: list[tuple[int, str]] = []
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.connections = 0
        self.headers: dict[str, str] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                outer.connections += 1
                super().setup()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.requests.append((dict(self.headers), body))
                status, text = outer.answer(dict(self.headers))
                self.send_response(status)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        scheme = "https" if tls else "http"
        self.url = SecretUrl(f"{scheme}://127.0.0.1:{self._server.server_address[1]}")

    def answer(self, headers: dict[str, str]) -> tuple[int, str]:
        return self.answers.pop(0) if self.answers else (204, "")

    @property
    def lines(self) -> list[str]:
        """All lines that were taken for good or not, unpacked."""
        bodies = [
            gzip.decompress(body) if "Content-Encoding" in headers else body
            for headers, body in self.requests
        ]
        return [line for body in bodies for line in body.decode().splitlines()]

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
