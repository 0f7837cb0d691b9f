"""Ports, processes, clock, disk and addresses of this computer, or of one made of files."""

import os
import pty
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from jkbus.config import BusConfig, Config, SecretUrl, WebConfig
from jkbus.doctor import (
    BAD,
    GOOD,
    NOTE,
    Machine,
    clock,
    disk,
    holders,
    listeners,
    meddlers,
    permission,
    stable,
    versions,
)
from jkbus.doctor.clock import is_synchronised
from jkbus.doctor.ports import MEDDLERS

NOON = 1795348800.0  # of a day in November 2026


@pytest.fixture
def terminal() -> Iterator[Path]:
    """A serial port that is there."""
    ours, theirs = pty.openpty()
    yield Path(os.ttyname(theirs))
    os.close(ours)
    os.close(theirs)


def process(machine: Machine, number: int, name: str, *files: Path) -> None:
    folder = machine.proc / str(number)
    (folder / "fd").mkdir(parents=True)
    (folder / "comm").write_text(f"{name}\n")
    for index, file in enumerate(files):
        (folder / "fd" / str(index)).symlink_to(file)


def test_a_port_that_may_be_used_is_good(terminal: Path) -> None:
    assert permission(terminal).state == GOOD


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can pretend to be somebody else")
def test_who_may_not_use_a_port_is_told_the_group(terminal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.chown(terminal, 0, 20)  # dialout
    terminal.chmod(0o660)
    monkeypatch.setattr(os, "access", lambda *_: False)
    found = permission(terminal)
    assert found.state == BAD
    assert "usermod -aG dialout" in found.remedy


@pytest.mark.parametrize("port", ["/dev/ttyNOWHERE", "/etc/hostname"])
def test_what_is_no_port_is_bad(port: str) -> None:
    assert permission(Path(port)).state == BAD


def test_a_name_that_may_change_is_told_with_the_one_that_stays(tmp_path: Path) -> None:
    port, folder = tmp_path / "ttyUSB0", tmp_path / "serial/by-id"
    folder.mkdir(parents=True)
    port.touch()
    name = folder / "usb-1a86_USB_Serial-if00-port0"
    name.symlink_to("../../ttyUSB0")
    (found,) = stable(port, Machine(dev=tmp_path))
    assert (found.state, found.remedy) == (NOTE, f"write link: {name}")
    assert list(stable(name, Machine(dev=tmp_path))) == []
    assert list(stable(port, Machine(dev=tmp_path / "none"))) == []


def test_who_has_a_port_open_is_named(tmp_path: Path, terminal: Path) -> None:
    machine = Machine(proc=tmp_path)
    process(machine, 812, "minicom", Path("/dev/null"), terminal)
    process(machine, 813, "bash", Path("/dev/null"))
    assert holders(terminal, machine) == [(812, "minicom")]


def test_a_real_process_is_found(terminal: Path) -> None:
    with terminal.open("rb", buffering=0) as port:
        child = subprocess.Popen(["sleep", "60"], stdin=port)
        try:
            assert (child.pid, "sleep") in holders(terminal, Machine())
        finally:
            child.kill()
            child.wait()


def test_programs_that_disturb_ports_are_named(tmp_path: Path) -> None:
    machine = Machine(proc=tmp_path)
    for number, name in enumerate([*MEDDLERS, "bash"]):
        process(machine, 900 + number, name)
    found = list(meddlers(machine))
    assert [each.state for each in found] == [NOTE, NOTE]
    assert all(each.remedy.startswith("`sudo ") for each in found)


def test_a_clock_that_follows_a_server_is_good() -> None:
    assert clock(lambda: NOON, lambda: True).state == GOOD
    assert clock(lambda: NOON, lambda: None).state == GOOD
    assert clock(lambda: NOON, lambda: False).state == NOTE
    assert is_synchronised() in (True, False, None)


def test_a_clock_that_never_was_set_is_bad() -> None:
    found = clock(lambda: 0.0, lambda: True)
    assert found.state == BAD
    assert "1970" in found.sentence


@pytest.mark.parametrize(("free", "state"), [(50e9, GOOD), (0.5e9, NOTE), (1e6, BAD)])
def test_a_full_disk_is_told_of_before_it_is_full(tmp_path: Path, free: float, state: str) -> None:
    assert disk(tmp_path / "made" / "later", lambda _: free).state == state


def test_a_folder_that_cannot_be_written_to_is_bad(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert disk(tmp_path).state == BAD


def test_an_address_that_is_taken_is_told_before_the_gateway_fails() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        web = WebConfig(listen=f"127.0.0.1:{taken.getsockname()[1]}")
        config = Config(buses=(BusConfig(link=SecretUrl("sim:1")),), web=web)
        assert [found.state for found in listeners(config, runs=False)] == [BAD]
        assert [found.state for found in listeners(config, runs=True)] == [GOOD]
    assert [found.state for found in listeners(config, runs=False)] == [GOOD]
    assert [found.state for found in listeners(config, runs=True)] == [BAD]


def test_the_versions_tell_what_to_report() -> None:
    said = versions().sentence
    assert "jkbus 0." in said
    assert "serialx" in said
