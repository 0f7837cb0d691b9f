"""Profiles: settings as a file for people."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkbus.config import slug
from jkbus.control import profiles
from jkbus.control.profiles import Profile
from jkbus.control.settings import SETTINGS, Setting
from jkbus.control.values import Value, plain
from jkbus.errors import ConfigError

HAND = """\
# limits for the summer
settings:
  cell_overvoltage_protection_voltage: 3.6 V   # was 3.65 V
  charge_undertemperature_protection: -5 °C
  charge_enabled: on
packs:
  rs485-bms2:
    charge_current_limit: 100 A
    charge_enabled: off
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a profile is kept."""
    return tmp_path / "summer.yaml"


def loaded(file: Path, text: str) -> Profile:
    file.write_text(text)
    return profiles.load(file)


def values_of(setting: Setting) -> st.SearchStrategy[Value]:
    if setting.switch:
        return st.booleans()
    raw = st.integers(round(setting.low * setting.row.per), round(setting.high * setting.row.per))
    return raw.map(lambda number: plain(setting, number))


NAMES = st.text(min_size=1, max_size=12).filter(
    lambda name: name.isprintable() and any(char in "abcdefgh0123" for char in name)
)
SETTINGS_OF_A_PACK = st.fixed_dictionaries(
    {}, optional={name: values_of(setting) for name, setting in SETTINGS.items()}
).filter(bool)
Packs = dict[str, dict[str, Value]]


def apart(packs: Packs) -> bool:
    return len({slug(name) for name in packs}) == len(packs)


BATTERIES: st.SearchStrategy[Packs] = st.dictionaries(
    NAMES, SETTINGS_OF_A_PACK, min_size=1, max_size=4
).filter(apart)


@given(packs=BATTERIES, common=st.booleans())
def test_what_was_written_is_read_again(
    packs: Packs, common: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.getbasetemp() / "again.yaml"
    profile = loaded(file, profiles.text(packs, "# a title\nof two lines", common))
    assert {name: profile.wishes_for(name) for name in packs} == packs


def test_a_profile_is_made_to_be_written_by_hand(file: Path) -> None:
    profile = loaded(file, HAND)
    common = {
        "cell_overvoltage_protection_voltage": 3.6,
        "charge_undertemperature_protection": -5.0,
        "charge_enabled": True,
    }
    assert profile.names == {*common, "charge_current_limit"}
    assert profile.wishes_for("rs485-bms1") == common
    assert profile.wishes_for("RS485-BMS2") == common | {
        "charge_current_limit": 100.0,
        "charge_enabled": False,
    }


def test_what_packs_share_stands_once_with_the_value_most_of_them_have() -> None:
    packs = {
        "a": {"charge_current_limit": 120.0, "balancing_enabled": True},
        "b": {"charge_current_limit": 120.0, "balancing_enabled": True, "precharge_time": 5},
        "c": {"charge_current_limit": 100.0, "balancing_enabled": True},
    }
    assert profiles.text(packs, "title", common=True) == (
        "# title\n"
        "settings:\n  charge_current_limit: 120 A\n  balancing_enabled: on\n"
        "packs:\n  b:\n    precharge_time: 5 s\n  c:\n    charge_current_limit: 100 A\n"
    )


def test_the_file_that_undoes_is_for_nobody_else(file: Path) -> None:
    profile = loaded(file, profiles.text({"a": {"precharge_time": 5}}, "undo"))
    assert profile == Profile({}, {"a": {"precharge_time": 5}})
    assert profile.wishes_for("b") == {}


def test_a_value_that_cannot_be_set_again_is_only_a_remark(file: Path) -> None:
    text = profiles.text({"a": {"charge_overcurrent_delay": 0, "precharge_time": 5}}, "undo")
    assert "#   charge_overcurrent_delay: 0 s  (cannot be set; 2 s to 600 s can)" in text
    assert loaded(file, text).packs == {"a": {"precharge_time": 5}}


@pytest.mark.parametrize(
    "text, sentence",
    [
        ("", "the file is empty"),
        ("settings:\n", ": the profile governs nothing; write under settings:"),
        ("setings:\n  charge_enabled: on\n", ":1: setings: unknown key; did you mean settings?"),
        ("colour: red\n", ":1: colour: unknown key; settings: and packs: are known here"),
        ("charge_enabled: on\n", ":1: charge_enabled: unknown key; a setting stands below settings:"),
        ("- a\n", ":1: name: value lines are expected here, not a list"),
        ("settings: on\n", ":1: settings: name: value lines are expected here, not 'on'"),
        (
            "settings:\n  charge_enabled: on\n  charge_curent_limit: 10 A\n",
            ":3: settings.charge_curent_limit: there is no setting 'charge_curent_limit'; "
            "did you mean charge_current_limit?",
        ),
        (
            "packs:\n  a:\n    cell_overvoltage_protection_voltage: 57.6 V\n",
            ":3: packs.a.cell_overvoltage_protection_voltage: 57.6 V: a cell value is expected",
        ),
        ("settings:\n  charge_current_limit: 10 V\n", ":2: settings.charge_current_limit: V is not its unit"),
        (
            "settings:\n  charge_current_limit:\n",
            ":2: settings.charge_current_limit: a value is expected behind the name, not nothing",
        ),
        (
            "settings:\n  charge_current_limit: [1]\n",
            ":2: settings.charge_current_limit: a value is expected behind the name, not a list",
        ),
        (
            "settings:\n  charge_enabled: on\n  charge_enabled: off\n",
            ":3: settings.charge_enabled: the key stands",
        ),
        ("settings:\n\tcharge_enabled: on\n", ":2: column 1: a tab cannot indent"),
        (
            "packs:\n  A b:\n    charge_enabled: on\n  a_b:\n    charge_enabled: off\n",
            ":4: packs.a_b: this is the same pack as A b; put both into one",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line(file: Path, text: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(file, text)
    assert f"{file}{sentence}" in str(caught.value) or sentence in str(caught.value)


def test_all_faults_are_told_at_once(file: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(file, "settings:\n  charge_enabled: maybe\n  precharge_time: 999\n")
    first, second = str(caught.value).splitlines()
    assert ":2: settings.charge_enabled: maybe is neither on nor off" in first
    assert ":3: settings.precharge_time: 999 s is not within 0 s to 300 s" in second


def test_a_profile_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.yaml: there is no such file"):
        profiles.load(tmp_path / "none.yaml")


def test_only_what_is_wanted_can_differ() -> None:
    rows = profiles.diff(
        [{"charge_enabled": True}, {"charge_enabled": True, "precharge_time": 5}, {}],
        [{"charge_enabled": False, "precharge_time": 1}, {"charge_enabled": True}, {"charge_enabled": True}],
    )
    assert [(row.name, row.differs) for row in rows] == [
        ("precharge_time", (False, True, False)),
        ("charge_enabled", (True, False, False)),
    ]


@given(packs=BATTERIES)
def test_a_pack_never_differs_from_its_own_profile(packs: Packs) -> None:
    found = list(packs.values())
    assert not any(any(row.differs) for row in profiles.diff(found, found))
