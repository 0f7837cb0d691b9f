"""The whole journey of a byte: a real capture in, MQTT payloads out, no network between."""

import json

from jkbus.bus.bus import Bus
from jkbus.config import BusConfig, GroupsConfig, PackConfig, SecretUrl
from jkbus.model.battery import Battery
from jkbus.model.identity import Identities
from jkbus.outputs.groups import policies
from jkbus.outputs.homeassistant import Discovery
from jkbus.outputs.publisher import Publisher
from jkbus.outputs.topics import Topics
from material import chunks


def published(capture: str, *packs: PackConfig) -> dict[str, str]:
    """The last payload of every topic, after a capture was heard in its own order."""
    bus = Bus(read_only=True, name="bus1")
    config = BusConfig(link=SecretUrl("sim:1"), name="bus1", packs=packs)
    battery = Battery(Identities([config], {}))
    topics, groups = Topics("jkbus"), policies(GroupsConfig())
    publisher = Publisher(topics, groups, [bus], Discovery("homeassistant", topics, groups, "1"))
    now, last = 0.0, {}
    for data in chunks(capture):
        now += 0.005
        for event in bus.receive(data, now):
            battery.apply("bus1", event)
    for message in publisher.due(battery.packs, now):
        last[message.topic] = message.payload
    return last


def test_a_real_capture_becomes_the_right_payloads() -> None:
    told = published(
        "mpp-solar_utils_20240221_084342",
        PackConfig(name="first", address=0),
        PackConfig(name="second", address=1),
    )
    status = json.loads(told["jkbus/second/status"])
    assert (status["battery_voltage"], status["battery_current"]) == (53.54, 0.0)
    assert status["state_of_charge"] == 98
    assert json.loads(told["jkbus/second/cells"])["cell_voltage_1"] == 3.348
    assert json.loads(told["jkbus/second/settings"])["cell_overvoltage_protection_voltage"] == 3.61
    assert told["jkbus/first/availability"] == "online"
    assert told["jkbus/second/availability"] == "online"


def test_a_pack_without_a_name_that_tells_no_serial_number_is_not_published_too_early() -> None:
    told = published("mpp-solar_utils_20240221_084342")
    assert "jkbus/bus1_0/status" in told  # the master never tells one: its place must do
    assert not any(topic.startswith("jkbus/bus1_1/") for topic in told)


def test_device_info_reaches_the_device_and_its_secrets_reach_nothing() -> None:
    told = published(
        "txubelaxu_replay_test_yaml_short",
        PackConfig(name="two", address=2),
        PackConfig(name="three", address=3),
    )
    config = json.loads(told["homeassistant/device/jkbus_three/config"])
    assert config["device"]["model"] == "JK_PB2A16S20P"
    assert config["device"]["sw_version"] == "15.32"
    assert config["device"]["via_device"]
    assert not any("password" in text or "passcode" in text for text in (*told, *told.values()))
