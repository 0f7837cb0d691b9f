"""When a group of values goes out: often enough to be believed, seldom enough for Home Assistant.

Each changed entity costs Home Assistant a quarter to half a millisecond of its processor, an unchanged one a
tenth of that. So a group waits for its interval, small changes are no changes (the value sent before is kept
in their place, and Home Assistant has nothing to do), and a heartbeat tells all as it is.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ..config.tree import GroupConfig, GroupsConfig
from ..errors import UsageError
from .diagnostics import BUS
from .entities import ENTITIES
from .facts import Value

Values = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Policy:
    """How often a group goes out: at most each `interval`, at least each `heartbeat` (s).

    `deadband` tells by key from which change on a value has changed; any change counts where it is silent.
    """

    interval: float
    heartbeat: float
    deadband: Mapping[str, float] = field(default_factory=dict)
    only_if_changed: bool = True


def _keys(deadband: Mapping[str, float]) -> dict[str, float]:
    """Dead-bands by key, from those by family: `cell_voltage` is meant for every cell."""
    entities = (*ENTITIES, *BUS)
    return {entity.key: deadband[entity.family] for entity in entities if entity.family in deadband}


_CELL = {"cell_voltage": 0.002, "cell_wire_resistance": 0.01}
_CELL |= {f"cell_voltage_{of}": 0.002 for of in ("min", "max", "delta", "average")}
_CELL |= {f"wire_resistance_{of}": 0.01 for of in ("min", "max")}
_STATUS = {"battery_voltage": 0.02, "battery_current": 0.1, "remaining_capacity": 0.2}
_STATUS |= {"power": 5.0, "charge_power": 5.0, "discharge_power": 5.0}
_STATUS |= {"balancing_current": 0.1, "heating_current": 0.1}
_BATTERY = {"battery_voltage": 0.02, "battery_current": 0.2, "power": 10.0, "remaining_capacity": 0.5}
_BATTERY |= {"cell_voltage_min": 0.002, "cell_voltage_max": 0.002, "temperature_max": 0.5}
_BATTERY |= {"energy_charged": 0.01, "energy_discharged": 0.01}
_DEGREES = {entity.family: 0.5 for entity in ENTITIES if entity.group == "temperatures" and entity.unit}

DEFAULTS: Mapping[str, Policy] = {
    "status": Policy(2, 60, _keys(_STATUS)),
    "cells": Policy(10, 60, _keys(_CELL)),
    "temperatures": Policy(30, 60, _keys(_DEGREES)),
    "alarms": Policy(10, 60),
    "counters": Policy(60, 300),
    "settings": Policy(0, 300),
    "info": Policy(0, 300),
    "gateway": Policy(60, 60, only_if_changed=False),
    "health": Policy(0, 3600),
    "bus": Policy(10, 60, _keys({"load": 5, "gap": 5, "cycle": 0.5})),
    "battery": Policy(2, 60, _BATTERY),
}


def policies(config: GroupsConfig) -> dict[str, Policy]:
    """The policy of each group, with what the configuration says about it. Raises UsageError."""
    return {name: _configured(name, policy, getattr(config, name, None)) for name, policy in DEFAULTS.items()}


def _configured(name: str, policy: Policy, given: GroupConfig | None) -> Policy:
    if given is None:
        return policy
    families = {entity.family for entity in ENTITIES if entity.group == name and entity.unit}
    for value in given.deadband or {}:
        if value not in families:
            known = ", ".join(sorted(families)) or "none"
            raise UsageError(f"mqtt: groups: {name}: deadband: there is no value {value}; known are {known}")
    said = {key: value for key, value in given if value is not None and key != "deadband"}
    return replace(policy, deadband={**policy.deadband, **_keys(given.deadband or {})}, **said)


def as_json(values: Values) -> str:
    """Values as the payload of a message."""
    return json.dumps(values, separators=(",", ":"), ensure_ascii=False)


class Stream:
    """What one topic was told, and when it is to be told again."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._last: Values = {}
        self._sent_at = -math.inf

    @property
    def ready_at(self) -> float:
        """When it may be told again."""
        return self._sent_at + self._policy.interval

    @property
    def beat_at(self) -> float:
        """When it has to be told again."""
        return self._sent_at + self._policy.heartbeat

    def forget(self) -> None:
        """Whoever listened is gone: tell everything again."""
        self._sent_at = -math.inf

    def offer(self, values: Values, now: float) -> Values | None:
        """What to send of these values, small changes left out; None if nothing has changed."""
        if now < self.beat_at and self._policy.only_if_changed:
            values = {key: self._damped(key, value) for key, value in values.items()}
            if values == self._last:
                return None
        self._last, self._sent_at = values, now
        return values

    def _damped(self, key: str, value: Value) -> Value:
        """The value told before, if this one is too near to it."""
        band = self._policy.deadband.get(key)
        before = self._last.get(key)
        if not band or isinstance(value, str | None) or isinstance(before, str | None):
            return value
        return before if abs(value - before) < band - 1e-9 else value
