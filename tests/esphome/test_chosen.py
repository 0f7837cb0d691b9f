"""A node whose place is taken: the old names in the old look, with values of ours, and nothing else."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from aioesphomeapi.model import NumberInfo, SensorInfo, SensorStateClass, SwitchInfo

from controlling import config, hurry, three
from jkbus.config import BusConfig, EsphomeConfig
from jkbus.config.tree import HomeAssistantConfig
from jkbus.errors import UsageError
from jkbus.esphome.chosen import chosen
from jkbus.outputs.reference import counterparts
from nodes import configured, node, seen, until


def of(pack: str, **platforms: dict[str, Any]) -> dict[str, Any]:
    """Entities of a pack that are called as their keys are."""
    named = {
        platform: {key: {"name": f"{pack} {key}"} | said for key, said in entities.items()}
        for platform, entities in platforms.items()
    }
    return {pack: named}


def every(pack: str) -> dict[str, Any]:
    platforms: dict[str, dict[str, Any]] = {}
    for platform, key in counterparts():
        platforms.setdefault(platform, {})[key] = {}
    return of(pack, **platforms)


def buses(folder: Path) -> tuple[BusConfig, ...]:
    return config(folder).buses


ALARMS: dict[str, Any] = {"alarm_wireres": {}, "alarm_mosotp": {}, "status_online": {}}
FEW = of(
    "b",
    sensor={
        "battery_voltage": {},
        "battery_power": {"multiply": 0.001, "unit": "kW", "accuracy_decimals": 1, "icon": "mdi:flash"},
        "cell_voltage_09": {"disabled": True},
        "cell_voltage_32": {},
        "battery_total_alarms_count": {},
        "battery_total_alarms_active": {},
    },
    binary_sensor=ALARMS,
    text_sensor={"network_nodes_available": {}, "info_device_password": {}, "errors": {}},
    number={"max_charging_current": {}},
    switch={"balancing": {}, "emergency": {}},
)


def test_exactly_what_was_chosen_is_there_from_the_first_moment(tmp_path: Path) -> None:
    given = configured(tmp_path, entities=FEW, broadcast={"name": "to all"})

    async def look() -> None:
        async with node(three(), given, heard=0.2), seen(given) as found:
            assert found.info.devices == [] and {one.device_id for one in found.entities} == {0}
            names = {one.name for one in found.entities}
            wanted = {said["name"] for kinds in FEW["b"].values() for said in kinds.values()}
            assert names == wanted - {"b info_device_password"} | {"to all"}
            await asyncio.sleep(120)
            assert found.ended == []

    hurry(look())


def test_they_look_as_they_did(tmp_path: Path) -> None:
    given = configured(tmp_path, entities=FEW)

    async def look() -> None:
        async with node(three(), given, heard=1), seen(given) as found:
            voltage, power = found.find("b battery_voltage"), found.find("b battery_power")
            limit, balancing = found.find("b max_charging_current"), found.find("b balancing")
            assert isinstance(voltage, SensorInfo) and isinstance(power, SensorInfo)
            assert (voltage.unit_of_measurement, voltage.device_class) == ("V", "voltage")
            assert (voltage.accuracy_decimals, voltage.state_class) == (2, SensorStateClass.MEASUREMENT)
            assert (power.unit_of_measurement, power.accuracy_decimals, power.icon) == ("kW", 1, "mdi:flash")
            assert found.find("b cell_voltage_09").disabled_by_default
            assert isinstance(limit, NumberInfo) and limit.unit_of_measurement == "A"
            assert limit.icon == "mdi:clock-outline" and limit.max_value > limit.min_value
            assert isinstance(balancing, SwitchInfo) and balancing.icon == "mdi:seesaw"

    hurry(look())


def test_their_values_are_ours(tmp_path: Path) -> None:
    given = configured(tmp_path, entities=FEW)

    async def look() -> None:
        async with node(three(), given) as bench, seen(given) as found:
            assert found.value("b battery_voltage") == pytest.approx(53, abs=3)
            assert found.value("b battery_power") == 0
            assert found.value("b cell_voltage_32") is None
            assert found.value("b status_online") is True and found.value("b balancing") is True
            assert found.value("b network_nodes_available") == "0111000000000000"
            assert found.value("b battery_total_alarms_count") == 2
            assert found.value("b battery_total_alarms_active") == 0 and found.value("b errors") == ""
            bench.pack(2).wire_resistance[2] = 0.5
            await found.until(lambda: found.value("b battery_total_alarms_active") == 1)
            assert found.value("b alarm_wireres") is True and found.value("b errors") != ""
            bench.pack(2).silent = True
            await found.until(lambda: found.value("b status_online") is False, 120)
            assert found.value("b battery_voltage") is None

    hurry(look())


def test_settings_are_set_by_their_old_names(tmp_path: Path) -> None:
    given = configured(tmp_path, entities=FEW, broadcast={"name": "to all"})

    async def look() -> None:
        async with node(three(), given) as bench, seen(given) as found:
            assert found.value("to all") is False
            found.client.number_command(found.find("b max_charging_current").key, 33.3)
            await found.until(lambda: found.value("b max_charging_current") == pytest.approx(33.3))
            assert [pack.settings.charge_current_limit == 33.3 for pack in bench.line.packs] == [0, 1, 0]
            found.client.switch_command(found.find("to all").key, True)
            await found.until(lambda: found.value("to all") is True)
            found.client.switch_command(found.find("b balancing").key, False)
            await until(lambda: not any(pack.settings.balancing_enabled for pack in bench.line.packs), 120)

    hurry(look())


def test_emergency_starts_only_where_it_is_allowed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    given = configured(tmp_path, entities=FEW)
    allowed = given.model_copy(update={"homeassistant": HomeAssistantConfig(buttons=("emergency_start",))})

    async def look() -> None:
        async with node(three(), given) as bench, seen(given) as found:
            key = found.find("b emergency").key
            found.client.switch_command(key, True)
            await until(lambda: "name emergency_start in homeassistant: buttons:" in caplog.text, 10)
            assert bench.tapped.writes == []
        async with node(three(), allowed) as bench, seen(allowed) as found:
            found.client.switch_command(key, True)
            await found.until(lambda: found.value("b emergency") is True, 120)
            found.client.switch_command(key, False)
            await until(lambda: "cannot be switched off; it ends by itself" in caplog.text, 10)

    hurry(look())


def test_every_entity_of_the_old_firmware_can_be_listed_and_told(tmp_path: Path) -> None:
    given = configured(tmp_path, entities=every("b") | every("c"))

    async def look() -> None:
        async with node(three(), given, heard=60), seen(given) as found:
            there = [row for row in counterparts().values() if row.get is not None]
            assert len(found.entities) == 2 * len(there)
            assert len({one.key for one in found.entities}) == len(found.entities)
            unknown = {
                one.name for one in found.entities if found.value(one.name, kind=type(one).__name__) is None
            }
            assert not [name for name in unknown if "cell_" not in name and "temperature" not in name], (
                unknown
            )

    hurry(look())


def test_a_small_change_is_none_under_an_old_name_either(tmp_path: Path) -> None:
    listing = chosen(EsphomeConfig(plaintext=True, entities=FEW), buses(tmp_path))
    assert listing.policies["status"].deadband == {
        "sensor/b battery_voltage": 0.02,
        "sensor/b battery_power": pytest.approx(0.005),
    }


@pytest.mark.parametrize(
    ("entities", "why"),
    [
        (of("q", sensor={"battery_voltage": {}}), "there is no pack 'q'"),
        (of("b", sensor={"batery_voltage": {}}), "did you mean battery_voltage"),
        (of("b", number={"max_charging_current": {"multiply": 0.1}}), "multiply: is for sensors"),
        (
            of("b", sensor={"battery_voltage": {}, "battery_power": {"name": "b battery_voltage"}}),
            "its own name",
        ),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(tmp_path: Path, entities: dict[str, Any], why: str) -> None:
    with pytest.raises(UsageError, match=why):
        chosen(EsphomeConfig(plaintext=True, entities=entities), buses(tmp_path))
