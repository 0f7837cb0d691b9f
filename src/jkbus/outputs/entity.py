"""An entity, and how it is made of a row of a report or of anything else that is known of a pack."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from ..protocol import About, Settings, Status
from ..protocol.fields import Bit
from . import codes
from .facts import Exists, Facts, Value, heard, wired

Get = Callable[[Any], Value]  # of Facts, or of what diagnostics.py knows

TEXT_LIMIT = 255  # characters that Home Assistant takes as a state

_FRAMES = (("settings", Settings), ("status", Status), ("about", About))
_ROWS = {row.name: (kind, row) for kind, frame in _FRAMES for row in frame.rows()}
_CLASSES = {"V": "voltage", "A": "current", "W": "power", "°C": "temperature", "kWh": "energy"}
_CLASSES |= dict.fromkeys(("h", "min", "s", "ms", "μs"), "duration")
_DECIMALS = {1: 0, 10: 1, 100: 2, 1000: 3}
_MEASURED = ("status", "cells", "temperatures")  # groups whose quantities go up and down
_WORDS = {"soc": "SoC", "mosfet": "MOSFET", "rs485": "RS485", "gps": "GPS", "lcd": "LCD", "can": "CAN"}
_WORDS |= {f"uart{number}": f"UART{number}" for number in range(1, 5)}


class Valued(Protocol):
    """Something with a value that is told together with others of its group."""

    @property
    def key(self) -> str:
        """Its own among those of the group."""

    def value(self, subject: Any) -> Value:
        """Its value, of whatever the group is made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A value as people see it; units and classes are Home Assistant's.

    `key` names it in JSON and ids, `family` is what it has in common with others (for dead-bands). `get`
    gives None where there is no value now. Floats are rounded to `precision` decimals.
    """

    key: str
    title: str
    get: Get
    exists: Exists
    family: str
    group: str = ""
    platform: str = "sensor"
    unit: str = ""
    device_class: str = ""
    state_class: str = ""
    precision: int | None = None
    category: str = "diagnostic"  # empty for what a pack is there for
    enabled: bool = False
    options: tuple[str, ...] = ()

    def value(self, subject: Any) -> Value:
        """The value now, as it is published."""
        value = self.get(subject)
        if isinstance(value, float) and self.precision is not None:
            return round(value, self.precision) if self.precision else round(value)
        return value[:TEXT_LIMIT] if isinstance(value, str) else value


def derived(
    key: str,
    get: Get,
    title: str = "",
    *,
    main: bool = False,
    on: bool = False,
    total: bool = False,
    **more: Any,
) -> Entity:
    """An entity that is no row. `main`: what a pack is there for; `on`: enabled; `total`: only ever grows."""
    known: dict[str, Any] = {
        "title": title or titled(key),
        "device_class": "enum" if "options" in more else _CLASSES.get(more.get("unit", ""), ""),
        "state_class": "total_increasing" if total else "",
        "category": "" if main else "diagnostic",
        "enabled": main or on,
        "exists": heard("status"),
        "family": key,
    }
    return Entity(key=key, get=get, **(known | more))


def row(key: str, title: str = "", **more: Any) -> Entity:
    """A row of a report, with its unit and decimals."""
    kind, field = _ROWS[key]
    known: dict[str, Any] = {"exists": heard(kind)}
    if isinstance(field, Bit):
        known["platform"] = "binary_sensor"
    elif field.code[-1] != "s":
        known |= {"unit": field.unit.replace("µ", "μ"), "precision": _DECIMALS[field.per]}
    return derived(key, lambda facts: getattr(facts, kind).get(key), title, **(known | more))


def flag(key: str, title: str = "", of: str = "", **more: Any) -> Entity:
    """A row (`of`, if it is named otherwise) that is 0 or another number, as off or on."""
    source = of or key
    kind, _ = _ROWS[source]

    def get(facts: Facts) -> Value:
        number = getattr(facts, kind).get(source)
        return None if number is None else number != 0

    known: dict[str, Any] = {"platform": "binary_sensor", "exists": heard(kind)}
    return derived(key, get, title, **(known | more))


def code(key: str, words: tuple[str, ...], title: str = "", **more: Any) -> Entity:
    """A row that is a number of a code list, in words."""
    kind, _ = _ROWS[key]

    def get(facts: Facts) -> Value:
        number = getattr(facts, kind).get(key)
        return None if number is None else codes.word(words, number)

    return derived(key, get, title, **({"exists": heard(kind)} | more))


def of_cell(number: int, name: str, title: str, **more: Any) -> Entity:
    """One cell's value of a row that holds those of all cells."""

    def get(facts: Facts) -> Value:
        return facts.status[name][number - 1] if number in facts.cells else None

    known: dict[str, Any] = {
        "unit": _ROWS[name][1].unit,
        "precision": 3,
        "exists": wired(number),
        "family": name,
    }
    return derived(f"{name}_{number}", get, title, **(known | more))


def grouped(group: str, *entities: Entity) -> tuple[Entity, ...]:
    """Entities that are sent together."""
    state_class = "measurement" if group in _MEASURED else ""
    return tuple(
        replace(entity, group=group, state_class=entity.state_class or (state_class if entity.unit else ""))
        for entity in entities
    )


def titled(key: str) -> str:
    """A title made of a name: capital first letter, abbreviations as people write them."""
    words = [_WORDS.get(word, word) for word in key.split("_")]
    return " ".join([words[0][0].upper() + words[0][1:], *words[1:]])
