"""Health as few and slow entities: there once they are known, told when they change."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from jkbus.health import Finding
from jkbus.health.findings import ACT, FINE, UNKNOWN, WATCH
from jkbus.health.report import Health
from jkbus.model.pack import Pack
from jkbus.outputs.groups import DEFAULTS
from jkbus.outputs.health_rows import HEALTH, values
from jkbus.outputs.homeassistant import Discovery
from jkbus.outputs.publisher import Known, Publisher
from jkbus.outputs.sources import Sources
from jkbus.outputs.topics import Message, Topics
from jkbus.protocol import Report
from jkbus.simulator import VirtualPack
from outputs.rules import discovered, faults

TOPICS = Topics("jkbus")
CONFIG = "homeassistant/device/jkbus_garage/config"
TOPIC = "jkbus/garage/health"
KEYS = {entity.key for entity in HEALTH}


def found(*findings: Finding) -> Health:
    return Health({}, {}, {"garage": list(findings)})


LOOSE = found(
    Finding(ACT, "cable", "cable", "its cable has 12 mΩ more", "tighten the lugs"),
    Finding(FINE, "contact", "contact", "it carries its part"),
)


class Stage:
    """A pack whose health is what we say."""

    def __init__(self, health: Health | None, known: Known | None = None) -> None:
        self.health = health
        discovery = Discovery("homeassistant", TOPICS, DEFAULTS, "0.1.0")
        sources = Sources(health=lambda: self.health)
        self.publisher = Publisher(TOPICS, DEFAULTS, [], discovery, known, sources=sources)
        self.pack = Pack("bus1", 1, "Garage", key="garage")
        self.virtual = VirtualPack(1)
        self.first = self.hear(0.0, "settings", "about", "status")

    def hear(self, at: float, *kinds: str) -> dict[str, str]:
        for kind in kinds or ("status",):
            self.pack.take(Report(getattr(self.virtual, kind).sealed(), 1), at)
        return by_topic(self.publisher.due([self.pack], at))


def by_topic(messages: Iterable[Message]) -> dict[str, str]:
    told = list(messages)
    assert not [fault for message in told if message.topic == CONFIG for fault in faults(message)]
    return {message.topic: message.payload for message in told}


def components(told: dict[str, str]) -> dict[str, dict[str, Any]]:
    parts: dict[str, dict[str, Any]] = discovered(told[CONFIG])["components"]
    return parts


def test_home_assistant_accepts_all_of_it() -> None:
    pack = Pack("bus1", 1, "Garage", key="garage")
    message = Discovery("homeassistant", TOPICS, DEFAULTS, "0.1.0").pack(pack, {}, HEALTH, {})
    assert faults(message) == []
    parts = discovered(message.payload)["components"]
    assert len(parts) == 7
    assert {part["entity_category"] for part in parts.values()} == {"diagnostic"}
    assert {part["expire_after"] for part in parts.values()} == {3 * 3600}


def test_what_is_not_known_is_no_entity() -> None:
    stage = Stage(None)
    assert not KEYS & components(stage.first).keys() and TOPIC not in stage.first
    stage.health = found(Finding(UNKNOWN, "contact", "contact", "it needs another pack"))
    assert TOPIC not in stage.hear(40.0)


def test_what_becomes_known_is_announced_and_told() -> None:
    stage = Stage(None)
    stage.health = LOOSE
    told = stage.hear(31.0)
    assert components(told).keys() & KEYS == {"health", "health_text"}
    assert json.loads(told[TOPIC]) == {
        "health": "act",
        "health_text": "cable: its cable has 12 mΩ more; tighten the lugs",
    }


def test_it_is_told_when_it_changes_and_once_an_hour() -> None:
    stage = Stage(LOOSE)
    for at in (2.0, 10.0, 30.0):
        assert TOPIC in stage.hear(at)  # Home Assistant may have missed it before
    assert TOPIC not in stage.hear(1000.0)
    stage.health = found(*LOOSE.findings["garage"])
    assert TOPIC not in stage.hear(2000.0)
    stage.health = found(Finding(FINE, "contact", "contact", "it carries its part"))
    assert json.loads(stage.hear(2001.0)[TOPIC])["health"] == "fine"
    assert TOPIC not in stage.hear(5600.0)
    assert TOPIC in stage.hear(5601.0)


def test_after_a_restart_its_entities_stay_until_it_is_known_again() -> None:
    known: Known = {}
    Stage(LOOSE, known)
    again = Stage(None, known)
    assert components(again.first).keys() & KEYS == {"health", "health_text"}
    assert components(again.first)["health"]["options"] == ["fine", "watch", "act"]
    assert TOPIC not in again.first


def test_the_worst_that_is_known_is_told() -> None:
    unknown = Finding(UNKNOWN, "capacity", "capacity", "it needs a journey")
    watch = Finding(WATCH, "trend", "cell 7", "cell 7 drifts by -5 mV a week")
    fine = Finding(FINE, "contact", "contact", "it carries its part")
    told = dict(values(found(watch, unknown, fine), "garage"))
    assert told == {"health": "watch", "health_text": "cell 7: cell 7 drifts by -5 mV a week"}
    told = dict(values(found(unknown, fine), "garage"))
    assert told == {"health": "fine", "health_text": "nothing to watch or to do"}
    assert dict(values(found(unknown), "garage")) == {}
    assert dict(values(found(fine), "cellar")) == {}


@pytest.mark.parametrize("entity", HEALTH, ids=lambda entity: entity.key)
def test_health_is_on_and_slow(entity: Any) -> None:
    assert entity.enabled and entity.group == "health"
    assert DEFAULTS["health"].heartbeat == 3600
