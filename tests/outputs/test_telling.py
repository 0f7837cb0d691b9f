"""Alarms, health and the whole battery on their way to a real broker."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from jkbus.alarms import Alarms, pack_subject
from jkbus.alarms.findings import SHARE_WRONG
from jkbus.app.gateway import Gateway
from jkbus.bus.bus import Bus
from jkbus.config import AlarmsConfig, BusConfig, Config, PackConfig, SecretUrl, WebConfig
from jkbus.config.tree import HomeAssistantConfig, MqttConfig
from jkbus.health import Finding
from jkbus.health.report import Health
from jkbus.model.energy import Energy
from jkbus.outputs.mqtt import Mqtt
from outputs.broker import Broker, watching
from outputs.support import until
from outputs.test_mqtt import Garage, running

GARAGE = pack_subject("garage", "garage")
EVENT, SUMMARY, HEALTH, BATTERY = (
    f"jkbus/{topic}" for topic in ("garage/alarm", "garage/alarm_summary", "garage/health", "battery/state")
)


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Broker]:
    broker = Broker(tmp_path)
    broker.start()
    with contextlib.closing(broker):
        yield broker


@pytest.fixture
async def garage() -> Garage:
    return Garage()


@pytest.fixture
def alarms(garage: Garage, tmp_path: Path) -> Alarms:
    kept = Alarms(garage.battery, [], AlarmsConfig(), tmp_path)
    kept.start()
    return kept


def output(broker: Broker, garage: Garage, **more: Any) -> Mqtt:
    """Our side, without Home Assistant, for which it would wait."""
    config = MqttConfig(url=SecretUrl(f"mqtt://127.0.0.1:{broker.port}"))
    mqtt = Mqtt(config, HomeAssistantConfig(enabled=False), garage.battery, [Bus(name="bus1")], **more)
    mqtt.first_delay = mqtt.last_delay = 0.1
    return mqtt


async def test_an_alarm_is_told_once_and_what_stands_to_whoever_comes_later(
    broker: Broker, garage: Garage, alarms: Alarms
) -> None:
    async with watching(broker.port) as seen, running(output(broker, garage, alarms=alarms)):
        await until(lambda: seen.values(SUMMARY).get("severity") == "none")
        alarms.found(GARAGE, SHARE_WRONG, "it takes 12 %")
        await until(lambda: seen.values(EVENT) and seen.values(SUMMARY)["severity"] == "warning")
        assert seen.values(EVENT)["event_type"] == "came"
        assert "it takes 12 %" in seen.values(EVENT)["message"]
        async with watching(broker.port) as late:
            await until(lambda: late.values(SUMMARY))
            assert SUMMARY in late.retained and EVENT not in late.retained
        (entry,) = alarms.standing()
        await alarms.close(entry.id, "anna")
        await until(lambda: seen.values(EVENT)["event_type"] == "went")
        await until(lambda: seen.values(SUMMARY)["severity"] == "none")
        assert seen.count(EVENT) == 2


async def test_an_alarm_that_comes_while_the_broker_is_away_is_told_when_it_is_back(
    broker: Broker, garage: Garage, alarms: Alarms
) -> None:
    async with running(output(broker, garage, alarms=alarms)) as mqtt:
        await until(lambda: mqtt.connected)
        broker.kill()
        await until(lambda: not mqtt.connected)
        alarms.found(GARAGE, SHARE_WRONG)
        (entry,) = alarms.standing()
        await alarms.close(entry.id, "anna")
        mqtt.first_delay = mqtt.last_delay = 1.0  # so that the watcher is there first
        await asyncio.sleep(0.2)
        broker.start()
        async with watching(broker.port) as seen:
            await until(lambda: seen.count(EVENT) == 2)
            assert [json.loads(text)["event_type"] for topic, text in seen.heard if topic == EVENT] == [
                "came",
                "went",
            ]
            await until(lambda: seen.values(SUMMARY).get("severity") == "none")


async def test_health_and_the_whole_battery_are_told(broker: Broker, garage: Garage) -> None:
    finding = Finding("watch", "trend", "cell 7", "it drifts by -5 mV a week")
    health = Health({}, {}, {"garage": [finding]})
    more = {"health": lambda: health, "energy": lambda: Energy(12.5, 3.0)}
    async with watching(broker.port) as seen, running(output(broker, garage, **more)):
        await until(lambda: seen.values(HEALTH) and seen.values(BATTERY))
        assert seen.values(HEALTH) == {"health": "watch", "health_text": "cell 7: it drifts by -5 mV a week"}
        assert (seen.values(BATTERY)["packs_heard"], seen.values(BATTERY)["state_of_charge"]) == (1, 60)
        assert seen.values(BATTERY)["energy_charged"] == 12.5
        assert seen.latest["jkbus/battery/availability"] == "online"
        garage.state("silent")
        await until(lambda: seen.latest["jkbus/battery/availability"] == "offline")


async def test_a_gateway_tells_all_of_it(broker: Broker, tmp_path: Path) -> None:
    garage = PackConfig(name="garage", address=1)
    bus = BusConfig(link=SecretUrl("sim:2"), name="bus1", packs=(garage,))
    config = MqttConfig(url=SecretUrl(f"mqtt://127.0.0.1:{broker.port}"))
    plain = HomeAssistantConfig(enabled=False)
    gateway = Gateway(
        Config(buses=(bus,), state=tmp_path, mqtt=config, homeassistant=plain, web=WebConfig(enabled=False))
    )
    async with watching(broker.port) as seen:
        task = asyncio.create_task(gateway.run())
        try:
            await until(lambda: seen.values(BATTERY) and seen.values(SUMMARY), 30)
            assert seen.values(BATTERY)["energy_charged"] >= 0
            gateway.alarms.found(GARAGE, SHARE_WRONG)
            await until(lambda: seen.values(EVENT) and seen.values(SUMMARY)["standing"] == 1)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
