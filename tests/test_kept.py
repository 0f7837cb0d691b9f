"""What the gateway keeps of what it hears, whom it tells, and that the bus goes on whatever comes of it."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from controlling import Tapped, hurry, running
from controlling import config as config_of
from jkbus.alarms import Alarms, pack_subject
from jkbus.alarms.findings import SHARE_WRONG
from jkbus.app import Gateway
from jkbus.config import (
    AlarmsConfig,
    ExportConfig,
    HistoryConfig,
    MetricsConfig,
    SecretUrl,
    WebhookConfig,
)
from jkbus.history.query import reports, sources
from jkbus.history.recorder import Recorder
from jkbus.history.store import Store
from jkbus.history.whole import KEY, Whole
from jkbus.protocol import Status
from jkbus.simulator import bank
from outputs.broker import free_port
from outputs.support import until
from shell import PATIENCE

WALL = 1_780_315_200.0  # unix s at which a gateway in virtual time is started


def lived(state: Path, seconds: float, **more: Any) -> Gateway:
    """A gateway that has run for so many virtual seconds on a bus with three packs."""

    async def work() -> Gateway:
        clock = asyncio.get_running_loop().time
        begin = clock()
        given = config_of(state, listen=0.1).model_copy(update=more)
        gateway = Gateway(given, Tapped(bank(3, master=False)).open, wall=lambda: WALL + clock() - begin)
        task = asyncio.create_task(gateway.run())
        await asyncio.sleep(seconds)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert sum(pack.available for pack in gateway.battery.packs) == 3
        return gateway

    return hurry(work())


def remembered(state: Path) -> dict[str, int]:
    """How many reports of each pack and of the battery the history has."""
    store = Store(state / "history.sqlite")
    kinds = {source.key: Whole if source.key == KEY else Status for source in sources(store)}
    return {key: len(list(reports(store, key, kind))) for key, kind in kinds.items()}


def test_all_that_is_heard_is_kept_and_all_packs_as_one(tmp_path: Path) -> None:
    gateway = lived(tmp_path, 100)
    assert remembered(tmp_path).keys() == {"a", "b", "c", KEY}
    assert min(remembered(tmp_path).values()) > 90
    heard = gateway.buses[0].counters.reports
    assert sum(remembered(tmp_path).values()) == pytest.approx(heard + 100, abs=25)  # Settings are kept once
    (power,) = {source.name for source in sources(Store(tmp_path / "history.sqlite")) if source.key == KEY}
    assert power == "battery"


def test_a_history_that_is_turned_off_is_not_begun(tmp_path: Path) -> None:
    lived(tmp_path, 30, history=HistoryConfig(enabled=False))
    assert not (tmp_path / "history.sqlite").exists()
    assert (tmp_path / "alarms.sqlite").exists()


def test_a_single_command_keeps_nothing_of_what_it_hears(tmp_path: Path) -> None:
    async def work() -> None:
        gateway = Gateway(config_of(tmp_path), Tapped(bank(3, master=False)).open, alone=True)
        async with gateway.at_hand() as desk:
            await desk.roll.call(["all"])

    hurry(work())
    assert not list(tmp_path.glob("*.sqlite"))


def test_damaged_files_are_set_aside_and_the_bus_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("history", "alarms"):
        (tmp_path / f"{name}.sqlite").write_bytes(b"not a database, " * 500)
    lived(tmp_path, 60)
    assert {path.name.partition("-")[0] for path in tmp_path.glob("*.damaged-*")} == {
        "history.sqlite.damaged",
        "alarms.sqlite.damaged",
    }
    assert min(remembered(tmp_path).values()) > 40
    assert caplog.text.count("it was set aside as") == 2


def test_where_nothing_can_be_kept_the_bus_goes_on(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "state").write_text("in the way")
    lived(tmp_path / "state", 120)
    told = [line for line in caplog.messages if "there is no history" in line]
    assert len(told) == 1


def test_what_nobody_foresaw_does_not_stop_the_bus(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*anything: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Alarms, "tick", fails)
    monkeypatch.setattr(Recorder, "take", fails)
    lived(tmp_path, 150)
    assert caplog.text.count("the journal of alarms failed; it is begun anew") == 3
    assert caplog.text.count("the history cannot take what was heard") == 1


def test_the_second_gateway_in_a_folder_keeps_nothing(tmp_path: Path) -> None:
    async def work() -> None:
        async with running(bank(3, master=False), tmp_path):
            await asyncio.sleep(1)
            async with running(bank(5, master=False), tmp_path) as second:
                await asyncio.sleep(60)
                assert len(second.gateway.battery.packs) == 5

    hurry(work())
    assert remembered(tmp_path).keys() == {"a", "b", "c", KEY}


def test_a_pack_that_falls_silent_is_an_alarm_that_commands_can_see(tmp_path: Path) -> None:
    async def work() -> list[dict[str, Any]]:
        line = bank(3, master=False)
        async with running(line, tmp_path) as bench:
            await asyncio.sleep(60)
            line.packs.pop()
            await asyncio.sleep(120)
            asked = bench.gateway.archive.doings["alarms"]({"do": "alarms", "standing": True, "packs": ["c"]})
            (answer,) = [each async for each in asked]
        return list(answer["entries"])

    (entry,) = hurry(work())
    assert entry["message"].startswith("c: pack is silent")


async def test_values_are_shown_to_prometheus_and_kept_for_a_database_that_is_away(tmp_path: Path) -> None:
    port = free_port()
    more = {
        "metrics": MetricsConfig(listen=f"127.0.0.1:{port}"),
        "export": (ExportConfig(url=SecretUrl(f"http://127.0.0.1:{free_port()}"), name="away"),),
    }
    given = config_of(tmp_path, listen=0.1).model_copy(update=more)
    async with running(bank(3, master=False), tmp_path, given) as bench:
        await until(lambda: len(bench.gateway.battery.packs) == 3)
        page = ""
        for _ in range(100):
            with suppress(OSError):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(b"GET /metrics HTTP/1.0\r\n\r\n")
                page = (await asyncio.wait_for(reader.read(), PATIENCE)).decode()
                writer.close()
                break
            await asyncio.sleep(0.05)
        assert "jkbus_pack_voltage_volts" in page
    assert list((tmp_path / "spool" / "away").iterdir())


async def test_an_alarm_is_told_to_the_webhook(tmp_path: Path) -> None:
    told = asyncio.Event()

    async def serve_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if b"POST /hook" in await reader.readuntil(b"\r\n\r\n"):
            told.set()
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(serve_one, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    webhook = WebhookConfig(url=SecretStr(f"http://127.0.0.1:{port}/hook"))
    given = config_of(tmp_path).model_copy(update={"alarms": AlarmsConfig(webhook=webhook)})
    async with running(bank(1, master=False), tmp_path, given) as bench, asyncio.timeout(PATIENCE):
        await asyncio.sleep(0.1)
        bench.gateway.alarms.found(pack_subject("a", "a"), SHARE_WRONG)
        await told.wait()
    server.close()
