"""What real reports and odd words come to, before anybody has patience."""

import pytest

from jkbus.alarms.packs import PackWatch
from jkbus.alarms.telling import detail, values_of
from jkbus.model.alarms import Severity, noticed
from jkbus.protocol import Settings, Status
from material import reports

CAPTURED = [(name, Status(data)) for name, data in reports() if data[4] == 2]


def limits(ovp: float = 3.6, release: float = 3.55) -> Settings:
    settings = Settings.blank()
    settings.cell_overvoltage_protection_voltage = ovp
    settings.cell_overvoltage_release_voltage = release
    return settings


def full(highest: float) -> Status:
    status = Status.blank()
    status.cell_voltage = (3.3, highest) + (None,) * 30
    status.cell_present_mask = 3
    status.alarm_cell_overvoltage_or_full = True
    return status


def seen(watch: PackWatch, status: Status, settings: Settings | None, at: float = 0.0) -> set[str]:
    return {s.alarm.name for s in watch.sightings(status, settings, at, 1.79e9)}


def test_the_full_battery_of_the_captures_is_no_overvoltage() -> None:
    statuses = [status for _, status in CAPTURED if status.alarm_cell_overvoltage_or_full]
    assert len(statuses) > 20
    for status in statuses:
        watch = PackWatch(0.2)
        assert "cell_overvoltage" not in seen(watch, status, limits())
        worst = max(sighting.alarm.severity for sighting in watch.sightings(status, limits(), 0.0, 1.79e9))
        assert worst == Severity.INFO


def test_bit_4_is_an_overvoltage_where_a_cell_reached_its_limit() -> None:
    watch = PackWatch(9.0)
    assert "cell_overvoltage" in seen(watch, full(3.61), limits(), 0)
    assert "cell_overvoltage" in seen(watch, full(3.50), limits(), 5)  # it comes down at once
    assert "cell_overvoltage" not in seen(watch, full(3.50), limits(), 11)
    assert "cell_overvoltage" in seen(watch, full(3.56), limits(), 12)  # not down to its release
    assert "cell_overvoltage" not in seen(watch, Status.blank(), limits(), 13)
    assert "cell_overvoltage" not in seen(watch, full(3.59), limits(), 14)


def test_without_the_limits_of_the_pack_nothing_is_taken_for_an_overvoltage() -> None:
    assert "cell_overvoltage" not in seen(PackWatch(9.0), full(3.9), None)


def test_user_alarms_are_remarks() -> None:
    status = Status.blank()
    status.user_alarm_1, status.user_alarm_2 = 0b1000, 1 << 13 | 1 << 9 | 1
    found = {alarm.name: alarm.severity for alarm in noticed(status)}
    assert found == dict.fromkeys(
        (
            "user_alarm_1_bit_3",
            "user_alarm_2_temperature_high",
            "user_alarm_2_bit_9",
            "user_alarm_2_heater_fault",
        ),
        Severity.INFO,
    )


@pytest.mark.parametrize(("name", "status"), CAPTURED[::7])
def test_every_captured_report_has_values_and_sentences(name: str, status: Status) -> None:
    values = values_of(status)
    assert {"battery_voltage", "battery_current", "state_of_charge"} <= values.keys()
    for sighting in PackWatch(0.2).sightings(status, limits(), 0.0, 1.79e9):
        assert isinstance(sighting.sentence(), str)


def test_wires_are_told_with_their_cells() -> None:
    status = next(status for _, status in CAPTURED if status.alarm_wire_resistance)
    assert detail("alarm_wire_resistance", status).startswith("that of cell 1 has ")
    assert ", that of cell 2 has " in detail("alarm_wire_resistance", status)


def test_a_pack_without_cells_has_no_highest_one() -> None:
    status = Status.blank()
    status.alarm_cell_overvoltage_or_full = True
    assert detail("alarm_cell_overvoltage_or_full", status) == ""
    assert values_of(None) == {}
