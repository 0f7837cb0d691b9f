"""What a bus can do without fails in ways nobody foresaw, and the bus goes on."""

import asyncio
import logging
from pathlib import Path

import pytest
from pydantic import SecretStr

from jkbus.app import Gateway
from jkbus.app import apart as setting_apart
from jkbus.app.apart import apart, guarded
from jkbus.config import BusConfig, Config, ExportConfig, SecretUrl
from jkbus.config.alarms import AlarmsConfig, WebhookConfig
from jkbus.errors import UsageError
from jkbus.outputs.push import Export
from jkbus.outputs.webhook import Webhook
from remembering import heard, status

LOST = "http://127.0.0.1:1"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(setting_apart, "AGAIN", 0.01)
    caplog.set_level(logging.INFO)


async def test_what_fails_is_begun_anew(caplog: pytest.LogCaptureFixture) -> None:
    turns = []

    async def fails_twice() -> None:
        turns.append(1)
        if len(turns) < 3:
            raise ZeroDivisionError

    await apart("the kettle", fails_twice)
    assert len(turns) == 3
    assert caplog.messages == ["the kettle failed; it is begun anew in a minute, please report this"] * 2


async def test_what_the_owner_can_mend_is_told_and_not_repeated() -> None:
    async def useless() -> None:
        raise UsageError("mend it")

    with pytest.raises(UsageError, match="mend it"):
        await apart("the kettle", useless)


def test_a_listener_that_fails_is_told_of_once(caplog: pytest.LogCaptureFixture) -> None:
    def fails(home: str, event: object) -> None:
        raise ZeroDivisionError

    listener = guarded("the kettle", fails)
    for _ in range(3):
        listener("bus1", heard(status(), 0, 1.0))
    assert caplog.messages == ["the kettle cannot take what was heard; please report this"]


async def test_no_fault_of_an_export_or_a_webhook_ends_the_gateway(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fails(self: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Export, "_gather", fails)
    monkeypatch.setattr(Webhook, "_gather", fails)
    config = Config(
        buses=(BusConfig(link=SecretUrl("sim:1"), name="bus1"),),
        state=tmp_path,
        export=(ExportConfig(url=SecretUrl(LOST)),),
        alarms=AlarmsConfig(webhook=WebhookConfig(url=SecretStr(LOST))),
    )
    gateway = Gateway(config)
    running = asyncio.create_task(gateway.run())
    async with asyncio.timeout(20.0):
        while caplog.text.count("the export failed") < 2 or caplog.text.count("the webhook failed") < 2:
            assert not running.done()
            await asyncio.sleep(0.02)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_what_fails_while_it_is_stopped_ends(caplog: pytest.LogCaptureFixture) -> None:
    async def works() -> None:
        async def fails() -> None:
            try:
                await asyncio.sleep(60)
            finally:
                raise ZeroDivisionError

        async with asyncio.TaskGroup() as group:
            group.create_task(fails())

    running = asyncio.create_task(apart("the export", works))
    await asyncio.sleep(0.01)
    running.cancel()
    async with asyncio.timeout(5.0):
        await asyncio.gather(running, return_exceptions=True)
    assert running.cancelled()
