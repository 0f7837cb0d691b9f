"""How lines are posted: to servers that answer this and that, or not at all."""

import asyncio
import gzip
import json
import logging
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jkbus.config import BusConfig, Config, ExportConfig, SecretUrl
from jkbus.errors import UsageError
from jkbus.outputs.push import Push
from outputs.barn import Barn, Scripted, running, sender
from outputs.broker import free_port
from outputs.certificates import make
from outputs.support import until


@pytest.fixture(autouse=True)
def told(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    caplog.set_level(logging.INFO, logger="jkbus")
    yield caplog
    assert "Traceback" not in caplog.text and "never retrieved" not in caplog.text


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    server = Scripted()
    yield server
    server.close()


async def test_one_connection_is_kept_and_all_is_compressed(scripted: Scripted, tmp_path: Path) -> None:
    barn = Barn()
    async with running(sender(ExportConfig(url=scripted.url), tmp_path, barn)):
        await barn.hear_for(1.0)
    assert len(scripted.requests) >= 3 and scripted.connections == 1
    assert all(headers["Content-Encoding"] == "gzip" for headers, _ in scripted.requests)


@pytest.mark.parametrize(
    ("status", "text", "meaning"),
    [
        (401, "unauthorized", "refuses our login; check token, or username and password"),
        (404, 'database not found: "x"', "has no such database or path"),
        (503, "overloaded", "cannot take values now (503)"),
        (429, "", "cannot take values now (429)"),
        (405, "", "does not take values (405); check the url"),
        (301, "", "has moved; write where to into the url under export: (https://new/write)"),
    ],
)
async def test_an_answer_about_no_batch_is_told_once_and_nothing_is_lost(
    scripted: Scripted, tmp_path: Path, told: pytest.LogCaptureFixture, status: int, text: str, meaning: str
) -> None:
    barn = Barn()
    scripted.headers = {"Location": "https://new/write"}
    scripted.answers = [(status, text)] * 3
    async with running(sender(ExportConfig(url=scripted.url), tmp_path, barn)) as export:
        await barn.hear_for(0.3)
        await until(lambda: not scripted.answers and len(export.spool) == 0)
    warnings = [record.getMessage() for record in told.records if record.levelname == "WARNING"]
    assert len(warnings) == 1 and meaning in warnings[0] and "wait in" in warnings[0]
    bodies = [body for _, body in scripted.requests]
    assert bodies[0] == bodies[1] == bodies[2] == bodies[3]


async def test_a_server_that_takes_nothing_compressed_gets_it_plain(
    tmp_path: Path, scripted: Scripted
) -> None:
    class NoGzip(Scripted):
        def answer(self, headers: dict[str, str]) -> tuple[int, str]:
            packed = "Content-Encoding" in headers
            return (400, '{"message":"gzip encoding is not supported"}') if packed else (204, "")

    server, barn = NoGzip(), Barn()
    try:
        async with running(sender(ExportConfig(url=server.url), tmp_path, barn)) as export:
            await barn.hear_for(0.7)
            await until(lambda: len(export.spool) == 0)
    finally:
        server.close()
    assert export.refused == 0
    assert [("Content-Encoding" in headers) for headers, _ in server.requests][:3] == [True, False, False]


async def test_a_batch_that_a_power_cut_has_spoilt_holds_up_no_other(
    tmp_path: Path, told: pytest.LogCaptureFixture
) -> None:
    class Fussy(Scripted):
        def answer(self, headers: dict[str, str]) -> tuple[int, str]:
            return (415, "") if "Content-Encoding" in headers else (204, "")

    server, barn = Fussy(), Barn()
    folder = tmp_path / "nas"
    folder.mkdir()
    whole = gzip.compress(b"jkbus a=1 1\n")
    for number, spoilt in enumerate((b"", bytes(200), whole[:-9], whole[:12] + b"junk" + whole[16:]), 2):
        (folder / f"{number:012d}.lp.gz").write_bytes(spoilt)
    (folder / f"{1:012d}.lp.gz").write_bytes(whole)
    try:
        async with running(sender(ExportConfig(url=server.url), tmp_path, barn)) as export:
            await barn.hear_for(0.5)
            await until(lambda: len(export.spool) == 0 and export.refused == 4)
    finally:
        server.close()
    assert len(list((folder / "refused").iterdir())) == 4
    assert "damaged, by a power cut perhaps" in told.text and len(server.requests) >= 3


async def test_a_key_in_the_url_does_not_show_in_the_log(
    scripted: Scripted, tmp_path: Path, told: pytest.LogCaptureFixture
) -> None:
    barn = Barn()
    told.set_level(logging.DEBUG)
    scripted.answers = [(404, "there is no /write?authKey=hush here")]
    keyed = ExportConfig(url=SecretUrl(f"{scripted.url}/write?authKey=hush"))
    async with running(sender(keyed, tmp_path, barn)):
        await barn.hear_for(0.3)
        await until(lambda: not scripted.answers)
    assert "no /write?**** here" in told.text and "hush" not in told.text


async def test_no_login_shows_in_the_log_even_if_the_server_repeats_it(
    scripted: Scripted, tmp_path: Path, told: pytest.LogCaptureFixture
) -> None:
    barn = Barn()
    told.set_level(logging.DEBUG)
    scripted.answers = [(400, "Basic bWU6aHVzaA== of me:hush"), (403, "hush hush"), (500, "x" * 100_000)]
    login = ExportConfig(url=SecretUrl(scripted.url.replace("//", "//me:hush@")))
    async with running(sender(login, tmp_path, barn)) as export:
        await barn.hear_for(0.5)
        await until(lambda: not scripted.answers and len(export.spool) == 0)
    assert scripted.requests[0][0]["Authorization"] == "Basic bWU6aHVzaA=="
    assert "hush" not in told.text and "bWU6" not in told.text and "****" in told.text
    assert max(map(len, told.messages)) < 600


async def test_tags_of_ones_own_are_in_every_line(scripted: Scripted, tmp_path: Path) -> None:
    barn = Barn()
    given = ExportConfig(url=scripted.url, tags={"site": "my barn"})
    async with running(sender(given, tmp_path, barn)):
        await barn.hear_for(0.4)
    assert scripted.lines and all(",site=my\\ barn" in line for line in scripted.lines)
    assert {line.split(",")[0] for line in scripted.lines} == {
        "jkbus",
        "jkbus_settings",
        "jkbus_about",
        "jkbus_battery",
        "jkbus_bus",
    }


async def test_a_server_that_never_answers_holds_up_neither_reports_nor_our_end(tmp_path: Path) -> None:
    barn = Barn()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = SecretUrl(f"http://127.0.0.1:{silent.getsockname()[1]}")
        async with running(sender(ExportConfig(url=url), tmp_path, barn)) as export:
            await barn.hear_for(1.0)
            assert len(export.spool) >= 3
            before = time.monotonic()
        await until(lambda: not any(one.name.startswith("export") for one in threading.enumerate()))
        assert time.monotonic() - before < 1.0


async def test_tls_is_checked(tmp_path: Path, told: pytest.LogCaptureFixture) -> None:
    authority, certificate, key = make(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    server, barn = Scripted(context), Barn()
    try:
        async with running(sender(ExportConfig(url=server.url), tmp_path, barn)) as export:
            await barn.hear_for(0.3)
            await until(lambda: "its certificate is not trusted; name the authority" in told.text)
        for given in ({"ca": authority}, {"insecure": True}):
            async with running(sender(ExportConfig(url=server.url, **given), tmp_path, barn)) as export:
                await barn.hear_for(0.3)
                await until(lambda: len(export.spool) == 0)
    finally:
        server.close()
    assert server.requests


async def test_what_is_no_certificate_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    with pytest.raises(UsageError, match=r"ca\.pem: cannot be used as a certificate"):
        sender(ExportConfig(url=SecretUrl("https://nas"), ca=tmp_path / "ca.pem"), tmp_path, Barn())


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("http://127.0.0.1:{free}", "nobody listens there"),
        ("http://nowhere.invalid", "this host is not known"),
        (f"http://{'x' * 70}.lan", "this host is not known"),
    ],
)
async def test_a_server_out_of_reach_is_told_with_the_remedy(
    tmp_path: Path, told: pytest.LogCaptureFixture, url: str, text: str
) -> None:
    barn = Barn()
    given = ExportConfig(url=SecretUrl(url.format(free=free_port())))
    async with running(sender(given, tmp_path, barn)):
        await barn.hear_for(0.3)
        await until(lambda: text in told.text)


async def test_whoever_speaks_no_http_is_told_of(tmp_path: Path, told: pytest.LogCaptureFixture) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail ready\r\n")
        await writer.drain()
        writer.close()

    mail = await asyncio.start_server(answer, "127.0.0.1", 0)
    port, barn = mail.sockets[0].getsockname()[1], Barn()
    async with running(sender(ExportConfig(url=SecretUrl(f"http://127.0.0.1:{port}")), tmp_path, barn)):
        await barn.hear_for(0.3)
        await until(lambda: "does not speak HTTP" in told.text or "cannot be reached" in told.text)
    mail.close()


async def test_every_database_of_a_configuration_is_fed(scripted: Scripted, tmp_path: Path) -> None:
    other, barn = Scripted(), Barn()
    exports = (
        ExportConfig(url=scripted.url, name="one"),
        ExportConfig(url=other.url, name="Two", interval=3600.0),
    )
    whole = Config(buses=(BusConfig(link=SecretUrl("sim:2")),), export=exports, state=tmp_path)
    push = Push(whole, barn.battery)
    for export in push.exports:
        export.batch = 0.2
    task = asyncio.create_task(push.run())
    await barn.hear_for(0.5)
    await until(lambda: other.requests)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    other.close()
    assert sorted(path.name for path in (tmp_path / "spool").iterdir()) == ["one", "two"]
    assert sum(line.startswith("jkbus,") for line in other.lines) == 1
    assert sum(line.startswith("jkbus,") for line in scripted.lines) > 5


async def test_the_file_on_disk_is_what_a_person_can_read(tmp_path: Path) -> None:
    barn = Barn()
    export = sender(ExportConfig(url=SecretUrl("http://127.0.0.1:9")), tmp_path, barn)
    async with running(export):
        await barn.hear_for(0.3)
    file = sorted((tmp_path / "nas").glob("*.lp.gz"))[0]
    assert gzip.decompress(file.read_bytes()).decode().startswith("jkbus,bus=bus1,pack=my_barn ")
    assert json.dumps(file.name) == '"000000000001.lp.gz"'
