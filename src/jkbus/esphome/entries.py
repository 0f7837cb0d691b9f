"""An entity as the native API lists it, and the message that tells its state."""

import re
import zlib
from dataclasses import dataclass
from typing import Any

from ..outputs.controls import Control
from ..outputs.entity import Entity, Get
from ..outputs.facts import Value
from .frames import Message
from .messages import message

SENSOR, TEXT, BINARY, NUMBER, SWITCH, BUTTON, EVENT = PLATFORMS = (
    "sensor",
    "text_sensor",
    "binary_sensor",
    "number",
    "switch",
    "button",
    "event",
)
_NAMES = dict(
    zip(
        PLATFORMS,
        ("Sensor", "TextSensor", "BinarySensor", "Number", "Switch", "Button", "Event"),
        strict=True,
    )
)
CATEGORIES = {"": 0, "config": 1, "diagnostic": 2}
STATE_CLASSES = {"": 0, "measurement": 1, "total_increasing": 2, "total": 3}
BOX = 1  # numbers are typed, not dragged: 3.45 V must not slip to 3.54
_CLASSES_OF_TEXT = {"date", "timestamp"}  # all that Home Assistant takes for a text


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entity of `owner` on a device of the node.

    `key` is that of its value among those of the `group`, `number` its key in states and commands, the same
    after every restart. `listed` is what clients are told; `get` gives the value, and there is none for
    buttons and events. `control` is what a command for it sets.
    """

    owner: str
    group: str
    key: str
    number: int
    platform: str
    title: str
    device: int
    listed: Message
    get: Get | None = None
    control: Control | None = None

    def value(self, subject: Any) -> Value:
        """Its value, of what `get` takes."""
        return None if self.get is None else self.get(subject)

    def state(self, value: Value) -> Message:
        """The message that tells a value, None for one that is not known."""
        fields: dict[str, Any] = {"key": self.number, "device_id": self.device}
        if value is None:
            fields["missing_state"] = True
        elif self.platform in (BINARY, SWITCH):
            fields["state"] = bool(value)
        elif self.platform == TEXT:
            fields["state"] = str(value)
        else:
            fields["state"] = float(value)
        return message(f"{_NAMES[self.platform]}StateResponse", **fields)


def number_of(owner: str, platform: str, key: str) -> int:
    """A number of 32 bits, from 1 on."""
    return zlib.crc32(f"{owner}/{platform}/{key}".encode()) or 1


def shows(owner: str, entity: Entity, title: str, device: int) -> Entry:
    """An entity of ours."""
    platform = _platform(entity)
    look: dict[str, Any] = {}
    if platform == SENSOR:
        look = {
            "unit_of_measurement": entity.unit,
            "accuracy_decimals": entity.precision or 0,
            "state_class": STATE_CLASSES[entity.state_class],
        }
    if platform != TEXT or entity.device_class in _CLASSES_OF_TEXT:
        look["device_class"] = entity.device_class
    look |= {"disabled_by_default": not entity.enabled, "entity_category": CATEGORIES[entity.category]}
    place: dict[str, Any] = {"owner": owner, "title": title, "device": device, "group": entity.group}
    return entry(platform, entity.key, look, get=entity.value, **place)


def sets(owner: str, control: Control, title: str, device: int, get: Get | None) -> Entry:
    """A control of ours; `get` gives the value that was read from the pack."""
    look: dict[str, Any] = {"device_class": control.device_class, "entity_category": CATEGORIES["config"]}
    if control.platform == NUMBER:
        look |= {"unit_of_measurement": control.unit, **span_of(control)}
    place: dict[str, Any] = {"owner": owner, "title": title, "device": device, "group": control.group}
    return entry(control.platform, control.name, look, get=get, control=control, **place)


def tells(owner: str, key: str, title: str, device: int, kinds: tuple[str, ...]) -> Entry:
    """Something that happens, of these kinds."""
    return entry(EVENT, key, {"event_types": kinds}, owner=owner, title=title, device=device, group="")


def entry(platform: str, key: str, look: dict[str, Any], *, number: int = 0, **place: Any) -> Entry:
    """An entity that looks like this; its number follows from its owner and key unless one is given."""
    number = number or number_of(place["owner"], platform, key)
    said = {"key": number, "name": place["title"], "device_id": place["device"]}
    said |= {"object_id": object_id(place["title"])}
    listed = message(f"ListEntities{_NAMES[platform]}Response", **said, **look)
    return Entry(platform=platform, key=key, number=number, listed=listed, **place)


def span_of(control: Control) -> dict[str, Any]:
    """Which numbers may be typed."""
    return {"min_value": control.low, "max_value": control.high, "step": control.step, "mode": BOX}


def object_id(title: str) -> str:
    """What ESPHome makes of a name: small letters, digits, - and _, everything else is a _."""
    return re.sub(r"[^a-z0-9_-]", "_", re.sub("[A-Z]", lambda found: found[0].lower(), title))


def _platform(entity: Entity) -> str:
    if entity.platform == BINARY:
        return BINARY
    return SENSOR if entity.unit or entity.precision is not None else TEXT
