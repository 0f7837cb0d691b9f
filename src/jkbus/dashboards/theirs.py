"""The card of the community for JK packs, jk-bms-card, told by full ids where it finds what it shows.

So it works whatever entities are called. Its keys: https://github.com/Pho3niX90/jk-bms-card.
"""

from .cards import Card, section
from .home import Owner

_KEYS = {
    "total_voltage": "battery_voltage",
    "current": "battery_current",
    "power": "power",
    "charging_power": "charge_power",
    "discharging_power": "discharge_power",
    "state_of_charge": "state_of_charge",
    "capacity_remaining": "remaining_capacity",
    "total_battery_capacity_setting": "full_charge_capacity",
    "charging_cycles": "cycle_count",
    "average_cell_voltage": "cell_voltage_average",
    "delta_cell_voltage": "cell_voltage_delta",
    "power_tube_temperature": "mosfet_temperature",
    "errors": "alarm_text",
    "charging": "set_charge_enabled",
    "discharging": "set_discharge_enabled",
    "balancer": "set_balancing_enabled",
    "heater": "set_heating_enabled",
    "balance_trigger_voltage": "set_balancing_trigger_delta_voltage",
    "balancing": "balancing_active",
}
_PROBES = {1: 1, 2: 2, 3: 4, 4: 5}  # theirs are counted without the one that repeats the MOSFET


def their_card(pack: Owner) -> Card | None:
    """A section with their card for a pack."""
    cells = pack.numbered("cell_voltage_")
    if not cells:
        return None
    entities = {key: id for key, ours in _KEYS.items() for id in pack.some(ours)}
    for theirs, ours in _PROBES.items():
        entities |= {f"temperature_sensor_{theirs}": id for id in pack.some(f"battery_temperature_{ours}")}
    entities |= {f"cell_voltage_{number}": id for number, id in cells.items()}
    card: Card = {"type": "custom:jk-bms-card", "title": pack.name, "cellCount": len(cells)}
    card |= {
        "prefix": pack.key.replace("-", "_"),
        "hasHeater": "heater" in entities,
        "cells": list(cells.values()),
    }
    return section(card | {"entities": entities}, span=2)
