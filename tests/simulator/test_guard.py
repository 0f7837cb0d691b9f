"""The MOSFETs open and close by the pack's own settings, and the alarm bits say why."""

import pytest

from jkbus.protocol.messages import write16, write32
from jkbus.simulator import VirtualPack
from laboratory import live, status


def pack(firmware: str = "15.41", /, *, soc: float = 0.5, **settings: float) -> VirtualPack:
    made = VirtualPack(1, firmware=firmware, soc=soc)
    for name, value in settings.items():
        setattr(made.settings, name, value)
    made.obey()
    return made


def drop(made: VirtualPack, cell: int, percent: float) -> None:
    made.cells.charge[cell] += percent / 100 * made.cells.capacity[cell]
    made.step(0.0, 22.0, 1.0)


def test_a_healthy_pack_has_no_alarm_and_both_mosfets_on() -> None:
    for firmware in ("14.20", "15.41", "19.27"):
        made = pack(firmware)
        live(made, 600, 40.0)
        live(made, 600, -40.0)
        told = status(made)
        assert (told.alarms, told.charge_mosfet_on, told.discharge_mosfet_on) == (0, 1, 1)


def test_a_cell_above_the_overvoltage_limit_opens_the_charge_mosfet_until_it_is_back() -> None:
    made = pack(soc=0.8)
    drop(made, 4, 22.0)
    told = status(made)
    assert told.alarm_cell_overvoltage_or_full
    assert not told.charge_mosfet_on
    assert told.discharge_mosfet_on
    live(made, 60, 30.0)
    assert status(made).battery_current == 0
    drop(made, 4, -11.0)
    countdowns = set()
    for _ in range(600):
        live(made, 1, -30.0)
        countdowns.add(status(made).cell_overvoltage_release_countdown)
    told = status(made)
    assert countdowns == {0, 1, 2}
    assert not told.alarms
    assert told.charge_mosfet_on
    assert told.cell_overvoltage_release_countdown == 0


def test_bit_4_stays_set_on_a_full_battery_whatever_its_cells_do() -> None:
    made = pack(soc=0.97, charge_current_limit=200)
    live(made, 900, 100.0)
    assert status(made).state_of_charge == 100
    live(made, 3600, 0.0)
    told = status(made)
    assert told.cell_voltage_average < made.settings.cell_overvoltage_release_voltage
    assert told.alarm_cell_overvoltage_or_full
    assert not told.charge_mosfet_on
    live(made, 900, -30.0)
    told = status(made)
    assert told.state_of_charge < 99
    assert not told.alarms
    assert told.charge_mosfet_on


def test_all_cells_too_high_are_a_pack_too_high() -> None:
    made = pack(soc=1.0)
    for cell in range(16):
        made.cells.charge[cell] = made.cells.capacity[cell] * 1.015
    live(made, 2, 0.0)
    assert status(made).alarm_battery_overvoltage


def test_an_empty_cell_opens_the_discharge_mosfet_and_an_emergency_closes_it() -> None:
    made = pack(soc=0.3, balancing_enabled=0)
    drop(made, 2, -29.9)
    told = status(made)
    assert told.alarm_cell_undervoltage
    assert not told.discharge_mosfet_on
    live(made, 10, -20.0)
    assert status(made).battery_current == 0
    made.hear(write16(1, 0x1610, 1))
    live(made, 6, -5.0)
    told = status(made)
    assert told.discharge_mosfet_on
    assert told.battery_current == -5
    assert 1790 <= told.emergency_countdown < 1800
    assert told.alarm_cell_undervoltage


def test_charging_releases_the_undervoltage_protection() -> None:
    made = pack(soc=0.3, balancing_enabled=0, precharge_time=0)
    drop(made, 2, -29.9)
    assert not status(made).discharge_mosfet_on
    live(made, 1200, 30.0)
    told = status(made)
    assert told.discharge_mosfet_on
    assert not told.alarms


@pytest.mark.parametrize(
    ("sign", "name", "alarm"),
    [(1, "charge", "alarm_charge_overcurrent"), (-1, "discharge", "alarm_discharge_overcurrent")],
)
def test_too_much_current_is_borne_for_the_delay_and_tried_again_after_the_release_time(
    sign: int, name: str, alarm: str
) -> None:
    made = pack(
        precharge_time=0,
        **{
            f"{name}_current_limit": 50,
            f"{name}_overcurrent_delay": 5,
            f"{name}_overcurrent_release_time": 60,
        },
    )
    live(made, 4, sign * 80.0)
    assert not status(made).alarms
    assert status(made).battery_current == sign * 80
    live(made, 2, sign * 80.0)
    told = status(made)
    assert getattr(told, alarm)
    assert told.battery_current == 0
    assert 50 < getattr(told, f"{name}_overcurrent_release_countdown") <= 60
    live(made, 60, 0.0)
    told = status(made)
    assert not told.alarms
    assert told.charge_mosfet_on
    assert told.discharge_mosfet_on
    assert getattr(told, f"{name}_overcurrent_release_countdown") == 0


def test_a_short_circuit_trips_at_once() -> None:
    made = pack("19.27")
    made.step(-2000.0, 22.0, 1.0)
    told = status(made)
    assert told.alarm_discharge_short_circuit
    assert not told.discharge_mosfet_on
    assert told.discharge_short_circuit_release_countdown == 5
    live(made, 12, 0.0)
    assert status(made).discharge_mosfet_on


@pytest.mark.parametrize(
    ("firmware", "temperature", "alarm", "charge", "discharge"),
    [
        ("15.41", 75.0, "alarm_charge_overtemperature", 0, 0),
        ("15.41", 75.0, "alarm_discharge_overtemperature", 0, 0),
        ("15.41", -22.0, "alarm_charge_undertemperature", 0, 1),
        ("19.27", -22.0, "alarm_discharge_undertemperature", 0, 0),
        ("14.20", 65.0, "alarm_battery_overtemperature", 1, 1),
    ],
)
def test_heat_and_cold_open_what_their_settings_say(
    firmware: str, temperature: float, alarm: str, charge: int, discharge: int
) -> None:
    made = pack(firmware)
    made.heat.battery = temperature
    made.step(0.0, temperature, 1.0)
    told = status(made)
    assert getattr(told, alarm)
    assert (told.charge_mosfet_on, told.discharge_mosfet_on) == (charge, discharge)
    made.heat.battery = 25.0
    live(made, 10, 0.0, 25.0)
    assert not status(made).alarms
    assert status(made).discharge_mosfet_on


def test_sensors_that_are_disabled_protect_nothing() -> None:
    made = pack(settings_switches=0x0002)
    made.heat.battery = 75.0
    live(made, 2, 0.0, 75.0)
    assert not status(made).alarms


def test_a_hot_power_board_opens_both_mosfets() -> None:
    made = pack()
    made.heat.mosfet = 101.0
    made.step(0.0, 22.0, 0.1)
    told = status(made)
    assert told.alarm_mosfet_overtemperature
    assert (told.charge_mosfet_on, told.discharge_mosfet_on) == (0, 0)


def test_an_unplugged_probe_is_absent_in_both_ways() -> None:
    made = pack()
    made.heat.probes[2] = None
    made.step(0.0, 22.0, 1.0)
    told = status(made)
    assert told.battery_temperature_4 is None
    assert not told.battery_temperature_sensor_4_present
    assert told.temperature_sensor_present == 0xEF
    assert told.alarm_temperature_sensor_fault


def test_a_wrong_cell_count_opens_everything() -> None:
    made = pack(cell_count_setting=15)
    told = status(made)
    assert told.alarms == 1 << 2
    assert (told.charge_mosfet_on, told.discharge_mosfet_on) == (0, 0)


def test_a_bad_wire_is_named() -> None:
    made = pack()
    made.wire_resistance[6] = 0.4
    made.step(0.0, 22.0, 1.0)
    told = status(made)
    assert told.alarm_wire_resistance
    assert told.cell_wire_resistance_alarm_mask == 1 << 6
    assert told.cell_wire_resistance[6] == 0.4


def test_a_mosfet_switched_off_through_the_bus_opens_at_once_and_closes_after_the_precharge() -> None:
    made = pack("14.20")
    made.step(-10.0, 22.0, 1.0)
    made.hear(write32(1, 0x1074, 0))
    told = status(made)
    assert not told.discharge_mosfet_on
    assert told.battery_current == 0
    made.hear(write32(1, 0x1074, 1))
    assert status(made).precharge_active
    live(made, 7, -10.0)
    told = status(made)
    assert told.discharge_mosfet_on
    assert not told.precharge_active
    assert told.battery_current == -10


def test_a_reminder_opens_nothing() -> None:
    made = pack()
    made.guard.reminders = 1 << 19
    made.step(0.0, 22.0, 1.0)
    told = status(made)
    assert told.alarm_change_password
    assert told.charge_mosfet_on


def test_a_starved_pack_switches_off_and_a_charger_wakes_it() -> None:
    made = pack(soc=0.02, balancing_enabled=0)
    drop(made, 0, -3.0)
    assert made.off
    assert made.hear(bytes.fromhex("0110162000010200 00D6F1")) == b""
    live(made, 600, 30.0)
    assert not made.off
    assert made.hear(bytes.fromhex("0110162000010200 00D6F1"))


def test_a_new_alarm_is_logged() -> None:
    made = pack()
    before = status(made).detail_log_count
    made.wire_resistance[0] = 1.0
    live(made, 5, 0.0)
    assert status(made).detail_log_count == before + 1
