"""Whole messages whose meaning was worked out by hand."""

from datetime import timedelta
from typing import Any

import pytest

from jkbus.protocol import About, Framer, Report, Settings, Status
from jkbus.protocol.checksum import sum8
from jkbus.protocol.messages import Ack, Padding, acknowledgement, closing
from vectors import ABOUT, SETTINGS, STATUS, STATUS_CHANGES


def synthetic_status() -> Status:
    data = bytearray(STATUS[:300])
    for offset, text in STATUS_CHANGES.items():
        data[offset : offset + len(bytes.fromhex(text))] = bytes.fromhex(text)
    assert sum8(data[:299]) == data[299]
    return Status(data)


STATUS_VALUES: dict[str, Any] = {
    "cell_voltage": [3.346, 3.345, *[3.346] * 5, 3.345, 3.346, *[3.345] * 3, 3.346, 3.345, 3.346, 3.345]
    + [None] * 16,
    "cell_present_mask": 0xFFFF,
    "cell_voltage_average": 3.346,
    "cell_voltage_delta": 0.001,
    "cell_voltage_max_index": 0,
    "cell_voltage_min_index": 9,
    "cell_wire_resistance": [
        mohm / 1000 for mohm in (77, 75, 77, 75, 77, 74, 76, 73, 76, 75, 78, 76, 80, 78, 80, 78, *[0] * 16)
    ],
    "mosfet_temperature": 20.6,
    "battery_voltage": 53.538,
    "battery_current": 0,
    "battery_temperature_1": 19.2,
    "battery_temperature_2": 19.9,
    "battery_temperature_3": 20.6,
    "battery_temperature_4": 19.1,
    "battery_temperature_5": 19.3,
    "alarms": 0,
    "state_of_charge": 100,
    "remaining_capacity": 302.762,
    "full_charge_capacity": 304.0,
    "cycle_count": 0,
    "cycle_capacity": 1.247,
    "state_of_health": 100,
    "runtime": 794458,
    "charge_mosfet_on": 1,
    "discharge_mosfet_on": 1,
    "temperature_sensor_present": 0xFF,
    "battery_voltage_coarse": 53.53,
    "uptime": 605758.8,
    "rtc": 605802,
    "detail_log_count": 9,
    "time_to_sleep": 86400,
}

SETTINGS_VALUES: dict[str, Any] = {
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
    "charge_current_limit": 25,
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
    "cell_count_setting": 16,
    "charge_enabled": 1,
    "discharge_enabled": 1,
    "balancing_enabled": 1,
    "design_capacity": 304,
    "short_circuit_delay": 1500,
    "balancing_start_cell_voltage": 3.45,
    "cell_wire_compensation_resistance": [0] * 32,
    "device_address": 1,
    "precharge_time": 5,
    "current_range": 1500,
    "settings_switches": 0x0210,
    "heating_start_temperature": 60,
    "heating_stop_temperature": 50,
    "smart_sleep_delay": 24,
}

ABOUT_VALUES: dict[str, Any] = {
    "model": "JK_PB2A16S20P",
    "max_cells": 16,
    "hardware_version": "15A",
    "software_version": "15.41",
    "total_runtime": 1234567,
    "power_on_count": 12,
    "device_name": "TestPack",
    "device_password": "1234",
    "manufacturing_date": "240131",
    "serial_number": "12345678901",
    "setup_password": "123456",
    "uart1_protocol": 1,
    "can_protocol": 4,
    "uart2_protocol": 1,
    "lcd_buzzer_trigger": 9,
    "lcd_buzzer_trigger_value": 100,
    "lcd_buzzer_release_value": 95,
    "dry_contact_1_trigger": 11,
    "dry_contact_1_trigger_value": 10,
    "dry_contact_1_release_value": 15,
    "data_storage_period": 3600,
    "requested_charge_voltage_time": 0.8,
    "requested_float_voltage_time": 8.0,
    "emergency_duration": 30,
}

SYNTHETIC_VALUES: dict[str, Any] = {
    "battery_current": -12.345,
    "battery_power_magnitude": 660.927,
    "battery_temperature_1": -5.5,
    "battery_temperature_5": None,
    "alarms": 0x00080800,
    "balancing_current": -0.85,
    "balancing_state": 2,
    "state_of_charge": 7,
    "remaining_capacity": 21.28,
    "discharge_mosfet_on": 0,
    "temperature_sensor_present": 0xDF,
    "heating_active": 1,
    "heating_current": 2.35,
    "emergency_countdown": 1799,
}


@pytest.mark.parametrize(
    "frame, expected",
    [
        pytest.param(Status(STATUS[:300]), STATUS_VALUES, id="status"),
        pytest.param(Settings(SETTINGS[:300]), SETTINGS_VALUES, id="settings"),
        pytest.param(About(ABOUT[:300]), ABOUT_VALUES, id="about"),
        pytest.param(synthetic_status(), SYNTHETIC_VALUES, id="synthetic"),
    ],
)
def test_a_report_says_what_was_worked_out_by_hand(
    frame: Settings | Status | About, expected: dict[str, Any]
) -> None:
    values = frame.values()
    assert {name: values[name] for name in expected} == expected


def test_alarm_bits_have_names() -> None:
    values = synthetic_status().values()
    raised = {name for name, value in values.items() if name.startswith("alarm_") and value}
    assert raised == {"alarm_cell_undervoltage", "alarm_change_password"}
    assert not any(Status(STATUS[:300]).values()[name] for name in raised)


def test_switches_have_names() -> None:
    settings = Settings(SETTINGS[:300])
    assert settings.display_always_on and settings.charge_float_mode_enabled
    assert not settings.heating_enabled and not settings.gps_discharge_lock


def test_a_runtime_is_a_time() -> None:
    assert str(timedelta(seconds=Status(STATUS[:300]).runtime)) == "9 days, 4:40:58"


@pytest.mark.parametrize("data, address", [(STATUS, 1), (SETTINGS, 1), (ABOUT, 2)])
def test_the_acknowledgement_names_the_sender(data: bytes, address: int) -> None:
    report, ack = Framer().feed(data)
    assert isinstance(report, Report) and isinstance(ack, Ack)
    assert (report.address, report.evidence, report.data) == (address, "acknowledgement", data[:300])
    assert (ack.address, ack.type, ack.data) == (address, report.type, closing(address, report.type))


def test_the_acknowledgement_names_the_sender_of_a_padded_report_too() -> None:
    padded = STATUS[:300] + b"\0" + bytes.fromhex("01 10 16 20 00 01 04 4B") + b"\0"
    framer = Framer()
    messages = framer.feed(padded) + framer.finish()
    assert [message.kind for message in messages] == ["report", "noise", "ack", "noise"]
    assert [message.address for message in messages] == [1, None, 1, None]
    assert isinstance(messages[1], Padding) and isinstance(messages[3], Padding)
    assert b"".join(message.data for message in messages) == padded


def test_a_piece_of_bus_with_a_real_master() -> None:
    master_status = STATUS[:300] + bytes.fromhex("00 10 16 20 00 01 05 9A")
    master_settings = SETTINGS[:300] + bytes.fromhex("00 10 16 1E 00 01 64 56")
    bus = [
        bytes.fromhex("01 10 16 20 00 01 02 00 00 D6 F1") + STATUS,
        bytes.fromhex("01 10 16 1E 00 01 02 00 00 D2 2F") + SETTINGS,
        bytes.fromhex("02 10 16 20 00 01 02 00 00 C2 01"),
        bytes.fromhex("0F 10 16 20 00 01 02 00 00 9A 91"),
        master_status + master_settings,
        bytes.fromhex("01 10 16 20 00 01 02 00 00 D6 F1"),
    ]
    heard = [(message.kind, message.address) for message in Framer().feed(b"".join(bus))]
    exchange = [("request", 1), ("report", 1), ("ack", 1)]
    missing = [("request", 2), ("request", 15)]
    assert heard == [*exchange, *exchange, *missing, *[("report", 0), ("ack", 0)] * 2, ("request", 1)]


def test_a_byte_of_settings_stands_in_for_a_lost_acknowledgement() -> None:
    framer = Framer()
    (report,) = framer.feed(SETTINGS[:300]) + framer.finish()
    assert isinstance(report, Report)
    assert (report.address, report.evidence) == (1, "settings")
    assert acknowledgement(1, 0x161E) == SETTINGS[300:]
