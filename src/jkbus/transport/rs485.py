"""Who raises the driver of a half-duplex port: the adapter, the kernel, or we through the RTS line.

USB adapters switch by themselves. A UART with a bare transceiver needs the kernel's help (TIOCSRS485, drivers
such as pl011 and 8250 know it), or RTS wired to DE and driven by us. A slave answers 7 to 20 ms after a
request, so the line must be released within milliseconds: this happens in a thread, where nothing but the
scheduler can hold it up.
"""

from __future__ import annotations

import asyncio
import fcntl
import struct
import termios
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from jkbus.errors import LinkError
from jkbus.transport.stream import MOST_UNSENT, StreamLink

TIOCSRS485 = 0x542F  # asm-generic/ioctls.h
ENABLED, RTS_ON_SEND = 1, 2  # flags of struct serial_rs485, linux/serial.h
BITS = 10  # of a byte on the wire: start, eight data, stop


class Port(Protocol):
    """What of a serialx port is used here; all of it blocks."""

    def set_modem_pins(self, *, rts: bool) -> None: ...
    def write(self, data: bytes) -> int: ...
    def flush(self) -> None: ...


def let_kernel_switch(url: str, fileno: int) -> None:
    """Tell the driver of an open port to raise RTS while it sends; raises LinkError if it cannot."""
    try:
        fcntl.ioctl(fileno, TIOCSRS485, struct.pack("8I", ENABLED | RTS_ON_SEND, *[0] * 7))
    except OSError as error:
        raise LinkError(
            f"link {url}: this port cannot switch the direction of RS485 by the kernel ({error.strerror}); "
            "write rs485: auto for an adapter that switches by itself, or rs485: rts"
        ) from None


def check_rts(url: str, fileno: int) -> None:
    """Raise LinkError unless the open port has an RTS line."""
    try:
        fcntl.ioctl(fileno, termios.TIOCMGET, bytes(4))
    except OSError:
        raise LinkError(
            f"link {url}: this port has no RTS line to switch RS485 with; write rs485: auto"
        ) from None


def transmit(port: Port, data: bytes, seconds: float) -> None:
    """Send with RTS raised, and lower it when the last bit has left; `seconds` is what the bits take.

    `flush` alone is not enough: with USB adapters it returns while bytes are still inside the adapter.
    """
    port.set_modem_pins(rts=True)
    try:
        sent_at = time.monotonic() + seconds
        port.write(data)
        port.flush()
        time.sleep(max(0.0, sent_at - time.monotonic()))
    finally:
        port.set_modem_pins(rts=False)


class RtsLink(StreamLink):
    """A serial port whose RTS line we raise while we speak."""

    def __init__(self, url: str, explain: Callable[[str, Exception | None], str], baudrate: int) -> None:
        super().__init__(url, explain)
        self.port: Port | None = None  # set when the port is open
        self._per_byte = BITS / baudrate
        self._unsent = bytearray()
        self._sender: asyncio.Task[None] | None = None

    def write(self, data: bytes) -> None:
        if self._fault or len(self._unsent) > MOST_UNSENT:
            return
        self._unsent += data
        if self._sender is None:
            self._sender = asyncio.create_task(self._send())

    async def _send(self) -> None:
        while self._unsent and self.port and not self._fault:
            data = bytes(self._unsent)
            self._unsent.clear()
            with suppress(OSError):
                await asyncio.to_thread(transmit, self.port, data, len(data) * self._per_byte)
        self._sender = None

    async def close(self) -> None:
        if self._sender is not None:
            await asyncio.wait([self._sender], timeout=1)
        await super().close()
