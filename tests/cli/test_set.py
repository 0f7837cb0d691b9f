"""`set` and `action`: a plan, a question, a change that was read back."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jkbus.cli.changing import Consent, carry_out
from jkbus.errors import JkbusError
from keyboard import interrupted, typing
from living import Site, gateway, site
from shell import Ended, jkbus

Command = Callable[..., Ended]
QUESTION = "Write this to rs485-bms1? [y/N] "


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A gateway with three packs that may be written to."""
    with gateway(site(tmp_path_factory.mktemp("running"))) as living:
        yield living


def value(running: Site, name: str, pack: str = "rs485-bms1") -> object:
    """What a pack is set to."""
    return json.loads(running.jkbus("get", pack, name, "--json").out)["values"][name]


def test_a_plan_shows_what_is_now_what_will_be_and_the_bytes(running: Site) -> None:
    before = running.entries
    done = running.jkbus("set", "rs485-bms1", "cell_overvoltage_protection_voltage=3.62 V", "--dry-run")
    assert (done.code, done.err) == (0, "")
    lines = [line.split() for line in done.out.splitlines()]
    assert lines[0] == ["rs485-bms1", "address", "1", "on", "bus1"]
    assert lines[1] == ["setting", "now", "then"]
    assert lines[2][0] == "cell_overvoltage_protection_voltage" and lines[2][-2:] == ["3.620", "V"]
    assert "01 10 10 0C 00 02 04 00 00 0E 24 3A 41" in done.out
    assert done.out.endswith("dry run: nothing was written\n")
    assert running.entries == before


def test_a_change_is_read_back_and_can_be_undone(running: Site) -> None:
    before = value(running, "precharge_time")
    done = running.jkbus("set", "rs485-bms1", "precharge_time=7", "--yes")
    assert (done.code, done.err) == (0, "")
    assert "rs485-bms1: precharge_time = 7 s was written and read back" in done.out
    assert f"to undo it: jkbus settings undo --config {running.config} " in done.out
    assert value(running, "precharge_time") == 7
    file = done.out.split()[-1]
    assert running.jkbus("settings", "undo", file, "--yes").code == 0
    assert value(running, "precharge_time") == before


def test_what_is_so_already_is_not_written(running: Site) -> None:
    entries = running.entries
    now = value(running, "charge_current_limit")
    done = running.jkbus("set", "rs485-bms1", f"charge_current_limit={now}")
    assert done.code == 0
    assert "nothing to change: that is how rs485-bms1 is set" in done.out
    assert running.entries == entries


def test_several_packs_are_written_one_after_the_other(running: Site) -> None:
    done = running.jkbus("set", "rs485-bms2,rs485-bms3", "precharge_time=9 s", "--yes")
    assert done.code == 0
    first, second = (done.out.index(f"rs485-bms{n}: precharge_time = 9 s was written") for n in (2, 3))
    assert first < second


def test_yes_at_the_question_writes(running: Site) -> None:
    done = typing(["set", "rs485-bms1", "precharge_time=11", "--config", str(running.config)], QUESTION, "y")
    assert done.code == 0 and "precharge_time = 11 s was written and read back" in done.out


@pytest.mark.parametrize("answer", ["", "n", "maybe"])
def test_anything_else_at_the_question_does_not(running: Site, answer: str) -> None:
    entries = running.entries
    command = ["set", "rs485-bms1", "precharge_time=99", "--config", str(running.config)]
    done = typing(command, QUESTION, answer)
    assert (done.code, running.entries) == (1, entries)
    assert done.out.endswith("jkbus: nothing was written\n")


def test_ctrl_c_at_the_question_writes_nothing(running: Site) -> None:
    entries = running.entries
    done = interrupted(["set", "rs485-bms1", "precharge_time=99", "--config", str(running.config)], QUESTION)
    assert (done.code, running.entries) == (130, entries)
    assert "jkbus: nothing was written" in done.out


def test_without_a_terminal_somebody_has_to_say_yes_beforehand(running: Site) -> None:
    entries = running.entries
    done = running.jkbus("set", "rs485-bms1", "precharge_time=99", stdin=b"y\n")
    assert (done.code, running.entries) == (2, entries)
    assert "nobody is there to agree; add --yes if this is what you want; nothing was written" in done.err


def test_what_cuts_power_wants_its_word_and_not_a_yes(running: Site) -> None:
    command = ["set", "rs485-bms3", "discharge_enabled=off"]
    done = running.jkbus(*command, "--yes")
    assert done.code == 2 and "add --word off" in done.err
    done = running.jkbus(*command, "--word", "of")
    assert done.code == 2 and "--word of is not the word for this, which is off" in done.err
    assert value(running, "discharge_enabled", "rs485-bms3") is True
    done = typing([*command, "--config", str(running.config)], "Type off to write this to rs485-bms3: ", "y")
    assert done.code == 1 and "nothing was written" in done.out
    done = typing(
        [*command, "--config", str(running.config)], "Type off to write this to rs485-bms3: ", "off"
    )
    assert done.code == 0 and "discharge_enabled = off was written" in done.out
    assert running.jkbus("set", "rs485-bms3", "discharge_enabled=on", "--yes").code == 0
    assert running.jkbus(*command, "--word", "off").code == 0


def test_programs_get_plan_results_and_end_as_objects(running: Site) -> None:
    done = running.jkbus("set", "rs485-bms2", "precharge_time=3", "--yes", "--json")
    plans, result, end = (json.loads(line) for line in done.out.splitlines())
    assert plans["plans"][0]["steps"][0]["changes"][0]["new"] == 3
    assert result["result"]["ok"] and result["result"]["changes"][0]["read"] == 3
    assert end["end"]["ok"] and Path(end["end"]["undo"]).is_file()
    done = running.jkbus("set", "rs485-bms2", "precharge_time=4", "--json")
    assert done.code == 2 and len(done.out.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments, sentences",
    [
        (["rs485-bms1", "cell_overvoltage_protection_voltage=57.6"], ["a cell value is expected"]),
        (["rs485-bms1", "charge_curent_limit=9"], ["did you mean charge_current_limit?"]),
        (["rs485-bms1", "precharge_time"], ["'precharge_time' is no NAME=VALUE"]),
        (["rs485-bms1", "precharge_time=1", "precharge_time=2"], ["precharge_time is given twice"]),
        (["rs485-bms1"], ["NAME=VALUE is missing"]),
        (
            ["rs485-bms1", "precharge_time=999", "charge_enabled=maybe"],
            ["precharge_time: 999 s is not within", "charge_enabled: maybe is neither on nor off"],
        ),
    ],
)
def test_every_fault_of_a_wish_has_a_line(running: Site, arguments: list[str], sentences: list[str]) -> None:
    done = running.jkbus("set", *arguments)
    assert (done.code, done.out) == (2, "")
    assert len(done.err.splitlines()) == len(sentences)
    for line, sentence in zip(done.err.splitlines(), sentences, strict=True):
        assert sentence in line


def test_where_writes_are_off_it_says_what_to_change(tmp_path: Path, hurried: Command) -> None:
    here = site(tmp_path, writes=False)
    done = hurried("set", "rs485-bms1", "precharge_time=3", "--yes", "--config", str(here.config))
    assert (done.code, done.out) == (2, "")
    assert "changes are switched off; add writes: true to the bus bus1" in done.err
    assert not here.entries


def test_without_a_gateway_the_link_itself_is_used(tmp_path: Path, hurried: Command) -> None:
    here = site(tmp_path)
    done = hurried("set", "all", "charge_current_limit=90", "--yes", "--config", str(here.config))
    assert (done.code, done.err) == (0, "")
    assert done.out.count("charge_current_limit = 90 A was written and read back") == 3
    assert here.entries


def test_a_pack_that_the_configuration_does_not_name_is_listened_for_and_that_is_said(
    tmp_path: Path, hurried: Command
) -> None:
    at = str(site(tmp_path).config)
    done = hurried("set", "stranger", "precharge_time=21", "--yes", "--config", at)
    assert done.code == 2
    said, fault = done.err.splitlines()
    assert said == "jkbus: 'stranger': not in the configuration; listening whether the bus has it ..."
    assert "there is no pack 'stranger'" in fault
    assert hurried("set", "rs485-bms1", "precharge_time=21", "--yes", "--config", at).err == ""


def test_who_is_left_out_is_said_once_below_all_plans(tmp_path: Path, hurried: Command) -> None:
    config = site(tmp_path, "sim:4").config
    config.write_text(config.read_text().replace("address: 1}", "address: 0}"))
    command = ("set", "all", "precharge_time=21", "--dry-run", "--config", str(config))
    *_, plan, _, left_out, _way_out, _, end = hurried(*command).out.splitlines()
    assert plan.startswith("    03 10 ")
    assert left_out.startswith("▲ left out: rs485-bms1: a pack at address 0 is the master")
    assert end == "dry run: nothing was written"
    answer = json.loads(hurried(*command, "--json").out)
    assert [why.partition(":")[0] for why in answer["left_out"]] == ["rs485-bms1"]
    assert not any(plan["warnings"] for plan in answer["plans"])


class Dying:
    """A gateway that is killed after the first step of a change."""

    goes_on = True

    async def ask(self, request: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        result = {
            "ok": True,
            "message": "a: precharge_time = 21 s was written and read back",
            "undo": "a.yaml",
        }
        yield {"result": result}
        raise JkbusError("the gateway went away in the middle")


async def test_the_file_that_undoes_it_is_named_even_if_the_gateway_dies(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(JkbusError, match="went away"):
        await carry_out(Dying(), [], "", Consent())
    assert capsys.readouterr().out.endswith("to undo it: jkbus settings undo a.yaml\n")


def test_what_a_pack_refuses_is_said_once(tmp_path: Path, hurried: Command) -> None:
    config = str(site(tmp_path).config)
    done = hurried("set", "rs485-bms1", "requested_charge_voltage_time=0", "--yes", "--config", config)
    assert done.code == 1
    (line,) = done.err.splitlines()
    assert line.startswith(
        "jkbus: stopped after 0 of 1 writes: rs485-bms1 refused requested_charge_voltage_time"
    )


def test_ctrl_c_at_the_question_closes_the_link_too(tmp_path: Path) -> None:
    here = site(tmp_path)
    done = interrupted(["set", "rs485-bms1", "precharge_time=99", "--config", str(here.config)], QUESTION)
    assert (done.code, here.entries) == (130, 0)
    assert "no gateway runs; listening on sim:3?master=no before the first word ..." in done.out
    assert done.out.endswith("jkbus: nothing was written\n")


def test_the_actions_are_listed(hurried: Command) -> None:
    done = hurried("action")
    assert done.code == 0
    assert "set_clock" in done.out and "preset_lto" in done.out and "shutdown" not in done.out


def test_an_action_is_planned_and_acknowledged(running: Site) -> None:
    done = running.jkbus("action", "rs485-bms1", "set_clock", "--yes")
    assert (done.code, done.err) == (0, "")
    assert "rs485-bms1: set_clock was acknowledged" in done.out


def test_an_action_that_replaces_limits_wants_its_word(running: Site) -> None:
    entries = running.entries
    done = running.jkbus("action", "rs485-bms1", "preset_lifepo4", "--yes")
    assert done.code == 2 and "add --word lifepo4" in done.err
    assert running.entries == entries


def test_an_action_that_does_not_exist_names_a_likely_one() -> None:
    done = jkbus("action", "rs485-bms1", "set_clok")
    assert done.code == 2
    assert "did you mean set_clock?" in done.err or "no configuration found" in done.err
