"""Which names entities have in Home Assistant: ours, or those that the popular jk-bms-card looks for.

Its names are the object ids behind a pack's prefix, each on the platform where the card looks it up (source:
`EntityKey` and the layouts of Pho3niX90/jk-bms-card). Titles are made of them, since over the native API Home
Assistant makes the object id of the title. What the card does not know keeps our names; unique ids, topics
and keys are the same either way.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, TypeVar

from .controls import Control
from .entity import Entity, titled

Names = Literal["jkbus", "jk-bms-card"]
OURS: Names = "jkbus"

_SENSORS = {
    "battery_voltage": "total_voltage",
    "battery_current": "current",
    "power": "power",
    "charge_power": "charging_power",
    "discharge_power": "discharging_power",
    "state_of_charge": "state_of_charge",
    "remaining_capacity": "capacity_remaining",
    "full_charge_capacity": "total_battery_capacity_setting",
    "cycle_capacity": "total_charging_cycle_capacity",
    "cycle_count": "charging_cycles",
    "cell_voltage_delta": "delta_cell_voltage",
    "cell_voltage_average": "average_cell_voltage",
    "cell_voltage_min_cell": "min_voltage_cell",
    "cell_voltage_max_cell": "max_voltage_cell",
    "mosfet_temperature": "power_tube_temperature",
    "balancing_current": "balancing_current",
    "runtime_text": "total_runtime_formatted",
    "software_version": "software_version",
    "hardware_version": "hardware_version",
    "alarm_text": "errors",
    "battery_temperature_1": "temperature_sensor_1",
    "battery_temperature_2": "temperature_sensor_2",
    "battery_temperature_4": "temperature_sensor_3",  # the card counts without the one that no board shows
    "battery_temperature_5": "temperature_sensor_4",
}
_SENSORS |= {f"cell_voltage_{number}": f"cell_voltage_{number}" for number in range(1, 33)}
_SENSORS |= {f"cell_wire_resistance_{number}": f"cell_resistance_{number}" for number in range(1, 33)}
CARD: Mapping[str, Mapping[str, str]] = {
    "sensor": _SENSORS,
    "binary_sensor": {
        "balancing_active": "balancing",
        "charge_mosfet_on": "charging",
        "discharge_mosfet_on": "discharging",
    },
    "switch": {
        "charge_enabled": "charging",
        "discharge_enabled": "discharging",
        "balancing_enabled": "balancer",
        "heating_enabled": "heater",
    },
    "number": {
        "balancing_trigger_delta_voltage": "balance_trigger_voltage",
        "balancing_start_cell_voltage": "balance_starting_voltage",
    },
}
"""By platform and our key the name in the card."""


One = TypeVar("One", Entity, Control)


def object_id(platform: str, key: str, names: Names) -> str:
    """The end of an entity id in Home Assistant, behind what tells whose it is; `key` of an entity, or the
    name of a control."""
    return CARD.get(platform, {}).get(key, key) if names != OURS else key


def named(one: One, names: Names) -> One:
    """The same with the title that people read, and switched on if the card needs it."""
    key = one.name if isinstance(one, Control) else one.key
    if names == OURS or key not in CARD.get(one.platform, {}):
        return one
    title = titled(object_id(one.platform, key, names))
    if isinstance(one, Control):
        return replace(one, title=title)
    return replace(one, title=title, enabled=True)
