"""When something goes out, and when nothing does."""

import json
import math
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkbus.bus.bus import Bus
from jkbus.config.tree import GroupConfig, GroupsConfig
from jkbus.errors import UsageError
from jkbus.model.pack import SILENT, Pack
from jkbus.outputs.entities import ENTITIES
from jkbus.outputs.facts import Facts
from jkbus.outputs.groups import DEFAULTS, Policy, Stream, policies
from jkbus.outputs.homeassistant import Discovery
from jkbus.outputs.pack_topics import REPEATS, TELLS_WITHIN
from jkbus.outputs.pack_values import material
from jkbus.outputs.publisher import Known, Publisher
from jkbus.outputs.topics import Message, Topics
from jkbus.protocol import Report, Status
from jkbus.simulator import VirtualPack
from outputs.rules import discovered, faults
from outputs.support import captured

TOPICS = Topics("jkbus")
DISCOVERY = Discovery("homeassistant", TOPICS, DEFAULTS, "0.1.0")


class Stage:
    """A virtual pack, what is heard of it, and a publisher that has told everything at time 0."""

    def __init__(self, discovery: Discovery | None = None, known: Known | None = None) -> None:
        self.virtual = VirtualPack(1)
        self.virtual.status.battery_voltage = 52.0
        self.virtual.status.battery_current = 10.0
        self.pack = Pack("bus1", 1, "Garage", key="garage")
        self.publisher = Publisher(TOPICS, DEFAULTS, [], discovery, known)
        self.first = self.hear("settings", "status", "about", at=0.0)

    def hear(self, *kinds: str, at: float) -> list[Message]:
        """Hear reports and return what goes out for them."""
        for kind in kinds:
            frame = {
                "settings": self.virtual.settings,
                "status": self.virtual.status,
                "about": self.virtual.about,
            }[kind]
            self.pack.take(Report(frame.sealed(), 1), at)
        return self.due([self.pack], at)

    def due(self, changed: Iterable[Pack], at: float) -> list[Message]:
        return list(self.publisher.due(changed, at))


def topics(messages: Iterable[Message]) -> set[str]:
    return {message.topic.removeprefix("jkbus/garage/") for message in messages}


def told(messages: Iterable[Message], group: str = "status") -> dict[str, Any]:
    (message,) = [message for message in messages if message.topic == f"jkbus/garage/{group}"]
    values: dict[str, Any] = json.loads(message.payload)
    return values


def test_at_first_everything_is_told_and_that_we_are_here_at_the_end() -> None:
    first = Stage().first
    assert topics(first) == {
        "availability",
        "status",
        "cells",
        "temperatures",
        "alarms",
        "counters",
        "settings",
        "info",
        "jkbus/availability",
    }
    assert first[-1] == Message("jkbus/availability", "online", retain=True)
    assert first[0] == Message("jkbus/garage/availability", "online", retain=True)
    assert not any(message.retain for message in first[1:-1])


def test_a_change_waits_for_the_interval() -> None:
    stage = Stage()
    stage.virtual.status.battery_voltage = 53.0
    assert stage.hear("status", at=1.0) == []
    assert stage.publisher.wake_at == 2.0
    assert told(stage.due([], 2.0))["battery_voltage"] == 53.0


def test_the_newest_value_wins_when_the_interval_is_over() -> None:
    stage = Stage()
    for step in range(1, 20):
        stage.virtual.status.battery_voltage = 53.0 + step / 10
        assert stage.hear("status", at=step / 10) == []
    assert told(stage.due([], 2.0))["battery_voltage"] == 54.9


def test_a_change_within_the_dead_band_is_none() -> None:
    stage = Stage()
    stage.virtual.status.battery_voltage = 52.01
    stage.virtual.status.battery_current = 10.05
    assert stage.hear("status", at=5.0) == []


def test_small_changes_are_held_back_while_large_ones_go_out() -> None:
    stage = Stage()
    stage.virtual.status.battery_voltage = 52.01
    stage.virtual.status.battery_current = 20.0
    values = told(stage.hear("status", at=5.0))
    assert (values["battery_voltage"], values["battery_current"]) == (52.0, 20.0)
    assert values["power"] == 1040


def test_small_changes_add_up() -> None:
    stage = Stage()
    stage.virtual.status.battery_voltage = 52.01
    assert stage.hear("status", at=5.0) == []
    stage.virtual.status.battery_voltage = 52.02
    assert told(stage.hear("status", at=10.0))["battery_voltage"] == 52.02


def test_a_heartbeat_tells_everything_as_it_is() -> None:
    stage = Stage()
    stage.virtual.status.battery_voltage = 52.01
    stage.hear("status", at=59.0)
    beat = stage.hear(at=60.0)
    assert told(beat)["battery_voltage"] == 52.01
    assert {"status", "cells", "temperatures", "alarms"} <= topics(beat)
    assert not {"settings", "info"} & topics(beat)
    assert {"settings", "info"} <= topics(stage.hear(at=300.0))


@pytest.mark.parametrize("name", ["charge_mosfet_on", "discharge_mosfet_on", "heating_active"])
def test_a_switch_does_not_wait(name: str) -> None:
    stage = Stage()
    before = getattr(stage.virtual.status, name)
    setattr(stage.virtual.status, name, 1 - before)
    assert told(stage.hear("status", at=0.1))[name] is (before == 0)


def test_an_alarm_does_not_wait() -> None:
    stage = Stage()
    stage.virtual.status.alarms = 1 << 11
    values = told(stage.hear("status", at=0.1), "alarms")
    assert (values["problem"], values["alarm_cell_undervoltage"]) == (True, True)
    stage.virtual.status.alarms = 0
    assert told(stage.hear("status", at=0.2), "alarms")["problem"] is False


def test_cells_wait_longer_and_settings_go_when_they_change() -> None:
    stage = Stage()
    volts = [*stage.virtual.status.cell_voltage]
    stage.virtual.status.cell_voltage = (3.4, *volts[1:])
    assert "cells" not in topics(stage.hear("status", at=9.0))
    assert told(stage.due([], 10.0), "cells")["cell_voltage_1"] == 3.4
    assert stage.hear("settings", at=11.0) == []
    stage.virtual.settings.charge_enabled = 0
    assert told(stage.hear("settings", at=11.1), "settings")["charge_enabled"] is False


def test_a_silent_pack_says_so_and_nothing_else() -> None:
    stage = Stage()
    stage.pack.state = SILENT
    assert stage.hear(at=3.0) == [Message("jkbus/garage/availability", "offline", retain=True)]
    assert stage.hear(at=100.0) == []
    assert stage.publisher.wake_at == math.inf


def test_a_pack_that_comes_back_tells_everything() -> None:
    stage = Stage()
    stage.pack.state = SILENT
    stage.hear(at=3.0)
    stage.pack.state = "heard"
    back = stage.hear("status", at=4.0)
    assert back[0] == Message("jkbus/garage/availability", "online", retain=True)
    assert {"status", "cells", "settings", "info"} <= topics(back)


def test_after_a_reconnect_everything_is_told_again() -> None:
    stage = Stage(DISCOVERY)
    stage.publisher.forget()
    again = stage.due([], 1.0)
    assert topics(again) == topics(stage.first)
    assert again[-1].topic == "jkbus/availability"


def test_packs_of_earlier_days_are_offline_until_they_are_heard() -> None:
    known: Known = {"garage": {}, "cellar": {}}
    publisher = Publisher(TOPICS, DEFAULTS, [], DISCOVERY, known)
    assert list(publisher.due([], 0.0)) == [
        Message("jkbus/garage/availability", "offline", retain=True),
        Message("jkbus/cellar/availability", "offline", retain=True),
        Message("jkbus/availability", "online", retain=True),
    ]


def test_a_pack_without_a_key_is_not_told() -> None:
    publisher = Publisher(TOPICS, DEFAULTS, [], DISCOVERY)
    pack = Pack("bus1", 1, "bus1 pack 1")
    pack.take(Report(VirtualPack(1).status.sealed(), 1), 0.0)
    assert topics(publisher.due([pack], 0.0)) == {"jkbus/availability"}


def test_a_pack_that_got_another_key_is_offline_under_the_old_one() -> None:
    stage = Stage()
    stage.pack.key = "jk_123"
    moved = stage.hear("status", at=1.0)
    assert Message("jkbus/jk_123/availability", "online", retain=True) in moved
    assert Message("jkbus/garage/availability", "offline", retain=True) in moved


def test_discovery_goes_before_values_and_again_when_more_is_known() -> None:
    stage = Stage(DISCOVERY)
    assert stage.first[0].topic == "homeassistant/device/jkbus_garage/config"
    assert faults(stage.first[0]) == []
    assert stage.hear("about", at=1.0) == []
    stage.virtual.about.software_version = "19.27"
    (message,) = [message for message in stage.hear("about", at=2.5) if message.retain]
    assert "rebulk_soc" in discovered(message.payload)["components"]


def test_discovery_is_followed_by_repeated_values() -> None:
    stage = Stage(DISCOVERY)
    for after in REPEATS:
        assert stage.publisher.wake_at <= after
        assert {"status", "settings", "info"} <= topics(stage.hear("status", at=after))
    assert stage.hear("status", at=REPEATS[-1] + 1) == []


def test_what_disappears_is_removed_once() -> None:
    before = {"cell_voltage_20": "sensor", "cell_voltage_1": "sensor", "old": "binary_sensor"}
    known: Known = {"garage": {"entities": before}}
    stage = Stage(DISCOVERY, known)
    (message,) = [message for message in stage.first if message.topic.startswith("homeassistant")]
    parts = discovered(message.payload)["components"]
    assert parts["cell_voltage_20"] == {"platform": "sensor"}
    assert parts["old"] == {"platform": "binary_sensor"}
    assert "cell_voltage_20" not in known["garage"]["entities"]
    stage.publisher.forget()
    (message,) = [message for message in stage.due([], 1.0) if message.topic.startswith("homeassistant")]
    assert "old" not in discovered(message.payload)["components"]


def test_what_was_known_before_the_restart_stays_while_it_cannot_be_judged() -> None:
    stage = Stage(DISCOVERY)
    known: Known = {
        "garage": {
            "entities": {"rebulk_soc": "sensor"},
            "device": {"model": "JK_PB2A16S20P", "sw_version": "19.27"},
        }
    }
    publisher = Publisher(TOPICS, DEFAULTS, [], DISCOVERY, known)
    stage.pack.about = None
    messages = list(publisher.due([stage.pack], 0.0))
    (message,) = [message for message in messages if message.topic.startswith("homeassistant")]
    payload = discovered(message.payload)
    assert payload["components"]["rebulk_soc"]["name"] == "Rebulk SoC"
    assert (payload["device"]["model"], payload["device"]["sw_version"]) == ("JK_PB2A16S20P", "19.27")


def test_a_bus_is_told_now_and_then() -> None:
    bus = Bus(name="bus1")
    publisher = Publisher(TOPICS, DEFAULTS, [bus], DISCOVERY)
    first = list(publisher.due([], 0.0))
    assert [message.topic for message in first] == [
        "homeassistant/device/jkbus_bus_bus1/config",
        "jkbus/bus1/state",
        "jkbus/availability",
    ]
    values = json.loads(first[1].payload)
    assert (values["role"], values["nodes_heard"], values["load"]) == ("sniffer", "0" * 16, 0)
    bus.counters.noise += 7
    quiet = [message for at in range(31, 40) for message in publisher.due([], float(at))]
    assert [json.loads(message.payload)["noise"] for message in quiet] == [7]
    assert list(publisher.due([], 100.0)) != []


def test_how_a_pack_answers_is_told_each_minute() -> None:
    bus = Bus(name="bus1")
    stage = Stage()
    bus.receive(stage.virtual.status.sealed() + bytes.fromhex("011016200001044b"), 0.0)
    publisher = Publisher(TOPICS, DEFAULTS, [bus])
    values = told(publisher.due([stage.pack], 3.0), "gateway")
    assert (values["answers"], values["node_state"], values["status_age"]) == (1, "heard", 3.0)
    assert "gateway" in topics(publisher.due([], 63.0))


def test_configuration_changes_what_it_names_and_nothing_else() -> None:
    given = GroupsConfig(cells=GroupConfig(interval=5, deadband={"cell_voltage": 0.01}))
    found = policies(given)
    assert found["cells"].interval == 5
    assert found["cells"].heartbeat == DEFAULTS["cells"].heartbeat
    assert found["cells"].deadband["cell_voltage_16"] == 0.01
    assert found["cells"].deadband["cell_voltage_average"] == 0.002
    assert found["status"] == DEFAULTS["status"]


def test_a_dead_band_for_a_value_that_does_not_exist_is_told() -> None:
    given = GroupsConfig(status=GroupConfig(deadband={"volts": 1}))
    with pytest.raises(
        UsageError, match=r"status: deadband: there is no value volts; known are .*battery_voltage"
    ):
        policies(given)


def test_without_only_if_changed_a_group_goes_out_each_interval() -> None:
    stream = Stream(Policy(2, 60, only_if_changed=False))
    assert [stream.offer({"a": 1}, at) for at in (0.0, 2.0)] == [{"a": 1}] * 2


@given(st.lists(st.floats(-100, 100), min_size=1), st.floats(0.01, 10))
def test_what_was_told_is_never_further_away_than_the_dead_band(readings: list[float], band: float) -> None:
    stream = Stream(Policy(0, 60, {"a": band}))
    shown: Any = math.nan
    for number, reading in enumerate(readings):
        if told := stream.offer({"a": reading}, number / 1000):
            shown = told["a"]
        assert abs(shown - reading) < band


@given(st.lists(st.sampled_from([1, 1.0, None, "text", True, False, 0.0])))
def test_values_may_change_their_kind(readings: list[float | str | bool | None]) -> None:
    stream = Stream(Policy(0, 60, {"a": 0.5}))
    for number, reading in enumerate(readings):
        stream.offer({"a": reading}, number / 1000)


@pytest.mark.parametrize("group", ["cells", "temperatures", "alarms"])
@pytest.mark.parametrize("capture", ["syssi_faker_v19", "syssi_pdus_B2A8S20P_11.17"])
def test_no_byte_that_a_group_is_made_of_is_overlooked(capture: str, group: str) -> None:
    def values(data: bytes) -> list[object]:
        pack.status = Status(data)
        return [entity.value(Facts(pack)) for entity in ENTITIES if entity.group == group]

    pack = captured(capture)
    assert pack.status is not None
    data = bytes(pack.status.data)
    before = values(data)
    for offset in range(6, 299):
        for flip in (0x01, 0xFF):
            changed = data[:offset] + bytes([data[offset] ^ flip]) + data[offset + 1 :]
            assert values(changed) == before or material(group, changed) != material(group, data), offset


def test_nothing_due_means_sleep() -> None:
    stage = Stage(DISCOVERY)
    now = 31.0
    stage.hear("status", at=now)
    wakes = 0
    while now < 331.0:
        now = max(stage.publisher.wake_at, now + 0.001)
        stage.due([], now)
        wakes += 1
    assert wakes < 60


def announced(messages: Iterable[Message]) -> list[str]:
    return [message.topic for message in messages if message.topic.endswith("/jkbus_garage/config")]


def newcomer(bus: Bus) -> Stage:
    """A pack of which nothing is remembered, on a bus."""
    stage = Stage()
    stage.pack = Pack("bus1", 1, "Garage", key="garage")
    stage.publisher = Publisher(TOPICS, DEFAULTS, [bus], DISCOVERY)
    return stage


def test_a_new_pack_is_announced_once_and_whole() -> None:
    stage = newcomer(Bus(name="bus1"))
    early = stage.hear("settings", "status", at=1.0)
    assert not announced(early)
    assert "status" in topics(early)
    assert announced(stage.hear("about", at=20.0))
    assert not announced(stage.hear("settings", "status", at=60.0))


def test_a_new_pack_that_does_not_tell_what_it_is_is_announced_all_the_same() -> None:
    stage = newcomer(Bus(name="bus1"))
    assert not announced(stage.hear("settings", "status", at=1.0))
    assert announced(stage.hear("status", at=TELLS_WITHIN + 1))


def test_on_a_bus_that_only_listens_nobody_waits_for_what_cannot_come() -> None:
    stage = newcomer(Bus(name="bus1", read_only=True))
    assert announced(stage.hear("settings", "status", at=1.0))


def test_a_pack_that_turns_out_to_be_another_one_leaves_the_first_one_unavailable_at_once() -> None:
    known: Known = {}
    stage = newcomer(Bus(name="bus1"))
    stage.publisher = Publisher(TOPICS, DEFAULTS, [], DISCOVERY, known)
    stage.hear("settings", "status", "about", at=1.0)
    before = dict(known["garage"]["device"])
    stage.pack.key, stage.pack.name = "barn", "Barn"
    stage.virtual.about.serial_number = "55555555555"
    told = stage.hear("about", "status", at=2.0)
    assert Message("jkbus/garage/availability", "offline", True) in told
    assert Message("jkbus/barn/availability", "online", True) in told
    assert known["garage"]["device"] == before
