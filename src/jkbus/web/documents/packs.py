"""A pack in short: what its tile shows."""

from collections.abc import Iterable
from typing import Literal

from typing_extensions import TypedDict

from ...alarms import Entry
from ...model.alarms import Alarm
from ...model.pack import Pack
from ...outputs.entities import ENTITIES
from ...protocol import Status
from .numbers import rounded

State = Literal["heard", "late", "silent", "gone"]
_STATES: dict[str, State] = {"heard": "heard", "late": "late", "silent": "silent", "gone": "gone"}
_TITLES = {entity.key: entity.title for entity in ENTITIES}


class SetAlarm(TypedDict):
    """An alarm that stands now."""

    name: str
    title: str
    severity: Literal["info", "warning", "protection", "fault"]
    remedy: str


class Values(TypedDict):
    """The values of a pack as last heard; null before that.

    The three switches say what the board does: whether it lets itself be charged and discharged (its MOSFETs
    are on), and whether it balances cells. `temperature_max_of` is the title of the hottest probe.
    """

    state_of_charge: int | None
    battery_voltage: float | None
    battery_current: float | None
    power: float | None
    remaining_capacity: float | None
    full_charge_capacity: float | None
    cell_voltage_min: float | None
    cell_voltage_max: float | None
    cell_voltage_delta: float | None
    cell_min_number: int | None
    cell_max_number: int | None
    temperature_max: float | None
    temperature_max_of: str | None
    charging: bool | None
    discharging: bool | None
    balancing: bool | None


class Common(TypedDict):
    """Who a pack is, how it is heard, and what it last told.

    `key` stays the same whatever happens to the pack; one that has not told who it is goes by bus/address.
    Where `available` is false the `values` are old and must not be shown as present. `age_s` is that of the
    last status, null for never. `settable` says whether it may be written to now.
    """

    key: str
    name: str
    bus: str
    address: int
    role: Literal["master", "slave"]
    model: str | None
    state: State
    available: bool
    age_s: float | None
    settable: bool
    values: Values
    alarms: list[SetAlarm]


class Summary(Common):
    """A pack in short; `cells` in V, cell 1 first."""

    cells: list[float]


def key_of(pack: Pack) -> str:
    """What the pack is called in addresses of the API."""
    return pack.key or f"{pack.bus}/{pack.address}"


def summary(pack: Pack, now: float, settable: bool, standing: Iterable[Entry] = ()) -> Summary:
    """A pack at `now` (s of the bus's clock); `standing` are its alarms in the journal."""
    return {**common(pack, now, settable, standing), "cells": list(pack.cells)}


def common(pack: Pack, now: float, settable: bool, standing: Iterable[Entry] = ()) -> Common:
    """What a pack in short and in full have in common."""
    age = pack.age("status", now)
    return {
        "key": key_of(pack),
        "name": pack.name,
        "bus": pack.bus,
        "address": pack.address,
        "role": "master" if pack.address == 0 else "slave",
        "model": (pack.about.model or None) if pack.about is not None else None,
        "state": _STATES.get(pack.state, "silent"),
        "available": pack.available,
        "age_s": None if age is None else round(max(0.0, age), 2),
        "settable": settable,
        "values": values(pack),
        "alarms": alarms(pack, standing),
    }


def values(pack: Pack) -> Values:
    """The values of a pack as last heard."""
    status = pack.status
    if status is None:
        return _NOTHING.copy()
    cells = {number: volts for number, volts in enumerate(status.cell_voltage, 1) if volts is not None}
    lowest, highest = (
        (min(cells, key=cells.__getitem__), max(cells, key=cells.__getitem__)) if cells else (0, 0)
    )
    probes = pack.temperatures
    hottest = max(probes, key=probes.__getitem__, default=None)
    return {
        "state_of_charge": status.state_of_charge,
        "battery_voltage": status.battery_voltage,
        "battery_current": status.battery_current,
        "power": rounded(pack.power, 1),
        "remaining_capacity": status.remaining_capacity,
        "full_charge_capacity": status.full_charge_capacity,
        "cell_voltage_min": cells.get(lowest),
        "cell_voltage_max": cells.get(highest),
        "cell_voltage_delta": status.cell_voltage_delta,
        "cell_min_number": lowest or None,
        "cell_max_number": highest or None,
        "temperature_max": None if hottest is None else probes[hottest],
        "temperature_max_of": None if hottest is None else _TITLES[hottest],
        **_switches(status),
    }


def alarms(pack: Pack, standing: Iterable[Entry]) -> list[SetAlarm]:
    """What stands in the journal, and bits that are set and not in it (yet); the worst first."""
    found = {entry.alarm.name: entry.alarm for entry in standing}
    if pack.available:
        found |= {alarm.name: alarm for alarm in pack.alarms}
    return [_told(alarm) for alarm in sorted(found.values(), key=lambda alarm: -alarm.severity)]


def _told(alarm: Alarm) -> SetAlarm:
    return {
        "name": alarm.name,
        "title": alarm.title,
        "severity": _SEVERITIES[alarm.severity],
        "remedy": alarm.remedy,
    }


class _Switches(TypedDict):
    charging: bool
    discharging: bool
    balancing: bool


def _switches(status: Status) -> _Switches:
    return {
        "charging": status.charge_mosfet_on != 0,
        "discharging": status.discharge_mosfet_on != 0,
        "balancing": status.balancing_state != 0,
    }


_SEVERITIES: tuple[Literal["info", "warning", "protection", "fault"], ...] = (
    "info",
    "warning",
    "protection",
    "fault",
)
_NOTHING: Values = {
    "state_of_charge": None,
    "battery_voltage": None,
    "battery_current": None,
    "power": None,
    "remaining_capacity": None,
    "full_charge_capacity": None,
    "cell_voltage_min": None,
    "cell_voltage_max": None,
    "cell_voltage_delta": None,
    "cell_min_number": None,
    "cell_max_number": None,
    "temperature_max": None,
    "temperature_max_of": None,
    "charging": None,
    "discharging": None,
    "balancing": None,
}
