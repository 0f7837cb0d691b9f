"""How a virtual pack fills its three reports: constants once, what it measures each time it is asked."""

import math
from random import Random
from typing import TYPE_CHECKING, Any

from .guard import FULL, UNDERVOLTAGE
from .heat import HEATER_CURRENT

if TYPE_CHECKING:
    from .pack import VirtualPack

Values = dict[str, Any]  # by row name

_U16 = 0xFFFF
_SENSOR = 0.00255  # V/A of the current sensor
_PROBE_BITS = (1, 2, 4, 5)  # of NT1 to NT4 in the presence byte
_ABOUT_EVERY = 300  # s between two updates of the running time in About


def dress(
    pack: "VirtualPack", cells: int, capacity: float, serial: str | None, name: str | None, random: Random
) -> None:
    """Write what the firmware has from the start, and what makes this pack this pack."""
    firmware = pack.firmware
    for frame, constants in (
        (pack.settings, firmware.settings),
        (pack.status, firmware.status),
        (pack.about, firmware.about),
    ):
        for row, value in constants.items():
            setattr(frame, row, value)
    pack.settings.cell_count_setting = cells
    pack.settings.design_capacity = capacity
    pack.settings.device_address = pack.address
    pack.status.cell_present_mask = (1 << cells) - 1
    about = pack.about
    about.hardware_version, about.software_version = firmware.hardware, firmware.version
    number = serial or "".join(random.choices("0123456789", k=firmware.serial_digits))
    about.serial_number = number if len(number) > 11 else f"{number}\0{about.device_password}"
    about.device_name = name or about.model
    about.power_on_count = random.randrange(1, 60)
    if pack.address == 0:
        about.uart2_protocol = firmware.master_protocol


def tell(pack: "VirtualPack") -> None:
    """Write what the pack measures at this moment; rows that still say the same are left alone."""
    told = pack.told
    for row, value in (_cells(pack) | _charge(pack) | _temperatures(pack) | _board(pack)).items():
        if told.get(row) != value:
            told[row] = value
            setattr(pack.status, row, value)
    pack.about.total_runtime = int(pack.runtime) // _ABOUT_EVERY * _ABOUT_EVERY


def _cells(pack: "VirtualPack") -> Values:
    millivolts = [max(0, min(5000, round(volt * 1000))) for volt in pack.cells.voltage]
    highest, lowest, total = max(millivolts), min(millivolts), sum(millivolts)
    voltage = max(0, total + pack.offset)
    current = round(pack.measured, 3)
    return {
        "cell_voltage": [value / 1000 for value in millivolts],
        "cell_voltage_average": total / len(millivolts) / 1000,
        "cell_voltage_delta": (highest - lowest) / 1000,
        "cell_voltage_max_index": millivolts.index(highest),
        "cell_voltage_min_index": millivolts.index(lowest),
        "battery_voltage": voltage / 1000,
        "battery_voltage_coarse": voltage // 10 / 100,
        "battery_current": current,
        "battery_power_magnitude": abs(voltage * current) / 1000,
        "charge_current_sensor_voltage": max(0.0, pack.current) * _SENSOR,
        "discharge_current_sensor_voltage": max(0.0, -pack.current) * _SENSOR,
        "cell_wire_resistance": list(pack.wire_resistance),
        "cell_wire_resistance_alarm_mask": pack.bad_wires,
    }


def _charge(pack: "VirtualPack") -> Values:
    values = {
        "state_of_charge": pack.soc,
        "remaining_capacity": pack.remaining,
        "full_charge_capacity": pack.full,
        "cycle_capacity": pack.cycle_capacity,
        "cycle_count": int(pack.cycle_capacity / pack.full),
        "balancing_state": pack.balancing,
        "balancing_current": pack.balancing_current * (0, 1, -1)[pack.balancing],
    }
    if pack.firmware.charge_stages:
        values["charge_stage"] = pack.stages.stage
        values["charge_stage_elapsed"] = min(_U16, int(pack.stages.elapsed))
    return values


def _temperatures(pack: "VirtualPack") -> Values:
    heat = pack.heat
    readings = heat.readings()
    nt1, nt2, nt3, nt4 = readings
    missing = sum(1 << bit for bit, reading in zip(_PROBE_BITS, readings, strict=True) if reading is None)
    return {
        "battery_temperature_1": nt1,
        "battery_temperature_2": nt2,
        "battery_temperature_4": nt3,
        "battery_temperature_5": nt4,
        "mosfet_temperature": heat.mosfet,
        "battery_temperature_3": heat.mosfet,
        "temperature_sensor_present": 0xFF & ~missing,
        "heating_active": int(heat.heating),
        "heating_current": HEATER_CURRENT if heat.heating else 0.0,
    }


def _board(pack: "VirtualPack") -> Values:
    guard = pack.guard
    charge, charge_short, discharge, discharge_short = (
        min(_U16, math.ceil(fuse.left)) for fuse in guard.fuses
    )
    return {
        "alarms": guard.alarms | guard.reminders,
        "charge_mosfet_on": int(guard.charge),
        "discharge_mosfet_on": int(guard.discharge),
        "precharge_active": int(guard.precharge > 0),
        "emergency_countdown": min(_U16, math.ceil(guard.emergency)),
        "charge_overcurrent_release_countdown": charge,
        "charge_short_circuit_release_countdown": charge_short,
        "discharge_overcurrent_release_countdown": discharge,
        "discharge_short_circuit_release_countdown": discharge_short,
        "cell_overvoltage_release_countdown": math.ceil(guard.releasing.get(FULL, 0.0)),
        "cell_undervoltage_release_countdown": math.ceil(guard.releasing.get(UNDERVOLTAGE, 0.0)),
        "runtime": int(pack.runtime),
        "uptime": pack.uptime,
        "rtc": int(pack.rtc) & 0xFFFFFFFF,
        "detail_log_count": pack.log_count,
        "time_to_sleep": pack.guard.settings["smart_sleep_delay"] * 3600,
    }
