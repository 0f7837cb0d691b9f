"""What differs between the firmware versions a virtual pack can wear.

Values that the captures of these versions show; see "differences between firmware versions" in the
documentation of the protocol. Keys of the dictionaries are row names of the three reports.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_SETTINGS: Mapping[str, Any] = {
    "smart_sleep_cell_voltage": 3.5,
    "cell_undervoltage_protection_voltage": 2.6,
    "cell_undervoltage_release_voltage": 2.65,
    "cell_overvoltage_protection_voltage": 3.61,
    "cell_overvoltage_release_voltage": 3.448,
    "balancing_trigger_delta_voltage": 0.005,
    "soc_100_cell_voltage": 3.449,
    "soc_0_cell_voltage": 2.64,
    "requested_charge_cell_voltage": 3.45,
    "requested_float_cell_voltage": 3.35,
    "power_off_cell_voltage": 2.5,
    "charge_current_limit": 120,
    "charge_overcurrent_delay": 3,
    "charge_overcurrent_release_time": 60,
    "discharge_current_limit": 200,
    "discharge_overcurrent_delay": 300,
    "discharge_overcurrent_release_time": 60,
    "short_circuit_release_time": 5,
    "balancing_current_limit": 2,
    "charge_overtemperature_protection": 70,
    "charge_overtemperature_release": 60,
    "discharge_overtemperature_protection": 70,
    "discharge_overtemperature_release": 60,
    "charge_undertemperature_protection": -20,
    "charge_undertemperature_release": -10,
    "mosfet_overtemperature_protection": 100,
    "mosfet_overtemperature_release": 80,
    "charge_enabled": 1,
    "discharge_enabled": 1,
    "balancing_enabled": 1,
    "short_circuit_delay": 1500,
    "balancing_start_cell_voltage": 3.45,
    "precharge_time": 5,
    "current_range": 1500,
    "settings_switches": 0x0210,
    "heating_start_temperature": 60,
    "heating_stop_temperature": 50,
    "smart_sleep_delay": 24,
    "settings_support_flags": bytes.fromhex("FEFFFFFFBFE9010200"),
}

_STATUS: Mapping[str, Any] = {
    "state_of_health": 100,
    "temperature_sensor_present": 0xFF,
    "status_reserved_216": b"\x01\x00",
    "discharge_current_correction": 915,
    "charge_current_correction": 909,
    "battery_voltage_correction": 2.997,
    "acc_on": 1,
    "special_charger_plugged": 1,
    "startup_flag": 1,
    "mcu_id": 6,
    "status_support_flags": bytes.fromhex("FEFF7FDD2F0101B007000000"),
}

_ABOUT: Mapping[str, Any] = {
    "model": "JK_PB2A16S20P",
    "manufacturing_date": "240131",
    "device_password": "1234",
    "setup_password": "123456",
    "user_data": "Input Userdata",
    "uart1_protocol": 1,
    "can_protocol": 4,
    "uart2_protocol": 1,
    "uart1_protocols_available": bytes.fromhex("FF670000"),
    "uart2_protocols_available": bytes.fromhex("FF670000"),
    "can_protocols_available": bytes.fromhex("FF0F0000"),
    "command_support_flags": bytes.fromhex(
        "FEFFFFFF8FE91D0200000000901F00000000C0D8E7FE3F000001000000000000"
    ),
    "uart_protocol_library_version": 1,
    "can_protocol_library_version": 1,
    "dry_contact_1_trigger": 11,
    "dry_contact_1_trigger_value": 10,
    "dry_contact_1_release_value": 15,
    "data_storage_period": 3600,
    "requested_charge_voltage_time": 1,
    "requested_float_voltage_time": 8,
    "emergency_duration": 30,
    "info_support_flags": bytes.fromhex("FE9FE9FF0F000000000000"),
}


@dataclass(frozen=True)
class Firmware:
    """One version: its constants, and what it can do."""

    version: str
    hardware: str
    padded: bool = False  # a zero before and after the acknowledgement: 310 bytes
    heater: bool = True  # bytes 284 and 285 of Settings are the heater's, else an alarm's temperatures
    charge_stages: bool = True
    cold_discharge: bool = False  # protects discharging from cold; register 0x1122 can be written
    short_storage_period: bool = False  # of the data storage period only 16 bits survive
    serial_digits: int = 11
    master_protocol: int = 15  # UART2 protocol of a pack with address 0
    settings: Mapping[str, Any] = field(default_factory=dict)
    status: Mapping[str, Any] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)


V14 = Firmware(
    "14.20",
    "14.XA",
    heater=False,
    charge_stages=False,
    short_storage_period=True,
    master_protocol=11,
    settings=_SETTINGS,
    status=_STATUS,
    about={**_ABOUT, "data_storage_period": 20864, "emergency_duration": 0},
)
V15 = Firmware(
    "15.41",
    "15A",
    padded=True,
    short_storage_period=True,
    settings={
        **_SETTINGS,
        "settings_switches": 0x3300,
        "heating_start_temperature": 0,
        "heating_stop_temperature": 10,
        "settings_support_flags": bytes.fromhex("FEFFFFFF9FE99D0300"),
    },
    status={**_STATUS, "status_support_flags": bytes.fromhex("FEFF7FDC2F0101B0CF070000")},
    about={**_ABOUT, "data_storage_period": 12032},
)
V19 = Firmware(
    "19.27",
    "19A",
    cold_discharge=True,
    serial_digits=15,
    master_protocol=21,
    settings={
        **_SETTINGS,
        "settings_switches": 0x1201,
        "heating_start_temperature": 10,
        "heating_stop_temperature": 12,
        "settings_support_flags": bytes.fromhex("FEFFFFFFBFE9ED0F00"),
        "discharge_undertemperature_protection": -20,
        "discharge_undertemperature_release": -15,
        "charge_undertemperature_protection": 2,
        "charge_undertemperature_release": 5,
        "short_circuit_delay": 5,
        "current_range": 500,
    },
    status={**_STATUS, "status_support_flags": bytes.fromhex("FEFF7FDC2F0101B0CF070000")},
    about={
        **_ABOUT,
        "model": "JK-PB2A16S20P",
        "max_cells": 16,
        "hardware_options": "CEHMPRT",
        "rebulk_soc": 5,
        "protocol_version": 2,
        "manufacturing_date": "251101",
        "command_support_flags": bytes.fromhex(
            "FFFFFFFFAFE98D0F00000000901F00000000C0D8F7FEEF000000000000000000"
        ),
        "info_support_flags": bytes.fromhex("FE9FEBFE39000000000000"),
    },
)
FIRMWARE: Mapping[str, Firmware] = {firmware.version: firmware for firmware in (V14, V15, V19)}
