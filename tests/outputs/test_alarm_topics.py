"""What goes out of alarms: each as it happens, to whoever is there to hear it, and what stands."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import pytest

from jkbus.alarms import Alarms, Subject, pack_subject
from jkbus.alarms.entry import BUS, GATEWAY
from jkbus.alarms.findings import SHARE_WRONG
from jkbus.bus.bus import Bus
from jkbus.config import AlarmsConfig
from jkbus.model.alarms import Alarm, Severity
from jkbus.model.battery import Battery
from jkbus.model.identity import Identities
from jkbus.model.pack import SILENT, Pack
from jkbus.outputs.alarm_topics import HEARS_AFTER, SEVERITIES, UNHEARD
from jkbus.outputs.groups import DEFAULTS
from jkbus.outputs.homeassistant import Discovery
from jkbus.outputs.publisher import Known, Publisher
from jkbus.outputs.sources import Sources
from jkbus.outputs.topics import Message, Topics
from jkbus.protocol import Report
from jkbus.simulator import VirtualPack
from outputs.rules import discovered, faults

TOPICS = Topics("jkbus")
GARAGE, CELLAR = pack_subject("garage", "Garage"), pack_subject("cellar", "Cellar")
AWAY = Alarm("taken_away", "pack was taken away", Severity.FAULT, "bring it back")
NONE = {"severity": "none", "text": "none", "standing": 0, "unacknowledged": 0, "worst": None}


class Stage:
    """Alarms that come when we say so, and a publisher that has told everything at time 0."""

    def __init__(self, alarms: Alarms, known: Known | None = None, homeassistant: bool = True) -> None:
        self.alarms = alarms
        discovery = Discovery("homeassistant", TOPICS, DEFAULTS, "0.1.0", True) if homeassistant else None
        sources = Sources(alarms=alarms)
        self.publisher = Publisher(TOPICS, DEFAULTS, [Bus(name="bus1")], discovery, known, sources=sources)
        self.pack = Pack("bus1", 1, "Garage", key="garage")
        self.virtual = VirtualPack(1)
        self.first = self.due(0.0, "settings", "about", "status")

    def due(self, at: float, *kinds: str) -> list[Message]:
        for kind in kinds:
            self.pack.take(Report(getattr(self.virtual, kind).sealed(), 1), at)
        return list(self.publisher.due([self.pack], at))


@pytest.fixture
async def alarms(tmp_path: Path) -> AsyncIterator[Alarms]:
    kept = Alarms(Battery(Identities([], {})), [], AlarmsConfig(), tmp_path)
    task = asyncio.create_task(kept.run(every=60))
    await asyncio.sleep(0)
    yield kept
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def told(messages: Iterable[Message], topic: str) -> list[dict[str, Any]]:
    return [json.loads(message.payload) for message in messages if message.topic == f"jkbus/{topic}"]


def components(messages: Iterable[Message], device: str) -> dict[str, dict[str, Any]]:
    (message,) = [message for message in messages if message.topic.endswith(f"/{device}/config")]
    assert faults(message) == []
    found: dict[str, dict[str, Any]] = discovered(message.payload)["components"]
    return found


def test_every_severity_has_a_word() -> None:
    assert SEVERITIES == ("none", "warning", "protection", "fault")


async def test_each_pack_and_each_bus_has_an_event_and_a_summary_that_do_not_need_the_pack(
    alarms: Alarms,
) -> None:
    stage = Stage(alarms)
    parts = components(stage.first, "jkbus_garage")
    assert sum(part.get("enabled_by_default", True) for part in parts.values()) == 47
    for device, owner in (("jkbus_garage", "garage"), ("jkbus_bus_bus1", "bus1")):
        parts = components(stage.first, device)
        event, stands = parts["alarm"], parts["alarm_severity"]
        assert (event["state_topic"], event["event_types"]) == (f"jkbus/{owner}/alarm", ["came", "went"])
        assert stands["state_topic"] == stands["json_attributes_topic"] == f"jkbus/{owner}/alarm_summary"
        for part in (event, stands):
            assert part["availability"] == [{"topic": "jkbus/availability"}]
            assert "expire_after" not in part


async def test_an_alarm_that_comes_and_goes_is_told_to_its_pack_and_to_the_whole(alarms: Alarms) -> None:
    stage = Stage(alarms)
    alarms.found(GARAGE, SHARE_WRONG, "it takes 12 %", {"battery_current": 3.0})
    messages = stage.due(100.0)
    (event,) = told(messages, "garage/alarm")
    assert (event["event_type"], event["alarm"], event["severity"]) == (
        "came",
        "current_share_wrong",
        "warning",
    )
    assert event["message"].startswith("Garage: share of current is wrong; it takes 12 %; check this pack's")
    assert event["during"] == {"battery_current": 3.0}
    assert told(stage.due(UNHEARD + 100.0), "battery/alarm") == [event]
    (entry,) = alarms.standing()
    await alarms.close(entry.id, "anna")
    assert [one["event_type"] for one in told(stage.due(101.0), "garage/alarm")] == ["went"]


async def test_an_event_is_not_kept_by_the_broker_but_what_stands_is(alarms: Alarms) -> None:
    stage = Stage(alarms)
    alarms.found(GARAGE, SHARE_WRONG)
    by_topic = {message.topic: message for message in stage.due(100.0)}
    event, stands = by_topic["jkbus/garage/alarm"], by_topic["jkbus/garage/alarm_summary"]
    assert (event.retain, event.surely, stands.retain) == (False, True, True)


async def test_the_summary_says_how_things_stand(alarms: Alarms) -> None:
    stage = Stage(alarms)
    for owner in ("garage", "bus1", "battery"):
        assert told(stage.first, f"{owner}/alarm_summary") == [NONE]
    alarms.found(GARAGE, SHARE_WRONG, "it takes 12 %")
    alarms.found(GARAGE, Alarm("broken", "it broke", Severity.FAULT, "mend it"))
    messages = stage.due(1.0)
    fault = {
        "severity": "fault",
        "text": "it broke and 1 more",
        "standing": 2,
        "unacknowledged": 2,
        "worst": "Garage: it broke; mend it",
    }
    assert told(messages, "garage/alarm_summary") == told(messages, "battery/alarm_summary") == [fault]
    assert told(messages, "bus1/alarm_summary") == []
    await alarms.acknowledge(1, "anna")
    assert told(stage.due(2.0), "garage/alarm_summary") == [{**fault, "unacknowledged": 1}]
    assert told(stage.due(50.0), "garage/alarm_summary") == []


async def test_what_stood_before_the_gateway_started_is_found_within_seconds(tmp_path: Path) -> None:
    before = Alarms(Battery(Identities([], {})), [], AlarmsConfig(), tmp_path)
    before.start()
    before.found(CELLAR, AWAY)
    before.stop()
    late = Alarms(Battery(Identities([], {})), [], AlarmsConfig(), tmp_path)
    stage = Stage(late, {"cellar": {}})
    assert told(stage.first, "cellar/alarm_summary") == [NONE]
    late.start()
    (stands,) = told(stage.due(10.0), "cellar/alarm_summary")
    assert (stands["severity"], stands["text"]) == ("fault", "pack was taken away")
    late.stop()


async def test_a_silent_pack_has_alarms(alarms: Alarms) -> None:
    stage = Stage(alarms)
    stage.pack.state = SILENT
    alarms.found(GARAGE, AWAY)
    assert [event["alarm"] for event in told(stage.due(100.0), "garage/alarm")] == ["taken_away"]


async def test_an_event_waits_until_home_assistant_knows_its_entity(alarms: Alarms) -> None:
    stage = Stage(alarms)
    alarms.found(GARAGE, SHARE_WRONG)
    assert told(stage.due(HEARS_AFTER - 0.1), "garage/alarm") == []
    assert stage.publisher.wake_at <= HEARS_AFTER + 1
    assert len(told(stage.due(HEARS_AFTER), "garage/alarm")) == 1
    alarms.found(CELLAR, AWAY)  # announced on an earlier day
    assert told(stage.due(10.0), "cellar/alarm") == []
    assert len(told(stage.due(10.0 + UNHEARD), "cellar/alarm")) == 1


async def test_without_home_assistant_nothing_waits(alarms: Alarms) -> None:
    stage = Stage(alarms, homeassistant=False)
    alarms.found(GARAGE, SHARE_WRONG)
    messages = stage.due(0.1)
    assert len(told(messages, "garage/alarm")) == len(told(messages, "battery/alarm")) == 1


async def test_an_event_that_did_not_leave_is_told_after_the_reconnect_and_once(alarms: Alarms) -> None:
    stage = Stage(alarms)
    alarms.found(GARAGE, SHARE_WRONG)
    for message in stage.publisher.due([], 100.0):
        if message.topic == "jkbus/garage/alarm":
            break  # the connection is lost while it is sent
    stage.publisher.forget()
    again = stage.due(101.0)
    assert told(again, "garage/alarm") == []
    assert told(again, "garage/alarm_summary")[0]["severity"] == "warning"
    assert len(told(stage.due(101.0 + HEARS_AFTER), "garage/alarm")) == 1
    assert told(stage.due(200.0), "garage/alarm") == []


async def test_of_more_events_than_anybody_reads_the_oldest_are_given_up(alarms: Alarms) -> None:
    stage = Stage(alarms)
    for number in range(500):
        alarms.happened(GARAGE, SHARE_WRONG, str(number))
    events = told(stage.due(UNHEARD + 1), "garage/alarm")
    assert len(events) == 100
    assert "499" in events[-1]["message"]


async def test_a_bus_tells_of_its_own_and_the_gateway_through_the_whole(alarms: Alarms) -> None:
    stage = Stage(alarms)
    alarms.found(Subject(BUS, "bus1", "bus1"), AWAY)
    alarms.found(Subject(GATEWAY, "gateway", "gateway"), SHARE_WRONG)
    messages = [*stage.due(10.0), *stage.due(100.0)]
    assert [event["alarm"] for event in told(messages, "bus1/alarm")] == ["taken_away"]
    assert [event["alarm"] for event in told(messages, "battery/alarm")] == [
        "taken_away",
        "current_share_wrong",
    ]
    assert told(messages, "gateway/alarm") == []


async def test_after_the_end_nobody_listens(alarms: Alarms) -> None:
    stage = Stage(alarms)
    stage.publisher.close()
    alarms.found(GARAGE, SHARE_WRONG)
    assert told(stage.due(100.0), "garage/alarm") == []
