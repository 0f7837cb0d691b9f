"""What jk-bms-card looks for, and on which platform: written down from its `EntityKey` and its layouts."""

SENSORS = """
    total_voltage current power charging_power discharging_power state_of_charge capacity_remaining
    total_battery_capacity_setting total_charging_cycle_capacity charging_cycles delta_cell_voltage
    average_cell_voltage min_voltage_cell max_voltage_cell balancing_current power_tube_temperature
    temperature_sensor_1 temperature_sensor_2 temperature_sensor_3 temperature_sensor_4 errors
    total_runtime_formatted software_version hardware_version
"""
CELLS = 16
LOOKED_FOR = {
    *(f"sensor.{name}" for name in SENSORS.split()),
    *(f"sensor.cell_voltage_{number}" for number in range(1, CELLS + 1)),
    *(f"sensor.cell_resistance_{number}" for number in range(1, CELLS + 1)),
    "binary_sensor.balancing",
    "switch.charging",
    "switch.discharging",
    "switch.balancer",
    "switch.heater",
    "number.balance_trigger_voltage",
    "number.balance_starting_voltage",
}
"""All of it but the bits of each balancing cell, which a JK-PB does not tell."""
