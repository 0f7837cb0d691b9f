"""A pack in full: cells, probes, switches, everything it tells, its settings and its last alarms."""

from collections.abc import Iterable, Iterator
from typing import Literal

from typing_extensions import TypedDict

from ...alarms import Entry
from ...bus.nodes import Node
from ...model.pack import Pack
from ...outputs.diagnostics import NodeNow
from ...outputs.entities import ENTITIES, present
from ...outputs.entity import Entity
from ...outputs.facts import Facts
from ...protocol import Status
from .bands import Band, band
from .battery import Moved
from .entries import AlarmEntry, told
from .numbers import finite
from .packs import Common, common
from .settings import PackRow
from .settings import rows as settings_rows

Direction = Literal["charging", "discharging"]

_SWITCHES = (
    "charge_enabled",
    "charge_mosfet_on",
    "discharge_enabled",
    "discharge_mosfet_on",
    "balancing_enabled",
    "balancing_active",
    "heating_enabled",
    "heating_active",
    "precharge_active",
    "emergency_active",
)
_TITLES = {
    "status": "Now",
    "cells": "Cells",
    "temperatures": "Temperatures",
    "alarms": "Alarms",
    "counters": "Counters",
    "settings": "Settings",
    "info": "Identity",
    "gateway": "On the bus",
}


class Cell(TypedDict):
    """A cell in V, the resistance of its balance wire in Ω, and what the balancer does with it."""

    number: int
    voltage: float
    resistance: float | None
    balancing: Direction | None


class Probe(TypedDict):
    """A temperature in °C and the bands outside of which the board protects itself; null while not known."""

    name: str
    title: str
    value: float
    band: Band | None


class Switch(TypedDict):
    """Something that is on or off: what the board was told (enabled) and what it does."""

    name: str
    title: str
    on: bool


class Value(TypedDict):
    """A value under its name, with its unit; `precision` is the number of decimals."""

    key: str
    title: str
    value: str | float | bool | None
    unit: str
    precision: int | None


class Group(TypedDict):
    """Values that belong together."""

    name: str
    title: str
    rows: list[Value]


class Detail(Common):
    """A pack in full. `groups` hold every value it tells, `recent` its last alarms, the newest first."""

    cells: list[Cell]
    cell_voltage_average: float | None
    temperatures: list[Probe]
    switches: list[Switch]
    groups: list[Group]
    settings: list[PackRow]
    energy: Moved
    recent: list[AlarmEntry]


def detail(
    pack: Pack,
    now: float,
    settable: bool,
    standing: Iterable[Entry] = (),
    recent: Iterable[Entry] = (),
    node: Node | None = None,
) -> Detail:
    """A pack at `now` (s of the bus's clock).

    `standing` are its alarms in the journal, `recent` its last ones; `node` is how it answers on its bus.
    """
    facts = Facts(pack)
    entities = {entity.key: entity for entity in present(facts)}
    return {
        **common(pack, now, settable, standing),
        "cells": cells(pack.status),
        "cell_voltage_average": facts.status.get("cell_voltage_average"),
        "temperatures": [
            {"name": name, "title": _BY_KEY[name].title, "value": value, "band": band(name, facts)}
            for name, value in pack.temperatures.items()
        ],
        "switches": list(_switches(facts, entities)),
        "groups": list(_groups(facts, entities, None if node is None else NodeNow(node, now))),
        "settings": settings_rows(pack),
        "energy": {
            "charged": round(pack.energy.charged, 3),
            "discharged": round(pack.energy.discharged, 3),
        },
        "recent": [told(entry) for entry in recent],
    }


def cells(status: Status | None) -> list[Cell]:
    """The wired cells, cell 1 first.

    A report tells that the balancer charges a cell or discharges one, but not which. It is an active one,
    which takes from the highest cell and gives to the lowest, so the cell is the one that the board itself
    calls the lowest or the highest. Source: the vendor's register map V1.1, balancing status at 0x12A6, 0
    idle, 1 charging, 2 discharging; a capture of a B2A8S20P has -2.019 A with status 2. A status beyond these
    names no direction, and a board whose number is that of no cell none either.
    """
    if status is None:
        return []
    direction = _DIRECTIONS.get(status.balancing_state)
    place = status.cell_voltage_min_index if direction == "charging" else status.cell_voltage_max_index
    return [
        {
            "number": number,
            "voltage": volts,
            "resistance": ohms,
            "balancing": direction if number == place + 1 else None,
        }
        for number, (volts, ohms) in enumerate(
            zip(status.cell_voltage, status.cell_wire_resistance, strict=True), 1
        )
        if volts is not None
    ]


def _switches(facts: Facts, entities: dict[str, Entity]) -> Iterator[Switch]:
    for name in _SWITCHES:
        if name in entities and (on := entities[name].value(facts)) is not None:
            yield {"name": name, "title": entities[name].title, "on": bool(on)}


def _groups(facts: Facts, entities: dict[str, Entity], node: NodeNow | None) -> Iterator[Group]:
    for name, title in _TITLES.items():
        subject = node if name == "gateway" else facts
        if subject is not None:
            rows = [_value(entity, subject) for entity in entities.values() if entity.group == name]
            if rows:
                yield {"name": name, "title": title, "rows": rows}


def _value(entity: Entity, subject: Facts | NodeNow) -> Value:
    return {
        "key": entity.key,
        "title": entity.title,
        "value": finite(entity.value(subject)),
        "unit": entity.unit,
        "precision": entity.precision,
    }


_BY_KEY = {entity.key: entity for entity in ENTITIES}
_DIRECTIONS: dict[int, Direction] = {1: "charging", 2: "discharging"}
