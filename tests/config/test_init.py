"""The configuration that `jkbus init` writes, and the ports it and `jkbus check` look for."""

from __future__ import annotations

import os
import pty
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.conftest import Write, as_nobody
from jkbus.config import BusConfig, Config, PackConfig, SecretUrl, load, ports_missing, template

PACKS = [("rs485-bms0", 0), ("Garage: 1 # links", 10)]
REMARK = re.compile(r"^( *)# ( *[a-z_]+:(?: [^ ].*)?|  - \{.*)$", re.MULTILINE)


def test_what_init_writes_is_a_configuration(config: Write) -> None:
    tree = config(template("/dev/ttyUSB0", PACKS, "mqtt://me:p$${x}w@h", "a master at 0\nsix slaves"))
    assert tree.buses[0].link == "/dev/ttyUSB0"
    assert [(pack.name, pack.address) for pack in tree.buses[0].packs] == PACKS
    assert tree.mqtt is not None
    assert (tree.mqtt.broker.host, tree.mqtt.broker.password) == ("h", "p$${x}w")


def test_a_bus_without_packs_and_broker_is_written_too(config: Write) -> None:
    assert config(template("sim:6", [], None, "")) == config("buses: [{link: sim:6}]")


def test_the_remarks_hold_the_defaults(config: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/jkbus")
    text = REMARK.sub(r"\1\2", template("sim:6", [], None, ""))
    tree = config(text)
    assert tree.buses[0].packs == (PackConfig(name="garage-1", address=0),)
    assert tree.mqtt is not None
    assert tree.mqtt.topic == "jkbus"
    bare = config("buses: [{link: sim:6, packs: [{name: garage-1, address: 0}]}]")
    assert tree.model_copy(update={"mqtt": None}) == bare


def test_what_was_heard_is_a_remark_whatever_it_was(config: Write) -> None:
    text = template("sim:6", [], None, "JK\x1b[31m\x00: x\r\nbuses: 3\x85y\u2028z")
    assert config(text) == config("buses: [{link: sim:6}]")
    assert "# JK\\u001b[31m\\u0000: x\n# buses: 3\n# y\n# z\n" in text


NAMES = st.text(min_size=1, max_size=20).filter(lambda name: name.isprintable() and "${" not in name)


@given(st.lists(NAMES, max_size=3), st.text())
def test_names_and_remarks_are_quoted_where_needed(
    tmp_path_factory: pytest.TempPathFactory, names: Sequence[str], heard: str
) -> None:
    packs = [(f"p{address}{name}".replace(",", ""), address) for address, name in enumerate(names)]
    file = tmp_path_factory.getbasetemp() / "written.yaml"
    file.write_text(template("/dev/ttyUSB0", packs, None, heard))
    assert [(pack.name, pack.address) for pack in load(file).buses[0].packs] == packs


def missing(*links: str) -> list[str]:
    """What is said about the serial ports of buses with these links."""
    return ports_missing(Config(buses=tuple(BusConfig(link=SecretUrl(link)) for link in links)))


def test_a_port_that_is_there_is_nothing_to_tell() -> None:
    near, far = pty.openpty()
    assert missing("sim:1", os.ttyname(far), "socket://h:1") == []
    os.close(near)
    os.close(far)


def test_the_port_of_an_own_link_is_looked_for_too(tmp_path: Path) -> None:
    own = PackConfig(name="a", address=0, link=SecretUrl(f"{tmp_path}/ttyUSB9"))
    (told,) = ports_missing(Config(buses=(BusConfig(link=SecretUrl("sim:1"), packs=(own,)),)))
    assert told.startswith(f"buses[0].packs[0].link: {tmp_path}/ttyUSB9 is not there; ")


def test_a_missing_port_is_told_with_those_there_are(tmp_path: Path) -> None:
    (told,) = missing("sim:1", f"{tmp_path}/ttyUSB9")
    assert re.match(
        rf"buses\[1\]\.link: {tmp_path}/ttyUSB9 is not there; "
        r"(found are /dev/|no serial port was found; plug the adapter in)",
        told,
    )


def test_a_file_is_no_serial_port(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    (told,) = missing(f"{tmp_path}/x")
    assert told.startswith(f"buses[0].link: {tmp_path}/x is not a serial port; ")


def test_a_port_that_may_not_be_opened_is_told_with_the_remedy() -> None:
    near, far = pty.openpty()
    name = os.ttyname(far)
    os.fchmod(far, 0)
    with as_nobody():
        told = missing(name)
    os.close(near)
    os.close(far)
    allow = "`sudo usermod -aG dialout $USER` and a new login allow it"
    assert told == [f"buses[0].link: {name} may not be opened; {allow}"]
