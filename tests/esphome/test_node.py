"""The node as ESPHome's own client sees it: what is listed, and what is told when."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest
from aioesphomeapi.model import (
    BinarySensorInfo,
    EntityCategory,
    NumberInfo,
    SensorInfo,
    SensorStateClass,
    TextSensorInfo,
)

from controlling import hurry, three
from jkbus.config import PackConfig
from jkbus.simulator import bank
from nodes import KEY, MAC, Seen, configured, many, node, seen


@pytest.mark.parametrize("plaintext", [False, True])
def test_a_client_sees_a_node_with_a_device_for_each_pack(tmp_path: Path, plaintext: bool) -> None:
    given = configured(tmp_path, plaintext=plaintext, friendly_name="Barn")

    async def look() -> None:
        async with node(three(), given), seen(given, None if plaintext else KEY) as found:
            assert found.info.name == "barn" and found.info.friendly_name == "Barn"
            assert found.info.mac_address == MAC and found.info.api_encryption_supported is not plaintext
            assert [device.name for device in found.info.devices] == ["Battery", "a", "b", "c"]
            assert found.value("Voltage", "b") == pytest.approx(53.0, abs=3)
            assert found.value("Charge enabled", "b", "Switch") is True

    hurry(look())


def check_looks(found: Seen) -> None:
    """Units, classes, decimals, categories and what is disabled, by example."""
    voltage, cell = found.find("Voltage", "a"), found.find("Cell 3 voltage", "a")
    assert isinstance(voltage, SensorInfo) and isinstance(cell, SensorInfo)
    assert (voltage.unit_of_measurement, voltage.device_class, voltage.accuracy_decimals) == (
        "V",
        "voltage",
        2,
    )
    assert voltage.state_class == SensorStateClass.MEASUREMENT
    assert (voltage.entity_category, voltage.disabled_by_default) == (EntityCategory.NONE, False)
    assert (cell.accuracy_decimals, cell.entity_category) == (3, EntityCategory.DIAGNOSTIC)
    energy = found.find("Energy charged", "a")
    assert isinstance(energy, SensorInfo) and energy.state_class == SensorStateClass.TOTAL_INCREASING
    problem = found.find("Problem", "a")
    assert isinstance(problem, BinarySensorInfo) and problem.device_class == "problem"
    operation = found.find("Operation", "a")
    assert isinstance(operation, TextSensorInfo) and operation.device_class == ""
    assert found.find("Cell 3 wire resistance", "a").disabled_by_default
    limit = found.find("Charge current limit", "a", "Number")
    assert isinstance(limit, NumberInfo) and limit.entity_category == EntityCategory.CONFIG
    assert (limit.unit_of_measurement, limit.device_class) == ("A", "current")
    assert limit.min_value < limit.max_value and 0 < limit.step <= 1


def test_sixteen_packs_with_all_entities(tmp_path: Path) -> None:
    given = configured(tmp_path, many(tmp_path, range(16)))

    async def look() -> None:
        async with node(bank(16), given, heard=150), seen(given) as found:
            assert len(found.info.devices) == 17
            by_device = Counter(one.device_id for one in found.entities)
            assert all(by_device[device.device_id] > 150 for device in found.info.devices[2:])
            assert len(found.entities) > 3000
            names = Counter((one.device_id, type(one), one.name) for one in found.entities)
            assert max(names.values()) == 1, names.most_common(3)
            keys = Counter((one.device_id, one.key) for one in found.entities)
            assert max(keys.values()) == 1
            silent = {"ButtonInfo", "EventInfo"}
            told = [one for one in found.entities if type(one).__name__ not in silent]
            assert len(found.states) == len(told)
            begin = asyncio.get_running_loop().time()
            await found.client.list_entities_services()
            assert asyncio.get_running_loop().time() - begin < 5
            for secret in ("password", "passcode", "pin"):
                assert not [one.name for one in found.entities if secret in one.name.lower().split()]

    hurry(look())


def test_entities_look_as_they_are(tmp_path: Path) -> None:
    given = configured(tmp_path)

    async def look() -> None:
        async with node(three(), given), seen(given) as found:
            check_looks(found)

    hurry(look())


def test_on_a_flat_node_names_begin_with_the_pack(tmp_path: Path) -> None:
    given = configured(tmp_path, layout="flat")

    async def look() -> None:
        async with node(three(), given), seen(given) as found:
            assert found.info.devices == []
            assert {one.device_id for one in found.entities} == {0}
            assert found.value("b Voltage") == pytest.approx(53.0, abs=3)
            assert found.value("Battery Packs heard") == 3
            names = Counter((type(one), one.name) for one in found.entities)
            assert max(names.values()) == 1, names.most_common(3)

    hurry(look())


def test_what_does_not_change_is_told_once(tmp_path: Path) -> None:
    given = configured(tmp_path)

    async def look() -> None:
        async with node(three(), given, heard=100), seen(given) as found:
            found.told.clear()
            await asyncio.sleep(600)
            titles = {(one.device_id, one.key): one.name for one in found.entities}
            told = Counter(titles[state.device_id, state.key] for state in found.told)
            assert "Model" not in told and "Charge enabled" not in told and "Online" not in told
            assert told["Voltage"] <= 4, told  # packs at rest: only what is more than the dead-band
            assert told["Cell 3 voltage"] <= 4, told

    hurry(look())


def test_a_pack_that_falls_silent_is_unknown_and_not_online_until_it_is_back(tmp_path: Path) -> None:
    given = configured(tmp_path)

    async def look() -> None:
        async with node(three(), given) as bench, seen(given) as found:
            assert found.value("Online", "b") is True
            bench.pack(2).silent = True
            await found.until(lambda: found.value("Online", "b") is False, 120)
            assert (
                found.value("Voltage", "b") is None and found.value("Charge enabled", "b", "Switch") is None
            )
            assert found.value("Voltage", "c") is not None and found.value("Packs heard", "Battery") == 2
            bench.pack(2).silent = False
            await found.until(lambda: found.value("Voltage", "b") is not None, 120)
            assert found.value("Online", "b") is True
            await found.until(lambda: found.value("Charge enabled", "b", "Switch") is True)

    hurry(look())


def test_a_pack_that_comes_later_sends_clients_away_once(tmp_path: Path) -> None:
    given = configured(tmp_path)

    async def look() -> None:
        line = three()
        line.packs[2].silent = True
        async with node(line, given, heard=100) as bench:
            async with seen(given) as found:
                assert [device.name for device in found.info.devices] == ["Battery", "a", "b"]
                bench.pack(3).silent = False
                await found.until(lambda: found.ended, 120)
                assert found.ended == [True]
            async with seen(given) as found:
                assert [device.name for device in found.info.devices] == ["Battery", "a", "b", "c"]
                await asyncio.sleep(300)
                assert found.ended == []

    hurry(look())


def listed(found: Seen) -> list[tuple[str, int, int, str]]:
    """Every entity, in an order that does not depend on when it was found."""
    return sorted((type(one).__name__, one.device_id, one.key, one.name) for one in found.entities)


def test_a_restart_lists_everything_before_a_pack_is_heard(tmp_path: Path) -> None:
    given = configured(tmp_path)

    async def look() -> None:
        async with node(three(), given, heard=100), seen(given) as found:
            before = listed(found)
        deaf = three()
        for pack in deaf.packs:
            pack.silent = True
        async with node(deaf, given, heard=0.5), seen(given) as found:
            assert listed(found) == before
            assert found.value("Voltage", "b") is None and found.value("Online", "b") is None
            assert found.value("bus1 Apply changes to all packs") is False
            await found.until(lambda: found.value("Online", "b") is False, 120)
            assert found.ended == []

    hurry(look())


def test_a_pack_keeps_its_device_when_others_go_and_come(tmp_path: Path) -> None:
    given = configured(tmp_path)
    bus = given.buses[0]
    renamed = (PackConfig(name="B", address=2), PackConfig(name="new", address=1), bus.packs[2])
    later = given.model_copy(update={"buses": (bus.model_copy(update={"packs": renamed}),)})

    async def look() -> None:
        async with node(three(), given), seen(given) as found:
            before = {device.name: device.device_id for device in found.info.devices}
        async with node(three(), later), seen(later) as found:
            after = {device.name: device.device_id for device in found.info.devices}
        assert after == {
            "Battery": before["Battery"],
            "B": before["b"],
            "c": before["c"],
            "new": max(before.values()) + 1,
        }

    hurry(look())
