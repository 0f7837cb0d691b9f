"""`settings`: profiles written, compared, applied and taken back."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jkbus.control import profiles
from living import Site, gateway, site
from shell import Ended

Command = Callable[..., Ended]
SUMMER = "settings:\n  charge_current_limit: 80 A\n  balancing_enabled: on\n"
OWN = f"{SUMMER}packs:\n  rs485-bms2:\n    charge_current_limit: 60 A\n"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A gateway with three packs that may be written to."""
    with gateway(site(tmp_path_factory.mktemp("running"))) as living:
        yield living


@pytest.fixture
def summer(tmp_path: Path) -> Path:
    """A profile."""
    file = tmp_path / "summer.yaml"
    file.write_text(OWN)
    return file


def limits(running: Site) -> list[float]:
    """The charge current limit of each pack."""
    packs = running.jkbus("get", "all", "charge_current_limit", "--json").out.splitlines()
    return [json.loads(pack)["values"]["charge_current_limit"] for pack in packs]


def test_what_is_exported_is_what_the_packs_have(running: Site, tmp_path: Path) -> None:
    file = tmp_path / "packs.yaml"
    done = running.jkbus("settings", "export", "all", "--output", str(file))
    assert (done.code, done.out) == (
        0,
        f"{file} holds the settings of rs485-bms1, rs485-bms2 and rs485-bms3\n",
    )
    assert running.jkbus("settings", "diff", str(file), "all").code == 0
    profile = profiles.load(file)
    assert profile.wishes_for("rs485-bms1")["charge_enabled"] is True
    done = running.jkbus("settings", "export", "all", "--output", str(file))
    assert done.code == 2 and "is there already; nothing was changed" in done.err


def test_a_profile_can_go_through_a_pipe(running: Site) -> None:
    done = running.jkbus("settings", "export", "rs485-bms1")
    assert done.out.startswith("# jkbus settings, written ")
    assert "from rs485-bms1\n" in done.out and "\nsettings:\n" in done.out and "packs:" not in done.out


def test_drift_is_shown_and_ends_with_1(running: Site, summer: Path) -> None:
    before = limits(running)
    done = running.jkbus("settings", "diff", str(summer))
    assert done.code == 1
    assert done.out.splitlines()[0].split() == [
        "setting",
        "summer.yaml",
        "rs485-bms1",
        "rs485-bms2",
        "rs485-bms3",
    ]
    assert f"{before[0]:g} A" in done.out and "≠ 60 A" in done.out and "balancing_enabled" not in done.out
    assert done.err == "jkbus: rs485-bms1, rs485-bms2 and rs485-bms3 differ in 1 of 2 settings\n"


def test_packs_can_be_compared_with_each_other(running: Site) -> None:
    assert running.jkbus("set", "rs485-bms1,rs485-bms2", "precharge_time=5", "--yes").code == 0
    assert running.jkbus("set", "rs485-bms3", "precharge_time=6", "--yes").code == 0
    done = running.jkbus("settings", "diff", "rs485-bms1", "rs485-bms2", "rs485-bms3")
    assert done.code == 1 and done.err.endswith(" settings\n")
    (line,) = (line for line in done.out.splitlines() if line.startswith("precharge_time"))
    assert line.split() == ["precharge_time", "5", "s", "5", "s", "≠", "6", "s"]
    done = running.jkbus("settings", "diff", "all", "--json")
    found = json.loads(done.out)
    assert found["differs"] is True
    row = next(row for row in found["settings"] if row["name"] == "precharge_time")
    assert row["differs"] == ["rs485-bms3"] and row["found"]["rs485-bms3"] == 6


def test_a_profile_is_applied_pack_by_pack_and_undone_again(running: Site, summer: Path) -> None:
    before = limits(running)
    done = running.jkbus("settings", "apply", str(summer), "all", "--dry-run")
    assert done.code == 0 and limits(running) == before
    done = running.jkbus("settings", "apply", str(summer), "all", "--yes")
    assert (done.code, done.err) == (0, "")
    assert limits(running) == [80.0, 60.0, 80.0]
    assert running.jkbus("settings", "diff", str(summer)).code == 0
    again = running.jkbus("settings", "apply", str(summer), "all", "--yes")
    assert again.code == 0 and "nothing to change" in again.out
    assert running.jkbus("settings", "undo", "--yes").code == 0
    assert limits(running) == before
    assert running.jkbus("settings", "undo", "--yes").code == 0
    assert limits(running) == [80.0, 60.0, 80.0]


def test_a_profile_for_one_pack_leaves_the_others_alone(running: Site, summer: Path) -> None:
    assert running.jkbus("set", "all", "charge_current_limit=99", "--yes").code == 0
    assert running.jkbus("settings", "apply", str(summer), "rs485-bms1", "--yes").code == 0
    assert limits(running) == [80.0, 99.0, 99.0]


def test_a_profile_that_names_a_pack_nobody_knows_is_for_nobody(running: Site, summer: Path) -> None:
    """Else the pack that was meant would get what is for all the others."""
    summer.write_text(OWN.replace("rs485-bms2", "rs485-bsm2"))
    entries = running.entries
    for command in (["apply", str(summer), "all", "--yes"], ["diff", str(summer)]):
        done = running.jkbus("settings", *command)
        assert (done.code, done.out) == (2, "")
        assert f"{summer}: packs: there is no pack 'rs485-bsm2'; did you mean rs485-bms" in done.err
    assert running.entries == entries


def test_a_profile_may_name_packs_it_is_not_applied_to(running: Site, summer: Path) -> None:
    assert running.jkbus("settings", "apply", str(summer), "rs485-bms3", "--dry-run").code == 0


def test_of_many_settings_that_stand_already_only_the_number_is_told(running: Site, tmp_path: Path) -> None:
    file = tmp_path / "packs.yaml"
    assert running.jkbus("settings", "export", "rs485-bms1", "--output", str(file)).code == 0
    file.write_text(file.read_text().replace("smart_sleep_delay: 24 h", "smart_sleep_delay: 25 h"))
    done = running.jkbus("settings", "apply", str(file), "rs485-bms1", "--dry-run")
    assert "  as wished already: 49 settings\n" in done.out


def test_the_log_tells_when_who_what_and_how_it_ended(running: Site) -> None:
    assert running.jkbus("set", "rs485-bms2", "precharge_time=21", "--yes").code == 0
    done = running.jkbus("settings", "log", "--count", "1")
    assert done.code == 0
    assert "rs485-bms2" in done.out and "precharge_time" in done.out and "21 s" in done.out
    assert "done" in done.out
    (line,) = running.jkbus("settings", "log", "--count", "1", "--json").out.splitlines()
    assert json.loads(line)["result"] == "done"


def test_the_log_tells_that_a_change_was_cut_short(tmp_path: Path, hurried: Command) -> None:
    at = str(site(tmp_path).config)
    wishes = ("precharge_time=21", "requested_charge_voltage_time=0")  # boards refuse the second
    assert hurried("set", "all", *wishes, "--yes", "--config", at).code == 1
    shown = hurried("settings", "log", "--config", at).out
    row = next(line for line in shown.splitlines() if "stopped" in line)
    assert "rs485-bms1" in row and "1 of 6 writes done" in row
    assert shown.count("▲") == 1


def test_undo_says_whose_change_it_takes_back(tmp_path: Path, hurried: Command) -> None:
    at = str(site(tmp_path).config)
    assert hurried("set", "rs485-bms1", "precharge_time=21", "--yes", "--config", at).code == 0
    lines = hurried("settings", "undo", "--dry-run", "--config", at).out.splitlines()
    assert lines[0].startswith("As it was before the change of 20") and "(command line " in lines[0]


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (["diff", "none.yaml"], "none.yaml: there is no such file"),
        (["diff", "rs485-bms1"], "rs485-bms1 is one pack; name another to compare it with, or a profile"),
        (["diff", "rs485-bms1", "none.yaml"], "none.yaml is a profile; name it first, and one at a time"),
        (["apply", "none.yaml", "all"], "none.yaml: there is no such file"),
        (["apply", "none.yaml"], "PACK is missing"),
        (["undo", "none.yaml"], "none.yaml: there is no such file"),
        (["undo"], "there is nothing to undo: no file in "),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    tmp_path: Path, hurried: Command, arguments: list[str], sentence: str
) -> None:
    done = hurried("settings", *arguments, "--config", str(site(tmp_path).config))
    assert (done.code, done.out) == (2, "")
    assert sentence in done.err


def test_before_anything_was_changed_the_log_is_empty(tmp_path: Path, hurried: Command) -> None:
    done = hurried("settings", "log", "--config", str(site(tmp_path).config))
    assert (done.code, done.out) == (0, "nothing was changed so far\n")
