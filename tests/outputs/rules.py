"""Home Assistant's rules for discovery (homeassistant_rules.json, taken from Home Assistant), as a judge."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jkbus.outputs.topics import Message

RULES: dict[str, Any] = json.loads((Path(__file__).parent / "homeassistant_rules.json").read_text())
TOPIC = re.compile(r"[\w/]+/device/[a-zA-Z0-9_-]+/config")
ENTITY_ID = re.compile(r"(sensor|binary_sensor|event|number|switch|button)\.[a-z0-9_]+")
CONTROLS = ("number", "switch", "button")
COMMAND = re.compile(r"[^+#\x00]+/set/[a-z0-9_]+")

Payload = dict[str, Any]


def discovered(text: str) -> Payload:
    """A discovery message as Home Assistant understands it: with the long names of all keys."""
    payload: Payload = json.loads(text)
    long: dict[str, str] = RULES["abbreviations"]
    parts = payload["components"].items()
    payload["components"] = {key: {long.get(k, k): v for k, v in part.items()} for key, part in parts}
    return payload


def faults(message: Message) -> list[str]:
    """What Home Assistant would refuse or complain of."""
    payload = discovered(message.payload)
    found = [] if TOPIC.fullmatch(message.topic) and message.retain else [f"topic {message.topic}"]
    found += [f"message: {fault}" for fault in keys(payload, "message")]
    found += [f"device: {fault}" for fault in keys(payload["device"], "device")]
    found += [f"origin: {fault}" for fault in keys(payload["origin"], "origin")]
    if not payload["device"].get("identifiers"):
        found.append("device: no identifier")
    components = [part for part in payload["components"].values() if len(part) > 1]
    for name in ("unique_id", "default_entity_id", "name"):
        given = [(part[name], part["platform"] if name == "name" else "") for part in components]
        found += [f"{value}: {name} twice" for value, of in given if given.count((value, of)) > 1]
    for key, part in payload["components"].items():
        found += [f"{key}: {fault}" for fault in (component(part) if len(part) > 1 else stub(part))]
    return found


def keys(part: Payload, kind: str) -> Iterator[str]:
    known: dict[str, bool] = RULES["keys"][kind]
    yield from (f"unknown key {key}" for key in part.keys() - known.keys() - {"platform"})
    yield from (f"no {key}" for key, required in known.items() if required and key not in part)
    yield from (f"{key} is empty" for key, value in part.items() if value in ("", None, []))


def stub(part: Payload) -> Iterator[str]:
    if part.keys() != {"platform"} or part["platform"] not in RULES["device_classes"]:
        yield f"{part} removes nothing"


def component(part: Payload) -> Iterator[str]:
    platform = part["platform"]
    yield from keys(part, platform)
    if part.get("device_class", None) not in (None, *RULES["device_classes"][platform]):
        yield f"no device class {part['device_class']}"
    category = "config" if platform in CONTROLS else "diagnostic"
    if part.get("entity_category", category) != category:
        yield f"{category} is the category for a {platform}"
    if not ENTITY_ID.fullmatch(part["default_entity_id"]) or not part["default_entity_id"].startswith(
        platform + "."
    ):
        yield f"no entity id {part['default_entity_id']}"
    if part.get("expire_after", 1) < 1:
        yield "expires at once"
    if platform == "sensor":
        yield from sensor(part)
    if platform == "event" and (not part["event_types"] or "expire_after" in part):
        yield "it never happens"
    if platform in CONTROLS:
        yield from control(part)


def control(part: Payload) -> Iterator[str]:
    if not COMMAND.fullmatch(part["command_topic"]):
        yield f"no command topic {part['command_topic']}"
    if part.get("optimistic", False) or part.get("retain", False):
        yield "what is wished is not what is"
    if part["platform"] == "switch" and not {"state_on", "state_off"} <= part.keys():
        yield "its states are not those that are published"
    if part["platform"] != "button" and "state_topic" not in part:
        yield "without a state topic it is optimistic"
    if part["platform"] == "number":
        yield from number(part)


def number(part: Payload) -> Iterator[str]:
    device_class, unit = part.get("device_class"), part.get("unit_of_measurement")
    units = RULES["number_device_class_units"].get(device_class)
    if units is not None and unit not in units:
        yield f"unit {unit} for {device_class}"
    if not part["min"] < part["max"]:
        yield f"from {part['min']} to {part['max']}"
    if not 0.001 <= part["step"] <= part["max"] - part["min"]:
        yield f"step {part['step']}"


def sensor(part: Payload) -> Iterator[str]:
    device_class, state_class, unit = (
        part.get(key) for key in ("device_class", "state_class", "unit_of_measurement")
    )
    units = RULES["sensor_device_class_units"].get(device_class)
    if units is not None and unit not in units:
        yield f"unit {unit} for {device_class}"
    if state_class not in (None, *RULES["sensor_state_classes"]):
        yield f"no state class {state_class}"
    allowed = RULES["sensor_device_class_state_classes"].get(device_class)
    if state_class is not None and allowed is not None and state_class not in allowed:
        yield f"state class {state_class} for {device_class}"
    if ("options" in part) != (device_class == "enum"):
        yield "options and enum belong together"
    numeric = unit is not None or state_class is not None or "suggested_display_precision" in part
    if numeric and device_class in RULES["sensor_non_numeric_device_classes"]:
        yield f"a {device_class} is no number"
    if part.get("suggested_display_precision", 0) < 0:
        yield "negative precision"
