"""Home Assistant's discovery: one retained message per device describes all of its entities.

A component that is no longer there has to be named once more with nothing but its platform, otherwise Home
Assistant keeps it. Ids are made of the pack's key, so that a new name or address costs nobody their history.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ..config.values import slug
from ..history.whole import KEY
from ..model.pack import Pack
from .abbreviations import shortened
from .alarm_topics import ALARM, EVENTS, PARTS, SEVERITIES, SEVERITY
from .controls import ALL_PACKS, LAST_CHANGE, Control
from .diagnostics import BUS
from .entity import Entity
from .groups import Policy
from .naming import OURS, Names, named, object_id
from .topics import OFF, OFFLINE, ON, ONLINE, Message, Topics

BORN = "online"  # Home Assistant has started, on <prefix>/status
MISSED_HEARTBEATS = 3  # after which Home Assistant shows a value as unavailable, whatever we say


class Discovery:
    """Writes discovery messages below `prefix` for what is published below `topics`.

    `alarms`: each pack, each bus and the whole tell of theirs. `names`: what entities are called.
    """

    def __init__(
        self,
        prefix: str,
        topics: Topics,
        policies: Mapping[str, Policy],
        version: str,
        alarms: bool = False,
        names: Names = OURS,
    ) -> None:
        self.alarms = alarms
        self._names = names
        self._prefix = prefix
        self._topics = topics
        self._policies = policies
        self._origin = {"name": "jkbus", "sw_version": version}

    @property
    def birth_topic(self) -> str:
        """Where Home Assistant says that it is there."""
        return f"{self._prefix}/status"

    def pack(
        self,
        pack: Pack,
        plate: Mapping[str, str],
        entities: Iterable[Entity],
        gone: Mapping[str, str],
        controls: Iterable[Control] = (),
    ) -> Message:
        """A pack with its nameplate, entities and controls; `gone` has each former one's platform, by key.

        Raises ValueError for a pack that is not identified yet.
        """
        if pack.key is None:
            raise ValueError(f"{pack.name}: has no key yet")
        identity = f"jkbus_{pack.key}"
        device: dict[str, Any] = {"name": pack.name, "manufacturer": "Jikong", "model": "JK-PB", **plate}
        device |= {"identifiers": [identity], "via_device": self._bus_identity(pack.bus)}
        available = [self._topics.gateway, self._topics.availability(pack.key)]
        components = {key: {"platform": platform} for key, platform in gone.items()}
        for entity in entities:
            topic = self._topics.group(pack.key, entity.group)
            components[entity.key] = self._component(entity, identity, pack.key, topic)
        for control in controls:
            places = self._topics.command(pack.key, control.name), self._topics.group(pack.key, control.group)
            components[control.key] = self._control(control, identity, pack.key, *places)
            components[LAST_CHANGE] = _last_change(identity, pack.key, self._topics.change(pack.key))
        components |= self._alarms(identity, pack.key, pack.key)
        return self._message(identity, device, available, components)

    def bus(self, name: str, writes: bool = False, wrote: bool = False) -> Message:
        """A bus with its diagnostics; `writes`: some of its packs can be set, `wrote`: they could before."""
        identity = self._bus_identity(name)
        device = {
            "name": f"jkbus {name}",
            "manufacturer": "jkbus",
            "model": "JK-PB RS485 bus",
            "sw_version": self._origin["sw_version"],
            "identifiers": [identity],
        }
        topic = self._topics.bus(name)
        components = {
            entity.key: self._component(entity, identity, f"jkbus_{slug(name)}", topic) for entity in BUS
        }
        if writes:
            places = self._topics.command(slug(name), ALL_PACKS.name), self._topics.apply_to_all(name)
            components[ALL_PACKS.key] = self._control(ALL_PACKS, identity, f"jkbus_{slug(name)}", *places)
        elif wrote:
            components[ALL_PACKS.key] = {"platform": ALL_PACKS.platform}
        components |= self._alarms(identity, f"jkbus_{slug(name)}", slug(name))
        return self._message(identity, device, [self._topics.gateway], components)

    def battery(self, entities: Iterable[Entity]) -> Message:
        """The battery as a whole with these entities."""
        owner = f"{slug(self._topics.root)}_{KEY}"
        identity = f"{owner}_of_all_packs"
        device = {
            "name": "Battery",
            "manufacturer": "jkbus",
            "model": "All packs as one",
            "sw_version": self._origin["sw_version"],
            "identifiers": [identity],
        }
        topic = self._topics.group(KEY, "state")
        components = {entity.key: self._component(entity, identity, owner, topic) for entity in entities}
        components |= self._alarms(identity, owner, KEY)
        available = [self._topics.gateway, self._topics.availability(KEY)]
        return self._message(identity, device, available, components)

    def _alarms(self, identity: str, name: str, owner: str) -> dict[str, dict[str, Any]]:
        """What comes and goes, and how bad it is; told also of a pack that is silent."""
        if not self.alarms:
            return {}
        event, stands = self._topics.alarm(owner), self._topics.alarm_summary(owner)
        parts: dict[str, dict[str, Any]] = {
            ALARM: {"name": "Alarm", "state_topic": event, "event_types": list(EVENTS)},
            SEVERITY: {
                "name": "Alarm severity",
                "state_topic": stands,
                "device_class": "enum",
                "options": list(SEVERITIES),
                "entity_category": "diagnostic",
                "value_template": _template("severity"),
                "json_attributes_topic": stands,
            },
        }
        gateway = {"availability": [{"topic": self._topics.gateway}]}
        return {key: _named(PARTS[key], identity, name, key) | part | gateway for key, part in parts.items()}

    def _bus_identity(self, name: str) -> str:
        """Two gateways on one broker differ in the root of their topics."""
        return f"{slug(self._topics.root)}_bus_{slug(name)}"

    def _component(self, entity: Entity, identity: str, owner: str, topic: str) -> dict[str, Any]:
        entity = named(entity, self._names)
        component: dict[str, Any] = {
            **_named(entity.platform, identity, owner, entity.key, self._names),
            "name": entity.title,
            "state_topic": topic,
            **_described(entity),
        }
        if entity.group == "availability":
            gateway = [{"topic": self._topics.gateway}]
            return component | {"payload_on": ONLINE, "payload_off": OFFLINE, "availability": gateway}
        if entity.platform == "binary_sensor":
            component |= {"payload_on": "True", "payload_off": "False"}
        policy = self._policies[entity.group]
        component["expire_after"] = round(MISSED_HEARTBEATS * max(policy.heartbeat, policy.interval))
        return component | {"value_template": _template(entity.key)}

    def _control(
        self, control: Control, identity: str, owner: str, command: str, state: str
    ) -> dict[str, Any]:
        place = _named(control.platform, identity, owner, control.name, self._names)
        place["unique_id"] = f"{identity}_{control.key}"
        return place | _described_control(named(control, self._names), command, state)

    def _message(
        self,
        identity: str,
        device: dict[str, Any],
        available: list[str],
        components: dict[str, dict[str, Any]],
    ) -> Message:
        payload = {
            "device": device,
            "origin": self._origin,
            "availability": [{"topic": topic} for topic in available],
            "availability_mode": "all",
            "components": {key: shortened(part) for key, part in components.items()},
        }
        text = json.dumps(payload, separators=(",", ":"), ensure_ascii=False)
        return Message(f"{self._prefix}/device/{identity}/config", text, retain=True)


def _template(key: str) -> str:
    """Takes one value out of a group's JSON object."""
    return f"{{{{ value_json['{key}'] | default(none) }}}}"


def _described_control(control: Control, command: str, state: str) -> dict[str, Any]:
    """A control that is commanded at one topic and shows what was read back at the other.

    Its payloads are Home Assistant's own: ON, OFF, PRESS and plain numbers.
    """
    part: dict[str, Any] = {
        "name": control.title,
        "entity_category": "config",
        "command_topic": command,
    }
    if control.platform == "button":
        return part
    part |= {"state_topic": state, "optimistic": False}
    if control.group:
        part["value_template"] = _template(control.name)
    if control.platform == "switch":
        on, off = ("True", "False") if control.group else (ON, OFF)
        return part | {"state_on": on, "state_off": off}
    part |= {"min": control.low, "max": control.high, "step": control.step, "mode": "box"}
    said = {"unit_of_measurement": control.unit, "device_class": control.device_class}
    return part | {key: value for key, value in said.items() if value}


def _named(platform: str, identity: str, owner: str, key: str, names: Names = OURS) -> dict[str, Any]:
    return {
        "platform": platform,
        "unique_id": f"{identity}_{key}",
        "default_entity_id": f"{platform}.{owner.replace('-', '_')}_{object_id(platform, key, names)}",
    }


def _last_change(identity: str, owner: str, topic: str) -> dict[str, Any]:
    """The sensor that tells what became of the last command; the rest of it is in its attributes."""
    return {
        **_named("sensor", identity, owner, LAST_CHANGE),
        "name": "Last change",
        "entity_category": "diagnostic",
        "state_topic": topic,
        "value_template": _template("message"),
        "json_attributes_topic": topic,
    }


def _described(entity: Entity) -> dict[str, Any]:
    """What Home Assistant shows a value as; nothing where its default is meant."""
    said = {
        "device_class": entity.device_class,
        "unit_of_measurement": entity.unit,
        "state_class": entity.state_class,
        "entity_category": entity.category,
        "options": list(entity.options),
    }
    described: dict[str, Any] = {key: value for key, value in said.items() if value}
    if entity.precision is not None:
        described["suggested_display_precision"] = entity.precision
    if not entity.enabled:
        described["enabled_by_default"] = False
    return described


def nameplate(pack: Pack) -> dict[str, str]:
    """What the board told about itself, in Home Assistant's words; a master never does on the bus."""
    if pack.about is None:
        return {}
    told = {
        "model": pack.about.model,
        "hw_version": pack.about.hardware_version,
        "sw_version": pack.about.software_version,
        "serial_number": pack.serial or "",
    }
    return {key: text.strip() for key, text in told.items() if text.strip()}
