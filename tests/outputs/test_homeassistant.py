"""Discovery, judged by Home Assistant's own rules."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from jkbus.model.pack import Pack
from jkbus.outputs.abbreviations import SHORT
from jkbus.outputs.entities import ENTITIES, present
from jkbus.outputs.facts import Facts
from jkbus.outputs.groups import DEFAULTS
from jkbus.outputs.homeassistant import Discovery, nameplate
from jkbus.outputs.topics import Message, Topics
from material import CAPTURES
from outputs.rules import RULES, discovered, faults
from outputs.support import captured

SNAPSHOTS = Path(__file__).parent / "snapshots"
DISCOVERY = Discovery("homeassistant", Topics("jkbus"), DEFAULTS, "0.1.0")


def announced(pack: Pack, gone: dict[str, str] | None = None) -> Message:
    return DISCOVERY.pack(pack, nameplate(pack), present(Facts(pack)), gone or {})


def components(message: Message) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = discovered(message.payload)["components"]
    return found


@pytest.mark.parametrize("capture", CAPTURES)
def test_home_assistant_accepts_the_pack_of_every_capture(capture: str) -> None:
    assert faults(announced(captured(capture))) == []


def test_home_assistant_accepts_every_entity_there_is() -> None:
    message = DISCOVERY.pack(captured("syssi_faker_v19"), {}, ENTITIES, {})
    assert len(components(message)) == len(ENTITIES)
    assert faults(message) == []


def test_home_assistant_accepts_a_bus() -> None:
    message = DISCOVERY.bus("Bus im Keller")
    assert faults(message) == []
    assert message.topic == "homeassistant/device/jkbus_bus_bus_im_keller/config"
    assert components(message)["load"]["state_topic"] == "jkbus/bus_im_keller/state"


def test_the_judge_sees_what_home_assistant_would_refuse() -> None:
    message = announced(captured("syssi_faker_v19"))
    payload = discovered(message.payload)
    parts = payload["components"]
    parts["power"]["unit_of_measurement"] = "Ah"
    parts["charge_power"]["device_class"] = "powr"
    parts["energy_charged"]["state_class"] = "measurement"
    parts["battery_current"]["colour"] = "red"
    parts["operation"]["options"] = []
    parts["state_of_charge"]["unique_id"] = parts["battery_voltage"]["unique_id"]
    payload["device"]["colour"] = "red"
    del payload["origin"]
    payload["origin"] = {}
    found = faults(message._replace(payload=json.dumps(payload)))
    assert {fault.split(":")[0] for fault in found} >= {
        "power",
        "charge_power",
        "energy_charged",
        "battery_current",
        "operation",
        "device",
        "origin",
    }


def test_the_rules_are_those_of_the_home_assistant_we_aim_at() -> None:
    assert RULES["homeassistant"] >= "2026.10"


@pytest.mark.parametrize("capture", ["syssi_faker_v19"])
def test_a_whole_discovery_message_is_as_it_was(capture: str) -> None:
    """Set UPDATE_SNAPSHOTS=1 to write it anew, and look at the difference."""
    message = announced(captured(capture))
    shown = json.dumps(
        {"topic": message.topic, "payload": discovered(message.payload)}, indent=1, ensure_ascii=False
    )
    file = SNAPSHOTS / f"{capture}.json"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOTS.mkdir(exist_ok=True)
        file.write_text(shown + "\n", encoding="utf-8")
    assert shown + "\n" == file.read_text(encoding="utf-8")


def test_a_pack_tells_who_it_is_and_hangs_on_its_bus() -> None:
    device = json.loads(announced(captured("syssi_faker_v15")).payload)["device"]
    assert device == {
        "identifiers": ["jkbus_garage"],
        "name": "Garage",
        "manufacturer": "Jikong",
        "model": "JK_PB2A16S15P",
        "sw_version": "15.38",
        "hw_version": "15A",
        "serial_number": "XXXXXXXXXXX",
        "via_device": "jkbus_bus_bus1",
    }
    bus = json.loads(DISCOVERY.bus("bus1").payload)["device"]
    assert bus["identifiers"] == [device["via_device"]]


def test_a_pack_that_told_nothing_about_itself_is_a_device_too() -> None:
    device = json.loads(announced(captured("phinix_readme")).payload)["device"]
    assert (device["model"], device["manufacturer"]) == ("JK-PB", "Jikong")
    assert "serial_number" not in device and "sw_version" not in device


def test_ids_follow_the_key_and_not_the_name() -> None:
    pack = captured("syssi_faker_v19", key="rs485-bms0", name="Größter Akku")
    message = announced(pack)
    assert message.topic == "homeassistant/device/jkbus_rs485-bms0/config"
    part = components(message)["cell_voltage_1"]
    assert part["unique_id"] == "jkbus_rs485-bms0_cell_voltage_1"
    assert part["default_entity_id"] == "sensor.rs485_bms0_cell_voltage_1"
    pack.name = "Anders"
    assert components(announced(pack)) == components(message)


def test_everything_depends_on_gateway_and_pack_but_being_online_only_on_the_gateway() -> None:
    payload = discovered(announced(captured("syssi_faker_v19")).payload)
    assert payload["availability"] == [
        {"topic": "jkbus/availability"},
        {"topic": "jkbus/garage/availability"},
    ]
    assert payload["availability_mode"] == "all"
    online = payload["components"]["online"]
    assert online["availability"] == [{"topic": "jkbus/availability"}]
    assert (online["state_topic"], online["payload_on"]) == ("jkbus/garage/availability", "online")
    assert "expire_after" not in online and "value_template" not in online


def test_values_expire_after_three_heartbeats() -> None:
    parts = components(announced(captured("syssi_faker_v19")))
    assert parts["battery_voltage"]["expire_after"] == 180
    assert parts["charge_enabled"]["expire_after"] == 900
    assert all("expire_after" in part for key, part in parts.items() if key != "online")


def test_a_template_never_complains_of_a_missing_value() -> None:
    part = components(announced(captured("syssi_faker_v19")))["cell_voltage_1"]
    assert part["value_template"] == "{{ value_json['cell_voltage_1'] | default(none) }}"


def test_what_is_gone_is_named_once_more_by_its_platform_alone() -> None:
    message = announced(captured("syssi_pdus_B2A8S20P_11.17"), {"cell_voltage_16": "sensor"})
    assert components(message)["cell_voltage_16"] == {"platform": "sensor"}
    assert faults(message) == []


def test_a_pack_without_a_key_is_not_announced() -> None:
    pack = captured("syssi_faker_v19")
    pack.key = None
    with pytest.raises(ValueError, match="no key"):
        announced(pack)


def test_two_gateways_on_one_broker_do_not_share_a_bus() -> None:
    other = Discovery("homeassistant", Topics("home/jk2"), DEFAULTS, "0.1.0")
    assert other.bus("bus1").topic == "homeassistant/device/home_jk2_bus_bus1/config"


def test_a_discovery_message_fits_what_brokers_take() -> None:
    assert len(announced(captured("syssi_faker_v19")).payload.encode()) < 82_000


def test_keys_are_shortened_as_home_assistant_does() -> None:
    assert {short: RULES["abbreviations"][short] for short in SHORT.values()} == {
        short: long for long, short in SHORT.items()
    }
    parts = json.loads(announced(captured("syssi_faker_v19")).payload)["components"].values()
    long = {RULES["abbreviations"][short] for short in RULES["abbreviations"]}
    assert not {key for part in parts for key in part} & (long - set(RULES["abbreviations"]))
