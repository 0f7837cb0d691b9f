"""The server itself: its port, its certificate, and clients that would keep it busy for ever."""

import asyncio
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.types import Receive, Scope, Send

from jkbus.config import WebConfig
from jkbus.errors import ConfigError
from jkbus.web import clients, server
from jkbus.web.server import address, listen, secured, served, trouble
from outputs.certificates import make
from staging import Stage

PATIENCE = 20.0  # s; a busy machine is no failure
CHUNK = b"x" * 65536


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers at once; /flood without end, /slow after a while."""

    async def flood() -> AsyncIterator[bytes]:
        while True:
            yield CHUNK
            await asyncio.sleep(0)

    if scope["path"] == "/flood":
        await StreamingResponse(flood())(scope, receive, send)
        return
    if scope["path"] == "/slow":
        await asyncio.sleep(0.2)
    await PlainTextResponse("hello")(scope, receive, send)


@asynccontextmanager
async def serving(context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """The port where it is served."""
    listening = listen("127.0.0.1", 0)
    port = int(listening.getsockname()[1])
    async with served(app, listening, context):
        yield port


async def ask(port: int, path: str = "/", **options: Any) -> bytes:
    """The whole answer; nothing where the connection was closed instead."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, **options)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        async with asyncio.timeout(PATIENCE):
            answer = await reader.read()
        writer.close()
    except OSError:
        return b""
    return answer


async def ended(reader: asyncio.StreamReader) -> bytes:
    """What a connection still tells until the server ends it."""
    async with asyncio.timeout(PATIENCE):
        try:
            return await reader.read()
        except OSError:
            return b""


def descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


async def until(is_so: Callable[[], bool]) -> None:
    """Wait for what nobody tells of."""
    for _ in range(int(PATIENCE / 0.02)):
        if is_so():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not happen")


async def test_a_request_is_answered_without_a_word_on_who_serves() -> None:
    async with serving() as port:
        answer = await ask(port)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n") and answer.endswith(b"hello")
    assert b"uvicorn" not in answer.lower()


async def test_signals_stay_with_the_gateway() -> None:
    import signal

    before = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]
    async with serving() as port:
        await ask(port)
        assert [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)] == before


async def test_who_says_nothing_or_only_half_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "ASKING", 0.3)
    async with serving() as port:
        for said in (b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(said)
            assert await ended(reader) == b""
            writer.close()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /")
        assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200 OK")
        writer.write(b"js")
        assert await ended(reader) == b""
        writer.close()
        assert (await ask(port)).endswith(b"hello")


async def test_an_answer_that_takes_long_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "ASKING", 0.05)
    async with serving() as port:
        assert (await ask(port, "/slow")).endswith(b"hello")


async def test_who_does_not_read_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "READING", 0.3)
    async with serving() as port:
        before = descriptors()
        deaf = socket.create_connection(("127.0.0.1", port))
        deaf.sendall(b"GET /flood HTTP/1.1\r\nHost: x\r\n\r\n")
        await until(lambda: descriptors() == before + 2)
        await until(lambda: descriptors() <= before + 1)
        deaf.close()


async def test_who_reads_slowly_but_does_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "READING", 0.5)
    async with serving() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /flood HTTP/1.1\r\nHost: x\r\n\r\n")
        got = 0
        for _ in range(40):
            got += len(await reader.read(2**18))
            await asyncio.sleep(0.03)
        assert got > 2**20
        writer.close()


async def test_one_too_many_is_told_so_and_more_find_the_door_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "MOST", 3)
    monkeypatch.setattr(clients, "ROOM", 5)
    async with serving() as port:
        before = descriptors()
        quiet = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
        await asyncio.sleep(0.1)
        busy = await ask(port)
        assert busy.startswith(b"HTTP/1.1 503 ") and b"try again in a moment" in busy
        crowd = [await asyncio.open_connection("127.0.0.1", port) for _ in range(30)]
        await asyncio.sleep(0.1)
        assert descriptors() <= before + 33 + 5
        for _, writer in (*quiet, *crowd):
            writer.close()
        await until(lambda: descriptors() <= before)
        assert (await ask(port)).endswith(b"hello")


async def test_hundreds_at_once_leave_no_file_open() -> None:
    async with serving() as port:
        before = descriptors()
        answers = await asyncio.gather(*(ask(port) for _ in range(400)))
        assert sum(answer.startswith(b"HTTP/1.1 200") for answer in answers) >= clients.MOST / 2
        assert all(answer[:12] in (b"", b"HTTP/1.1 200", b"HTTP/1.1 503") for answer in answers)
        await until(lambda: descriptors() <= before)
        assert (await ask(port)).endswith(b"hello")


async def test_the_end_does_not_wait_for_whoever_is_there() -> None:
    start = asyncio.get_running_loop().time()
    async with serving() as port:
        ways = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
        ways[0][1].write(b"GET /flood HTTP/1.1\r\nHost: x\r\n\r\n")
        ways[1][1].write(b"GET / HTTP")
        await asyncio.sleep(0.1)
    assert asyncio.get_running_loop().time() - start < 2.0
    for _, writer in ways:
        writer.close()


async def test_a_certificate_makes_the_page_safe_on_the_way(tmp_path: Path) -> None:
    authority, certificate, key = make(tmp_path)
    config = WebConfig(cert=certificate, key=key)
    assert address(config) == "https://127.0.0.1:8090"
    trusting = ssl.create_default_context(cafile=str(authority))
    async with serving(secured(config)) as port:
        assert (await ask(port, ssl=trusting)).endswith(b"hello")
        assert not (await ask(port)).startswith(b"HTTP/1.1 200")


async def test_half_a_handshake_has_an_end_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "ASKING", 0.3)
    _, certificate, key = make(tmp_path)
    async with serving(secured(WebConfig(cert=certificate, key=key))) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await ended(reader) == b""
        writer.close()


def test_files_that_are_no_certificate_are_told(tmp_path: Path) -> None:
    _, certificate, key = make(tmp_path)
    (tmp_path / "other").mkdir()
    other = make(tmp_path / "other")[2]
    (tmp_path / "text.pem").write_text("nothing")
    for cert, private in ((key, key), (certificate, other), (tmp_path / "text.pem", key)):
        with pytest.raises(ConfigError, match="are no certificate and its key") as refused:
            secured(WebConfig(cert=cert, key=private))
        assert str(cert) in str(refused.value)


def test_a_port_that_is_taken_is_told_with_the_remedy() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(OSError) as taken:
            listen("127.0.0.1", port)
    told = trouble(WebConfig(listen=f"127.0.0.1:{port}"), taken.value)
    assert told.startswith(f"page: 127.0.0.1:{port} is taken by another program")
    assert "change listen: below web:" in told


def test_an_address_of_another_computer_is_told() -> None:
    with pytest.raises(OSError) as wrong:
        listen("192.0.2.1", 8090)
    config = WebConfig.model_validate({"listen": "192.0.2.1:8090", "trusted": ["192.0.2.2"]})
    assert "must be an address of this computer" in trouble(config, wrong.value)


async def test_a_wrong_certificate_leaves_the_buses_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(server, "AGAIN", 0.1)
    _, certificate, key = make(tmp_path)
    right = key.read_text()
    key.write_text("nothing")
    found = Unseen(tmp_path, 2, before=5.0, web={"cert": certificate, "key": key})
    await asyncio.to_thread(found.start)
    try:
        await until(lambda: "are no certificate and its key" in caplog.text)
        assert found.gateway.battery.packs
        key.write_text(right)
        await until(lambda: found.port in listening_ports())
    finally:
        await asyncio.to_thread(found.stop)


class Unseen(Stage):
    """A gateway whose page nobody waits for."""

    def _answers(self) -> bool:
        return True


def listening_ports() -> set[int]:
    """The ports somebody listens to on this computer."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {int(row[1].rpartition(":")[2], 16) for row in rows if row[3] == "0A"}


async def test_a_port_that_becomes_free_is_taken(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setattr(server, "AGAIN", 0.1)
    caplog.set_level(logging.INFO, "jkbus.web")
    found = Stage(tmp_path, 2, before=5.0)
    with listen("127.0.0.1", found.port):
        starting = asyncio.ensure_future(asyncio.to_thread(found.start))
        await until(lambda: "is taken by another program" in caplog.text)
    try:
        await starting
    finally:
        await asyncio.to_thread(found.stop)
    assert caplog.text.count("is taken") == 1
    assert f"page: http://127.0.0.1:{found.port}" in caplog.text
