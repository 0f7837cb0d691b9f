"""`run`, `demo` and `check`: from a file to a running gateway and back."""

import os
import pty
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from shell import Ended, jkbus, started, stopped

Command = Callable[..., Ended]
GOOD = "buses:\n  - link: sim:3\n    packs:\n      - {name: garage, address: 0}\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration that works anywhere."""
    file = tmp_path / "jkbus.yaml"
    file.write_text(f"{GOOD}state: {tmp_path}/state\n")
    return file


def test_check_says_what_a_configuration_means(config: Path) -> None:
    done = jkbus("check", "jkbus.yaml", cwd=config.parent)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("jkbus.yaml is right: bus1 at sim:3; 1 named pack, others are added as they")
    assert done.out.endswith("no MQTT broker\n")


def test_check_names_the_broker_and_hides_its_password(config: Path) -> None:
    config.write_text(f"{GOOD}mqtt: {{url: 'mqtt://me:geheim@host'}}\n")
    done = jkbus("check", "-v", str(config))
    assert "MQTT at host:1883, with Home Assistant's discovery" in done.out
    assert "geheim" not in done.out and "discovery_prefix: homeassistant" in done.out


def test_check_warns_of_a_port_that_is_not_there(config: Path) -> None:
    config.write_text("buses:\n  - link: /dev/ttyNOTHING\n")
    done = jkbus("check", str(config))
    assert done.code == 0
    assert "but buses[0].link: /dev/ttyNOTHING is not there" in done.out


def test_check_tells_every_fault_with_its_line(config: Path) -> None:
    config.write_text("buses:\n  - lnk: sim:3\nmqtt: {url: http://x}\n")
    done = jkbus("check", "jkbus.yaml", cwd=config.parent)
    assert (done.code, done.out) == (2, "")
    assert "jkbus.yaml:2" in done.err and "link" in done.err
    assert "jkbus.yaml:3" in done.err


def test_run_finds_its_configuration_and_stops_cleanly(config: Path) -> None:
    process = started("run", cwd=config.parent)
    assert process.stderr is not None
    first = process.stderr.readline().decode()
    done = stopped(process, signal.SIGTERM)
    assert (done.code, done.out) == (0, "")
    assert "INFO" in first


def test_a_command_without_any_configuration_says_where_it_looked(tmp_path: Path) -> None:
    done = jkbus("get", "all", cwd=tmp_path, HOME=str(tmp_path), XDG_CONFIG_HOME="")
    assert done.code == 2
    assert "no configuration found in jkbus.yaml, " in done.err and "`jkbus init` writes one" in done.err


def test_run_with_a_file_that_is_missing_is_an_error(tmp_path: Path) -> None:
    done = jkbus("run", "other.yaml", cwd=tmp_path)
    assert (done.code, done.out) == (2, "") and "other.yaml" in done.err


def test_run_with_a_faulty_configuration_tells_the_faults(config: Path) -> None:
    config.write_text("buses: []\n")
    done = jkbus("run", str(config))
    assert done.code == 2
    assert "jkbus.yaml:1" in done.err


def test_a_view_needs_a_terminal(config: Path) -> None:
    done = jkbus("run", str(config), "--view")
    assert done.code == 2
    assert "--view needs a terminal" in done.err


def test_the_demo_without_a_terminal_prints_the_packs_now_and_then(hurried: Command) -> None:
    done = hurried("demo", "--packs", "3", "--seconds", "31")
    assert done.code == 0
    pictures = done.out.split("╭─ jkbus  3 packs, also at http://127.0.0.1:")[1:]
    assert len(pictures) == 7  # every five seconds, and the last
    assert all(f"rs485-bms{address} " in pictures[-1] for address in range(3))
    assert "pseudo-master: a JK master polls the packs" in pictures[-1]


def test_the_demo_in_a_terminal_draws_and_leaves_the_last_picture() -> None:
    near, far = pty.openpty()
    process = started("demo", "--packs", "3", stdin=far, stdout=far, stderr=far)
    os.close(far)
    shown = _until(near, process, b"rs485-bms2")
    process.send_signal(signal.SIGINT)
    shown += _rest(near)
    os.close(near)
    assert process.wait(60) == 0
    screen, _, after = shown.partition(b"\x1b[?1049l")
    assert b"\x1b[?1049h" in screen
    assert b"rs485-bms2" in after and b"Traceback" not in shown


def _until(near: int, process: "subprocess.Popen[bytes]", word: bytes) -> bytes:
    shown, end = b"", time.monotonic() + 60
    while word not in shown:
        assert process.poll() is None and time.monotonic() < end, shown
        shown += os.read(near, 65536)
    return shown


def _rest(near: int) -> bytes:
    shown = b""
    while True:
        try:
            data = os.read(near, 65536)
        except OSError:
            return shown
        if not data:
            return shown
        shown += data


def test_a_recording_can_be_watched(hurried: Command, tmp_path: Path) -> None:
    file = tmp_path / "short.jkc"
    file.write_text("# jkbus capture 1\n0.5 < 011016200001020000d6f1\n6.0 < 011016200001020000d6f1\n")
    done = hurried("replay", str(file), "--view")
    assert done.code == 0
    assert "Listening; no pack has been heard yet." in done.out


def test_check_knows_which_entities_an_old_node_had(tmp_path: Path) -> None:
    (tmp_path / "jkbus.yaml").write_text(
        "buses: [{link: 'sim:2', packs: [{name: a, address: 1}]}]\n"
        "esphome: {plaintext: true, entities: {a: {sensor: {batery_voltage: {name: x}}}}}\n"
    )
    done = jkbus("check", "jkbus.yaml", cwd=tmp_path)
    assert done.code == 2
    assert "did you mean battery_voltage?" in done.err
