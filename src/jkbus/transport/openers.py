"""How each kind of link is opened; every one raises LinkError with a sentence."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import Any
from urllib.parse import unquote, urlsplit

from jkbus.config.urls import LINKS, endpoint
from jkbus.config.words import redact
from jkbus.errors import LinkError, UsageError
from jkbus.transport import rs485 as drivers
from jkbus.transport.remedies import lost, not_opened
from jkbus.transport.stream import StreamLink

INSTALL = f"{sys.executable} -m pip install 'serialx[esphome]'"  # wherever jkbus itself came from
KEEPALIVE = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 20_000}  # s, ms
_SECRETS = ("key", "noise_psk", "password")


@asynccontextmanager
async def _opening(url: str, within: float) -> AsyncIterator[None]:
    """Bound the time of an opening and put its failures into words."""
    try:
        async with asyncio.timeout(within):
            yield
    except LinkError:
        raise
    except Exception as error:
        raise not_opened(url, error) from error


async def open_tcp(url: str, within: float) -> StreamLink:
    """`socket://host:port`: bytes as they are, such as ser2net or an Ethernet gateway gives them.

    Not through serialx, which hides its socket: without keepalive the loss of a gateway that was switched
    off would never be noticed by somebody who only listens. So it is noticed within half a minute.
    """
    parts = endpoint(url, LINKS["socket"])
    link = StreamLink(redact(url), lost)
    async with _opening(url, within):
        transport, _ = await asyncio.get_running_loop().create_connection(
            lambda: link, parts.hostname or "", parts.port or 0
        )
    peer: socket.socket = transport.get_extra_info("socket")
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in KEEPALIVE.items():
        if hasattr(socket, name):
            peer.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    return link


async def open_serial(path: str, baudrate: int, rs485: str, within: float) -> StreamLink:
    """A serial port of this machine, locked for us alone; bytes from before are thrown away.

    `rs485`: auto, the adapter switches direction by itself; kernel, its driver does; rts, we do.
    """
    from serialx import PinState

    link = drivers.RtsLink(path, lost, baudrate) if rs485 == "rts" else StreamLink(path, lost)
    idle = {} if rs485 == "auto" else {"rts_on_open": PinState.LOW}
    transport = await _connect(path, link, within, baudrate=baudrate, write_timeout=1.0, **idle)
    try:
        if rs485 == "kernel":
            drivers.let_kernel_switch(path, transport.serial.fileno())
        elif isinstance(link, drivers.RtsLink):
            drivers.check_rts(path, transport.serial.fileno())
            link.port = transport.serial
    except LinkError:
        await link.close()
        raise
    return link


async def open_esphome(url: str, baudrate: int, within: float) -> StreamLink:
    """`esphome://host[:6053][/?port_name=NAME&key=KEY]`: a serial_proxy of an ESPHome node.

    Without a name the node's first port is taken. Keys are written as ESPHome shows them, with + and =.
    Tried with a node of ESPHome 2026.10 on Linux: 49 ms from a request to the end of its answer (40 ms on the
    wire and in the pack), a second client is refused, a node that stops is noticed at once.
    """
    if find_spec("aioesphomeapi") is None:
        raise UsageError(f"link {redact(url)}: ESPHome's client is not installed; type `{INSTALL}`")
    parts = urlsplit(url)
    secrets, others = {}, []
    for pair in filter(None, parts.query.split("&")):
        name, _, value = pair.partition("=")
        if name in _SECRETS:
            secrets[name] = unquote(value)
        else:
            others.append(pair)
    named = parts.path.strip("/") or any(pair.startswith("port_") for pair in others)
    first = {} if named else {"port_instance": 0}
    bare = parts._replace(query="&".join(others)).geturl()
    link = StreamLink(redact(url), lost)
    await _connect(bare, link, within, baudrate=baudrate, **secrets, **first)
    return link


async def _connect(url: str, link: StreamLink, within: float, **settings: Any) -> Any:
    """Open through serialx and return its transport."""
    from serialx import create_serial_connection

    for name in ("serialx", "aioesphomeapi"):  # at debug they log every byte, PINs among them
        logging.getLogger(name).setLevel(logging.ERROR)
    async with _opening(link.url, within):
        loop = asyncio.get_running_loop()
        transport, _ = await create_serial_connection(loop, lambda: link, url, **settings)
    return transport
