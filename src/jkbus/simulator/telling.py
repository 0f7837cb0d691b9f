"""How a virtual pack fills its three reports: constants once, what it measures each time it is asked."""

from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .pack import VirtualPack

_WIRE_LIMIT = 0.2
_U16 = 0xFFFF


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
    """Write what the pack measures at this moment."""
    _cells(pack)
    _charge(pack)
    _temperatures(pack)
    _board(pack)
    pack.about.total_runtime = int(pack.runtime) // 300 * 300


def _cells(pack: "VirtualPack") -> None:
    status = pack.status
    millivolts = [max(0, min(5000, round(volt * 1000))) for volt in pack.cells.voltage]
    highest, lowest = max(millivolts), min(millivolts)
    total = sum(millivolts)
    status.cell_voltage = tuple([value / 1000 for value in millivolts])
    status.cell_voltage_average = total / len(millivolts) / 1000
    status.cell_voltage_delta = (highest - lowest) / 1000
    status.cell_voltage_max_index = millivolts.index(highest)
    status.cell_voltage_min_index = millivolts.index(lowest)
    voltage = max(0.0, total / 1000 + pack.offset)
    status.battery_voltage = voltage
    status.battery_voltage_coarse = int(round(voltage * 1000) // 10) / 100
    current = round(pack.current, 3)
    status.battery_current = current
    status.battery_power_magnitude = abs(voltage * current)
    status.charge_current_sensor_voltage = max(0.0, current) * 0.00255
    status.discharge_current_sensor_voltage = max(0.0, -current) * 0.00255
    status.cell_wire_resistance = tuple(pack.wire_resistance)
    status.cell_wire_resistance_alarm_mask = sum(
        1 << cell for cell, ohm in enumerate(pack.wire_resistance) if ohm > _WIRE_LIMIT
    )


def _charge(pack: "VirtualPack") -> None:
    status = pack.status
    status.state_of_charge = pack.soc
    status.remaining_capacity = pack.remaining
    status.full_charge_capacity = pack.full
    status.cycle_capacity = pack.cycle_capacity
    status.cycle_count = int(pack.cycle_capacity / pack.full)
    status.balancing_state = pack.balancing
    status.balancing_current = pack.balancing_current * (0, 1, -1)[pack.balancing]
    if pack.firmware.charge_stages:
        status.charge_stage = pack.stages.stage
        status.charge_stage_elapsed = min(_U16, int(pack.stages.elapsed))


def _temperatures(pack: "VirtualPack") -> None:
    status, heat = pack.status, pack.heat
    nt1, nt2, nt3, nt4 = heat.readings()
    status.battery_temperature_1, status.battery_temperature_2 = nt1, nt2
    status.battery_temperature_4, status.battery_temperature_5 = nt3, nt4
    status.mosfet_temperature = status.battery_temperature_3 = heat.mosfet
    present = 0xFF
    for bit, reading in ((1, nt1), (2, nt2), (4, nt3), (5, nt4)):
        present &= 0xFF if reading is not None else ~(1 << bit)
    status.temperature_sensor_present = present
    status.heating_active = int(heat.heating)
    status.heating_current = 1.0 if heat.heating else 0.0


def _board(pack: "VirtualPack") -> None:
    status, guard = pack.status, pack.guard
    status.alarms = guard.report()
    status.charge_mosfet_on, status.discharge_mosfet_on = int(guard.charge), int(guard.discharge)
    status.precharge_active = int(guard.precharge > 0)
    status.emergency_countdown = min(_U16, round(guard.emergency))
    left = [min(_U16, round(fuse.left + 0.499)) for fuse in guard.fuses()]
    status.charge_overcurrent_release_countdown, status.charge_short_circuit_release_countdown = left[:2]
    status.discharge_overcurrent_release_countdown, status.discharge_short_circuit_release_countdown = left[
        2:
    ]
    status.cell_overvoltage_release_countdown = round(guard.releasing.get(1 << 4, 0.0))
    status.cell_undervoltage_release_countdown = round(guard.releasing.get(1 << 11, 0.0))
    status.runtime, status.uptime, status.rtc = int(pack.runtime), pack.uptime, int(pack.rtc)
    status.detail_log_count = pack.log_count
    status.time_to_sleep = pack.settings.smart_sleep_delay * 3600
