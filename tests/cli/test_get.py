"""`get`: what packs are set to."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from jkbus.cli.comparing import Row, compared
from jkbus.cli.showing import page
from jkbus.control.settings import SETTINGS
from living import Site, site
from shell import Ended

Command = Callable[..., Ended]


@pytest.fixture
def here(tmp_path: Path) -> Site:
    """Three packs, and no gateway runs."""
    return site(tmp_path)


@pytest.fixture
def get(here: Site, hurried: Command) -> Command:
    """Runs `jkbus get` in no time."""
    return lambda *arguments: hurried("get", *arguments, "--config", str(here.config))


def test_every_setting_of_a_pack_is_told_with_its_unit_and_range(get: Command) -> None:
    done = get("rs485-bms1")
    assert (done.code, done.err) == (0, "")
    lines = [line.split() for line in done.out.splitlines()]
    assert lines[0][0] == "rs485-bms1"
    assert ["charge_current_limit", "120", "A", "1", "to", "600", "A"] in lines
    assert ["charge_enabled", "on", "on,", "off"] in lines
    assert {line[0] for line in lines[2:] if line} == set(SETTINGS)


def test_any_other_value_can_be_asked_for(get: Command) -> None:
    done = get("rs485-bms1", "state_of_charge", "cell_voltage", "model")
    assert done.code == 0
    assert "state_of_charge" in done.out and "JK_PB" in done.out and " V" in done.out


def test_values_of_cells_are_a_list_as_long_as_the_pack_has_cells(get: Command) -> None:
    lines = get("rs485-bms1", "cell_voltage").out.splitlines()
    name, *cells, unit = " ".join(lines[2:]).split()
    assert (name, len(cells), unit) == ("cell_voltage", 16, "V")
    assert all(3 < float(cell) < 3.6 for cell in cells)


def test_several_packs_stand_beside_each_other(get: Command) -> None:
    done = get("rs485-bms1,rs485-bms3", "charge_current_limit", "charge_enabled")
    assert done.out.splitlines()[0].split() == ["setting", "rs485-bms1", "rs485-bms3"]
    assert "charge_enabled" in done.out and "rs485-bms2" not in done.out


def test_all_means_all(get: Command) -> None:
    done = get("all", "charge_enabled")
    assert all(f"rs485-bms{number}" in done.out for number in (1, 2, 3))


def test_programs_get_an_object_a_pack(get: Command) -> None:
    done = get("all", "charge_current_limit", "charge_enabled", "--json")
    packs = [json.loads(line) for line in done.out.splitlines()]
    assert [pack["name"] for pack in packs] == ["rs485-bms1", "rs485-bms2", "rs485-bms3"]
    assert packs[0]["values"] == {"charge_current_limit": 120.0, "charge_enabled": True}


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (["rs485-bms9"], "there is no pack 'rs485-bms9'; did you mean rs485-bms"),
        (["rs485-bms1", "charge_limit"], "did you mean charge_current_limit?"),
        (["rs485-bms1", "device_password"], "device_password"),
    ],
)
def test_what_there_is_not_is_said_in_a_sentence(get: Command, arguments: list[str], sentence: str) -> None:
    done = get(*arguments)
    assert (done.code, done.out) == (2, "")
    assert sentence in done.err


def test_a_pack_that_is_not_there_keeps_none_of_the_others_back(tmp_path: Path, hurried: Command) -> None:
    here = site(tmp_path, link="sim:2?master=no")
    done = hurried("get", "all", "charge_current_limit", "--config", str(here.config))
    assert done.code == 1
    assert done.out.splitlines()[0].split() == ["setting", "rs485-bms1", "rs485-bms2"]
    assert done.err.startswith("jkbus: rs485-bms3: nothing was heard; check the cable")
    done = hurried("settings", "export", "all", "--config", str(here.config))
    assert (done.code, done.out) == (1, "")


def shown(rows: list[Row], packs: list[str], width: int, expected: str = "") -> list[str]:
    console = page()
    console.width = width
    with console.capture() as captured:
        console.print(compared(rows, packs, expected, console))
    return [line.rstrip() for line in captured.get().splitlines()]


PACKS = [f"rs485-bms{number}" for number in range(7)]
ROWS = [
    Row("precharge_time", "5 s", ["5 s"] * 7, [False] * 7),
    Row("charge_current_limit", "100 A", ["100 A"] * 5 + ["90 A"] * 2, [False] * 5 + [True] * 2),
]


def test_where_there_is_room_each_pack_has_a_column() -> None:
    head, _, limits = shown(ROWS, PACKS, 110)
    assert head.split() == ["setting", *PACKS]
    assert limits.split()[1:] == ["100", "A"] * 5 + ["≠", "90", "A"] * 2


def test_where_there_is_less_each_pack_has_a_line() -> None:
    lines = shown(ROWS, PACKS, 60, "summer.yaml")
    assert lines[0].split() == ["pack", "precharge_time", "charge_current_limit"]
    assert lines[1].split() == ["summer.yaml", "5", "s", "100", "A"]
    assert lines[7].split() == ["rs485-bms5", "5", "s", "≠", "90", "A"]


def test_where_there_is_little_only_what_stands_out_is_shown() -> None:
    many = [Row(f"{row.name}_{n}", row.expected, row.found, row.differs) for row in ROWS for n in range(9)]
    lines = shown(many, PACKS, 80)
    assert lines[0].split() == ["setting", "most", "packs", "but"]
    assert lines[-1].split() == [
        "charge_current_limit_8",
        "100",
        "A",
        "≠",
        "90",
        "A",
        "rs485-bms5,",
        "rs485-bms6",
    ]
    assert all(len(line) <= 80 for line in lines)


def test_a_pack_that_should_be_different_shows_what_it_should_be() -> None:
    row = Row("precharge_time", "5 s", ["6 s", "5 s"], [True, False], ["7 s", "5 s"])
    assert shown([row], PACKS[:2], 80, "summer.yaml")[1].split() == [
        "precharge_time", "5", "s", "6", "s", "≠", "7", "s", "5", "s",
    ]  # fmt: skip
