"""Clients that are slow, half there, deaf or many: the bus does not notice them."""

import asyncio
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from staging import Stage, stage

SECONDS = 4.0  # that a crowd stays
MANY = 500


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Stage]:
    """Seven packs that we ask ourselves, so that a loop that hangs makes them late."""
    with stage(tmp_path, master=False) as found:
        yield found


def request(path: str, more: str = "") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{more}\r\n".encode()


async def slow(port: int) -> None:
    """Sends its request a byte at a time, and would for ever."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    with suppress(OSError):
        for byte in request("/api/battery", "X-Long: " + "x" * 1000 + "\r\n"):
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.2)
    writer.close()


async def half_open(port: int) -> None:
    """Connects and says nothing."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    await asyncio.sleep(SECONDS)
    writer.close()


async def deaf(port: int) -> None:
    """Wants every change and reads none."""
    _, writer = await asyncio.open_connection("127.0.0.1", port, limit=64)
    writer.write(request("/api/stream"))
    await asyncio.sleep(SECONDS)
    writer.close()


async def polite(port: int) -> int:
    """The status it is answered with; 0 where the connection was closed instead."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request("/api/battery", "Connection: close\r\n"))
        answer = await reader.read()
        writer.close()
    except OSError:
        return 0
    return int(answer.split()[1]) if answer else 0


ANSWER = 310  # bytes: what a machine that is busy may cut off, once


def heard(running: Stage) -> tuple[int, int]:
    """Reports and bytes of noise so far."""
    counters = running.gateway.buses[0].counters
    return counters.reports, counters.noise


def assert_undisturbed(running: Stage, before: tuple[int, int], seconds: float) -> None:
    """No pack fell silent, nothing was damaged, reports came as they do otherwise, and the page is there."""
    bus = running.gateway.buses[0]
    assert not [each for each in running.gateway.became if each[1] not in ("heard", "late")]
    counters = bus.counters
    assert (counters.bad_sums, counters.collisions) == (0, 0)
    reports, noise = before
    assert counters.noise - noise <= ANSWER
    assert counters.reports - reports > 3 * seconds
    start = time.monotonic()
    with urllib.request.urlopen(running.url, timeout=10) as page:
        assert page.status == 200
    assert time.monotonic() - start < 2.0


async def test_slow_half_open_and_deaf_clients_leave_the_bus_alone(running: Stage) -> None:
    before = heard(running)
    crowd = [asyncio.create_task(kind(running.port)) for kind in (slow, half_open, deaf) for _ in range(15)]
    await asyncio.wait(crowd, timeout=SECONDS)
    assert await polite(running.port) == 200
    await asyncio.to_thread(assert_undisturbed, running, before, SECONDS)
    for one in crowd:
        one.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)


async def test_five_hundred_clients_at_once_leave_the_bus_alone(running: Stage) -> None:
    before, start = heard(running), time.monotonic()
    async with asyncio.timeout(60):
        answers = await asyncio.gather(*(polite(running.port) for _ in range(MANY)))
    assert set(answers) <= {0, 200, 503}
    assert answers.count(200) >= 10
    await asyncio.sleep(max(0.0, 2.0 - (time.monotonic() - start)))
    await asyncio.to_thread(assert_undisturbed, running, before, time.monotonic() - start)


async def test_a_connection_that_says_nothing_is_given_up(running: Stage) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
    async with asyncio.timeout(60):
        await reader.read()
    writer.close()
