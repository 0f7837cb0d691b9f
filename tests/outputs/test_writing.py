"""What is published of packs that may be written: controls come, stay and go; commands are answered."""

import json
from typing import Any

from jkbus.bus.bus import Bus
from jkbus.model.pack import SILENT, Pack
from jkbus.outputs.controls import ALL_PACKS, LAST_CHANGE, NOTHING, Writing
from jkbus.outputs.groups import DEFAULTS
from jkbus.outputs.homeassistant import Discovery
from jkbus.outputs.publisher import Known, Publisher
from jkbus.outputs.topics import Message, Topics
from jkbus.protocol import Report
from jkbus.simulator import VirtualPack
from outputs.rules import discovered, faults

TOPICS = Topics("jkbus")
DISCOVERY = Discovery("homeassistant", TOPICS, DEFAULTS, "0.1.0")
CONFIG = "homeassistant/device/jkbus_garage/config"
BUS_CONFIG = "homeassistant/device/jkbus_bus_bus1/config"
SWITCH = "jkbus/bus1/apply_to_all"
CHANGE = "jkbus/garage/change"


class Stage:
    """A virtual pack that may be written, on a bus, and a publisher that has told nothing yet."""

    def __init__(self, known: Known | None = None, writes: bool = True) -> None:
        self.virtual = VirtualPack(1, firmware="15.41")
        self.pack = Pack("bus1", 1, "Garage", key="garage")
        self.allowed = True
        writing = Writing(lambda pack: self.allowed, lambda bus: True, ("set_clock",)) if writes else NOTHING
        self.publisher = Publisher(TOPICS, DEFAULTS, [Bus(name="bus1")], DISCOVERY, known, writing)

    def hear(self, *kinds: str, at: float) -> dict[str, str]:
        """Hear reports, and what goes out then by topic."""
        for kind in kinds:
            self.pack.take(Report(getattr(self.virtual, kind).sealed(), 1), at)
        return self.due([self.pack] if kinds else [], at)

    def due(self, changed: list[Pack], at: float) -> dict[str, str]:
        messages = list(self.publisher.due(changed, at))
        for message in messages:
            if message.topic.endswith("/config"):
                assert faults(message) == []
        return {message.topic: message.payload for message in messages}

    def all(self, at: float = 0.0) -> dict[str, str]:
        return self.hear("settings", "about", "status", at=at)


def components(told: dict[str, str], topic: str = CONFIG) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = discovered(told[topic])["components"]
    return found


def controls(told: dict[str, str]) -> set[str]:
    platforms = ("number", "switch", "button")
    return {key for key, part in components(told).items() if part["platform"] in platforms}


def test_a_pack_that_may_be_written_has_controls_beside_all_that_it_had() -> None:
    without, told = Stage(writes=False).all(), Stage().all()
    assert controls(without) == set() and LAST_CHANGE not in components(without)
    for key, part in components(without).items():
        assert components(told)[key] == part
    assert len(controls(told)) > 45
    assert components(told)["set_charge_current_limit"]["max"] == 600
    enabled = [part for part in components(told).values() if part.get("enabled_by_default", True)]
    assert len(enabled) == 45 + len(controls(told)) + 1  # and 2 of alarms where they are told
    assert without.keys() - told.keys() == set()
    assert told.keys() - without.keys() == {CHANGE, SWITCH}


def test_each_control_finds_its_value() -> None:
    told = Stage().all()
    for key, part in components(told).items():
        if key in controls(told) and part["platform"] != "button":
            name = part["value_template"].split("'")[1]
            assert name in json.loads(told[part["state_topic"]]), key


def test_a_value_is_told_though_no_entity_shows_it() -> None:
    stage = Stage()
    stage.virtual.settings.requested_charge_cell_voltage = 0.0
    told = stage.all()
    assert "requested_charge_cell_voltage" not in components(told)
    assert json.loads(told["jkbus/garage/settings"])["requested_charge_cell_voltage"] == 0.0
    assert components(told)["set_requested_charge_cell_voltage"]["min"] == 0.0


def test_controls_go_when_writes_are_switched_off() -> None:
    known: Known = {}
    before = controls(Stage(known).all())
    told = Stage(known, writes=False).all()
    for key in before | {LAST_CHANGE}:
        assert components(told)[key].keys() == {"platform"}, key
    assert components(told, BUS_CONFIG)[ALL_PACKS.key] == {"platform": "switch"}
    assert told[SWITCH] == ""
    again = Stage(known, writes=False).all()
    assert not before & components(again).keys()
    assert ALL_PACKS.key not in components(again, BUS_CONFIG) and SWITCH not in again


def test_controls_come_when_writes_are_allowed_and_go_when_they_are_not() -> None:
    stage = Stage()
    stage.allowed = False
    assert controls(stage.all()) == set()
    stage.allowed = True
    assert controls(stage.hear("status", at=1.0))
    stage.allowed = False
    gone = stage.hear("status", at=2.0)
    assert components(gone)["set_charge_enabled"] == {"platform": "switch"}


def test_controls_stay_while_the_firmware_is_not_known_after_a_restart() -> None:
    known: Known = {}
    first = Stage(known).all()
    stage = Stage(known)
    again = stage.hear("settings", "status", at=0.0)
    assert components(first).keys() == components(again).keys()


def test_controls_stay_while_a_pack_is_silent() -> None:
    stage = Stage()
    stage.all()
    stage.pack.state = SILENT
    assert CONFIG not in stage.due([stage.pack], 3.0)
    stage.pack.state = "heard"
    stage.pack.returned(4.0)
    told = stage.hear("status", at=4.0)
    assert CONFIG not in told or controls(told) == controls(Stage().all())


def test_a_value_out_of_bounds_widens_its_number_before_it_is_told() -> None:
    stage = Stage()
    stage.all()
    stage.virtual.settings.charge_current_limit = 700.0
    told = stage.hear("settings", at=5.0)
    assert components(told)["set_charge_current_limit"]["max"] == 700.0
    assert list(told).index(CONFIG) < list(told).index("jkbus/garage/settings")


def test_new_settings_alone_are_no_reason_to_announce() -> None:
    stage = Stage()
    stage.all()
    stage.virtual.settings.charge_current_limit = 55.0
    assert stage.hear("settings", at=1.0).keys() == {"jkbus/garage/settings"}


def test_what_became_of_a_command_is_told_with_the_settings_as_they_are() -> None:
    stage = Stage()
    assert json.loads(stage.all()[CHANGE]) == {"message": "none yet"}
    for at in range(1, 60):
        stage.hear("status", at=float(at))
    stage.publisher.changed("garage", '{"message":"no"}')
    told = stage.due([], 60.0)
    assert told[CHANGE] == '{"message":"no"}'
    assert {"jkbus/garage/settings", "jkbus/garage/info"} <= told.keys()
    assert CHANGE not in stage.hear("status", at=61.0)


def test_the_last_change_is_remembered_over_a_restart() -> None:
    known: Known = {}
    stage = Stage(known)
    stage.all()
    stage.publisher.changed("garage", '{"message":"written"}')
    assert Stage(known).all()[CHANGE] == '{"message":"written"}'


def test_the_last_change_is_told_again_when_somebody_new_listens() -> None:
    stage = Stage()
    stage.all()
    stage.publisher.forget()
    assert CHANGE in stage.due([], 1.0)


def test_a_change_is_for_one_pack_after_every_start() -> None:
    known: Known = {}
    stage = Stage(known)
    assert stage.all()[SWITCH] == "OFF"
    stage.publisher.switch("bus1", True)
    assert stage.publisher.wake_at <= 1.0
    assert stage.publisher.all_packs("bus1")
    assert Message(SWITCH, "ON", retain=True) in list(stage.publisher.due([], 1.0))
    stage.publisher.forget()
    assert stage.due([], 2.0)[SWITCH] == "ON"
    assert SWITCH not in stage.due([], 3.0)
    restarted = Stage(known)
    assert restarted.all()[SWITCH] == "OFF" and not restarted.publisher.all_packs("bus1")


def test_what_is_remembered_of_a_bus_is_not_taken_for_a_pack() -> None:
    known: Known = {}
    Stage(known).all()
    told = Stage(known).due([], 0.0)
    assert {topic for topic, payload in told.items() if payload == "offline"} == {"jkbus/garage/availability"}


def test_a_pack_can_be_set_though_nobody_is_to_discover_it() -> None:
    stage = Stage()
    stage.publisher = Publisher(
        TOPICS, DEFAULTS, [], None, None, Writing(lambda pack: True, lambda bus: True)
    )
    stage.all()
    assert stage.publisher.settable == {"garage"}


def test_a_discovery_message_with_controls_fits_what_brokers_take() -> None:
    assert len(Stage().all()[CONFIG].encode()) < 128_000
