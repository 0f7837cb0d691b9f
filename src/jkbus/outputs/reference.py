"""The entities of the ESP32 firmware most owners come from, each with the value of ours that takes its place.

`reference.csv` has a row for every key that its YAML files know, in their order: unit, classes, icon and
decimals as that firmware declares them, so that what is presented under an old name looks as it did. `ours`
is the key of our entity, `=name` a value that only the old world has (see `_VALUES`), or empty where there
is none: never filled there, or a secret. `fault` says where the value was wrong there and ours is right.
Source: the key tables of its components and the list of their faults, each checked against captures.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from .diagnostics import BUS
from .entities import ENTITIES
from .entity import Get
from .facts import Facts, Value

FAULTS: Mapping[str, str] = {
    "alarm_bytes": "was read from the resistances of cells 28 and 29 and always off; now it is the alarm",
    "health_bytes": "took in three bytes that mean something else; now it is the state of health alone",
    "protocol_bytes": "was read six bytes too early and was always 0; now it is the protocol",
    "short_circuit_unit": "was shown 1000 times too small and written 1000000 times too large; now it is μs",
    "precharge_unit": "was written a thousand times too large; now what is written is what is read",
    "capacity_of_settings": "showed full capacity and wrote design capacity; now it shows what it writes",
    "no_current": "said that it is a current, which it is not: 0 idle, 1 charging, 2 discharging the cell",
    "rounded_bits": "is exact for 24 alarms only, as there are no larger numbers here; errors names them all",
    "half_the_bits": "knew 24 of the alarms; now it names all of them",
    "absent_probe": "showed -200 °C where there is no probe; now it is unknown there",
    "cut_short": "showed 11 of up to 16 characters; now it shows all of them",
    "one_too_many": "could end with a character of something else; now it ends where the model ends",
}
_BY_KEY = {entity.key: entity for entity in (*ENTITIES, *BUS)}


@dataclass(frozen=True, slots=True)
class Counterpart:
    """An entity of the old firmware; `ours` as in the file, `precision` None where it tells no decimals."""

    platform: str
    key: str
    ours: str
    unit: str
    device_class: str
    state_class: str
    icon: str
    precision: int | None
    category: str
    filled: bool
    fault: str

    @property
    def get(self) -> Get | None:
        """Gives its value, unrounded, from what our entity's is made of; None where we have none."""
        if self.ours.startswith("="):
            return _VALUES[self.ours[1:]]
        return _BY_KEY[self.ours].get if self.ours else None


@cache
def counterparts() -> Mapping[tuple[str, str], Counterpart]:
    """Every entity of the old firmware by platform and key, in the order of its own tables."""
    text = files(__package__).joinpath("reference.csv").read_text("utf-8")
    rows = (_read(row) for row in csv.DictReader(text.splitlines()))
    return {(row.platform, row.key): row for row in rows}


def _read(row: dict[str, str]) -> Counterpart:
    precision, filled = row.pop("precision"), row.pop("filled")
    return Counterpart(precision=int(precision) if precision else None, filled=filled == "yes", **row)


def _operation_mode(facts: Facts) -> Value:
    names = ("charge_enabled", "discharge_enabled", "balancing_enabled")
    if not facts.settings:
        return None
    return sum(bool(facts.settings[name]) << bit for bit, name in enumerate(names))


def _remaining_from_soc(facts: Facts) -> Value:
    if not facts.status:
        return None
    return float(facts.status["full_charge_capacity"] * facts.status["state_of_charge"] / 100)


def _errors(facts: Facts) -> Value:
    return ";".join(alarm.title for alarm in facts.alarms)


def _alarm_sensors(facts: Facts) -> list[bool]:
    """What each of its 30 alarm sensors says: 24 alarms and 6 probes that may be missing."""
    rows = (row for row in counterparts().values() if row.platform == "binary_sensor")
    gets = [row.get for row in rows if row.key.startswith("alarm_")]
    return [bool(get(facts)) for get in gets if get is not None] if facts.status else []


def _sensors_on(facts: Facts) -> Value:
    return sum(_alarm_sensors(facts)) if facts.status else None


def _sensor_count(facts: Facts) -> Value:
    return len(_alarm_sensors(facts)) or None


def _number(kind: str, name: str) -> Get:
    """A number of a report as it is, where our entity tells it in words."""
    return lambda facts: getattr(facts, kind).get(name)


_VALUES: Mapping[str, Get] = {
    "balancing_direction": _number("status", "balancing_state"),
    "temperature_sensor_3": _number("status", "battery_temperature_3"),
    "remaining_from_soc": _remaining_from_soc,
    "operation_mode_bitmask": _operation_mode,
    "alarm_sensor_count": _sensor_count,
    "alarm_sensors_on": _sensors_on,
    "uart1_protocol": _number("about", "uart1_protocol"),
    "uart2_protocol": _number("about", "uart2_protocol"),
    "manufacturer": lambda facts: "Jikong",
    "errors": _errors,
}
