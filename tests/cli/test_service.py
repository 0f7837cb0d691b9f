"""`jkbus addon` and `jkbus ping`, as Home Assistant and containers start them."""

import json
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from jkbus.cli.gateway import find
from shell import Ended, jkbus, started, stopped

YAML = "buses: [{{link: 'sim:3'}}]\nweb: {{enabled: false}}\nstate: {state}\n"


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    """The folder of a gateway that runs."""
    folder, file = tmp_path / "state", tmp_path / "jkbus.yaml"
    file.write_text(YAML.format(state=folder))
    process = started("run", str(file))
    try:
        for _ in range(300):
            if jkbus("ping", "--state", str(folder), cwd=tmp_path).code == 0:
                break
        yield folder
    finally:
        assert stopped(process, signal.SIGTERM).code == 0


def nowhere(folder: Path, *arguments: str) -> Ended:
    """The command where no configuration is found but the one in this folder."""
    return jkbus(*arguments, cwd=folder, XDG_CONFIG_HOME=str(folder / "none"))


def test_a_gateway_that_answers_is_well(state: Path) -> None:
    told = jkbus("ping", "--state", str(state))
    assert (told.code, told.out) == (0, f"{state}: a gateway answers\n")
    assert jkbus("ping", cwd=state.parent).code == 0  # finds its configuration


def test_a_gateway_that_is_not_there_is_not_well(tmp_path: Path) -> None:
    (tmp_path / "jkbus.yaml").write_text(YAML.format(state=tmp_path / "state"))
    told = nowhere(tmp_path, "ping")
    assert told.code == 1
    assert "no gateway answers there" in told.err


@pytest.mark.skipif(Path("/etc/jkbus/jkbus.yaml").exists(), reason="this computer has a configuration")
def test_who_waits_for_the_first_configuration_is_well(tmp_path: Path) -> None:
    told = nowhere(tmp_path, "ping", "--state", str(tmp_path))
    assert told.code == 0
    assert "the first start waits" in told.out


def test_a_gateway_that_hangs_is_not_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from jkbus import cli
    from jkbus.cli import pinging

    monkeypatch.setattr(pinging, "PATIENCE", 0.2)
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(tmp_path / "jkbus.sock"))
        deaf.listen()
        assert cli.run(["ping", "--state", str(tmp_path)]) == 1


def test_the_add_on_runs_on_its_options(tmp_path: Path) -> None:
    options, data = tmp_path / "options.json", tmp_path / "data"
    options.write_text(json.dumps({"link": "sim:3", "mqtt": False, "packs": [], "log_level": "info"}))
    files = ("--options", str(options), "--config", str(tmp_path / "none"), "--state", str(data))
    process = started("addon", *files)
    try:
        assert process.stdout is not None
        assert b"bus1 at sim:3" in process.stdout.readline()
        answers = any(jkbus("ping", "--state", str(data)).code == 0 for _ in range(300))
    finally:
        ended = stopped(process, signal.SIGTERM)
    assert answers
    assert ended.code == 0


def test_an_add_on_without_a_port_says_what_to_choose(tmp_path: Path) -> None:
    options = tmp_path / "options.json"
    options.write_text('{"mqtt": false}')
    told = jkbus("addon", "--options", str(options), "--config", str(tmp_path / "none"))
    assert told.code == 2
    assert "choose the port" in told.err


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_folder_that_is_closed_to_the_user_has_no_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / "jkbus.yaml").touch()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    monkeypatch.chdir(tmp_path)
    assert find() == Path("jkbus.yaml")
    os.seteuid(65534)
    try:
        assert find() != Path("jkbus.yaml")
    finally:
        os.seteuid(0)


def test_an_add_on_with_a_broker_of_its_own_does_not_ask_for_another(tmp_path: Path) -> None:
    options, own = tmp_path / "options.json", tmp_path / "jkbus.yaml"
    options.write_text('{"mqtt": true}')
    own.write_text("buses: [{link: 'sim:2'}]\nmqtt: {url: 'mqtt://127.0.0.1:1'}\n")
    files = ("--options", str(options), "--config", str(own), "--state", str(tmp_path / "data"))
    process = started("addon", *files)
    try:
        assert process.stdout is not None
        assert b"MQTT at 127.0.0.1:1" in process.stdout.readline()
    finally:
        assert stopped(process, signal.SIGTERM).code == 0


def test_outside_of_home_assistant_an_add_on_says_what_to_type(tmp_path: Path) -> None:
    options = tmp_path / "options.json"
    options.write_text('{"link": "sim:2"}')
    told = jkbus("addon", "--options", str(options), "--config", str(tmp_path / "none"))
    assert told.code == 1
    assert "type `jkbus run`" in told.err
