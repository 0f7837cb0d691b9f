"""Alarms told by HTTP: to a server that listens, is away, refuses, is slow, or speaks something else."""

import asyncio
import json
import logging
import ssl
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from jkbus.alarms import Alarms, Subject, pack_subject
from jkbus.alarms.findings import SHARE_WRONG
from jkbus.config import AlarmsConfig, WebhookConfig
from jkbus.errors import UsageError
from jkbus.model.alarms import Alarm, Severity
from jkbus.model.battery import Battery
from jkbus.model.identity import Identities
from jkbus.outputs import webhook
from jkbus.outputs.webhook import QUEUE, Webhook
from outputs import certificates

ONE = pack_subject("one", "One")
PATH = "/api/webhook/hunter2?topic=hunter2"


class Server:
    """A real server: answers with each of `answers` in turn, the last one for ever; keeps what it got."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers) or [b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"]
        self.heads: list[str] = []
        self.messages: list[dict[str, Any]] = []
        self.arrived = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = int(head.lower().partition("content-length: ")[2].partition("\r\n")[0])
            body = await reader.readexactly(length)
            self.heads.append(head)
            self.messages.append(json.loads(body))
            self.arrived.set()
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            writer.write(answer)
            await writer.drain()
        finally:
            writer.close()

    async def messages_are(self, count: int) -> None:
        async with asyncio.timeout(10):
            while len(self.messages) < count:
                self.arrived.clear()
                await self.arrived.wait()


@asynccontextmanager
async def listening(server: Server, port: int = 0, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    listener = await asyncio.start_server(server.serve, "127.0.0.1", port, ssl=tls)
    async with listener:
        yield listener.sockets[0].getsockname()[1]


def alarms(folder: Path) -> Alarms:
    return Alarms(Battery(Identities([], {})), [], AlarmsConfig(), folder)


@asynccontextmanager
async def telling(kept: Alarms, url: str, **options: Any) -> AsyncIterator[Webhook]:
    told = Webhook(WebhookConfig.model_validate({"url": url, **options}), kept)
    told.first_delay, told.last_delay = 0.01, 0.05
    task = asyncio.create_task(told.run())
    try:
        yield told
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_an_alarm_is_told_when_it_comes_and_when_it_is_over(tmp_path: Path) -> None:
    server, kept = Server(), alarms(tmp_path)
    async with listening(server) as port, telling(kept, f"http://127.0.0.1:{port}{PATH}"):
        kept.found(ONE, SHARE_WRONG, "it takes 12 %", {"share": 12.0})
        await server.messages_are(1)
        entry = kept.standing()[0]
        await kept.close(entry.id, "anna")
        await server.messages_are(2)
    came, went = server.messages
    assert came["title"] == "One: share of current is wrong"
    assert came["message"] == came["text"] == entry.message
    assert (came["state"], came["severity"], came["pack"], came["key"]) == ("came", "warning", "One", "one")
    assert (came["alarm"], came["during"], came["went"]) == ("current_share_wrong", {"share": 12.0}, None)
    assert (went["state"], went["title"]) == ("went", "One: share of current is wrong is over")
    assert went["id"] == came["id"]
    assert "closed by anna" in went["message"]
    assert server.heads[0].startswith(f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n")
    assert "Content-Type: application/json" in server.heads[0]


async def test_what_is_less_severe_than_asked_for_is_not_told(tmp_path: Path) -> None:
    server, kept = Server(), alarms(tmp_path)
    async with (
        listening(server) as port,
        telling(kept, f"http://127.0.0.1:{port}/", severity="fault"),
    ):
        kept.found(ONE, SHARE_WRONG)
        kept.found(ONE, Alarm("broken", "it broke", Severity.FAULT, "mend it"))
        await server.messages_are(1)
    assert [told["alarm"] for told in server.messages] == ["broken"]


async def test_who_takes_note_is_not_told(tmp_path: Path) -> None:
    server, kept = Server(), alarms(tmp_path)
    async with listening(server) as port, telling(kept, f"http://127.0.0.1:{port}/"):
        kept.found(ONE, SHARE_WRONG)
        await kept.acknowledge(1, "anna")
        kept.found(Subject("bus", "bus1", "bus1"), Alarm("other", "other", Severity.FAULT, ""))
        await server.messages_are(2)
    assert [told["alarm"] for told in server.messages] == ["current_share_wrong", "other"]
    assert server.messages[1]["bus"] == "bus1"


async def test_a_server_that_is_away_gets_everything_in_order_when_it_is_back(
    tmp_path: Path, unused_tcp_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    server, kept = Server(), alarms(tmp_path)
    caplog.set_level(logging.INFO)
    async with telling(kept, f"http://127.0.0.1:{unused_tcp_port}{PATH}"):
        for number in range(5):
            kept.found(ONE, Alarm(f"a{number}", "a", Severity.FAULT, ""))
        await asyncio.sleep(0.1)
        async with listening(server, unused_tcp_port):
            await server.messages_are(5)
            await asyncio.sleep(0.05)
    assert [told["alarm"] for told in server.messages] == ["a0", "a1", "a2", "a3", "a4"]
    assert caplog.text.count("nobody listens there") == 1
    assert caplog.text.count("takes messages again") == 1
    assert "hunter2" not in caplog.text
    assert f"http://127.0.0.1:{unused_tcp_port}/****" in caplog.text


@pytest.mark.parametrize("status", [b"500", b"503", b"429"])
async def test_a_server_in_trouble_is_tried_again(tmp_path: Path, status: bytes) -> None:
    busy = b"HTTP/1.1 " + status + b" no\r\n\r\n"
    server, kept = (
        Server(busy, busy, b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 OK\r\n\r\n"),
        alarms(tmp_path),
    )
    async with listening(server) as port, telling(kept, f"http://127.0.0.1:{port}/"):
        kept.found(ONE, SHARE_WRONG)
        await server.messages_are(3)
        kept.found(ONE, Alarm("other", "other", Severity.FAULT, ""))
        await server.messages_are(4)
    assert [told["alarm"] for told in server.messages] == ["current_share_wrong"] * 3 + ["other"]


@pytest.mark.parametrize("status", [b"301", b"400", b"404"])
async def test_what_is_refused_is_not_tried_again(
    tmp_path: Path, status: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    server, kept = Server(b"HTTP/1.1 " + status + b" no\r\nLocation: x\r\n\r\n"), alarms(tmp_path)
    async with listening(server) as port, telling(kept, f"http://127.0.0.1:{port}{PATH}"):
        kept.found(ONE, SHARE_WRONG)
        kept.found(ONE, Alarm("other", "other", Severity.FAULT, ""))
        await server.messages_are(2)
        await asyncio.sleep(0.05)
    assert [told["alarm"] for told in server.messages] == ["current_share_wrong", "other"]
    assert f"refuses a message ({status.decode()})" in caplog.text
    assert "hunter2" not in caplog.text


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-hello\r\n\r\n", b"HTTP/1.1 wat\r\n\r\n", b"x" * 70000])
async def test_what_speaks_no_http_is_told(
    tmp_path: Path, answer: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    server, kept = Server(answer), alarms(tmp_path)
    async with listening(server) as port, telling(kept, f"http://127.0.0.1:{port}/"):
        kept.found(ONE, SHARE_WRONG)
        await server.messages_are(3)
    assert "cannot be reached" in caplog.text


async def test_a_server_that_never_answers_is_waited_for_so_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(webhook, "PATIENCE", 0.05)
    kept = alarms(tmp_path)

    async def nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    listener = await asyncio.start_server(nothing, "127.0.0.1", 0)
    async with listener, telling(kept, f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/"):
        kept.found(ONE, SHARE_WRONG)
        await asyncio.sleep(0.3)
    assert "no answer; check that the server runs" in caplog.text


async def test_only_so_many_messages_wait(
    tmp_path: Path, unused_tcp_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    server, kept = Server(), alarms(tmp_path)
    async with telling(kept, f"http://127.0.0.1:{unused_tcp_port}/"):
        for number in range(QUEUE + 20):
            kept.found(ONE, Alarm(f"a{number}", "a", Severity.FAULT, ""))
        await asyncio.sleep(0.1)
        async with listening(server, unused_tcp_port):
            await server.messages_are(QUEUE)
    assert [told["alarm"] for told in server.messages][-1] == f"a{QUEUE + 19}"
    assert len(server.messages) == QUEUE
    assert "the oldest is dropped" in caplog.text


async def test_a_login_in_the_url_is_sent_as_one(tmp_path: Path) -> None:
    server, kept = Server(), alarms(tmp_path)
    async with listening(server) as port, telling(kept, f"http://me:se%40cret@127.0.0.1:{port}"):
        kept.found(ONE, SHARE_WRONG)
        await server.messages_are(1)
    login = server.heads[0].partition("Authorization: Basic ")[2].partition("\r\n")[0]
    assert b64decode(login) == b"me:se@cret"
    assert server.heads[0].startswith("POST / HTTP/1.1\r\nHost: 127.0.0.1:")


async def test_tls_is_spoken_with_whom_we_trust(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    authority, certificate, key = certificates.make(tmp_path)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    for options, trusted in (({"ca": authority}, True), ({"insecure": True}, True), ({}, False)):
        server, kept = Server(), alarms(tmp_path)
        async with (
            listening(server, tls=tls) as port,
            telling(kept, f"https://127.0.0.1:{port}/", **options),
        ):
            kept.found(ONE, SHARE_WRONG)
            if trusted:
                await server.messages_are(1)
            else:
                await asyncio.sleep(0.3)
                assert server.messages == []
    assert "its certificate is not trusted" in caplog.text


def test_a_ca_that_is_no_certificate_is_told(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("nothing")
    config = WebhookConfig.model_validate({"url": "https://h/hunter2", "ca": str(file)})
    with pytest.raises(UsageError, match="cannot be used as a certificate"):
        Webhook(config, alarms(tmp_path))
