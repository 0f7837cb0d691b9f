"""The packs of the demo: as they were, as they are, and that both are the same at the moment between."""

from itertools import pairwise

from jkbus.protocol import Status
from jkbus.simulator.course import Course
from jkbus.simulator.household import CAPACITY, LAGGING, LOOSE, Household

NOW = 1_780_315_200.0  # unix s: noon UTC, the first of June 2026
COURSE = Course(NOW - 20 * 86400, NOW, capacity=CAPACITY)


def house(packs: int = 7) -> Household:
    return Household(packs, COURSE, NOW)


def status(of: Household, address: int, at: float) -> Status:
    return Status(of.reports(at)[address])


def test_the_present_begins_where_the_past_ends() -> None:
    live, past = house(), house()
    for pack in live.line.packs:
        before = status(past, pack.address, NOW)
        assert before.state_of_charge == pack.soc
        assert abs(before.remaining_capacity - pack.remaining) < 0.01
        for volts, now in zip(before.cell_voltage, pack.cells.voltage, strict=False):
            assert volts is not None and abs(volts - now) < 0.08  # at rest now, under its current then


def test_a_pack_counts_what_it_carries() -> None:
    past = house(1)
    told = [status(past, 0, NOW - 5 * 86400 + minute * 60) for minute in range(1440)]
    for before, after in pairwise(told):
        if 20 < before.state_of_charge < 95:
            moved = (before.battery_current + after.battery_current) / 2 / 60
            assert abs(after.remaining_capacity - before.remaining_capacity - moved) < 0.35


def test_counters_only_grow() -> None:
    past = house(2)
    told = [status(past, 1, NOW - days * 86400) for days in range(19, -1, -1)]
    for name in ("runtime", "uptime", "cycle_capacity", "rtc"):
        values = [getattr(one, name) for one in told]
        assert values == sorted(values) and values[0] < values[-1]


def test_no_pack_has_an_alarm_and_every_report_is_whole() -> None:
    past = house(16)
    for hours in range(0, 200, 7):
        for report in past.reports(NOW - hours * 3600).values():
            assert Status(report).alarms == 0 and Status(report).charge_mosfet_on


def test_the_last_pack_has_a_cell_that_lags_and_the_second_a_bad_joint() -> None:
    past = house()
    top = max(range(0, 10 * 1440, 15), key=lambda minutes: COURSE.at(NOW - minutes * 60))
    volts = [volt for volt in status(past, 6, NOW - top * 60).cell_voltage if volt]
    assert volts.index(min(volts)) == LAGGING and 0.06 < max(volts) - min(volts) < 0.2
    ohms = past.packs[1].cells.resistance
    assert ohms.index(max(ohms)) == LOOSE


def test_one_pack_is_a_household_too() -> None:
    assert list(house(1).packs) == [0]
