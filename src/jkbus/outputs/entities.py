"""What people see of a pack: one row per entity, in the order in which they are shown.

A row of a report becomes an entity under its own name; unit, decimals, device class and platform follow from
it. The rest is derived. What is in one group is sent together. Everything that only some look at is off by
default. No row that a report marks as secret is here.
"""

from collections.abc import Callable, Collection, Iterable
from operator import itemgetter
from typing import Any

from ..model.alarms import ALARMS, Alarm, Severity, problem
from . import codes
from .diagnostics import GATEWAY
from .entity import Entity, Get, code, derived, flag, grouped, of_cell, row
from .facts import Facts, Value, connected, heard, iso_date, not_zero, since, span

PLACES = range(1, 33)  # for cells in a report
STATES = ("charging", "discharging", "idle")
_VOLTS: dict[str, Any] = {"unit": "V", "precision": 3}
_OHMS: dict[str, Any] = {"unit": "Ω", "precision": 3}
_KWH: dict[str, Any] = {"unit": "kWh", "precision": 3}


def _operation(facts: Facts) -> Value:
    current = facts.status.get("battery_current", 0)
    return STATES[0] if current > 0 else STATES[1] if current < 0 else STATES[2]


def _power(sign: int) -> Get:
    return lambda facts: max(0.0, sign * (facts.pack.power or 0.0))


def _heating_current(facts: Facts) -> Value:
    return facts.status["heating_current"] if facts.status.get("heating_active") else None


def _extreme(which: Callable[..., tuple[int, float]], of: str, part: int) -> Get:
    """Number (part 0) or value (part 1) of the lowest or highest of the cells or their wires."""

    def get(facts: Facts) -> Value:
        by_number: dict[int, float] = getattr(facts, of)
        return which(by_number.items(), key=itemgetter(1))[part] if by_number else None

    return get


def _probes(facts: Facts) -> Value:
    return len(facts.pack.temperatures.keys() - {"mosfet_temperature"})


def _alarms(facts: Facts) -> Value:
    return "; ".join(alarm.title for alarm in facts.pack.alarms) or "none"


def _problem(facts: Facts) -> Value:
    return facts.pack.status is not None and problem(facts.pack.status)


def _alarm(alarm: Alarm) -> Entity:
    """An alarm's bit. What only informs is no problem, and no id of ours speaks of passwords."""
    device_class = "problem" if alarm.severity > Severity.INFO else ""
    if alarm.name == "alarm_change_password":
        return flag("alarm_login_reminder", "Alarm default login in use", of=alarm.name)
    return row(alarm.name, f"Alarm {alarm.title}", device_class=device_class)


def _missing(probe: str, title: str) -> Entity:
    def get(facts: Facts) -> Value:
        return not facts.status.get(f"{probe}_present")

    return derived(f"{probe}_missing", get, title, platform="binary_sensor", device_class="problem")


_STATUS = grouped(
    "status",
    row("state_of_charge", "SoC", main=True, device_class="battery"),
    row("battery_voltage", "Voltage", main=True, precision=2),
    row("battery_current", "Current", main=True, precision=2),
    derived("power", lambda facts: facts.pack.power, main=True, unit="W", precision=0),
    derived("charge_power", _power(+1), main=True, unit="W", precision=0),
    derived("discharge_power", _power(-1), main=True, unit="W", precision=0),
    derived("operation", _operation, main=True, options=STATES),
    row("remaining_capacity", main=True, precision=1),
    row("full_charge_capacity", on=True, precision=1),
    row("state_of_health", "SoH", on=True),
    flag("charge_mosfet_on", "Charge MOSFET", on=True),
    flag("discharge_mosfet_on", "Discharge MOSFET", on=True),
    flag("balancing_active", "Balancing", of="balancing_state", on=True, device_class="running"),
    code("balancing_state", codes.BALANCING, "Balancing direction"),
    row("balancing_current", precision=2),
    flag("heating_active", "Heating", on=True, device_class="running"),
    derived("heating_current", _heating_current, unit="A", precision=2),
    flag("precharge_active", "Pre-charging", device_class="running"),
    flag("emergency_active", "Emergency mode", of="emergency_countdown"),
    flag("charger_plugged"),
    flag("parallel_limiter_active"),
    code("charge_stage", codes.CHARGE_STAGE, exists=since(15)),
    row("lcd_buzzer_active", exists=since(15)),
    row("dry_contact_1_active", exists=since(15)),
    row("dry_contact_2_active", exists=since(15)),
)

_CELLS = grouped(
    "cells",
    derived("cell_voltage_min", _extreme(min, "cells", 1), "Lowest cell voltage", on=True, **_VOLTS),
    derived("cell_voltage_max", _extreme(max, "cells", 1), "Highest cell voltage", on=True, **_VOLTS),
    row("cell_voltage_delta", on=True),
    row("cell_voltage_average", on=True),
    *(of_cell(number, "cell_voltage", f"Cell {number} voltage", on=True) for number in PLACES),
    derived("cell_voltage_min_cell", _extreme(min, "cells", 0), "Lowest cell", precision=0),
    derived("cell_voltage_max_cell", _extreme(max, "cells", 0), "Highest cell", precision=0),
    derived("cell_count", lambda facts: len(facts.cells), precision=0),
    *(of_cell(number, "cell_wire_resistance", f"Cell {number} wire resistance") for number in PLACES),
    derived("wire_resistance_min", _extreme(min, "wires", 1), "Lowest wire resistance", **_OHMS),
    derived("wire_resistance_max", _extreme(max, "wires", 1), "Highest wire resistance", **_OHMS),
    derived(
        "wire_resistance_min_cell", _extreme(min, "wires", 0), "Lowest wire resistance cell", precision=0
    ),
    derived(
        "wire_resistance_max_cell", _extreme(max, "wires", 0), "Highest wire resistance cell", precision=0
    ),
)

_TEMPERATURES = grouped(
    "temperatures",
    row("mosfet_temperature", main=True, exists=connected("mosfet_temperature")),
    row("battery_temperature_1", "Temperature 1", main=True, exists=connected("battery_temperature_1")),
    row("battery_temperature_2", "Temperature 2", main=True, exists=connected("battery_temperature_2")),
    # 3 is left out: it repeats the MOSFET on PB boards
    row("battery_temperature_4", "Temperature 4", main=True, exists=connected("battery_temperature_4")),
    row("battery_temperature_5", "Temperature 5", main=True, exists=connected("battery_temperature_5")),
    derived("temperature_sensor_count", _probes, "Temperature sensors", precision=0),
)

_ALARMS = grouped(
    "alarms",
    derived("problem", _problem, main=True, platform="binary_sensor", device_class="problem"),
    derived("alarm_text", _alarms, "Alarms", on=True),
    derived("alarm_count", lambda facts: len(facts.pack.alarms), precision=0),
    row("alarms", "Alarm bits"),
    *(_alarm(alarm) for alarm in ALARMS),
    _missing("mosfet_temperature_sensor", "MOSFET temperature sensor missing"),
    *(
        _missing(f"battery_temperature_sensor_{number}", f"Temperature sensor {number} missing")
        for number in range(1, 6)
    ),
    row("discharge_overcurrent_release_countdown"),
    row("discharge_short_circuit_release_countdown"),
    row("charge_overcurrent_release_countdown"),
    row("charge_short_circuit_release_countdown"),
    row("cell_undervoltage_release_countdown"),
    row("cell_overvoltage_release_countdown"),
    row("emergency_countdown"),
)

_SETTINGS = grouped(
    "settings",
    flag("charge_enabled"),
    flag("discharge_enabled"),
    flag("balancing_enabled"),
    row("smart_sleep_cell_voltage"),
    row("cell_undervoltage_protection_voltage"),
    row("cell_undervoltage_release_voltage"),
    row("cell_overvoltage_protection_voltage"),
    row("cell_overvoltage_release_voltage"),
    row("balancing_trigger_delta_voltage"),
    row("balancing_start_cell_voltage"),
    row("soc_100_cell_voltage"),
    row("soc_0_cell_voltage"),
    row("requested_charge_cell_voltage", exists=not_zero("settings", "requested_charge_cell_voltage")),
    row("requested_float_cell_voltage", exists=not_zero("settings", "requested_float_cell_voltage")),
    row("power_off_cell_voltage"),
    row("charge_current_limit"),
    row("charge_overcurrent_delay"),
    row("charge_overcurrent_release_time"),
    row("discharge_current_limit"),
    row("discharge_overcurrent_delay"),
    row("discharge_overcurrent_release_time"),
    row("short_circuit_delay"),
    row("short_circuit_release_time"),
    row("balancing_current_limit"),
    row("charge_overtemperature_protection"),
    row("charge_overtemperature_release"),
    row("charge_undertemperature_protection"),
    row("charge_undertemperature_release"),
    row("discharge_overtemperature_protection"),
    row("discharge_overtemperature_release"),
    row("discharge_undertemperature_protection", exists=since(19)),
    row("discharge_undertemperature_release", exists=since(19)),
    row("mosfet_overtemperature_protection"),
    row("mosfet_overtemperature_release"),
    row("heating_start_temperature", exists=since(15, 41)),
    row("heating_stop_temperature", exists=since(15, 41)),
    row("cell_count_setting"),
    row("design_capacity"),
    row("current_range"),
    row("precharge_time"),
    row("smart_sleep_delay"),
    row("device_address", "Stored address"),
    row("heating_enabled"),
    row("temperature_sensors_disabled"),
    row("gps_heartbeat_enabled"),
    row("shared_port_is_rs485"),
    row("display_always_on"),
    row("special_charger_enabled"),
    row("smart_sleep_enabled"),
    row("parallel_current_limiter_disabled", exists=since(14)),
    row("timed_data_storage_enabled", exists=since(14)),
    row("charge_float_mode_enabled", exists=since(14)),
    row("button_emergency_enabled", exists=since(15)),
    row("dry_contact_intermittent_enabled", exists=since(15)),
    row("discharge_overcurrent_2_enabled", exists=since(15)),
    row("discharge_overcurrent_3_enabled", exists=since(15)),
    row("gps_charge_lock", exists=since(15)),
    row("gps_discharge_lock", exists=since(15)),
)

_COUNTERS = grouped(
    "counters",
    derived("energy_charged", lambda facts: facts.pack.energy.charged, main=True, total=True, **_KWH),
    derived("energy_discharged", lambda facts: facts.pack.energy.discharged, main=True, total=True, **_KWH),
    derived("energy_gaps", lambda facts: facts.pack.energy.gaps_s, unit="s", precision=0, total=True),
    row("cycle_count", on=True, total=True),
    row("cycle_capacity", precision=0, total=True),
    row("runtime", total=True),
    derived("runtime_text", lambda facts: span(facts.status.get("runtime", 0)), "Runtime in words"),
    row("uptime", precision=0),
    row("time_to_sleep"),
    row("charge_stage_elapsed", exists=since(15)),
    row("detail_log_count", "Log entries"),
)

_INFO = grouped(
    "info",
    row("model"),
    row("hardware_version"),
    row("software_version"),
    row("serial_number", exists=not_zero("about", "serial_number")),
    row("device_name"),
    derived(
        "manufacturing_date",
        lambda facts: iso_date(facts.about.get("manufacturing_date", "")),
        exists=heard("about"),
        device_class="date",
    ),
    row("power_on_count", total=True),
    code("cell_chemistry", codes.CHEMISTRY, exists=since(15, 37)),
    row("requested_charge_voltage_time", exists=since(14)),
    row("requested_float_voltage_time", exists=since(14)),
    row("emergency_duration", exists=since(15)),
    row("rebulk_soc", exists=since(19)),
    row("max_cells", exists=since(19)),
    row("hardware_options", exists=since(19)),
    row("protocol_version", exists=since(19)),
    code("uart1_protocol", codes.UART),
    code("uart2_protocol", codes.UART),
    code("can_protocol", codes.CAN),
    code("lcd_buzzer_trigger", codes.TRIGGER, exists=since(14)),
    code("dry_contact_1_trigger", codes.TRIGGER, exists=since(14)),
    code("dry_contact_2_trigger", codes.TRIGGER, exists=since(14)),
)

_AVAILABILITY = grouped(
    "availability",
    derived(
        "online",
        lambda facts: facts.pack.available,
        on=True,
        platform="binary_sensor",
        device_class="connectivity",
    ),
)

ENTITIES: tuple[Entity, ...] = (
    *_STATUS,
    *_CELLS,
    *_TEMPERATURES,
    *_ALARMS,
    *_COUNTERS,
    *_SETTINGS,
    *_INFO,
    *GATEWAY,
    *_AVAILABILITY,
)


def present(facts: Facts, before: Collection[str] = (), among: Iterable[Entity] = ENTITIES) -> list[Entity]:
    """The entities of a pack. Of those that cannot be judged yet, the ones among the keys of `before`."""
    found = []
    for entity in among:
        exists = entity.exists(facts)
        if exists or (exists is None and entity.key in before):
            found.append(entity)
    return found
