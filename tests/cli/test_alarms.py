"""`alarms`: what is wrong and what was, and who has taken note of it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from keepsakes import lived
from living import Site, site
from shell import Ended

Command = Callable[..., Ended]


@pytest.fixture
def past(tmp_path: Path) -> Site:
    """A state folder with four alarms."""
    return lived(tmp_path)


@pytest.fixture
def alarms(past: Site, hurried: Command) -> Command:
    """Runs `jkbus alarms`."""
    return lambda *arguments: hurried("alarms", *arguments, "--config", str(past.config))


def test_what_stands_comes_first_with_values_and_what_to_do(alarms: Command) -> None:
    done = alarms()
    assert (done.code, done.err) == (0, "")
    lines = [line.strip() for line in done.out.splitlines()]
    assert lines[:2] == ["standing", "4  rs485-bms1: cell under-voltage: cell 7 has 2.651 V"]
    assert lines[2].startswith("protection, since ") and lines[2].endswith(", 5 min")
    assert lines[3] == "battery_current -20 → 0 A   cell_voltage_min 3.100 → 2.651 V (cell 7)"
    assert lines[4] == "→ charge the pack soon"
    assert lines[5:7] == ["over", "2  rs485-bms2: too cold to charge"]
    assert lines[7].startswith("protection, ") and lines[7].endswith("closed by pi (command line)")
    assert lines[8] == "1  rs485-bms1: balance wire resistance high: that of cell 3 has 0.250 Ω"
    assert lines[9].endswith(", 2 min, came 3 times")


def test_remarks_are_left_out_unless_they_are_asked_for(alarms: Command) -> None:
    assert "full" not in alarms("--count", "3").out.replace("a full battery, are shown with --all", "")
    done = alarms("--all")
    assert "cell over-voltage or full" in done.out and "with --all" not in done.out


def test_so_many_of_the_past_as_are_asked_for(alarms: Command) -> None:
    entries = [json.loads(line) for line in alarms("--count", "1", "--json").out.splitlines()]
    assert [entry["id"] for entry in entries] == [4, 2]
    assert entries[0]["went"] is None and entries[0]["before"]["cell_voltage_min"] == 3.1


def test_an_alarm_that_somebody_has_seen_says_so(alarms: Command) -> None:
    done = alarms("ack", "4")
    assert (done.code, done.out) == (0, "alarm 4 was seen\n")
    assert ", seen by " in alarms().out and "(command line)" in alarms().out


def test_all_that_stand_can_be_seen_at_once(alarms: Command) -> None:
    assert alarms("ack", "all").out == "alarm 4 was seen\nalarm 3 was seen\n"
    assert alarms("ack", "all").out == "there is none that nobody has seen\n"


def test_an_alarm_can_be_closed(alarms: Command) -> None:
    assert alarms("close", "4").out == "alarm 4 is closed\n"
    done = alarms()
    assert done.out.startswith("nothing is wrong now\nover\n") and "closed by" in done.out


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (["ack", "77"], "there is no alarm 77"),
        (["ack", "x"], "which alarms? their numbers"),
        (["ack"], "which alarms? their numbers"),
        (["close", "1"], "no alarm 1 stands"),
        (["--count", "-1"], "--count"),
        (["akc"], "akc"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(alarms: Command, arguments: list[str], sentence: str) -> None:
    done = alarms(*arguments)
    assert done.code == 2 and sentence in done.err


def test_before_a_gateway_has_run_there_are_no_alarms(tmp_path: Path, hurried: Command) -> None:
    done = hurried("alarms", "--config", str(site(tmp_path).config))
    assert done.code == 1 and "there are no alarms yet" in done.err
