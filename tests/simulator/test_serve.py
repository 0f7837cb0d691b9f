"""Clients on real ports: they hear the bus, speak on it, come, go and fall asleep."""

import asyncio
import os
import tty
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from jkbus.errors import LinkError, UsageError
from jkbus.protocol import Framer
from jkbus.protocol.messages import Report, request
from jkbus.simulator import VirtualLine, bank
from jkbus.simulator.serve import serve
from laboratory import ABOUT, STATUS


@asynccontextmanager
async def served(line: VirtualLine, **where: str) -> AsyncIterator[list[str]]:
    """A line that is served while the block runs; gives its links."""
    urls: list[str] = []
    ready = asyncio.Event()

    def tell(links: list[str]) -> None:
        urls.extend(links)
        ready.set()

    task = asyncio.create_task(serve(line, ready=tell, **where))
    try:
        async with asyncio.timeout(5):
            await ready.wait()
        yield urls
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def connect(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, _, port = url.removeprefix("socket://").rpartition(":")
    return await asyncio.open_connection(host, int(port))


async def reports(reader: asyncio.StreamReader, count: int) -> list[Report]:
    framer = Framer()
    found: list[Report] = []
    clock = asyncio.get_running_loop().time
    async with asyncio.timeout(10):
        while len(found) < count:
            data = await reader.read(4096)
            assert data
            found += [message for message in framer.feed(data, clock()) if isinstance(message, Report)]
    return found


async def test_a_client_on_tcp_asks_and_is_answered() -> None:
    async with served(bank(3, master=False), tcp="127.0.0.1:0") as urls:
        reader, writer = await connect(urls[0])
        writer.write(request(2, ABOUT))
        (report,) = await reports(reader, 1)
        assert (report.address, report.type) == (2, ABOUT)
        writer.close()


async def test_every_client_hears_the_master_and_what_others_say() -> None:
    async with served(bank(3), tcp="127.0.0.1:0") as urls:
        (one, its), (two, other) = await connect(urls[0]), await connect(urls[0])
        heard = await asyncio.gather(reports(one, 2), reports(two, 2))
        assert {report.address for report in heard[0] + heard[1]} <= {0, 1, 2}
        its.close()
        other.close()
    async with served(bank(3, master=False), tcp="127.0.0.1:0") as urls:
        (one, its), (two, other) = await connect(urls[0]), await connect(urls[0])
        its.write(request(1, STATUS))
        (mine,), (theirs,) = await asyncio.gather(reports(one, 1), reports(two, 1))
        assert mine.data == theirs.data
        its.close()
        other.close()


async def test_a_pty_is_a_serial_port_under_the_wanted_name(tmp_path: Path) -> None:
    path = tmp_path / "bus"
    async with served(bank(2, master=False), pty=str(path)) as urls:
        assert urls == [str(path)]
        port = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(port)
        try:
            os.write(port, request(1, STATUS))
            data = b""
            async with asyncio.timeout(5):
                while len(data) < 308:
                    await asyncio.sleep(0.01)
                    with suppress(BlockingIOError):
                        data += os.read(port, 4096)
            assert data[:4] == bytes.fromhex("55AAEB90")
        finally:
            os.close(port)
    assert not path.is_symlink()


async def test_a_pty_and_a_tcp_port_are_ends_of_one_bus(tmp_path: Path) -> None:
    path = tmp_path / "bus"
    async with served(bank(2, master=False), pty=str(path), tcp="localhost:0") as urls:
        assert len(urls) == 2
        reader, writer = await connect(urls[1])
        port = os.open(path, os.O_RDWR | os.O_NOCTTY)
        os.write(port, request(1, STATUS))
        os.close(port)
        (report,) = await reports(reader, 1)
        assert report.address == 1
        writer.close()


async def test_a_pty_that_nobody_reads_does_not_keep_old_bytes(tmp_path: Path) -> None:
    path = tmp_path / "bus"
    async with served(bank(8), pty=str(path)):
        await asyncio.sleep(1.5)
        port = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        waiting = os.read(port, 65536)
        os.close(port)
        assert len(waiting) < 2400


async def test_clients_that_vanish_or_never_read_disturb_nobody() -> None:
    async with served(bank(4), tcp="127.0.0.1:0") as urls:
        for _ in range(5):
            _, writer = await connect(urls[0])
            writer.transport.abort()
        _, sleeper = await connect(urls[0])
        _, shouter = await connect(urls[0])
        shouter.write(bytes(200_000))
        reader, writer = await connect(urls[0])
        shouter.transport.abort()
        async with asyncio.timeout(5):
            assert await reader.read(100)
        writer.close()
        sleeper.close()


async def test_an_old_link_is_replaced_and_a_file_is_not(tmp_path: Path) -> None:
    path = tmp_path / "bus"
    path.symlink_to("/dev/pts/nowhere")
    async with served(bank(1), pty=str(path)):
        assert path.exists()
    path.write_text("precious")
    with pytest.raises(UsageError, match="choose another"):
        await serve(bank(1), pty=str(path))
    assert path.read_text() == "precious"


async def test_what_cannot_be_served_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing to serve on"):
        await serve(bank(1))
    for wrong in ("localhost", "localhost:", "localhost:x", "localhost:70000"):
        with pytest.raises(UsageError, match="a port is missing"):
            await serve(bank(1), tcp=wrong)
    with pytest.raises(UsageError, match="choose a path"):
        await serve(bank(1), pty=str(tmp_path / "no" / "such" / "place"))
    async with served(bank(1), tcp="127.0.0.1:0") as urls:
        with pytest.raises(LinkError, match="choose another address or port"):
            await serve(bank(1), tcp=urls[0].removeprefix("socket://"))
