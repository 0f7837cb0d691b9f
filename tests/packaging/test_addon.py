"""Home Assistant's add-on: its options, schema and translations agree, and are a configuration of ours.

The rules are those with which the Supervisor checks add-ons (supervisor/addons/validate.py, options.py).
"""

import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import jkbus.config.addon as addon
from jkbus.config import Config
from jkbus.config.addon import from_file, from_options, read_options, wants_service
from jkbus.errors import ConfigError
from material import TESTS

FOLDER = TESTS.parent / "packaging" / "homeassistant"
ADDON = FOLDER / "jkbus"
VERSION = tomllib.loads((TESTS.parent / "pyproject.toml").read_text())["project"]["version"]
SERVICE = {"url": "mqtt://core-mosquitto:1883", "username": "addons", "password": "from-the-supervisor"}
ELEMENT = re.compile(
    r"(bool|email|url|port|device(\(subsystem=[a-z]+\))?|(str|password|int|float)(\([\d.]*,[\d.]*\))?|list\(.+\))\??"
)
TYPED: dict[str, Any] = {  # every option, with something an owner may type
    "port": "/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0",
    "read_only": False,
    "writes": True,
    "packs": [{"name": "barn-0", "address": 0}, {"name": "barn-1", "serial": "40123456789"}],
    "mqtt": True,
    "mqtt_url": "mqtts://192.168.1.5",
    "mqtt_username": "anna",
    "mqtt_password": "typed-by-hand",
    "discovery_prefix": "ha",
    "esphome_key": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "log_level": "debug",
}


def yaml(name: str) -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(ADDON / name)
    return found


CONFIG = yaml("config.yaml")


def elements(schema: Any) -> list[str]:
    """All kinds of values in a schema."""
    if isinstance(schema, str):
        return [schema]
    inner = schema.values() if isinstance(schema, dict) else schema
    return [element for each in inner for element in elements(each)]


def config(tmp_path: Path, service: dict[str, Any] | None = SERVICE, **options: Any) -> Config:
    """What the options come to that an owner left as they were, but for these."""
    file = tmp_path / "options.json"
    file.write_text(json.dumps({**CONFIG["options"], **options}))
    typed = read_options(file)
    return from_options(typed, service if wants_service(typed) else None, tmp_path)


def test_it_has_the_version_of_the_program() -> None:
    assert CONFIG["version"] == VERSION
    assert f"## {VERSION}" in (ADDON / "CHANGELOG.md").read_text()


def test_its_config_is_one_that_the_supervisor_takes() -> None:
    assert {"name", "version", "slug", "description", "arch"} <= CONFIG.keys()
    assert set(CONFIG["arch"]) <= {"amd64", "aarch64"}
    assert all(re.fullmatch(r"(mqtt|mysql):(provide|want|need)", each) for each in CONFIG["services"])
    assert re.fullmatch(r"tcp://\[HOST\]:\d+", CONFIG["watchdog"])
    assert 10 <= CONFIG["timeout"] <= 300
    assert CONFIG["backup"] in ("hot", "cold")
    assert not CONFIG.keys() & {"privileged", "full_access", "host_network", "docker_api", "hassio_role"}
    assert all(ELEMENT.fullmatch(element) for element in elements(CONFIG["schema"]))


def test_every_option_that_is_not_optional_has_a_value_from_the_start() -> None:
    needed = {key for key, kind in CONFIG["schema"].items() if not str(kind).endswith("?")}
    assert needed == CONFIG["options"].keys()


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_option_is_explained_in_every_language(language: str) -> None:
    told = yaml(f"translations/{language}.yaml")
    assert list(told["configuration"]) == list(CONFIG["schema"])
    assert told["network"].keys() == CONFIG["ports"].keys()
    for words in told["configuration"].values():
        assert words.keys() == {"name", "description"}
        assert words["description"].endswith(".")


def test_every_option_reaches_the_configuration(tmp_path: Path) -> None:
    assert TYPED.keys() | {"link"} == CONFIG["schema"].keys()
    found = config(tmp_path, **TYPED)
    (bus,) = found.buses
    assert (bus.link, bus.writes, bus.read_only) == (TYPED["port"], True, False)
    assert [(pack.name, pack.address, pack.serial) for pack in bus.packs] == [
        ("barn-0", 0, None),
        ("barn-1", None, "40123456789"),
    ]
    assert found.mqtt is not None
    broker = found.mqtt.broker
    assert (broker.host, broker.tls, broker.username, broker.password) == (
        "192.168.1.5",
        True,
        "anna",
        "typed-by-hand",
    )
    assert found.homeassistant.discovery_prefix == "ha"
    assert found.esphome is not None and found.esphome.encryption_key is not None
    assert (found.log.level, found.state) == ("debug", tmp_path)


def test_a_port_is_all_that_must_be_chosen(tmp_path: Path) -> None:
    found = config(tmp_path, port="/dev/ttyUSB0")
    assert found.mqtt is not None
    assert found.mqtt.broker.password == "from-the-supervisor"
    assert not found.buses[0].writes


def test_the_page_is_where_home_assistant_asks_for_it_and_only_it_is_let_in(tmp_path: Path) -> None:
    found = config(tmp_path, port="/dev/ttyUSB0")
    assert found.web.address == ("0.0.0.0", CONFIG["ingress_port"])
    assert (found.web.trusted, found.web.users) == ((addon.SUPERVISOR,), ())
    assert CONFIG["watchdog"].endswith(f":{CONFIG['ingress_port']}")


def test_without_mqtt_and_without_a_broker_there_is_still_the_page(tmp_path: Path) -> None:
    for found in (
        config(tmp_path, port="/dev/ttyUSB0", mqtt=False),
        config(tmp_path, None, port="/dev/ttyUSB0"),
    ):
        assert found.mqtt is None
        assert found.web.enabled


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, "choose the port of the RS485 adapter"),
        ({"port": "/dev/ttyUSB0", "link": "socket://gw:8899"}, "both a port and a link"),
        ({"port": "/dev/ttyUSB0", "packs": [{"name": "a", "address": 77}]}, "buses[0].packs[0].address"),
        ({"link": "soket://gw:1"}, "buses[0].link"),
        ({"port": "/dev/ttyUSB0", "esphome_key": "short"}, "esphome.encryption_key"),
        (
            {"port": "/dev/ttyUSB0", "packs": [{"name": "a", "address": 1}, {"name": "b", "address": 1}]},
            "DIP",
        ),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(tmp_path: Path, options: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(told)):
        config(tmp_path, **options)


@pytest.mark.parametrize("text", [None, "{", "[]"])
def test_options_that_are_none_are_told_of(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "options.json"
    if text is not None:
        file.write_text(text)
    with pytest.raises(ConfigError, match="jkbus run"):
        read_options(file)


def test_a_file_of_ones_own_says_what_options_cannot(tmp_path: Path) -> None:
    file = tmp_path / "jkbus.yaml"
    file.write_text(
        "buses: [{link: 'sim:3', name: barn}, {link: 'sim:2', name: house}]\n"
        "web: {users: [{name: anna, password: long-enough}], listen: '127.0.0.1:1'}\n"
    )
    found = from_file(file, {"log_level": "debug"}, SERVICE, tmp_path / "data")
    assert [bus.name for bus in found.buses] == ["barn", "house"]
    assert found.web.listen == addon.PAGE
    assert found.web.trusted == (addon.SUPERVISOR,)
    assert [user.name for user in found.web.users] == ["anna"]
    assert found.mqtt is not None and found.mqtt.broker.host == "core-mosquitto"
    assert (found.state, found.log.level) == (tmp_path / "data", "debug")


def test_the_broker_of_a_file_of_ones_own_is_used(tmp_path: Path) -> None:
    file = tmp_path / "jkbus.yaml"
    file.write_text("buses: [{link: 'sim:3'}]\nmqtt: {url: 'mqtt://elsewhere'}\nlog: {level: error}\n")
    found = from_file(file, {"log_level": "debug"}, SERVICE, tmp_path)
    assert found.mqtt is not None and found.mqtt.broker.host == "elsewhere"
    assert found.log.level == "error"


def test_the_folder_can_be_copied_as_it_is_assembled(tmp_path: Path) -> None:
    wheel = tmp_path / "jkbus" / f"jkbus-{VERSION}-py3-none-any.whl"
    subprocess.run([FOLDER / "assemble.sh", tmp_path], check=True, capture_output=True, timeout=300)
    assert wheel.is_file()
    assert (tmp_path / "repository.yaml").is_file()
    assert {path.name for path in (tmp_path / "jkbus").iterdir()} == {
        *(path.name for path in ADDON.iterdir()),
        wheel.name,
    }
