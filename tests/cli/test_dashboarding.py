"""`dashboard`: what it writes, where, and what it says if it cannot."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from living import gateway, site
from shell import Ended

Command = Callable[..., Ended]
WAYS = "mqtt: {url: 'mqtt://127.0.0.1:1'}\nesphome: {plaintext: true, listen: 127.0.0.1, api_port: 1}\n"


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """The configuration of a gateway that ran and told of two packs in both ways."""
    here = site(tmp_path)
    here.config.write_text(here.config.read_text() + WAYS)
    keys = {"state_of_charge": "sensor", "cell_voltage_1": "sensor", "set_charge_enabled": "switch"}
    packs = ("rs485-bms1", "rs485-bms2")
    memory = {
        "entities": {key: {"entities": keys} for key in packs},
        "esphome": {"names": {key: key for key in packs}, "entities": dict.fromkeys(packs, keys)},
    }
    here.state.mkdir(exist_ok=True)
    (here.state / "memory.json").write_text(json.dumps(memory))
    return here.config


def test_it_goes_to_the_screen_and_holds_the_packs(hurried: Command, told: Path) -> None:
    done = hurried("dashboard", "--config", str(told))
    views = YAML(typ="safe").load(done.out)["views"]
    assert [view["title"] for view in views[-2:]] == ["rs485-bms1", "rs485-bms2"]
    assert "sensor.rs485_bms1_state_of_charge" in done.out and "_soc" not in done.out


def test_the_native_api_has_other_ids(hurried: Command, told: Path) -> None:
    done = hurried("dashboard", "--config", str(told), "--via", "esphome", "--prefix", "rs485-bms2=shed")
    assert "sensor.rs485_bms1_soc" in done.out and "switch.shed_charge_enabled" in done.out


def test_a_file_is_written_once(hurried: Command, told: Path, tmp_path: Path) -> None:
    file = tmp_path / "battery.yaml"
    first = hurried("dashboard", "--config", str(told), "--output", str(file))
    assert first.out == f"{file} holds a dashboard of 2 packs, for their entities over mqtt\n"
    before = file.read_text()
    again = hurried("dashboard", "--config", str(told), "--jk-bms-card", "--output", str(file))
    assert (again.code, again.err) == (2, f"jkbus: {file}: is there already; nothing was changed\n")
    assert file.read_text() == before


def test_the_blueprint_needs_no_configuration(hurried: Command, tmp_path: Path) -> None:
    file = tmp_path / "alarm.yaml"
    assert hurried("dashboard", "--blueprint", "--output", str(file)).code == 0
    assert "domain: automation" in file.read_text()


@pytest.mark.parametrize(
    ("arguments", "told_so"),
    [
        (("--prefix", "rs485-bms1"), "write PACK=PREFIX"),
        (("--prefix", "rs485-bms1=Büro"), "write PACK=PREFIX"),
        (("--prefix", "garage=x"), "there is no pack garage; there are rs485-bms1, rs485-bms2"),
        (("--output", "/proc/nowhere/x.yaml"), "cannot be written"),
    ],
)
def test_what_cannot_be_is_told(
    hurried: Command, told: Path, arguments: tuple[str, ...], told_so: str
) -> None:
    done = hurried("dashboard", "--config", str(told), *arguments)
    assert done.code != 0 and told_so in done.err and done.err.count("\n") == 1


def test_it_needs_a_way_to_home_assistant_and_a_gateway_that_ran(hurried: Command, tmp_path: Path) -> None:
    here = site(tmp_path)
    assert "neither mqtt: nor esphome:" in hurried("dashboard", "--config", str(here.config)).err
    here.config.write_text(here.config.read_text() + WAYS)
    assert "no gateway ran" in hurried("dashboard", "--config", str(here.config)).err
    (here.state).mkdir(exist_ok=True)
    (here.state / "memory.json").write_text("[]")
    assert "is damaged" in hurried("dashboard", "--config", str(here.config)).err


def test_a_gateway_that_runs_is_asked(tmp_path: Path) -> None:
    here = site(tmp_path)
    here.config.write_text(here.config.read_text() + WAYS.partition("\n")[0] + "\nweb: {enabled: false}\n")
    with gateway(here) as running:
        (running.state / "memory.json").unlink()
        done = running.jkbus("dashboard")
        assert "no pack was told to Home Assistant over mqtt yet" in done.err
