"""`scan`: who is on the bus, by whatever role we may take."""

import json
from collections.abc import Callable

from shell import Ended

Command = Callable[..., Ended]


def test_scan_asks_packs_that_nobody_else_asks(hurried: Command) -> None:
    done = hurried("scan", "sim:3?master=no", "--json")
    found = json.loads(done.out)
    assert (done.code, found["role"], found["missing"]) == (0, "master", [])
    assert [pack["address"] for pack in found["packs"]] == [1, 2, 3]
    for pack in found["packs"]:
        assert pack["model"].startswith("JK") and pack["serial_number"] and pack["software_version"]
        assert pack["cells"] == 16 and 0 < pack["state_of_charge"] <= 100


def test_scan_beside_a_jk_master_learns_what_can_be_learned(hurried: Command) -> None:
    found = json.loads(hurried("scan", "sim:4", "--json").out)
    assert found["role"] == "pseudo-master"
    assert [(pack["address"], pack["role"], pack["model"] is None) for pack in found["packs"]] == [
        (0, "master", True),
        (1, "slave", False),
        (2, "slave", False),
        (3, "slave", False),
    ]
    assert found["missing"] == [
        "model, serial number, firmware and changes of pack 0: a JK master answers nobody on its bus; "
        "give it an address 1 to 15 by DIP switch, or wire its RS485-1 port (protocol 001) "
        "and name that as link: of the pack"
    ]


def test_scan_for_people_is_a_table_with_remarks(hurried: Command) -> None:
    lines = hurried("scan", "sim:3?master=no").out.splitlines()
    assert lines[0].split() == [
        "role",
        "model",
        "board",
        "firmware",
        "serial",
        "number",
        "cells",
        "SoC",
        "voltage",
    ]
    assert lines[1].split()[:3] == ["1", "slave", "JK_PB2A16S20P"]
    assert "master: nobody else polls the packs" in lines


def test_scan_read_only_tells_what_is_missing_and_why(hurried: Command) -> None:
    done = hurried("scan", "sim:3", "--read-only")
    assert done.code == 0
    assert "a JK master does not ask for them and this link only listens" in done.out


def test_scan_without_anybody_fails_with_hints(hurried: Command) -> None:
    done = hurried("scan", "sim:3?master=no", "--read-only")
    assert (done.code, done.out) == (1, "")
    assert "not a byte was heard, and this link only listens" in done.err
