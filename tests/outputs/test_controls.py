"""What can be set from outside: the right controls, and nothing else than they take."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkbus.control.settings import SETTINGS, span
from jkbus.errors import UsageError
from jkbus.model.pack import Pack
from jkbus.outputs.controls import (
    ALL_PACKS,
    LONGEST,
    Control,
    Writing,
    demand,
    lacking,
)
from jkbus.outputs.entities import ENTITIES, present
from jkbus.outputs.facts import Facts
from jkbus.outputs.groups import DEFAULTS
from jkbus.outputs.homeassistant import Discovery, nameplate
from jkbus.outputs.topics import Message, Topics
from jkbus.protocol import Report
from jkbus.simulator import VirtualPack
from material import CAPTURES
from outputs.rules import discovered, faults
from outputs.support import captured

TOPICS = Topics("jkbus")
DISCOVERY = Discovery("homeassistant", TOPICS, DEFAULTS, "0.1.0")
EVERYTHING = Writing(lambda pack: True, lambda bus: True, ("set_clock",))
SNAPSHOTS = Path(__file__).parent / "snapshots"


def heard(firmware: str = "19.27", model: str = "", **settings: float) -> Pack:
    """A virtual pack as it is heard, with these settings."""
    virtual = VirtualPack(1, firmware=firmware)
    virtual.about.model = model or virtual.about.model
    for name, value in settings.items():
        setattr(virtual.settings, name, value)
    pack = Pack("bus1", 1, "Garage", key="garage")
    for frame in (virtual.settings, virtual.status, virtual.about):
        pack.take(Report(frame.sealed(), 1), 0.0)
    return pack


def announced(pack: Pack) -> Message:
    return DISCOVERY.pack(pack, nameplate(pack), present(Facts(pack)), {}, EVERYTHING.controls(pack))


def parts(message: Message) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = discovered(message.payload)["components"]
    return found


def by_name(pack: Pack) -> dict[str, Control]:
    return {control.name: control for control in EVERYTHING.controls(pack)}


@pytest.mark.parametrize("capture", CAPTURES)
def test_home_assistant_accepts_the_controls_of_every_capture(capture: str) -> None:
    assert faults(announced(captured(capture))) == []


def test_home_assistant_accepts_the_switch_of_a_bus() -> None:
    message = DISCOVERY.bus("Bus im Keller", writes=True)
    assert faults(message) == []
    part = parts(message)[ALL_PACKS.key]
    assert part["command_topic"] == "jkbus/bus_im_keller/set/apply_to_all"
    assert part["state_topic"] == "jkbus/bus_im_keller/apply_to_all"
    assert (part["state_on"], part["state_off"], part["platform"]) == ("ON", "OFF", "switch")


def test_the_judge_sees_a_control_that_would_pretend_or_be_refused() -> None:
    message = announced(heard())
    payload = discovered(message.payload)
    found = payload["components"]
    found["set_charge_enabled"]["optimistic"] = True
    found["set_discharge_enabled"]["entity_category"] = "diagnostic"
    found["set_charge_current_limit"]["unit_of_measurement"] = "V"
    found["set_design_capacity"]["step"] = 0.0001
    found["set_precharge_time"]["max"] = -1
    found["set_balancing_enabled"]["command_topic"] = "jkbus/+/set/x"
    del found["set_short_circuit_delay"]["state_topic"]
    judged = {fault.split(":")[0] for fault in faults(message._replace(payload=json.dumps(payload)))}
    names = [
        "charge_enabled",
        "discharge_enabled",
        "charge_current_limit",
        "design_capacity",
        "precharge_time",
    ]
    names += ["balancing_enabled", "short_circuit_delay"]
    assert judged == {f"set_{name}" for name in names}


def test_a_whole_discovery_message_with_controls_is_as_it_was() -> None:
    """Set UPDATE_SNAPSHOTS=1 to write it anew, and look at the difference."""
    pack = captured("syssi_faker_v19")
    without = DISCOVERY.pack(pack, nameplate(pack), present(Facts(pack)), {})
    added = {key: part for key, part in parts(announced(pack)).items() if key not in parts(without)}
    assert {**parts(without), **added} == parts(announced(pack))
    file = SNAPSHOTS / "controls.json"
    shown = json.dumps(added, indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        file.write_text(shown, encoding="utf-8")
    assert shown == file.read_text(encoding="utf-8")


def test_every_setting_has_an_entity_that_shows_it_in_the_group_of_its_report() -> None:
    entities = {entity.key: entity for entity in ENTITIES}
    for name, setting in SETTINGS.items():
        entity = entities[name]
        assert entity.group == ("settings" if setting.type == 1 else "info"), name
        assert entity.platform == ("binary_sensor" if setting.switch else "sensor"), name
        assert entity.unit == setting.unit.replace("µ", "μ"), name


@pytest.mark.parametrize("firmware", ["14.20", "15.41", "19.27"])
def test_a_pack_has_a_control_for_each_setting_its_firmware_knows(firmware: str) -> None:
    pack = heard(firmware)
    found = by_name(pack)
    known = {name for name, setting in SETTINGS.items() if setting.known(pack.about)}
    assert found.keys() == known | {"set_clock"}
    for name in known:
        setting, part = SETTINGS[name], parts(announced(pack))[f"set_{name}"]
        assert part["platform"] == ("switch" if setting.switch else "number")
        if not setting.switch:
            assert (part["min"], part["max"]) == span(setting, pack.about)
            assert part["step"] == setting.step


def test_a_number_is_as_wide_as_the_value_that_the_pack_shows_already() -> None:
    limit = by_name(heard(charge_current_limit=700.0))["charge_current_limit"]
    assert (limit.low, limit.high) == (1, 700)
    assert by_name(heard(requested_charge_cell_voltage=0.0))["requested_charge_cell_voltage"].low == 0.0


@pytest.mark.parametrize(("model", "highest"), [("JK_PB1A16S20P", 1.0), ("JK_PB2A16S20P", 2.0)])
def test_a_number_is_no_wider_than_what_the_board_can_do(model: str, highest: float) -> None:
    pack = heard(model=model, balancing_current_limit=0.5)
    assert by_name(pack)["balancing_current_limit"].high == highest


def test_what_cannot_be_judged_yet_does_not_appear_and_does_not_go() -> None:
    pack = heard()
    pack.about = None
    assert "heating_start_temperature" not in by_name(pack)
    before = ["set_heating_start_temperature"]
    again = {control.name for control in EVERYTHING.controls(pack, before)}
    assert "heating_start_temperature" in again
    assert "charge_enabled" in by_name(pack)


def test_what_may_not_be_written_has_no_controls() -> None:
    assert Writing().controls(heard()) == ()


def test_a_pack_that_lacks_a_setting_says_so() -> None:
    control = by_name(heard("19.27"))["heating_start_temperature"]
    assert lacking(control, heard("19.27")) == ""
    assert lacking(control, heard("14.20")) == "Garage has no such setting"
    strange = heard()
    strange.about = None
    assert lacking(control, strange) == "Garage has not told its firmware yet"


LIMIT = Control("charge_current_limit", "number", "Charge current limit", "settings", low=1, high=600)
SWITCH = Control("charge_enabled", "switch", "Charge enabled", "settings")
BUTTON = Control("set_clock", "button", "Set clock")
ALL = (LIMIT, SWITCH, BUTTON)


@pytest.mark.parametrize(
    ("name", "payload", "value"),
    [
        ("charge_current_limit", b"25", 25.0),
        ("charge_current_limit", b" 3.455\n", 3.455),
        ("charge_current_limit", b"-20", -20.0),
        ("charge_current_limit", b"5e-05", 0.00005),
        ("charge_enabled", b"ON", True),
        ("charge_enabled", b"OFF", False),
        ("set_clock", b"PRESS", True),
    ],
)
def test_plain_words_and_numbers_are_taken(name: str, payload: bytes, value: float | bool) -> None:
    assert demand(name, payload, ALL)[1] == value


@pytest.mark.parametrize(
    ("name", "payload", "sentence"),
    [
        ("charge_current_limit", b"", "the message is empty"),
        ("charge_current_limit", b" ", "the message is empty"),
        ("charge_current_limit", b"25 A", "a plain number such as 3.45 is expected, not '25 A'"),
        ("charge_current_limit", b"nan", "a plain number"),
        ("charge_current_limit", b"inf", "a plain number"),
        ("charge_current_limit", b"1e999", "a plain number"),
        ("charge_current_limit", b"0x10", "a plain number"),
        ("charge_current_limit", b"ON", "a plain number"),
        ("charge_current_limit", "٣".encode(), "a plain number"),
        ("charge_current_limit", b"\xff\xfe", "bytes that are no text"),
        ("charge_current_limit", b"1" * (LONGEST + 1), "65 bytes are too many"),
        ("charge_enabled", b"1", "ON or OFF is expected, not 1"),
        ("charge_enabled", b"on", "ON or OFF is expected"),
        ("set_clock", b"ON", "PRESS is expected"),
        ("charge_curent_limit", b"25", "did you mean charge_current_limit?"),
        ("preset_lto", b"PRESS", "there is nothing to set by the name 'preset_lto'"),
        ("device_address", b"2", "there is nothing to set"),
    ],
)
def test_anything_else_gets_a_sentence(name: str, payload: bytes, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        demand(name, payload, ALL)
    assert sentence in str(caught.value)


@given(st.sampled_from([control.name for control in ALL]) | st.text(), st.binary(max_size=80))
def test_no_payload_whatever_gives_more_than_a_number_a_switch_or_a_sentence(
    name: str, payload: bytes
) -> None:
    try:
        control, value = demand(name, payload, ALL)
    except UsageError as error:
        assert str(error).isprintable() and len(str(error)) < 400
    else:
        assert control in ALL
        assert type(value) is (float if control is LIMIT else bool)
        assert value - value == 0


@given(st.text(), st.text())
def test_a_command_topic_is_read_as_it_was_made_and_no_other_topic_is_one(owner: str, name: str) -> None:
    topics = Topics("home/jk")
    whole = bool(owner and name) and "/" not in owner + name
    assert topics.wished(topics.command(owner, name)) == ((owner, name) if whole else None)
    assert topics.wished(f"home/{owner}/set/{name}") is None or owner.startswith("jk/")
    assert topics.wished(f"home/jk/{owner}/{name}") is None or "set/" in f"{owner}/{name}"
