"""`jkbus doctor`: a line for each thing, and an exit code."""

import json
import signal
import socket
from pathlib import Path

import pytest

from jkbus.cli.doctoring import doctor
from jkbus.cli.gateway import check
from jkbus.errors import JkbusError
from outputs.broker import free_port
from shell import jkbus, started, stopped

YAML = """
buses: [{{link: '{link}'}}]
web: {{listen: '127.0.0.1:{port}'}}
state: {state}
"""


def configuration(folder: Path, link: str = "sim:3", more: str = "") -> Path:
    file = folder / "jkbus.yaml"
    file.write_text(YAML.format(link=link, port=free_port(), state=folder / "state") + more)
    return file


def findings(*arguments: str) -> dict[str, dict[str, str]]:
    """What is found, by what it is about."""
    lines = jkbus("doctor", "--json", *arguments).out.splitlines()
    return {found["about"]: found for found in map(json.loads, lines)}


def test_where_all_is_well_it_ends_well(tmp_path: Path) -> None:
    told = jkbus("doctor", str(configuration(tmp_path)))
    assert told.code == 0, told
    assert "✓ configuration: " in told.out
    assert "! gateway: does not run; `jkbus run` starts it" in told.out
    assert "✓ link: sim:3 can be opened" in told.out


def test_a_gateway_that_runs_is_asked_for_the_wires(tmp_path: Path) -> None:
    file = configuration(tmp_path)
    process = started("run", str(file))
    try:
        for _ in range(100):
            found = findings(str(file))
            if "wires" in found and found["page"]["state"] == "good":
                break
    finally:
        stopped(process, signal.SIGTERM)
    assert found["gateway"]["state"] == "good"
    assert found["wires"]["sentence"].startswith("bus1: ")
    assert "link" not in found


def test_what_is_wrong_is_told_with_a_remedy_and_an_exit_code(tmp_path: Path) -> None:
    file = configuration(tmp_path, "/dev/ttyNOWHERE", "mqtt: {url: 'mqtt://anna:secret@127.0.0.1:1'}\n")
    told = jkbus("doctor", str(file))
    assert told.code == 1
    assert "✗ port: /dev/ttyNOWHERE is not there" in told.out
    assert "✗ broker: 127.0.0.1:1: nobody listens there; check that the broker runs" in told.out
    assert "3 things to mend" in told.err  # the port, the link over it, the broker
    assert "secret" not in told.out + told.err


def test_a_page_that_finds_its_port_taken_is_told_of(tmp_path: Path) -> None:
    file = configuration(tmp_path)
    port = int(file.read_text().partition("127.0.0.1:")[2].partition("'")[0])
    with socket.create_server(("127.0.0.1", port)):
        found = findings(str(file))
    assert found["page"]["state"] == "bad"
    assert "name another port" in found["page"]["remedy"]


def test_a_configuration_that_is_wrong_is_one_of_the_findings(tmp_path: Path) -> None:
    file = tmp_path / "jkbus.yaml"
    file.write_text("buses: [{lnk: sim:1}]\n")
    found = findings(str(file))
    assert found["configuration"]["state"] == "bad"
    assert "did you mean link" in found["configuration"]["sentence"]
    assert found["clock"]["state"] in ("good", "note")


def test_libraries_that_are_missing_are_told_of_before_anything_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("jkbus.app.esphome.find_spec", lambda name: None)
    file = configuration(tmp_path, more="esphome: {name: node, plaintext: true}\n")
    check(file)
    assert "but the libraries of the native API are not installed; type `" in capsys.readouterr().out
    with pytest.raises(JkbusError):
        doctor(file, json=False)
    assert "✗ native API: its libraries are not installed; type `" in capsys.readouterr().out
