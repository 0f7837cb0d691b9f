"""Links to things that run: pseudo terminals, TCP servers, and what is not there."""

import asyncio
import logging
import os
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from jkbus.errors import JkbusError, LinkError, UsageError
from jkbus.transport import openers
from jkbus.transport.links import open_link
from jkbus.transport.stream import MOST_UNREAD, MOST_UNSENT, StreamLink
from transport.servers import Gateway, Stick, reached, stick

KEY = "QJdGh43Wfxc+q6SwTzX0PpVLqw0yM+fMfGjkNbjZQ20="


@pytest.fixture
def port() -> Iterator[Stick]:
    with stick() as made:
        yield made


@asynccontextmanager
async def gateway(greeting: bytes = b"") -> AsyncIterator[Gateway]:
    made = Gateway(greeting)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


async def refusal(url: str, rs485: str = "auto", within: float = 10) -> str:
    """The sentence with which a link is refused."""
    with pytest.raises(JkbusError) as error:
        await open_link(url, rs485=rs485, within=within)
    return str(error.value)


async def test_bytes_go_both_ways_through_a_serial_port(port: Stick) -> None:
    link = await open_link(port.path)
    assert link.can_write and link.url == port.path
    link.write(b"\x01\x10\x16\x20\x11\x13\x0d\x0a")
    assert await port.receive(8) == b"\x01\x10\x16\x20\x11\x13\x0d\x0a"
    every_byte = bytes(range(256))
    port.send(every_byte)
    heard = b""
    async with asyncio.timeout(10):
        while len(heard) < 256:
            heard += await link.read()
    assert heard == every_byte
    await link.close()


async def test_bytes_from_before_the_opening_are_thrown_away(port: Stick) -> None:
    port.send(b"old")
    link = await open_link(port.path)
    port.send(b"new")
    assert await asyncio.wait_for(link.read(), 10) == b"new"
    await link.close()


async def test_a_port_in_use_is_told_and_free_again_after_closing(port: Stick) -> None:
    link = await open_link(port.path)
    assert "another program uses it; end that program" in await refusal(port.path)
    await link.close()
    await (await open_link(port.path)).close()


async def test_a_stick_that_is_pulled_out_is_told_after_its_last_bytes(port: Stick) -> None:
    link = await open_link(port.path)
    port.send(b"last words")
    await asyncio.sleep(0.05)
    port.unplug()
    async with asyncio.timeout(10):
        assert await link.read() == b"last words"
        for _ in range(2):
            with pytest.raises(LinkError, match=f"link {port.path} is lost: its adapter was unplugged"):
                await link.read()
    link.write(b"into the void")
    await link.close()
    await link.close()


async def test_closing_wakes_the_reader(port: Stick) -> None:
    link = await open_link(port.path)
    reading = asyncio.create_task(link.read())
    await asyncio.sleep(0)
    await link.close()
    with pytest.raises(LinkError, match="is closed"):
        await asyncio.wait_for(reading, 10)
    link.write(b"too late")


async def test_a_read_that_was_cancelled_loses_nothing(port: Stick) -> None:
    link = await open_link(port.path)
    for _ in range(3):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await link.read()
    port.send(b"heard")
    assert await asyncio.wait_for(link.read(), 10) == b"heard"
    await link.close()


async def test_a_missing_device_is_told_with_the_ports_that_are_there() -> None:
    told = await refusal("/dev/ttyUSB99")
    assert told.startswith("link /dev/ttyUSB99: there is no such device; ")
    assert "found" in told


@pytest.mark.parametrize("path", ["/dev/null", "/", __file__])
async def test_what_is_no_serial_port_is_told(path: str) -> None:
    assert f"link {path}: this is not a serial port; " in await refusal(path)


async def test_a_port_that_we_may_not_use_is_told_with_the_command_that_helps(port: Stick) -> None:
    group = port.lock()
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        told = await refusal(port.path)
    finally:
        if root:
            os.seteuid(0)
    remedy = f"sudo usermod -aG {group.replace('root', 'dialout')} $USER"
    assert told == f"link {port.path}: you may not use it; type `{remedy}`, then log in again"


async def test_a_port_whose_kernel_driver_cannot_switch_direction_is_told(port: Stick) -> None:
    told = await refusal(port.path, rs485="kernel")
    assert "cannot switch the direction of RS485 by the kernel (Inappropriate ioctl for device)" in told
    assert "write rs485: auto" in told
    await (await open_link(port.path)).close()


async def test_a_port_without_an_rts_line_is_told(port: Stick) -> None:
    assert "has no RTS line to switch RS485 with; write rs485: auto" in await refusal(port.path, rs485="rts")
    await (await open_link(port.path)).close()


async def test_direction_control_is_for_serial_ports() -> None:
    assert "rs485: rts is for serial ports" in await refusal("socket://127.0.0.1:4001", rs485="rts")
    assert "rs485: magic is unknown; write auto, kernel, rts" in await refusal("/dev/x", rs485="magic")


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("ttyUSB0", "'ttyUSB0' is no link; write the path of a serial port such as /dev/ttyUSB0"),
        ("socket://127.0.0.1", "the port is missing; write socket://host:port"),
        ("telnet://127.0.0.1:23", "did you mean socket://host:port?"),
    ],
)
async def test_what_is_no_link_at_all_is_the_users_mistake(url: str, sentence: str) -> None:
    with pytest.raises(UsageError) as error:
        await open_link(url)
    assert str(error.value).startswith(f"link {url}: ")
    assert sentence in str(error.value)


async def test_bytes_go_both_ways_through_a_gateway() -> None:
    async with gateway() as far:
        link = await open_link(far.url)
        link.write(b"question")
        await reached(lambda: far.heard == b"question")
        far.send(b"answer")
        assert await asyncio.wait_for(link.read(), 10) == b"answer"
        await link.close()


async def test_a_gateway_that_hangs_up_is_told_after_its_last_bytes() -> None:
    async with gateway(b"hello") as far:
        link = await open_link(far.url)
        assert await asyncio.wait_for(link.read(), 10) == b"hello"
        await far.stop()
        with pytest.raises(LinkError, match=f"link {far.url} is lost: the far end hung up; it may be"):
            await asyncio.wait_for(link.read(), 10)
        await link.close()
        assert "nothing listens on that port" in await refusal(far.url)
        assert "nothing listens on that port" in await refusal(f"socket://localhost:{far.port}")


async def test_a_gateway_is_watched_even_while_nobody_speaks() -> None:
    async with gateway() as far:
        link = await open_link(far.url)
        assert isinstance(link, StreamLink) and link._transport
        peer: socket.socket = link._transport.get_extra_info("socket")
        assert peer.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        if sys.platform == "linux":
            assert peer.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 10
        await link.close()


async def test_a_name_that_is_not_known_is_told() -> None:
    told = await refusal("socket://gateway.invalid:4001")
    assert (
        "link socket://gateway.invalid:4001: this name is not known here; check it, or write the IP" in told
    )


async def test_a_peer_that_does_not_read_cannot_make_us_grow() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        link = await open_link(f"socket://127.0.0.1:{deaf.getsockname()[1]}")
        assert isinstance(link, StreamLink) and link._transport
        for _ in range(20_000):
            link.write(bytes(1000))
        assert link._transport.get_write_buffer_size() <= MOST_UNSENT + 1000
        await link.close()


async def test_what_nobody_reads_is_forgotten_but_for_the_newest() -> None:
    async with gateway() as far:
        link = await open_link(far.url)
        await reached(lambda: bool(far.clients))
        far.send(bytes(3 * MOST_UNREAD) + b"newest")
        heard = b""
        async with asyncio.timeout(10):
            while not heard.endswith(b"newest"):
                await asyncio.sleep(0.05)
                heard = await link.read()
        assert len(heard) <= MOST_UNREAD
        await link.close()


async def test_a_far_end_that_says_nothing_is_not_waited_for() -> None:
    async with gateway() as far:
        started = asyncio.get_running_loop().time()
        url = f"esphome://127.0.0.1:{far.port}"
        told = await refusal(url, within=0.3)
        sentence = "no answer; check the address, and that the far end has power and is in this network"
        assert told == f"link {url}: {sentence}"
        assert asyncio.get_running_loop().time() - started < 5


async def test_a_node_without_encryption_does_not_want_a_key() -> None:
    async with gateway(b"\x00\x00\x02") as far:
        told = await refusal(f"esphome://127.0.0.1:{far.port}/?key={KEY}", within=10)
    assert (
        told
        == f"link esphome://127.0.0.1:{far.port}/?key=****: the node uses no encryption; leave the key away"
    )


async def test_a_node_with_encryption_wants_a_key() -> None:
    async with gateway(b"\x01\x00\x00") as far:
        told = await refusal(f"esphome://127.0.0.1:{far.port}", within=10)
    assert "the node wants encryption; add ?key= with the key under api: in its YAML" in told


async def test_a_wrong_key_is_told_but_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with gateway(
        b"\x01\x00\x0e\x01node\0001234567\0" + b"\x01\x00\x16\x01Handshake MAC failure"
    ) as far:
        told = await refusal(f"esphome://127.0.0.1:{far.port}/?key={KEY}", within=10)
    assert "?key=****: the key is not that of the node; take it from api: in its YAML" in told
    assert KEY[:8] not in caplog.text


async def test_esphome_links_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openers, "find_spec", lambda name: None)
    with pytest.raises(
        UsageError, match=r"client is not installed; type `.*python\S* -m pip install 'serialx\[esphome\]'`"
    ):
        await open_link(f"esphome://node.local/?key={KEY}")
