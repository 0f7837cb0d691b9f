"""A reverse proxy that puts a site under a path of its own, as Home Assistant's ingress does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

PREFIX = "/api/hassio_ingress/wNfzYgkL2vyvq3w0Ht9qkZ"


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()


def _rewritten(head: bytes) -> bytes | None:
    """The head of a request as the site behind shall see it; None if it is for somebody else."""
    first, *lines = head.split(b"\r\n")
    method, path, version = first.split(b" ")
    if not path.startswith(PREFIX.encode() + b"/"):
        return None
    kept = [line for line in lines if line and not line.lower().startswith(b"connection:")]
    added = [b"X-Ingress-Path: " + PREFIX.encode(), b"X-Forwarded-For: 192.168.1.20", b"Connection: close"]
    return b"\r\n".join([b" ".join([method, path[len(PREFIX) :], version]), *kept, *added, b"", b""])


@asynccontextmanager
async def prefixed(port: int) -> AsyncIterator[str]:
    """Where the site of that port is found."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = _rewritten(await reader.readuntil(b"\r\n\r\n"))
            if head is None:
                writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            else:
                up, down = await asyncio.open_connection("127.0.0.1", port)
                down.write(head)
                asking = asyncio.create_task(_pour(reader, down))
                await _pour(up, writer)
                asking.cancel()
                down.close()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{PREFIX}/"
    finally:
        server.close()
