"""Dashboards: nothing empty, nothing made up, nothing switched by a single tap."""

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
from ruamel.yaml import YAML

from jkbus.control.settings import SETTINGS
from jkbus.dashboards.all_settings import short
from jkbus.dashboards.home import Home, Owner
from jkbus.dashboards.lovelace import dashboard, written
from jkbus.outputs.alarm_topics import PARTS
from jkbus.outputs.battery_topics import BATTERY, ENERGIES
from jkbus.outputs.diagnostics import BUS
from jkbus.outputs.pack_values import ROWS

ID = re.compile(r"\b(?:sensor|binary_sensor|switch|number|button|event)\.[a-z0-9_]+")
BUILT_IN = {
    *("entities", "gauge", "grid", "heading", "history-graph", "markdown"),
    *("statistic", "statistics-graph", "tile"),
}


def pack(number: int, settable: bool = True) -> Owner:
    keys = [row.key for row in ROWS if row.enabled and not row.key.endswith(tuple("789"))]
    ids = {key: f"sensor.pack{number}_{key}" for key in (*keys, *PARTS)}
    if settable:
        switches = {name for name, setting in SETTINGS.items() if setting.switch}
        ids |= {
            f"set_{name}": f"{'switch' if name in switches else 'number'}.pack{number}_{name}"
            for name in SETTINGS
        }
    return Owner(f'pack | "{number}"', f"pack_{number}", ids)


def whole(count: int = 3, settable: int = 2) -> Home:
    battery = {key: f"sensor.battery_{key}" for key in (*(one.key for one in (*BATTERY, *ENERGIES)), *PARTS)}
    bus = {key: f"sensor.bus_{key}" for key in (*(one.key for one in BUS if one.enabled), *PARTS)}
    packs = tuple(pack(number, number < settable) for number in range(count))
    return Home(packs, (Owner("bus1", "bus1", bus),), Owner("Battery", "battery", battery))


HOMES = {
    "three packs": whole(),
    "all settable": whole(2, 2),
    "none settable": whole(2, 0),
    "a full bus": whole(16, 16),
    "one pack": whole(1, 1),
    "only a voltage": Home(
        (Owner("a", "a", {"battery_voltage": "sensor.a_v"}),), (), Owner("Battery", "battery", {})
    ),
}
EACH = pytest.mark.parametrize("home", HOMES.values(), ids=list(HOMES))


def cards(node: Any) -> Iterator[dict[str, Any]]:
    """Every card in a dashboard, sections too."""
    if isinstance(node, dict):
        if "type" in node and ({"cards", "entity", "entities", "content", "heading", "prefix"} & node.keys()):
            yield node
        for value in node.values():
            yield from cards(value)
    elif isinstance(node, list):
        for value in node:
            yield from cards(value)


@EACH
@pytest.mark.parametrize("their", [False, True])
def test_only_what_is_published_is_shown(home: Home, their: bool) -> None:
    assert set(ID.findall(str(dashboard(home, their)))) <= home.ids


@EACH
def test_no_section_is_only_a_heading_and_no_card_is_empty(home: Home) -> None:
    found = dashboard(home)
    for view in found["views"]:
        assert view["sections"]
        for section in view["sections"]:
            assert any(card["type"] != "heading" for card in section["cards"])
    for card in cards(found):
        assert card.get("entities", "some") and card.get("entity", "some") and card.get("content", "some")


@EACH
def test_every_card_is_one_that_home_assistant_brings(home: Home) -> None:
    shown = {card["type"] for view in dashboard(home)["views"] for card in cards(view["sections"])}
    assert shown <= BUILT_IN | {"entity"}  # the latter beside a heading


def test_everything_has_a_view_of_its_own() -> None:
    home = whole()
    views = dashboard(home)["views"]
    assert [view["title"] for view in views] == [
        "Overview",
        "Cells",
        "Settings",
        *(p.name for p in home.packs),
    ]
    assert len({view["path"] for view in views}) == len(views)
    to = set(re.findall(r"'navigation_path': '([^']+)'", str(views)))
    assert to == {view["path"] for view in views[3:]}


def test_what_is_written_is_read_again_as_it_was() -> None:
    home = whole()
    found = dashboard(home)
    text = written(found, home)
    assert text.startswith("# Dashboard of jkbus") and YAML(typ="safe").load(text) == found


def test_no_switch_is_thrown_by_one_tap() -> None:
    found = list(cards(dashboard(whole())))
    switches = [card for card in found if str(card.get("entity", "")).startswith("switch.")]
    assert len(switches) >= 2 * sum(setting.switch for setting in SETTINGS.values())
    for card in switches:
        assert card["tap_action"]["confirmation"] and card["icon_tap_action"]["confirmation"]
    listed = [row["entity"] for card in found if card["type"] == "entities" for row in card["entities"]]
    assert listed and not [id for id in listed if id.startswith("switch.")]


def test_no_two_settings_look_alike_in_a_narrow_card() -> None:
    names = [short(name) for name, setting in SETTINGS.items() if not setting.switch]
    assert len(set(names)) == len(names) and max(map(len, names)) <= 25
    assert {"Cell UVP", "Cell OVP release", "Discharge OCP delay", "SCP release"} <= set(names)


def test_packs_that_cannot_be_set_are_told_how_to() -> None:
    settings = str(dashboard(whole(2, 0))["views"][2])
    assert "writes: true" in settings and 'pack | "1"' in settings


def test_their_card_is_given_the_ids_it_cannot_guess() -> None:
    view = dashboard(whole(), their=True)["views"][3]
    (card,) = [card for card in cards(view["sections"]) if card["type"] == "custom:jk-bms-card"]
    assert card["entities"]["total_voltage"] == "sensor.pack0_battery_voltage"
    assert card["entities"]["charging"] == "switch.pack0_charge_enabled"
    assert card["cellCount"] == len(card["cells"]) > 20


def test_the_blueprint_asks_for_events_of_both_ways() -> None:
    yaml = YAML(typ="rt")
    text = files("jkbus").joinpath("share/homeassistant/jkbus-alarm.yaml").read_text("utf-8")
    found = yaml.load(text)
    inputs = found["blueprint"]["input"]
    asked = inputs["alarms"]["selector"]["entity"]["filter"]
    assert [(one["integration"], one["domain"]) for one in asked] == [("mqtt", "event"), ("esphome", "event")]
    assert set(re.findall(r"!input (\w+)", text)) == set(inputs)
    assert [name for name, said in inputs.items() if "default" not in said] == ["alarms"]
