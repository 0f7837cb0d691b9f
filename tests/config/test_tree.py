from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from config.conftest import Write
from jkbus.config import (
    Broker,
    BusConfig,
    Config,
    MqttConfig,
    SecretUrl,
    TimingConfig,
    demo_config,
    dump,
    json_schema,
    load,
)

EVERYTHING = """\
substitutions: {house: barn, rate: 9600}
buses:
  - link: /dev/ttyUSB0
    name: ${house}-bus
    read_only: yes
    writes: no
    baudrate: ${rate}
    rs485: kernel
    timing:
      {listen: 1min30s, gap: 50ms, gap_floor: 20ms, gap_ceiling: 1, status: 2.5, missed_cycles: 2.5,
       gone: 1d, write: 1min}
    packs:
      - {name: "${house}-0", address: 0x0A, link: "socket://10.0.0.3:1", writes: yes}
      - {name: old, address: "0x0b"}
      - {name: follower, serial: 00123456789}
  - link: sim:6?master=no
mqtt:
  url: mqtts://user:se%40cret@broker.lan
  topic: home/jk
  client_id: me
  ca: ca.pem
  insecure: false
  groups:
    cells: {interval: 10s, heartbeat: 60s, deadband: {cell_voltage: 0.002}, only_if_changed: true}
homeassistant:
  discovery_prefix: ha
  buttons: [emergency_start]
state: kept
log: {level: debug}
"""


def test_every_key_has_its_place_in_the_tree(config: Write, folder: Path) -> None:
    (folder / "ca.pem").touch()
    tree = config(EVERYTHING)
    barn, simulated = tree.buses
    assert (barn.link, barn.name, barn.read_only, barn.baudrate, barn.rs485) == (
        "/dev/ttyUSB0",
        "barn-bus",
        True,
        9600,
        "kernel",
    )
    assert barn.timing == TimingConfig(
        listen=90,
        gap=0.05,
        gap_floor=0.02,
        gap_ceiling=1,
        status=2.5,
        missed_cycles=2.5,
        gone=86400,
        write=60,
    )
    assert [(pack.name, pack.address, pack.serial) for pack in barn.packs] == [
        ("barn-0", 10, None),
        ("old", 11, None),
        ("follower", None, "00123456789"),
    ]
    assert [(pack.link, pack.writes) for pack in barn.packs[:2]] == [
        ("socket://10.0.0.3:1", True),
        (None, None),
    ]
    assert (simulated.link, simulated.name) == ("sim:6?master=no", "bus2")
    assert tree.mqtt is not None
    assert tree.mqtt.broker == Broker("broker.lan", 8883, tls=True, username="user", password="se@cret")
    assert (tree.mqtt.topic, tree.mqtt.client_id, tree.mqtt.ca) == ("home/jk", "me", Path("ca.pem"))
    cells = tree.mqtt.groups.cells
    assert (cells.interval, cells.heartbeat, cells.deadband, cells.only_if_changed) == (
        10,
        60,
        {"cell_voltage": 0.002},
        True,
    )
    assert tree.mqtt.groups.status.interval is None
    assert tree.discovery and tree.homeassistant.discovery_prefix == "ha"
    assert tree.homeassistant.buttons == ("emergency_start",)
    assert (tree.state, tree.log.level) == (Path("kept"), "debug")


def test_a_link_is_all_that_is_needed(config: Write) -> None:
    tree = config("buses:\n  - link: socket://10.0.0.2:8899\n")
    assert tree.buses[0].name == "bus1"
    assert tree.buses[0].timing == TimingConfig()
    assert tree.mqtt is None
    assert not tree.discovery


def test_nothing_is_written_unless_the_configuration_says_so(config: Write) -> None:
    (bus,) = config("buses: [{link: sim:1, packs: [{name: a, address: 1}]}]").buses
    assert (bus.writes, bus.packs[0].writes, bus.packs[0].link) == (False, None, None)


def test_buttons_may_be_none(config: Write) -> None:
    text = "buses: [{link: sim:1}]\nhomeassistant: "
    assert config(text).homeassistant.buttons == ("set_clock",)
    assert config(text + "{buttons: }").homeassistant.buttons == ()


def test_discovery_is_on_with_a_broker_until_it_is_turned_off(config: Write) -> None:
    text = "buses: [{link: sim:2}]\nmqtt: {url: mqtt://h}\n"
    assert config(text).discovery
    assert config(text + "homeassistant:\n").discovery
    assert not config(text + "homeassistant: {enabled: false}\n").discovery


def test_empty_sections_and_lists_are_those_that_were_left_out(config: Write) -> None:
    text = "substitutions:\nbuses:\n  - link: sim:2\n    packs:\n    timing:\nlog:\n"
    assert config(text) == config("buses: [{link: sim:2}]")


def test_json_is_a_configuration_too(config: Write) -> None:
    tree = config('{"buses": [{"link": "sim:2", "read_only": true, "packs": [{"name": "a", "address": 3}]}]}')
    assert (tree.buses[0].read_only, tree.buses[0].packs[0].address) == (True, 3)


def test_anchors_and_merges_spare_repetition(config: Write) -> None:
    tree = config(
        "buses:\n"
        "  - &first\n    link: sim:1\n    timing: &slow {listen: 9s, status: 1s}\n"
        "  - {<<: *first, link: sim:2, timing: {<<: *slow, listen: 7s}}\n"
        "  - {link: sim:3, timing: {<<: [{listen: 1s}, *slow]}}\n"
    )
    assert [(bus.link, bus.timing.listen, bus.timing.status) for bus in tree.buses] == [
        ("sim:1", 9, 1),
        ("sim:2", 7, 1),
        ("sim:3", 1, 1),
    ]


def test_the_tree_never_changes() -> None:
    with pytest.raises(ValidationError):
        demo_config().buses[0].name = "other"


def test_the_demo_has_one_simulated_bus() -> None:
    (bus,) = demo_config(packs=3).buses
    assert (bus.link, bus.name, bus.packs) == ("sim:3", "bus1", ())


def test_username_and_password_of_their_own_win_over_the_url() -> None:
    given = MqttConfig.model_validate(
        {"url": "mqtt://old:older@h:99", "username": "new", "password": "newer"}
    )
    assert given.broker == Broker("h", 99, username="new", password="newer")


@pytest.mark.parametrize(
    ("url", "broker"),
    [
        ("mqtt://h", Broker("h", 1883)),
        ("mqtts://h/", Broker("h", 8883, tls=True)),
        ("mqtt://[fe80::1]:1884", Broker("fe80::1", 1884)),
        ("mqtt://me@h", Broker("h", 1883, username="me")),
        ("mqtt://a%3Ab:p:%2F%25@h", Broker("h", 1883, username="a:b", password="p:/%")),
    ],
)
def test_the_url_of_a_broker_says_all(url: str, broker: Broker) -> None:
    assert MqttConfig(url=SecretUrl(url)).broker == broker


def test_no_repr_and_no_dump_shows_a_secret(config: Write) -> None:
    tree = config(
        "buses: [{link: 'esphome://h/?key=hunter1&port_name=a', "
        "packs: [{name: a, address: 0, link: 'esphome://i/?key=hunter4'}]}]\n"
        "mqtt: {url: 'mqtt://me:hunter2@h', password: hunter3}\n"
    )
    assert tree.mqtt is not None
    shown = [repr(tree), str(tree), dump(tree), repr(tree.mqtt.broker), tree.buses[0].link.shown]
    assert not any("hunter" in text for text in shown)
    assert "mqtt://me:****@h" in dump(tree)
    assert "password: '****'" in dump(tree)
    assert "esphome://h/?key=****&port_name=a" in dump(tree)
    assert "esphome://i/?key=****" in dump(tree)
    assert tree.buses[0].link == "esphome://h/?key=hunter1&port_name=a"


def test_a_dump_loads_to_the_same_tree(config: Write, folder: Path) -> None:
    (folder / "ca.pem").touch()
    tree = config(EVERYTHING.replace("user:se%40cret@", "").replace("kept", "/kept"))
    assert config(dump(tree)) == tree.model_copy(update={"substitutions": {}})


def test_a_dump_says_durations_as_people_do() -> None:
    text = dump(demo_config())
    assert re.search(r"gap: 100ms\n.*\n +gap_ceiling: 250ms", text)
    assert "gone: 10min" in text
    assert "missed_cycles: 3\n" in text


def test_files_are_looked_for_beside_the_configuration(tmp_path: Path) -> None:
    home = tmp_path / "etc"
    home.mkdir()
    (home / "bus.hex").touch()
    (home / "jkbus.yaml").write_text("buses: [{link: 'replay:bus.hex?speed=9'}]\nstate: kept\n")
    tree = load(home / "jkbus.yaml")
    assert tree.buses[0].link == f"replay:{home}/bus.hex?speed=9"
    assert tree.state == home / "kept"


@pytest.mark.parametrize(
    ("environment", "state"),
    [
        ({"STATE_DIRECTORY": "/var/lib/jkbus:/other", "XDG_STATE_HOME": "/x"}, "/var/lib/jkbus"),
        ({"XDG_STATE_HOME": "/x"}, "/x/jkbus"),
        ({"XDG_STATE_HOME": "relative"}, "/home/me/.local/state/jkbus"),
        ({}, "/home/me/.local/state/jkbus"),
    ],
)
def test_state_has_its_place_by_custom(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], state: str
) -> None:
    for name in ("STATE_DIRECTORY", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/home/me")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert Config(buses=(BusConfig(link=SecretUrl("sim:1")),)).state == Path(state)


def test_a_tilde_is_the_home_directory(config: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert config("buses: [{link: sim:1}]\nstate: ~/kept\n").state == Path("/home/me/kept")


def test_the_schema_knows_every_key_and_its_meaning() -> None:
    schema = json_schema()
    assert schema["required"] == ["buses"]
    assert set(schema["properties"]) == set(Config.model_fields)
    gap = schema["$defs"]["TimingConfig"]["properties"]["gap"]
    assert gap["type"] == ["string", "number"]
    assert gap["description"].startswith("pause after an answer")
