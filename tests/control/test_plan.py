"""A plan: the right bytes in the right order, or every fault at once and not a byte."""

import json
from typing import Any

import pytest

from jkbus.control.plan import Plan, Rejected, again, plan, present
from jkbus.control.settings import PAIRS
from jkbus.errors import UsageError
from jkbus.model.pack import Pack
from jkbus.protocol import About, Settings
from planning import known_pack

UVP, UVPR = "cell_undervoltage_protection_voltage", "cell_undervoltage_release_voltage"
OVP, OVPR = "cell_overvoltage_protection_voltage", "cell_overvoltage_release_voltage"
RCV_TIME = "requested_charge_voltage_time"


def faults(pack: Pack, wishes: dict[str, Any]) -> list[str]:
    with pytest.raises(Rejected) as caught:
        plan(pack, wishes)
    assert str(caught.value) == f"{pack.name}: " + "; ".join(caught.value.faults)
    return caught.value.faults


def order(made: Plan) -> list[str]:
    return [change.name for change in made.changes]


def test_a_change_has_old_and_new_value_unit_and_bytes() -> None:
    made = plan(known_pack(3, cell_overvoltage_protection_voltage=3.6), {OVP: "3.65 V"})
    (step,) = made.steps
    (change,) = step.changes
    assert (change.name, change.old, change.new, change.unit) == (OVP, 3.6, 3.65, "V")
    assert step.data.hex(" ").upper() == "03 10 10 0C 00 02 04 00 00 0E 42 B1 D3"
    assert (step.type, step.register, step.action) == (1, 0x100C, "")
    assert (made.pack, made.key, made.bus, made.address) == ("Pack 1", "jk_1", "roof", 3)
    assert made.wishes == {OVP: 3.65}


def test_the_address_on_the_wire_may_be_another_one() -> None:
    assert plan(known_pack(3), {OVP: 3.65}, address=0).steps[0].data[0] == 0


def test_what_stands_so_already_needs_no_write() -> None:
    made = plan(
        known_pack(charge_current_limit=100), {"charge_current_limit": "100 A", "balancing_enabled": 1}
    )
    assert made.steps == () and made.warnings == () and made.word == ""
    assert made.unchanged == ("charge_current_limit", "balancing_enabled")


@pytest.mark.parametrize("wish", [0, 0.0, "0 h"])
def test_a_value_out_of_range_may_stay_but_not_be_chosen(wish: Any) -> None:
    assert plan(known_pack(smart_sleep_delay=0), {"smart_sleep_delay": wish}).steps == ()
    assert "is not within" in faults(known_pack(), {"smart_sleep_delay": wish})[0]


def test_nothing_wished_is_nothing_to_do() -> None:
    assert plan(known_pack(), {}).steps == ()


def test_switches_of_one_register_are_written_together_and_keep_the_others() -> None:
    made = plan(
        known_pack(settings_switches=0x3300),
        {"heating_enabled": "on", "charge_float_mode_enabled": "off", "display_always_on": "on"},
    )
    (step,) = made.steps
    assert step.data[2:9] == bytes.fromhex("11 14 00 01 02 31 11")
    assert order(made) == ["heating_enabled", "charge_float_mode_enabled", "display_always_on"]


def test_both_times_are_written_together_and_one_keeps_the_other() -> None:
    pack = known_pack(requested_charge_voltage_time=1.0, requested_float_voltage_time=8.0)
    (both,) = plan(pack, {RCV_TIME: 2, "requested_float_voltage_time": "0.5 h"}).steps
    assert both.data[2:9] == bytes.fromhex("15 04 00 01 02 14 05")
    (one,) = plan(pack, {RCV_TIME: 2}).steps
    assert one.data[2:9] == bytes.fromhex("15 04 00 01 02 14 50")
    assert (one.type, one.register) == (3, 0x1504)


def test_the_byte_beside_the_delay_of_smart_sleep_is_kept() -> None:
    (step,) = plan(known_pack(), {"smart_sleep_delay": 12}).steps
    assert step.data[2:9] == bytes.fromhex("11 18 00 01 02 0C FE")


def test_a_heater_that_starts_below_zero_is_one_signed_byte() -> None:
    (step,) = plan(known_pack(), {"heating_start_temperature": -5}).steps
    assert step.data[2:9] == bytes.fromhex("11 16 00 01 02 FB 0A")


def test_all_faults_are_told_at_once() -> None:
    told = faults(
        known_pack(cell_count_setting=16),
        {
            OVP: "36.5 V",
            "ovp": 1,
            "charge_enabled": 7,
            "precharge_time": 5,
            "battery_voltage": 50,
            UVP: "2.9",
        },
    )
    assert len(told) == 5
    assert "16 cells at 36.5 V are 2.281 V each" in told[0]
    assert "did you mean cell_overvoltage_protection_voltage?" in told[1]
    assert "neither on nor off" in told[2]
    assert "can be read but not set" in told[3]
    assert f"{UVP} 2.900 V must be below {UVPR} 2.650 V" in told[4]


def test_a_pack_that_was_not_heard_yet_is_not_planned_for() -> None:
    assert "not been heard yet" in faults(Pack("roof", 1, "Pack 1"), {OVP: 3.65})[0]
    unknown = known_pack()
    unknown.about = None
    assert "not been heard yet" in faults(unknown, {RCV_TIME: 1})[0]
    assert "versions of this one are not known yet" in faults(unknown, {"heating_start_temperature": 5})[0]
    assert plan(unknown, {OVP: 3.65}).steps


def test_a_setting_that_the_firmware_lacks_is_refused() -> None:
    told = faults(known_pack(firmware="14.20"), {"heating_start_temperature": 5})
    assert told == [
        "heating_start_temperature: a board with firmware 14.20 and hardware 14.XA does not have it; "
        "it came with firmware 15.41 and hardware 15A"
    ]


@pytest.mark.parametrize(("lower", "upper"), PAIRS)
def test_a_pair_may_not_cross_nor_meet(lower: str, upper: str) -> None:
    pack = known_pack()
    state = present(pack)
    assert f"{lower} " in faults(pack, {lower: state[upper]})[0]
    assert f"must be below {upper} " in faults(pack, {upper: state[lower]})[0]


def test_steps_go_up_from_above_and_down_from_below() -> None:
    pack = known_pack()
    up = {UVP: 3.5, UVPR: 3.55, OVPR: 4.0, OVP: 4.2}
    assert order(plan(pack, up)) == [OVP, OVPR, UVPR, UVP]
    down = {OVP: 2.0, OVPR: 1.9, UVPR: 1.8, UVP: 1.7}
    assert order(plan(pack, down)) == [UVP, UVPR, OVPR, OVP]


def test_the_order_asked_for_is_kept_where_it_does_no_harm() -> None:
    wishes = {"charge_current_limit": 90, OVP: 3.65, "precharge_time": 6, OVPR: 3.5, "balancing_enabled": 0}
    assert order(plan(known_pack(), wishes)) == list(wishes)


def test_a_pair_that_stands_crossed_may_be_left_or_mended() -> None:
    pack = known_pack(cell_undervoltage_protection_voltage=3.0, cell_undervoltage_release_voltage=2.8)
    assert order(plan(pack, {OVP: 3.65})) == [OVP]
    assert order(plan(pack, {UVP: 2.6, UVPR: 2.9})) == [UVP, UVPR]
    assert order(plan(pack, {UVP: 3.05, UVPR: 3.1})) == [UVPR, UVP]
    assert "must be below" in faults(pack, {UVP: 2.9})[0]


def test_a_pair_that_needs_a_detour_says_so() -> None:
    pack = known_pack(cell_undervoltage_protection_voltage=3.0, cell_undervoltage_release_voltage=2.5)
    (told,) = faults(pack, {UVP: 2.7, UVPR: 2.8})
    assert f"{UVP} 3.000 V with {UVPR} 2.500 V" in told
    assert "do it in two steps" in told


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ({"power_off_cell_voltage": 2.6}, "power_off_cell_voltage 2.600 V is as high as"),
        ({UVP: 2.4}, "power_off_cell_voltage 2.500 V is above cell_undervoltage_protection_voltage 2.400 V"),
        ({"requested_charge_cell_voltage": 3.61}, "as high as cell_overvoltage_protection_voltage 3.610 V"),
        ({"requested_float_cell_voltage": 3.5}, "the pack would float higher than it is charged"),
        ({"balancing_start_cell_voltage": 3.7}, "balancing will never begin"),
        ({"soc_100_cell_voltage": 3.7}, "will never be set to 100 %"),
        ({"soc_0_cell_voltage": 2.4}, "before it shows 0 %"),
        ({"charge_current_limit": 201}, "charge_current_limit 201 A: a JK_PB2A16S20P is made for 200 A"),
        ({"discharge_current_limit": 350}, "is made for 200 A"),
        ({"cell_count_setting": 15}, "cell_count_setting 15: the board stops with an alarm"),
        ({"charge_enabled": "off"}, "takes no charge until"),
        ({"discharge_enabled": "off"}, "goes dark at once"),
        ({"temperature_sensors_disabled": "on"}, "no longer protected from heat and frost"),
        ({RCV_TIME: 0}, "boards were seen to refuse 0 h"),
        ({OVP: 4.2}, "much more than 3.610 V"),
        ({UVP: 3.35, UVPR: 3.4}, f"{UVP} 3.350 V while a cell is at 3.295 V: discharging stops"),
        ({"power_off_cell_voltage": 3.35}, "the board switches itself off at once"),
        ({OVP: 3.29, OVPR: 3.2}, "charging stops at once"),
    ],
)
def test_what_may_not_be_meant_is_warned_of(wishes: dict[str, Any], said: str) -> None:
    assert said in plan(known_pack(), wishes).warnings[0]


def test_a_value_that_could_not_be_set_again_is_warned_of() -> None:
    pack = known_pack(charge_overcurrent_delay=1)
    (warning,) = plan(pack, {"charge_overcurrent_delay": 5}).warnings
    assert warning == "charge_overcurrent_delay 1 s is beyond what can be set: this cannot be undone"


def test_what_the_plan_does_not_touch_is_not_warned_of() -> None:
    pack = known_pack(power_off_cell_voltage=3.0, charge_enabled=0, charge_current_limit=500)
    assert plan(pack, {"balancing_trigger_delta_voltage": 0.01}).warnings == ()
    assert plan(pack, {"charge_enabled": "on"}).warnings == ()


@pytest.mark.parametrize("name", ["charge_enabled", "discharge_enabled"])
def test_cutting_power_asks_for_a_word(name: str) -> None:
    assert plan(known_pack(), {name: "off", OVP: 3.65}).word == "off"
    already: dict[str, Any] = {name: 0}
    assert plan(known_pack(**already), {name: "off"}).word == ""
    assert plan(known_pack(**already), {name: "on"}).word == ""
    assert plan(known_pack(), {"balancing_enabled": "off"}).word == ""


def test_a_report_is_judged_by_the_whole_register() -> None:
    (step,) = plan(known_pack(settings_switches=0x3300), {"heating_enabled": "on"}).steps
    judge = step.judge
    assert judge is not None
    frame = Settings.blank()
    assert not judge(frame)
    frame.settings_switches = 0x3301
    assert judge(frame)
    frame.settings_switches = 0x0301
    assert not judge(frame)
    assert not judge(About.blank())


def test_a_document_is_json_and_leads_back_to_the_same_plan() -> None:
    pack = known_pack()
    made = plan(pack, {OVP: "3,65", "heating_enabled": "on", "balancing_enabled": True})
    document = json.loads(json.dumps(made.document()))
    assert document["steps"][0] == {
        "register": "0x100C",
        "bytes": made.steps[0].data.hex(" ").upper(),
        "type": 1,
        "action": "",
        "changes": [
            {"name": OVP, "old": 3.61, "new": 3.65, "unit": "V", "old_text": "3.610 V", "new_text": "3.650 V"}
        ],
    }
    assert document["unchanged"] == ["balancing_enabled"]
    wishes, action, value = again(document)
    assert (action, value) == ("", "")
    assert list(plan(pack, wishes).fingerprint) == document["fingerprint"]
    assert plan(known_pack(settings_switches=0), wishes).fingerprint != made.fingerprint
    assert plan(known_pack(2), wishes).fingerprint != made.fingerprint


@pytest.mark.parametrize("document", [{}, {"wishes": []}, {"wishes": {}, "action": 1, "value": ""}])
def test_another_document_is_no_plan(document: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="this is no plan"):
        again(document)
