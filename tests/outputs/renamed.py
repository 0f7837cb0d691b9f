"""Every entity of the reference implementation that has another key here, and every one that is left out."""

# (platform, key) of the reference: our key. Where neither table has a word, the row's own name is our key.
RENAMED = {
    ("sensor", "balancing_direction"): "balancing_state",
    ("sensor", "cell_count_real"): "cell_count",
    ("sensor", "cell_voltage_min"): "cell_voltage_min",
    ("sensor", "cell_voltage_max"): "cell_voltage_max",
    ("sensor", "cell_voltage_min_cell_number"): "cell_voltage_min_cell",
    ("sensor", "cell_voltage_max_cell_number"): "cell_voltage_max_cell",
    ("sensor", "cell_resistance_min"): "wire_resistance_min",
    ("sensor", "cell_resistance_max"): "wire_resistance_max",
    ("sensor", "cell_resistance_min_cell_number"): "wire_resistance_min_cell",
    ("sensor", "cell_resistance_max_cell_number"): "wire_resistance_max_cell",
    ("sensor", "battery_power"): "power",
    ("sensor", "battery_power_charging"): "charge_power",
    ("sensor", "battery_power_discharging"): "discharge_power",
    ("sensor", "temperature_sensors"): "temperature_sensor_count",
    ("sensor", "battery_strings"): "cell_count_setting",
    ("sensor", "discharging_overcurrent_protection_delay"): "discharge_overcurrent_delay",
    ("sensor", "discharging_overcurrent_protection_recovery_delay"): "discharge_overcurrent_release_time",
    ("sensor", "balancing_opening_pressure_difference"): "balancing_trigger_delta_voltage",
    ("sensor", "powertube_temperature_protection"): "mosfet_overtemperature_protection",
    ("sensor", "powertube_temperature_protection_recovery"): "mosfet_overtemperature_release",
    ("sensor", "charging_high_temperature_protection"): "charge_overtemperature_protection",
    ("sensor", "discharging_high_temperature_protection"): "discharge_overtemperature_protection",
    ("sensor", "charging_low_temperature_protection"): "charge_undertemperature_protection",
    ("sensor", "charging_low_temperature_recovery"): "charge_undertemperature_release",
    ("sensor", "discharging_low_temperature_protection"): "discharge_undertemperature_protection",
    ("sensor", "discharging_low_temperature_recovery"): "discharge_undertemperature_release",
    ("sensor", "device_address"): "device_address",
    ("sensor", "sleep_wait_time"): "time_to_sleep",
    ("sensor", "manufacturing_date"): "manufacturing_date",
    ("sensor", "max_discharging_current"): "discharge_current_limit",
    ("sensor", "actual_battery_capacity"): "full_charge_capacity",
    ("sensor", "protocol_version"): "protocol_version",
    ("sensor", "battery_total_alarms_active"): "alarm_count",
    ("binary_sensor", "status_balancing"): "balancing_active",
    ("binary_sensor", "alarm_modifypwdintime"): "alarm_login_reminder",  # no id speaks of passwords
    ("binary_sensor", "alarm_mostempsensorabsent"): "mosfet_temperature_sensor_missing",
    **{
        ("binary_sensor", f"alarm_battempsensor{n}absent"): f"battery_temperature_sensor_{n}_missing"
        for n in range(1, 6)
    },
    ("binary_sensor", "status_online"): "online",
    ("text_sensor", "errors"): "alarm_text",
    ("text_sensor", "battery_type"): "cell_chemistry",
    ("text_sensor", "device_type"): "model",
    ("text_sensor", "software_version"): "software_version",
    ("text_sensor", "operation_status"): "operation",
    ("text_sensor", "total_runtime_formatted"): "runtime_text",
    ("number", "battery_capacity_total_settings"): "design_capacity",  # what a write changes
    ("switch", "emergency"): "emergency_active",
}

_NO_FIELD = "no report has such a value"
_SECRET = "a password is nobody's business"
_COMMAND = "a command to the board, not a value"
DROPPED = {
    ("sensor", "temperature_sensor_3"): "repeats the MOSFET on PB boards",
    (
        "sensor",
        "battery_capacity_remaining_derived",
    ): "remaining_capacity is the board's own figure, and finer",
    ("sensor", "operation_mode_bitmask"): "charge_enabled, discharge_enabled and balancing_enabled say it",
    ("sensor", "cell_pressure_difference_protection"): _NO_FIELD,
    ("sensor", "temperature_sensor_temperature_protection"): _NO_FIELD,
    ("sensor", "temperature_sensor_temperature_recovery"): _NO_FIELD,
    ("sensor", "temperature_sensor_temperature_difference_protection"): _NO_FIELD,
    ("sensor", "alarm_low_volume"): _NO_FIELD,
    ("sensor", "current_calibration"): _COMMAND,
    ("sensor", "start_current_calibration"): _COMMAND,
    ("number", "voltage_calibration"): _COMMAND,
    ("number", "current_calibration"): _COMMAND,
    ("sensor", "battery_total_alarms_count"): "counts lines of the reference's own YAML",
    ("text_sensor", "manufacturer"): "constant, part of the device",
    ("text_sensor", "network_nodes_available"): "nodes_heard of the bus, once and not per pack",
    ("text_sensor", "password"): _SECRET,
    ("text_sensor", "info_device_password"): _SECRET,
    ("text_sensor", "info_device_setup_passcode"): _SECRET,
    ("switch", "precharging"): "precharge_active says it; nothing can be switched",
    (
        "switch",
        "(template in YAML) broadcast changes to all BMSs",
    ): "a switch of the reference's gateway, nothing of a pack",
}
