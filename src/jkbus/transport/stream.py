"""A link over an asyncio transport: a serial port, a TCP connection, a proxy."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from jkbus.errors import LinkError

CLOSE_WITHIN = 2.0  # s until a peer that does not answer is no longer waited for
MOST_UNREAD = 65536  # bytes; of what nobody reads only the newest are kept
MOST_UNSENT = 1024  # bytes; more than a bus can want to say before it hears that it is not heard


class StreamLink(asyncio.Protocol):
    """Collects what a transport receives; `explain` makes the sentence for its loss."""

    can_write = True

    def __init__(self, url: str, explain: Callable[[str, Exception | None], str]) -> None:
        self.url = url
        self._explain = explain
        self._heard = bytearray()
        self._news = asyncio.Event()
        self._fault = ""  # why nothing more comes
        self._gone = asyncio.Event()
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._heard += data
        del self._heard[:-MOST_UNREAD]
        self._news.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self._fault = self._fault or self._explain(self.url, exc)
        self._gone.set()
        self._news.set()

    async def read(self) -> bytes:
        while not self._heard:
            if self._fault:
                raise LinkError(self._fault)
            self._news.clear()
            await self._news.wait()
        data = bytes(self._heard)
        self._heard.clear()
        return data

    def write(self, data: bytes) -> None:
        transport = self._transport
        if self._fault or transport is None or transport.get_write_buffer_size() > MOST_UNSENT:
            return
        with suppress(OSError):
            transport.write(data)

    async def close(self) -> None:
        self._fault = self._fault or f"link {self.url} is closed"
        self._news.set()
        if self._transport is None or self._gone.is_set():
            return
        self._transport.abort()
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_WITHIN):
                await self._gone.wait()
