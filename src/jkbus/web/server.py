"""The server of the page: it listens beside the buses, in the same loop, and takes nothing from them."""

import asyncio
import errno
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import uvicorn
from starlette.types import ASGIApp

from ..config import WebConfig
from ..errors import ConfigError
from .clients import ASKING, Connection, Crowd, Door
from .live import Live
from .shown import Shown
from .site import site

log = logging.getLogger("jkbus.web")

AGAIN = 10.0  # s until a port that is taken is tried again
GRACE = 0.5  # s that answers under way have when the gateway stops
KEEP_ALIVE = 20  # s that a connection may rest between two requests
_HEADERS = 2**15  # bytes of a request's line and headers


class Web:
    """Serves the page of what is shown; `run` until cancelled."""

    def __init__(self, shown: Shown) -> None:
        self._shown = shown
        self._config = shown.config.web

    async def run(self) -> None:
        """Listen, and again where the port is taken or the certificate is wrong: the buses go on."""
        told = ""
        while True:
            try:
                context = await asyncio.to_thread(secured, self._config)
                listening = await asyncio.to_thread(listen, *self._config.address)
            except OSError as error:
                told = _tell_once(trouble(self._config, error), told)
            except ConfigError as error:
                told = _tell_once(f"{error}; there is no page until then", told)
            else:
                return await self._serve(listening, context)
            await asyncio.sleep(AGAIN)

    async def _serve(self, listening: socket.socket, context: ssl.SSLContext | None) -> None:
        live = Live(self._shown)
        app = await asyncio.to_thread(site, self._shown, live, asyncio.get_running_loop().time)
        log.info("page: %s", address(self._config))
        async with served(app, listening, context) as serving:
            telling = asyncio.create_task(live.run(), name="stream")
            try:
                done, _ = await asyncio.wait([serving, telling], return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                telling.cancel()
                live.end()
                await asyncio.gather(telling, return_exceptions=True)


@asynccontextmanager
async def served(
    app: ASGIApp, listening: socket.socket, context: ssl.SSLContext | None = None
) -> AsyncIterator[asyncio.Task[None]]:
    """Answer whoever comes to that socket, and let answers under way end; the socket is closed then."""
    crowd = Crowd()
    server = _Server(_settings(app), crowd, context)
    serving = asyncio.create_task(server.serve(sockets=[listening]), name="page")
    try:
        yield serving
    finally:
        server.should_exit = True
        await asyncio.wait([serving], timeout=GRACE)
        crowd.disperse()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        listening.close()


class _Server(uvicorn.Server):
    """uvicorn's server with our connections, which leaves signals to the gateway."""

    def __init__(self, config: uvicorn.Config, crowd: Crowd, context: ssl.SSLContext | None) -> None:
        super().__init__(config)
        self._crowd, self._context = crowd, context

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen at these sockets."""
        await self.lifespan.startup()

        def connection() -> Connection:
            return Connection(self._crowd, config=self.config, server_state=self.server_state, app_state={})

        wait = None if self._context is None else ASKING
        loop = asyncio.get_running_loop()
        self.servers = [
            await loop.create_server(connection, sock=one, ssl=self._context, ssl_handshake_timeout=wait)
            for one in sockets or ()
        ]
        self.started = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the gateway's."""
        yield


def _settings(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level=logging.CRITICAL,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE,
        h11_max_incomplete_event_size=_HEADERS,
    )


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, _, _, place = found[0]
    listening = Door(family, kind)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(AttributeError, OSError):
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listening.bind(place)
        listening.listen(100)
        listening.setblocking(False)
    except BaseException:
        listening.close()
        raise
    return listening


def secured(config: WebConfig) -> ssl.SSLContext | None:
    """TLS with the certificate of a configuration, None without one. Raises ConfigError if it is no such."""
    if config.cert is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(config.cert, config.key, password="")
    except (OSError, ssl.SSLError) as error:
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
        raise ConfigError(
            f"web: {config.cert} and {config.key} are no certificate and its key ({reason}); two files in PEM"
            " format that belong together are needed, the key without a password"
        ) from None
    return context


def address(config: WebConfig) -> str:
    """Where a browser finds the page."""
    host, port = config.address
    shown = socket.gethostname() if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host
    return f"{'http' if config.cert is None else 'https'}://{shown}:{port}"


def trouble(config: WebConfig, error: OSError) -> str:
    """Why nobody can be listened to there, and how to mend it."""
    if error.errno == errno.EADDRINUSE:
        return (
            f"page: {config.listen} is taken by another program, perhaps by another jkbus; end that one, or"
            " change listen: below web: in the configuration; trying again until it is free"
        )
    reason = error.strerror or str(error)
    return (
        f"page: {config.listen} cannot be listened at ({reason}); listen: below web: must be an address of"
        " this computer, and a port from 1024 on; trying again"
    )


def _tell_once(sentence: str, told: str) -> str:
    if sentence != told:
        log.warning("%s", sentence)
    return sentence
