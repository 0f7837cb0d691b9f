"""The commands of a board: the seven documented ones, on boards known to have them, and never another."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jkbus.bus.law import COMMANDS, lawful
from jkbus.control.actions import ACTIONS, find_action, plan_action, renewal, seconds
from jkbus.control.plan import Plan, Rejected, Step, again, plan
from jkbus.control.settings import SETTINGS
from jkbus.errors import UsageError
from jkbus.model.pack import Pack
from jkbus.protocol.messages import write16, write32
from jkbus.simulator import VirtualPack
from laboratory import accepts
from material import table
from planning import known_pack, pack_of

NOW = datetime.fromisoformat("2026-03-29T02:30:00")
DOCUMENTED = {0x1600, 0x1606, 0x160A, 0x160C, 0x160E, 0x1610, 0x1612}
FORBIDDEN = {0x1604, 0x1616, 0x1618, 0x161A, 0x1622, 0x1624, 0x1626}
VALUES = {"calibrate_voltage": "53.2", "calibrate_current": "10"}


def test_the_clock_is_set_to_the_time_at_which_the_bytes_are_sent() -> None:
    (step,) = plan_action(known_pack(), "set_clock", "", NOW).steps
    anew = renewal(step, 1)
    assert anew is not None
    data = anew()
    assert data[:7] == step.data[:7]
    assert 0 <= seconds(datetime.now(UTC).astimezone()) - int.from_bytes(data[7:11]) <= 60


def test_the_bytes_of_other_actions_stay_as_they_were_shown() -> None:
    (step,) = plan_action(known_pack(), "preset_lto", "", NOW).steps
    assert renewal(step, 1) is None


def made(name: str, pack: Pack | None = None, value: str | None = None) -> Plan:
    pack = pack or known_pack(battery_voltage=53.0, battery_current=9.5)
    return plan_action(pack, name, VALUES.get(name, "") if value is None else value, NOW)


def faults(name: str, pack: Pack, value: str = "") -> list[str]:
    with pytest.raises(Rejected) as caught:
        plan_action(pack, name, value, NOW)
    return caught.value.faults


@pytest.mark.parametrize(
    ("name", "data", "word", "type"),
    [
        ("emergency_start", write16(1, 0x1610, 1), "emergency", 2),
        ("preset_lifepo4", write16(1, 0x160C, 1), "lifepo4", 1),
        ("preset_li_ion", write16(1, 0x160A, 1), "li-ion", 1),
        ("preset_lto", write16(1, 0x160E, 1), "lto", 1),
        ("set_clock", write32(1, 0x1612, 196_914_600), "", 2),
        ("calibrate_voltage", write32(1, 0x1600, 53200), "calibrate", 2),
        ("calibrate_current", write32(1, 0x1606, 10000), "calibrate", 2),
    ],
)
def test_an_action_is_one_command(name: str, data: bytes, word: str, type: int) -> None:
    action = made(name)
    (step,) = action.steps
    assert step.data == data and lawful(data)
    assert (step.action, step.type, step.register) == (name, type, ACTIONS[name].register)
    assert step.judge is None and step.changes == ()
    assert (action.word, action.action, action.value) == (word, name, VALUES.get(name, ""))


@pytest.mark.parametrize("name", ACTIONS)
def test_a_virtual_board_takes_every_action(name: str) -> None:
    virtual = VirtualPack(4)
    virtual.wanted = 0.0
    pack = pack_of(virtual)
    assert pack.status is not None
    values = {"calibrate_voltage": f"{pack.status.battery_voltage + 0.1:.2f} V", "calibrate_current": "0.5 A"}
    action = plan_action(pack, name, values.get(name, ""), NOW)
    assert accepts(virtual, action.steps[0].data)
    assert virtual.commands == [(ACTIONS[name].register, action.steps[0].data[7:-2])]


def test_the_actions_are_the_documented_commands_and_no_other() -> None:
    assert {action.register for action in ACTIONS.values()} == DOCUMENTED == COMMANDS.keys()
    named = {
        int(row["address"], 16)
        for row in table("registers")
        if row["name"].startswith("command_") and row["block"] == "0x1600"
    }
    assert named == DOCUMENTED | FORBIDDEN
    for action in ACTIONS.values():
        assert action.text.endswith(".") and action.title


@pytest.mark.parametrize("version", ["11.17", "13.99", "", "beta"])
@pytest.mark.parametrize("name", ACTIONS)
def test_a_board_that_may_understand_something_else_is_told_nothing(name: str, version: str) -> None:
    pack = known_pack(software_version=version, battery_voltage=53.0, battery_current=9.5)
    assert "mean other things" in faults(name, pack, VALUES.get(name, ""))[0]


def test_a_board_that_never_said_who_it_is_is_told_nothing() -> None:
    pack = known_pack()
    pack.about = None
    assert "not known yet" in faults("preset_lifepo4", pack)[0]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("calibrate_voltage", "", "needs the true value in V"),
        ("calibrate_voltage", "fifty", "fifty is no number; give one in V"),
        ("calibrate_voltage", "53.2 A", "A is not its unit; give it in V"),
        ("calibrate_voltage", "3.3", "3.3 is not within 10 to 100 V"),
        ("calibrate_voltage", "101", "is not within 10 to 100 V"),
        ("calibrate_voltage", "59", "the pack reads 53 V, and a calibration moves it by no more than 5.3 V"),
        ("calibrate_voltage", "47", "check the meter"),
        (
            "calibrate_current",
            "19.6",
            "the pack reads 9.5 A, and a calibration moves it by no more than 10 A",
        ),
        ("calibrate_current", "-1", "-1 is not within 0 to 100 A"),
        ("calibrate_current", "nan", "nan is no number"),
        ("set_clock", "12:00", "set_clock takes no value"),
        ("emergency_start", "1", "emergency_start takes no value"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused(name: str, value: str, said: str) -> None:
    assert said in faults(name, known_pack(battery_voltage=53.0, battery_current=9.5), value)[0]


def test_nothing_is_calibrated_against_a_reading_that_is_not_there() -> None:
    pack = known_pack()
    pack.status = None
    assert "has not been heard yet" in faults("calibrate_voltage", pack, "53.2")[0]


def test_current_is_not_calibrated_while_the_pack_discharges() -> None:
    pack = known_pack(battery_current=-9.5)
    assert "the pack gives 9.5 A; calibrate while it is charged" in faults("calibrate_current", pack, "9")[0]
    assert made("calibrate_current", known_pack(battery_current=-0.2), "0").steps


def test_a_plan_tells_what_a_calibration_or_the_clock_starts_from() -> None:
    assert "note what the pack reads now: 53 V" in made("calibrate_voltage").warnings[0]
    assert "note what the pack reads now: 9.5 A" in made("calibrate_current").warnings[0]
    assert made("set_clock").warnings[0].startswith("it will show 2026-03-29 02:30, the local time of")


def test_the_clock_is_set_to_what_a_clock_on_the_wall_shows() -> None:
    start = datetime.fromisoformat("2020-01-01T00:00:00")
    assert seconds(start) == 0
    assert seconds(start + timedelta(days=1, seconds=5)) == 86405
    assert seconds(NOW.replace(tzinfo=timezone(timedelta(hours=9)))) == seconds(NOW)
    with pytest.raises(UsageError, match="the clock of this computer says 1970-01-01"):
        seconds(datetime.fromisoformat("1970-01-01T00:00:00"))


def test_the_time_may_go_on_between_plan_and_write_but_nothing_else() -> None:
    pack = known_pack()
    first, second = (plan_action(pack, "set_clock", "", NOW + timedelta(seconds=s)) for s in (0, 7))
    assert first.steps[0].data != second.steps[0].data
    assert first.fingerprint == second.fingerprint
    assert made("calibrate_voltage", value="53.1").fingerprint != made("calibrate_voltage").fingerprint
    assert made("preset_lto").fingerprint != made("preset_lifepo4").fingerprint


def test_a_document_leads_back_to_the_action() -> None:
    document = made("calibrate_voltage").document()
    assert again(document) == ({}, "calibrate_voltage", "53.2")
    assert document["steps"][0]["action"] == "calibrate_voltage"
    assert document["word"] == "calibrate"


def test_a_preset_tells_what_is_expected_to_change() -> None:
    warnings = made("preset_li_ion").warnings
    assert "cannot be undone except with a profile saved before" in warnings[0]
    assert "cell_overvoltage_protection_voltage 3.610 V is expected to become 4.200 V" in warnings
    assert len(warnings) == 6


def test_an_emergency_tells_how_long_it_lasts() -> None:
    assert "for 30 min" in made("emergency_start").warnings[0]
    assert (
        "for a time the board does not tell"
        in made("emergency_start", known_pack(firmware="14.20")).warnings[0]
    )


def test_an_action_that_does_not_exist_gets_a_way_on() -> None:
    with pytest.raises(UsageError, match="did you mean preset_lifepo4"):
        find_action("preset-lifepo")
    with pytest.raises(UsageError, match="there are emergency_start, preset_lifepo4"):
        find_action("shutdown")


NAMES = st.one_of(
    st.sampled_from([*ACTIONS, *SETTINGS, "shutdown", "restart", "factory_restore", "firmware_upgrade"]),
    st.sampled_from([f"0x{register:04X}" for register in FORBIDDEN]),
    st.text(),
)
ANYTHING: st.SearchStrategy[Any] = st.one_of(
    st.text(), st.floats().map(str), st.integers().map(str), st.floats(40, 60).map(str), st.just("")
)


@settings(max_examples=300, deadline=None)
@given(
    NAMES,
    ANYTHING,
    st.datetimes(timezones=st.sampled_from([None, UTC])),
    st.sampled_from(["11.17", "14.20", "19.27", ""]),
)
def test_nothing_ever_writes_to_an_undocumented_command_register(
    name: str, value: str, time: datetime, version: str
) -> None:
    pack = known_pack(software_version=version)
    steps: list[Step] = []
    try:
        steps += plan_action(pack, name, value, time).steps
    except UsageError as error:
        assert "\n" not in str(error)
    try:
        steps += plan(pack, {name: value}).steps
    except Rejected as error:
        assert "\n" not in str(error)
    for step in steps:
        register = step.data[2] << 8 | step.data[3]
        assert register == step.register and register not in FORBIDDEN
        assert register in DOCUMENTED if 0x1600 <= register <= 0x16FF else register < 0x1600
        assert lawful(step.data)
