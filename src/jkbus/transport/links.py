"""Links by URL: how bytes reach us; nothing here knows what they mean."""

from __future__ import annotations

import re

from jkbus.config.urls import check_link
from jkbus.config.words import redact
from jkbus.errors import UsageError
from jkbus.transport.base import Link, LinkEnded
from jkbus.transport.keeping import keep_open
from jkbus.transport.playing import open_replay
from jkbus.transport.ports import PortInfo, ports
from jkbus.transport.simulation import open_simulation

__all__ = ["Link", "LinkEnded", "PortInfo", "keep_open", "open_link", "ports"]

OPEN_WITHIN = 10.0  # s
RS485 = ("auto", "kernel", "rts")


async def open_link(
    url: str, *, baudrate: int = 115200, rs485: str = "auto", within: float = OPEN_WITHIN
) -> Link:
    """Open a link; the caller closes it.

    `url` is the path of a serial port (/dev/ttyUSB0, COM3), socket://host:port,
    esphome://host, replay:FILE or sim:N. Raises LinkError with what happened and what to do when it cannot be
    opened now, at the latest after `within` seconds; UsageError when it never can.
    """
    scheme = _scheme(url)
    if rs485 not in RS485:
        raise UsageError(f"rs485: {rs485} is unknown; write {', '.join(RS485)}")
    if scheme and rs485 != "auto":
        raise UsageError(f"link {redact(url)}: rs485: {rs485} is for serial ports; leave it away here")
    if scheme == "replay":
        return await open_replay(url)
    if scheme == "sim":
        return open_simulation(url)
    from jkbus.transport import openers

    if scheme == "socket":
        return await openers.open_tcp(url, within)
    if scheme == "esphome":
        return await openers.open_esphome(url, baudrate, within)
    return await openers.open_serial(url, baudrate, rs485, within)


def _scheme(url: str) -> str:
    """The scheme of a link's URL, "" for a serial port; raises UsageError if there is no such link."""
    if url.startswith("/") or re.fullmatch(r"COM\d+", url):
        return ""
    try:
        check_link(url)
    except UsageError as fault:
        raise UsageError(f"link {redact(url)}: {fault}") from None
    return url.partition(":")[0]
