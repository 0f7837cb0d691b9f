"""The whole way to real databases: through their absence, their death and ours, and their refusals."""

import asyncio
import gzip
import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jkbus.config import ExportConfig, SecretUrl
from outputs.barn import Barn, running, sender
from outputs.databases import Influx, Server, VictoriaMetrics
from outputs.support import until

VOLTAGE = "jkbus_battery_voltage"


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
from outputs.barn import Barn, sender
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
