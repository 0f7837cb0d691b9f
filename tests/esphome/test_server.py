"""Connections that are silent, deaf, too many, or talk nonsense: none of them holds up the others."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from aioesphomeapi.client import APIClient
from hypothesis import HealthCheck, settings
from hypothesis import given as supposing
from hypothesis import strategies as st

from controlling import hurry
from jkbus.esphome.frames import LONGEST, Framing, Message, Plain
from jkbus.esphome.messages import message
from jkbus.esphome.server import CLIENTS, ROOM, Clients
from jkbus.esphome.states import State
from nodes import free_port, until

HELLO = message("HelloRequest", client_info="raw")
PING = message("PingRequest")


class Still:
    """A node that has a listing of some size and nothing to say."""

    name, revision = "still", 0
    info = message("DeviceInfoResponse", name="still")
    states: tuple[State, ...] = ()

    def __init__(self, size: int = 3) -> None:
        one = message("ListEntitiesSensorResponse", key=1, name="x" * 100)
        self.listing = [one] * size

    async def command(self, name: str, fields: object) -> list[Message]:
        return []


@asynccontextmanager
async def serving(
    size: int = 3, framing: Callable[[], Framing] = Plain
) -> AsyncIterator[tuple[Clients, int]]:
    clients, port = Clients(Still(size), framing), free_port()
    server = await clients.listen("127.0.0.1", port)
    try:
        yield clients, port
    finally:
        server.close()
        await clients.close()


async def said(*messages: Message, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"".join(map(Plain().encode, messages)))
    return reader, writer


async def until_hung_up(reader: asyncio.StreamReader) -> float:
    """Read to the end; how long it took."""
    begin = asyncio.get_running_loop().time()
    try:
        while await reader.read(65536):
            pass
    except ConnectionResetError:
        pass
    return asyncio.get_running_loop().time() - begin


def test_who_says_nothing_is_hung_up_on_after_half_a_minute() -> None:
    async def look() -> None:
        async with serving() as (clients, port):
            reader, _ = await said(port=port)
            assert 29 < await until_hung_up(reader) < 31
            assert clients.count == 0

    hurry(look())


def test_who_is_there_no_more_is_asked_and_then_hung_up_on() -> None:
    async def look() -> None:
        async with serving() as (clients, port):
            reader, _ = await said(HELLO, port=port)
            await reader.readexactly(3)
            assert 149 < await until_hung_up(reader) < 190
            assert clients.count == 0

    hurry(look())


def test_who_answers_stays() -> None:
    async def look() -> None:
        async with serving() as (clients, port):
            client = APIClient("127.0.0.1", port, "", keepalive=1000.0)
            await client.connect(login=True)
            await asyncio.sleep(3600)
            assert clients.count == 1
            await client.disconnect()
            await until(lambda: clients.count == 0, 10)

    hurry(look())


def test_who_drops_greetings_byte_by_byte_has_half_a_minute_too() -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        for byte in Plain().encode(message("HelloRequest", client_info="x" * 60)):
            writer.write(bytes([byte]))
            await asyncio.sleep(10)

    async def look() -> None:
        async with serving() as (_, port):
            reader, writer = await said(port=port)
            task = asyncio.create_task(drip(writer))
            assert await until_hung_up(reader) < 31
            task.cancel()

    hurry(look())


def test_who_never_reads_does_not_fill_our_memory() -> None:
    async def look() -> None:
        async with serving(size=20_000) as (clients, port):
            _, writer = await said(HELLO, message("ListEntitiesRequest"), port=port)
            await until(lambda: clients.count == 0, 10)
            writer.close()

    hurry(look())


def test_one_client_too_many_is_hung_up_on_and_has_room_later() -> None:
    async def look() -> None:
        async with serving() as (clients, port):
            first = [await said(HELLO, port=port) for _ in range(CLIENTS)]
            await until(lambda: clients.count == CLIENTS, 5)
            reader, _ = await said(HELLO, port=port)
            assert await until_hung_up(reader) < 1
            first[0][1].close()
            await until(lambda: clients.count == CLIENTS - 1, 5)
            reader, _ = await said(HELLO, port=port)
            assert await reader.read(1) == b"\x00"

    hurry(look())


@pytest.mark.parametrize(
    "nonsense",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x01\x00\x00",
        b"\x00\xff\xff\xff\xff\xff\xff",
        Plain().encode(Message(1, bytes(LONGEST + 1))),
        Plain().encode(Message(1, b"\xff\xff\xff")),
    ],
)
def test_nonsense_ends_a_connection_and_no_other(nonsense: bytes) -> None:
    async def look() -> None:
        async with serving() as (clients, port):
            good, writer = await said(HELLO, port=port)
            await good.readexactly(3)
            reader, bad = await said(port=port)
            bad.write(nonsense)
            assert await until_hung_up(reader) < 1
            writer.write(Plain().encode(PING))
            await good.readuntil(Plain().encode(message("PingResponse")))
            assert clients.count == 1

    hurry(look())


@supposing(st.lists(st.binary(max_size=40), max_size=6))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_sent_the_server_serves_on(pieces: list[bytes]) -> None:
    async def look() -> None:
        async with serving() as (clients, port):
            _, bad = await said(HELLO, port=port)
            for piece in pieces:
                bad.write(Plain().encode(Message(len(piece), piece)) if len(piece) % 2 else piece)
                await asyncio.sleep(0.01)
            good, _ = await said(HELLO, PING, port=port)
            await good.readuntil(Plain().encode(message("PingResponse")))
            bad.close()
            await until(lambda: clients.count == 1, 200)

    hurry(look())


def test_an_unknown_message_is_passed_over() -> None:
    async def look() -> None:
        async with serving() as (_, port):
            reader, _ = await said(HELLO, Message(9999, b"new"), PING, port=port)
            await reader.readuntil(Plain().encode(message("PingResponse")))

    hurry(look())


def test_what_waits_for_a_slow_client_is_the_latest_only() -> None:
    async def look() -> None:
        async with serving() as (clients, port):
            reader, writer = await said(HELLO, message("SubscribeStatesRequest"), port=port)
            await reader.readexactly(3)
            await asyncio.sleep(0.1)
            line = message("SubscribeLogsResponse", message=bytes(60_000))
            for number in range(3 * ROOM // 60_000):
                clients.news([State(1, message("SensorStateResponse", key=1, state=float(number)))])
                clients.news([State(2, line)])
            assert clients.count == 1
            text = await reader.read(1 << 24)
            while last(number) not in text:
                text += await reader.read(1 << 24)
                clients.news([])
            writer.close()

    def last(number: int) -> bytes:
        return Plain().encode(message("SensorStateResponse", key=1, state=float(number)))

    hurry(look())
