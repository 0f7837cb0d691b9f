"""The ids in a dashboard are those that Home Assistant gives: checked against all that is told to it."""

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkbus.bus.bus import Bus
from jkbus.config import BusConfig, Config, EsphomeConfig, MqttConfig, PackConfig, SecretUrl
from jkbus.dashboards.home import Home, home
from jkbus.dashboards.ids import ESPHOME, MQTT, over_esphome, slugified
from jkbus.errors import UsageError
from jkbus.esphome.catalogue import Catalogue
from jkbus.esphome.chosen import chosen
from jkbus.esphome.entries import Entry
from jkbus.esphome.messages import read
from jkbus.model.pack import Pack
from jkbus.outputs.controls import NOTHING, Writing
from jkbus.outputs.facts import Facts
from jkbus.outputs.groups import DEFAULTS
from jkbus.outputs.homeassistant import Discovery
from jkbus.outputs.naming import OURS, Names
from jkbus.outputs.publisher import Publisher
from jkbus.outputs.reference import counterparts
from jkbus.outputs.topics import Topics
from jkbus.protocol import Report
from jkbus.simulator import VirtualPack
from outputs.rules import discovered

MAY = Writing(lambda pack: pack.address != 0, lambda bus: True, ("set_clock",))
WRITES = pytest.mark.parametrize("writing", [NOTHING, MAY], ids=["read only", "writable"])
NAMES = pytest.mark.parametrize("names", ["jkbus", "jk-bms-card"])
REMEMBERED = {
    "jk_1": {"name": "JK 1", "bus": "cellar", "address": 9},
    "gone": {"name": "Gone", "bus": "cellar", "address": None},
}


def configured(**said: Any) -> Config:
    names = [PackConfig(name="Büro-Süd 1", address=2), PackConfig(name="master", address=0)]
    bus = BusConfig(link=SecretUrl("sim:3"), name="cellar", packs=tuple(names), writes=True)
    return Config(buses=(bus,), mqtt=MqttConfig(url=SecretUrl("mqtt://broker"), topic="solar/jk"), **said)


def packs() -> list[Pack]:
    """The packs of the configuration, and one that was found beside them."""
    found = [
        Pack("cellar", 0, "master", key="master"),
        Pack("cellar", 2, "Büro-Süd 1", key="buro-sud_1"),
        Pack("cellar", 9, "JK 1", key="jk_1"),
    ]
    for pack in found:
        virtual = VirtualPack(pack.address, firmware="15.41")
        for kind in ("settings", "about", "status"):
            pack.take(Report(getattr(virtual, kind).sealed(), pack.address), 0.0)
    return found


def announced(writing: Writing, names: Names = OURS) -> tuple[set[str], dict[str, Any]]:
    """The ids that discovery asks for, of what is switched on; and what is remembered of it."""
    topics = Topics("solar/jk")
    known: dict[str, Any] = {}
    discovery = Discovery("homeassistant", topics, DEFAULTS, "0.1.0", alarms=True, names=names)
    publisher = Publisher(topics, DEFAULTS, [Bus(name="cellar")], discovery, known, writing)
    messages = [message for message in publisher.due(packs(), 0.0) if message.topic.endswith("/config")]
    parts = [part for message in messages for part in discovered(message.payload)["components"].values()]
    return {part["default_entity_id"] for part in parts if part.get("enabled_by_default", True)}, known


def listed(entries: Iterable[Entry], node: str, devices: dict[int, str]) -> set[str]:
    """The ids that Home Assistant makes of a listing, of what is switched on."""
    found = set()
    for entry in entries:
        _, said = read(entry.listed)
        if not said.disabled_by_default:
            found.add(over_esphome(entry.platform, devices.get(entry.device, node), entry.title))
    return found


def of_packs(found: Home) -> set[str]:
    return {id for owner in (*found.packs, *found.buses) for id in owner.ids.values()}


@WRITES
@NAMES
def test_over_mqtt_they_are_those_that_discovery_asks_for(writing: Writing, names: Names) -> None:
    told, known = announced(writing, names)
    found = home(configured(names=names), {"packs": REMEMBERED, "entities": known}, MQTT, {})
    assert of_packs(found) == {id for id in told if not id.endswith("_apply_to_all")}
    assert [pack.name for pack in found.packs] == ["master", "Büro-Süd 1", "JK 1"]
    assert "sensor.solar_jk_battery_state_of_charge" in found.battery.ids.values()


@WRITES
@NAMES
@pytest.mark.parametrize("layout", ["devices", "flat"])
def test_of_the_native_api_they_are_made_of_the_names_that_are_listed(
    writing: Writing, names: Names, layout: str
) -> None:
    known: dict[str, Any] = {}
    flat = layout == "flat"
    catalogue = Catalogue(known, ["cellar"], writing, flat, [pack.key or "" for pack in packs()], names)
    for pack in packs():
        catalogue.look(pack, Facts(pack))
    said = {"name": "esp-rs485", "friendly_name": "JK gateway", "layout": layout, "plaintext": True}
    node = EsphomeConfig.model_validate(said)
    found = home(configured(esphome=node, names=names), {"packs": REMEMBERED, "esphome": known}, ESPHOME, {})
    told = listed(catalogue.all, "JK gateway", dict(catalogue.devices))
    assert found.ids == {id for id in told if not id.endswith("_apply_changes_to_all_packs")}
    begins = "sensor.jk_gateway_buro_sud_1" if flat else "sensor.buro_sud_1"
    assert f"{begins}_{'soc' if names == OURS else 'state_of_charge'}" in found.ids


def test_a_node_whose_place_was_taken_keeps_its_names() -> None:
    names: dict[str, Any] = {}
    for platform, key in counterparts():
        names.setdefault(platform, {})[key] = {"name": f"bms 2 {key}", "disabled": key == "cell_voltage_03"}
    said = {"name": "esp", "plaintext": True, "entities": {"Büro-Süd 1": names}}
    node = EsphomeConfig.model_validate(said)
    config = configured(esphome=node)
    found = home(config, {"packs": REMEMBERED}, ESPHOME, {})
    assert found.ids < listed(chosen(node, config.buses).all, "esp", {})
    (pack,) = found.packs
    assert pack.ids["state_of_charge"] == "sensor.esp_bms_2_battery_capacity_state_of_charge"
    assert pack.ids["set_charge_enabled"] == "switch.esp_bms_2_charging"
    assert set(pack.numbered("cell_voltage_")) == set(range(1, 33)) - {3}


def test_ids_of_a_device_that_was_renamed_begin_as_somebody_says() -> None:
    _, known = announced(NOTHING)
    memory = {"packs": REMEMBERED, "entities": known}
    found = home(configured(), memory, MQTT, {"Büro-Süd 1": "office", "battery": "all_of_it"})
    assert found.packs[1].ids["state_of_charge"] == "sensor.office_state_of_charge"
    assert found.packs[1].ids["problem"] == "binary_sensor.office_problem"
    assert found.battery.ids["power"] == "sensor.all_of_it_power"
    with pytest.raises(UsageError, match="no pack garage; there are master"):
        home(configured(), memory, MQTT, {"garage": "x"})


def test_without_anything_told_there_is_nothing_to_show() -> None:
    with pytest.raises(UsageError, match="no pack was told to Home Assistant over mqtt yet"):
        home(configured(), {"packs": REMEMBERED}, MQTT, {})


@pytest.mark.parametrize(
    ("name", "slug"),
    [  # each as Home Assistant's own slugify has it
        ("Speicher Süd SoC", "speicher_sud_soc"),
        ("Straße 1", "strasse_1"),
        ("Łódź x", "lodz_x"),
        ("esp-rs485-gw BMS1", "esp_rs485_gw_bms1"),
        ("a--b__c", "a_b_c"),
        ("A's pack", "a_s_pack"),
        ("it’s", "its"),
        ("x²", "x2"),
        ("", "unknown"),
    ],
)
def test_names_become_ids_as_in_home_assistant(name: str, slug: str) -> None:
    assert slugified(name) == slug


@given(st.text())
def test_every_name_becomes_an_id(name: str) -> None:
    assert slugified(slugified(name)) == slugified(name) != ""
