"""The page for Prometheus: the present values at /metrics, and the dashboard for Grafana beside it.

Served by threads of the standard library's server; what is told is collected by the loop that changes it,
one pack at a time, so that no bus waits for longer than a pack takes.
"""

import asyncio
import logging
import socket
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import CancelledError
from importlib.resources import files
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from wsgiref.types import StartResponse, WSGIEnvironment

from prometheus_client import CollectorRegistry, ProcessCollector, make_wsgi_app

from ..bus.bus import Bus
from ..config.export import MetricsConfig
from ..errors import UsageError
from ..model.battery import Battery
from .exposition import Exposition, Family

log = logging.getLogger("jkbus.metrics")

PATIENCE = 5.0  # s that a page may take to be collected
IDLE = 10.0  # s that a visitor may take to say what is wanted
JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"
FRONT = """<!DOCTYPE html><title>jkbus</title><h1>jkbus</h1>
<p><a href="metrics">metrics</a>: the present values, for Prometheus
<p><a href="dashboard.json" download="jkbus.json">dashboard.json</a>: to be imported by Grafana
"""


class Metrics:
    """The present values of a battery and its buses, for whoever asks at the address of the configuration."""

    def __init__(self, config: MetricsConfig, battery: Battery, buses: Sequence[Bus]) -> None:
        self._config, self._battery, self._buses = config, battery, buses
        self._seen: dict[tuple[str, str], float] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    async def run(self) -> None:
        """Serve until cancelled. Raises UsageError if the address cannot be had."""
        self._loop = asyncio.get_running_loop()
        server = await asyncio.to_thread(self._listen)  # it may ask a name server who we are
        thread = Thread(target=server.serve_forever, args=(0.2,), name="metrics", daemon=True)
        thread.start()
        log.info("metrics: http://%s/metrics", self._config.listen)
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.to_thread(server.shutdown)
            server.server_close()

    def collect(self) -> Iterable[Family]:
        """The families of now, for a thread that is not the loop's."""
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(self._collected(), self._loop).result(PATIENCE)

    async def _collected(self) -> list[Family]:
        now = asyncio.get_running_loop().time()
        found = Exposition(self._seen)
        buses = {bus.name: bus for bus in self._buses}
        for bus in self._buses:
            found.bus(bus, now)
        packs = self._battery.packs
        for pack in packs:
            found.pack(pack, buses.get(pack.bus), now)
            await asyncio.sleep(0)
        found.battery(packs)
        return found.families

    def _listen(self) -> "_Server":
        registry = CollectorRegistry()
        registry.register(self)
        ProcessCollector(registry=registry)
        host, port = self._config.address
        try:
            family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            server = _Server(family, (str(address[0]), port))
        except OSError as error:
            text = f"metrics: listen: {self._config.listen} cannot be had ({error.strerror or error})"
            raise UsageError(f"{text}; another program may have it, write another port") from None
        server.set_app(application(make_wsgi_app(registry)))
        return server


def dashboard() -> bytes:
    """The dashboard for Grafana, as JSON."""
    return (files("jkbus") / "dashboards" / "jkbus.json").read_bytes()


def application(metrics: Callable[..., Any]) -> Callable[..., Any]:
    """The few pages there are, as a WSGI application; `metrics` makes the one for Prometheus."""

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/metrics":
            try:
                pages: Iterable[bytes] = metrics(environ, start)
            except (TimeoutError, CancelledError, RuntimeError):
                start("503 Service Unavailable", [("Content-Type", "text/plain")], sys.exc_info())
                return [b"the values could not be collected in time; see the log of jkbus\n"]
            return pages
        found = {"/": (HTML, FRONT.encode()), "/dashboard.json": (JSON, dashboard())}.get(path)
        if found is None:
            start("404 Not Found", [("Content-Type", "text/plain")])
            return [b"there are /metrics and /dashboard.json\n"]
        start("200 OK", [("Content-Type", found[0])])
        return [found[1]]

    return answer


class _Handler(WSGIRequestHandler):
    timeout = IDLE

    def log_message(self, format: str, *args: object) -> None:
        log.debug(format, *args)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 50

    def __init__(self, family: int, address: tuple[str, int]) -> None:
        self.address_family = family
        super().__init__(address, _Handler)

    def handle_error(self, request: object, address: object) -> None:
        log.debug("metrics: %s went away (%s)", address, sys.exc_info()[1])
