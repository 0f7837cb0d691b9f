"""The node files that make an ESP32 our port, and the command that hands them out."""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from jkbus.cli.porting import filled
from jkbus.config.urls import check_link
from shell import Ended

Command = Callable[..., Ended]
BOARDS = ("esp32", "esp32-s3", "esp8266")
NO_PINS: dict[str, str | None] = {"tx": None, "rx": None, "talk": None}


def read(text: str) -> dict[str, Any]:
    """A node file, secrets as they stand there."""
    yaml = YAML(typ="rt")
    found: dict[str, Any] = yaml.load(text)
    return found


@pytest.mark.parametrize(
    ("board", "tx", "rx"),
    [("esp32", "GPIO17", "GPIO16"), ("esp32-s3", "GPIO17", "GPIO18"), ("esp8266", "GPIO1", "GPIO3")],
)
def test_the_pins_are_those_of_the_reference(board: str, tx: str, rx: str) -> None:
    said = read(filled(board, "jkbus-port", NO_PINS))["substitutions"]
    assert (said["tx"], said["rx"], said["talk"]) == (tx, rx, "GPIO4")


@pytest.mark.parametrize("board", ["esp32", "esp32-s3"])
def test_an_esp32_is_encrypted_and_switches_the_direction_by_itself(board: str) -> None:
    node = read(filled(board, "jkbus-port", NO_PINS))
    assert node["api"]["encryption"]["key"].value == "port_key"
    (uart,) = node["uart"]
    assert (uart["flow_control_pin"], uart["baud_rate"], uart["rx_buffer_size"]) == ("${talk}", 115200, 2048)
    assert node["serial_proxy"] == [{"uart_id": uart["id"], "name": "JK bus", "port_type": "RS485"}]
    assert node["logger"]["baud_rate"] == 0
    assert node["wifi"]["power_save_mode"] == "none"


def test_an_esp8266_says_what_it_cannot_do_and_lets_one_computer_in() -> None:
    text = filled("esp8266", "jkbus-port", NO_PINS)
    assert "plain TCP, no key" in text and "can only listen" in text
    assert read(text)["uart_tcp"][0]["allowed_ips"] == "${computer}"


@pytest.mark.parametrize("board", BOARDS)
def test_the_link_that_a_file_tells_is_a_link(board: str) -> None:
    text = filled(board, "barn-port", NO_PINS)
    (link,) = [word.strip('"]}') for word in text.split() if "://" in word and ".local" in word]
    assert "barn-port.local" in link
    check_link(link.replace("PUT-THE-PORT-KEY-HERE", "AAAA"))


@pytest.mark.parametrize("board", BOARDS)
def test_a_converter_without_a_talk_pin_needs_none(board: str) -> None:
    node = read(filled(board, "port", {**NO_PINS, "talk": "none"}))
    assert "talk" not in node["substitutions"]
    assert "flow_control_pin" not in node["uart"][0]
    assert "output" not in node


@settings(max_examples=10, deadline=None)
@given(
    board=st.sampled_from(BOARDS),
    name=st.from_regex(r"port-[a-z]{1,20}", fullmatch=True),
    tx=st.integers(0, 48),
)
def test_names_and_pins_of_the_owner_take_their_places(board: str, name: str, tx: int) -> None:
    own, usual = filled(board, name, {**NO_PINS, "tx": f"gpio{tx}"}), filled(board, "jkbus-port", NO_PINS)
    said, before = read(own)["substitutions"], read(usual)["substitutions"]
    assert said == {**before, "name": name, "tx": f"GPIO{tx}"}
    assert own.partition("\nesphome:")[2] == usual.partition("\nesphome:")[2]


def test_it_goes_to_the_screen_or_into_a_file_that_is_not_there_yet(hurried: Command, tmp_path: Path) -> None:
    shipped = files("jkbus").joinpath("share/esphome/jkbus-port-esp32.yaml").read_text()
    assert hurried("esphome-port", "esp32").out == shipped
    file = tmp_path / "port.yaml"
    done = hurried("esphome-port", "esp32", "--output", str(file))
    assert done.out == f"{file} is written; its first lines say what comes next.\n"
    assert file.read_text() == shipped
    done = hurried("esphome-port", "esp32", "--output", str(file))
    assert done.code == 2 and "is there already; choose another name" in done.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--tx", "A0"), "--tx: a pin such as GPIO17 is expected, not 'A0'"),
        (("--tx", "none"), "--tx: a pin such as GPIO17 is expected"),
        (("--name", "Mein Port"), "--name: a name of 1 to 31 letters a-z"),
        (("--output", "/nowhere/port.yaml"), "/nowhere/port.yaml cannot be written"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    hurried: Command, arguments: tuple[str, ...], sentence: str
) -> None:
    done = hurried("esphome-port", "esp32", *arguments)
    assert done.code != 0
    assert sentence in done.err
