"""The whole way to real databases: through their absence, their death and ours, and their refusals."""

import asyncio
import contextlib
import gzip
import json
import logging
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from jkbus.bus.bus import Bus
from jkbus.bus.events import Heard
from jkbus.config import BusConfig, Config, ExportConfig, PackConfig, SecretUrl
from jkbus.errors import UsageError
from jkbus.model.battery import Battery
from jkbus.model.identity import Identities
from jkbus.outputs.push import Export, Push
from jkbus.protocol import Report
from jkbus.simulator import VirtualPack
from outputs.broker import free_port
from outputs.certificates import make
from outputs.databases import Influx, Server, VictoriaMetrics
from outputs.support import until

VOLTAGE = "jkbus_battery_voltage"


class Barn:
    """A battery of one virtual pack whose voltage counts up: 1 mV with every report."""

    def __init__(self) -> None:
        named = BusConfig(
            link=SecretUrl("sim:2"), name="bus1", packs=(PackConfig(name="My barn", address=1),)
        )
        self.virtual = VirtualPack(1)
        self.battery = Battery(Identities([named], {}))
        self.heard: list[tuple[float, float]] = []  # Unix time and voltage
        self._hear("settings", "about")

    def hear(self) -> None:
        self.virtual.status.battery_voltage = (len(self.heard) + 1) / 1000
        self._hear("status")
        self.heard.append((time.time(), self.virtual.status.battery_voltage))

    async def hear_for(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.hear()
            await asyncio.sleep(0.02)

    def _hear(self, *kinds: str) -> None:
        now = asyncio.get_running_loop().time()
        for kind in kinds:
            frame = getattr(self.virtual, kind)
            self.battery.apply("bus1", Heard(Report(frame.sealed(), 1, "acknowledgement"), now))

    @property
    def voltages(self) -> list[float]:
        return [volts for _, volts in self.heard]


def sender(config: ExportConfig, folder: Path, barn: Barn) -> Export:
    """Our side, impatient."""
    named = config if config.name else config.model_copy(update={"name": "nas"})
    export = Export(named, folder, barn.battery, [Bus(name="bus1")])
    export.batch, export.first_delay, export.last_delay = 0.2, 0.05, 0.2
    return export


@contextlib.asynccontextmanager
async def running(export: Export) -> AsyncIterator[Export]:
    task = asyncio.create_task(export.run())
    try:
        yield export
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def config(server: Server, **more: Any) -> ExportConfig:
    given = {"database": "jkbus"} if isinstance(server, Influx) else {}
    return ExportConfig(url=SecretUrl(server.url), **given | more)


@pytest.fixture
def victoria(tmp_path: Path) -> Iterator[VictoriaMetrics]:
    server = VictoriaMetrics(tmp_path / "victoria")
    server.start()
    yield server
    server.kill()


@pytest.fixture
def influx(tmp_path: Path) -> Iterator[Influx]:
    server = Influx(tmp_path / "influx")
    server.start()
    server.create()
    yield server
    server.kill()


@pytest.fixture(params=["victoria", "influx"])
def server(request: pytest.FixtureRequest) -> VictoriaMetrics | Influx:
    found: VictoriaMetrics | Influx = request.getfixturevalue(request.param)
    return found


@pytest.fixture(autouse=True)
def told(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    caplog.set_level(logging.INFO, logger="jkbus")
    yield caplog
    assert "Traceback" not in caplog.text and "never retrieved" not in caplog.text


def voltages(server: VictoriaMetrics | Influx) -> list[tuple[int, float]]:
    """What a database has of the barn's voltage, (ms, V), in the order of time."""
    if isinstance(server, Influx):
        return [
            (row["time"], row["battery_voltage"]) for row in server.rows("SELECT battery_voltage FROM jkbus")
        ]
    return server.points(VOLTAGE).get((("bus", "bus1"), ("pack", "my_barn")), [])


async def arrived(server: VictoriaMetrics | Influx, barn: Barn) -> None:
    """Wait until a database has all that was heard, each value once."""
    wanted = barn.voltages
    for _ in range(100):
        if [volts for _, volts in await asyncio.to_thread(voltages, server)] == wanted:
            return
        await asyncio.sleep(0.1)
    found = [volts for _, volts in voltages(server)]
    missing = sorted(set(wanted) - set(found))
    raise AssertionError(f"{len(found)} of {len(wanted)}; missing {missing[:5]}...{missing[-5:]}")


async def test_a_database_gets_every_value_as_it_was(
    server: VictoriaMetrics | Influx, tmp_path: Path
) -> None:
    barn = Barn()
    async with running(sender(config(server), tmp_path, barn)) as export:
        await barn.hear_for(1.0)
        await arrived(server, barn)
        await until(lambda: len(export.spool) == 0)
    for (ms, _), (at, _) in zip(voltages(server), barn.heard, strict=True):
        assert abs(ms - 1000 * at) < 50


async def test_a_server_killed_and_started_again_has_lost_nothing(
    server: VictoriaMetrics | Influx, tmp_path: Path, told: pytest.LogCaptureFixture
) -> None:
    barn = Barn()
    async with running(sender(config(server), tmp_path, barn)) as export:
        await barn.hear_for(1.0)
        server.kill()
        await barn.hear_for(1.0)
        assert len(export.spool) > 3
        await asyncio.to_thread(server.start)
        await barn.hear_for(0.5)
        await arrived(server, barn)
        await until(lambda: len(export.spool) == 0)
    messages = [record.getMessage() for record in told.records if record.name == "jkbus.export"]
    assert any("nobody listens there" in text for text in messages)
    assert len(messages) <= 4 and "takes values again" in messages[-1]


async def test_a_server_that_is_back_before_we_notice_has_lost_nothing(
    server: VictoriaMetrics | Influx, tmp_path: Path
) -> None:
    barn = Barn()
    async with running(sender(config(server), tmp_path, barn)) as export:
        await barn.hear_for(1.0)
        await until(lambda: len(export.spool) == 0)
        server.kill()
        server.start()
        await barn.hear_for(0.3)
        await arrived(server, barn)


OURS = """
import asyncio, sys
from pathlib import Path
sys.path[:0] = sys.argv[3:]
from outputs.test_push import Barn, sender
from jkbus.config import ExportConfig, SecretUrl

async def main():
    barn = Barn()
    export = sender(ExportConfig(url=SecretUrl(sys.argv[1])), Path(sys.argv[2]), barn)
    task = asyncio.create_task(export.run())
    while True:
        barn.hear()
        print(len(barn.heard), flush=True)
        await asyncio.sleep(0.02)

asyncio.run(main())
"""


def killed_after(seconds: float, *arguments: str) -> int:
    """How many reports a process of ours had heard when it was killed."""
    script = [sys.executable, "-c", OURS, *arguments, str(Path(__file__).parent.parent)]
    with subprocess.Popen(script, stdout=subprocess.PIPE) as ours:
        time.sleep(seconds)
        ours.kill()
        assert ours.stdout is not None
        return int(ours.stdout.read().splitlines()[-1])


@pytest.mark.parametrize("away", [False, True], ids=["server up", "server away"])
async def test_killing_us_loses_no_more_than_the_last_batch(
    victoria: VictoriaMetrics, tmp_path: Path, away: bool
) -> None:
    if away:
        victoria.kill()
    last = await asyncio.to_thread(killed_after, 2.5, victoria.url, str(tmp_path))
    if away:
        victoria.start()
    barn = Barn()
    async with running(sender(config(victoria), tmp_path, barn)) as export:
        await until(lambda: len(export.spool) == 0)
    await asyncio.sleep(1.0)  # until VictoriaMetrics shows them
    found = [round(volts * 1000) for _, volts in voltages(victoria)]
    assert found == list(range(1, len(found) + 1)) and last - len(found) < 0.5 / 0.02


async def test_an_orderly_end_loses_nothing(victoria: VictoriaMetrics, tmp_path: Path) -> None:
    barn = Barn()
    async with running(sender(config(victoria), tmp_path, barn)):
        await barn.hear_for(0.5)
    more = Barn()
    async with running(sender(config(victoria), tmp_path, more)):
        await arrived(victoria, barn)


async def test_a_batch_that_is_no_good_holds_up_nothing(
    influx: Influx, tmp_path: Path, told: pytest.LogCaptureFixture
) -> None:
    barn = Barn()
    export = sender(config(influx), tmp_path, barn)
    for _ in range(3):
        export.spool.put(gzip.compress(b"this is no line\n"))
    async with running(export):
        await barn.hear_for(0.4)
        await arrived(influx, barn)
    assert export.refused == 3 and len(list((tmp_path / "nas" / "refused").iterdir())) == 3
    complaints = [text for text in told.messages if "refuses a batch" in text]
    assert len(complaints) == 1 and "400: " in complaints[0] and "unable to parse" in complaints[0]


async def test_a_database_that_is_missing_is_told_and_waited_for(
    tmp_path: Path, told: pytest.LogCaptureFixture
) -> None:
    server, barn = Influx(tmp_path / "influx", password="s3cret"), Barn()
    server.start()
    wrong = config(server, username="me", password="not s3cret")
    right = config(server, username="me", password="s3cret")
    try:
        async with running(sender(wrong, tmp_path, barn)):
            await barn.hear_for(0.3)
            await until(lambda: "refuses our login" in told.text or "no such database" in told.text)
        server.create()
        async with running(sender(wrong, tmp_path, barn)):
            await until(lambda: "refuses our login" in told.text)
        async with running(sender(right, tmp_path, barn)):
            await arrived(server, barn)
    finally:
        server.kill()
    assert "s3cret" not in told.text


async def test_the_same_batch_twice_is_the_same_points(
    server: VictoriaMetrics | Influx, tmp_path: Path
) -> None:
    barn = Barn()
    async with running(sender(config(server), tmp_path, barn)) as export:
        await barn.hear_for(0.5)
        export.spool.again()
        await until(lambda: len(export.spool) == 0)
        await arrived(server, barn)


class Scripted:
    """A server that answers as it is told to, and keeps what it was sent."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.answers: list[tuple[int, str]] = []
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.connections = 0
        self.headers: dict[str, str] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                outer.connections += 1
                super().setup()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.requests.append((dict(self.headers), body))
                status, text = outer.answer(dict(self.headers))
                self.send_response(status)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        scheme = "https" if tls else "http"
        self.url = SecretUrl(f"{scheme}://127.0.0.1:{self._server.server_address[1]}")

    def answer(self, headers: dict[str, str]) -> tuple[int, str]:
        return self.answers.pop(0) if self.answers else (204, "")

    @property
    def lines(self) -> list[str]:
        """All lines that were taken for good or not, unpacked."""
        bodies = [
            gzip.decompress(body) if "Content-Encoding" in headers else body
            for headers, body in self.requests
        ]
        return [line for body in bodies for line in body.decode().splitlines()]

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


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
