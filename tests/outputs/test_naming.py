"""Names as jk-bms-card looks for them, over MQTT; ours otherwise."""

from collections import Counter
from typing import Any

from cardnames import LOOKED_FOR
from jkbus.model.pack import Pack
from jkbus.outputs.controls import Writing
from jkbus.outputs.entities import ENTITIES, present
from jkbus.outputs.entity import titled
from jkbus.outputs.facts import Facts
from jkbus.outputs.groups import DEFAULTS
from jkbus.outputs.homeassistant import Discovery
from jkbus.outputs.naming import CARD, OURS, Names, named
from jkbus.outputs.topics import Message, Topics
from jkbus.protocol import Report
from jkbus.simulator import VirtualPack
from outputs.rules import discovered, faults

EVERYTHING = Writing(lambda pack: True, lambda bus: True, ("set_clock",))


def announced(names: Names) -> Message:
    virtual = VirtualPack(1, firmware="19.27")
    virtual.heat.probes = [20.0] * len(virtual.heat.probes)
    pack = Pack("bus1", 1, "Garage-1", key="garage-1")
    for frame in (virtual.settings, virtual.status, virtual.about):
        pack.take(Report(frame.sealed(), 1), 0.0)
    discovery = Discovery("homeassistant", Topics("jkbus"), DEFAULTS, "1", names=names)
    return discovery.pack(pack, {}, present(Facts(pack)), {}, EVERYTHING.controls(pack))


def parts(names: Names) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = discovered(announced(names).payload)["components"]
    return found


def test_everything_that_the_card_looks_for_is_where_it_looks() -> None:
    found = {
        part["default_entity_id"].replace(".garage_1_", "."): part for part in parts("jk-bms-card").values()
    }
    assert set(found) >= LOOKED_FOR
    assert all(found[id].get("enabled_by_default", True) for id in LOOKED_FOR)


def test_home_assistant_accepts_the_names_of_the_card() -> None:
    assert faults(announced("jk-bms-card")) == []


def test_titles_are_those_of_the_card_and_no_two_are_alike() -> None:
    found = parts("jk-bms-card").values()
    twins = Counter((part["platform"], part["name"]) for part in found)
    assert [twin for twin, count in twins.items() if count > 1] == []
    named = {part["default_entity_id"]: part["name"] for part in found}
    assert named["sensor.garage_1_total_voltage"] == "Total voltage"
    assert named["switch.garage_1_balancer"] == "Balancer"


def test_history_stays_as_what_is_unique_stays_the_same() -> None:
    ours, theirs = parts("jkbus"), parts("jk-bms-card")
    assert list(ours) == list(theirs)
    for key, part in ours.items():
        kept = {name: part.get(name) for name in ("unique_id", "state_topic", "value_template", "platform")}
        assert kept == {name: theirs[key].get(name) for name in kept}


def test_what_the_card_does_not_know_keeps_our_name() -> None:
    assert parts("jk-bms-card")["operation"] == parts("jkbus")["operation"]


def test_without_a_choice_names_are_ours() -> None:
    assert all(named(entity, OURS) is entity for entity in ENTITIES)


def test_every_name_of_the_card_is_of_an_entity_of_ours_and_comes_out_of_its_title() -> None:
    keys = {entity.key for entity in ENTITIES}
    for platform in ("sensor", "binary_sensor", "switch", "number"):
        for ours, theirs in CARD[platform].items():
            assert ours in keys
            assert titled(theirs).lower().replace(" ", "_") == theirs
