"""Energy per hour, day and month: as the clocks go, gaps stay gaps, nothing ever jumps."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkbus.history.energies import By, Energy, energy, floor, following
from jkbus.history.store import Sample, Store
from jkbus.history.whole import Whole
from jkbus.model.energy import Energy as Counter
from remembering import DAY, HOUR, NOON, keep, settle, steady

BERLIN, KOLKATA = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kolkata")
ZONES = (
    "Europe/Berlin",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/Santiago",
    "America/Havana",
    "Asia/Kathmandu",
    "Africa/Cairo",
    "UTC",
    "America/St_Johns",
    "Pacific/Apia",
    "Asia/Beirut",
)
KILOWATT: dict[str, Any] = {"volts": 50.0, "amperes": 20.0}


def at(zone: tzinfo, year: int, month: int, day: int) -> float:
    return datetime(year, month, day, tzinfo=zone).timestamp()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "history.db")


def kwh(found: list[Energy]) -> list[float]:
    return [round(one.charged, 3) for one in found]


def hours(found: list[Energy]) -> list[float]:
    return [(one.end - one.start) / HOUR for one in found]


def fill(store: Store, start: float, end: float, **rows: float) -> None:
    keep(store, steady(60, start, end + 1, **(rows or KILOWATT)), 300)


@pytest.mark.parametrize("sealed", [False, True])
def test_a_kilowatt_for_a_day_is_24_kilowatt_hours(store: Store, sealed: bool) -> None:
    fill(store, NOON, NOON + 36 * HOUR)
    if sealed:
        settle(store, NOON + 40 * HOUR)
    assert kwh(energy(store, "one", NOON, NOON + 36 * HOUR, "day", UTC)) == [12.0, 24.0]
    found = energy(store, "one", NOON, NOON + 3 * HOUR, "hour", UTC)
    assert kwh(found) == [1.0, 1.0, 1.0]
    assert [one.known for one in found] == [HOUR] * 3


def test_a_day_of_23_hours_and_one_of_25(store: Store) -> None:
    for date, length in (((2026, 3, 29), 23), ((2026, 10, 25), 25)):
        start = at(BERLIN, *date)
        fill(store, start, start + length * HOUR)
        settle(store, start + 2 * DAY)
        (day,) = energy(store, "one", start, start + length * HOUR, "day", BERLIN)
        assert (day.start, day.end - day.start) == (start, length * HOUR)
        assert day.charged == pytest.approx(length)
        found = energy(store, "one", start, start + length * HOUR, "hour", BERLIN)
        assert (len(found), set(hours(found)), set(kwh(found))) == (length, {1.0}, {1.0})


def test_a_month_goes_from_local_midnight_to_local_midnight(store: Store) -> None:
    start, end = at(BERLIN, 2026, 3, 1), at(BERLIN, 2026, 4, 1)
    fill(store, start - 2 * HOUR, start + 3 * HOUR)
    fill(store, end - 4 * HOUR, end + 5 * HOUR)
    settle(store, end + DAY)
    february, march, april = energy(store, "one", start - HOUR, end + HOUR, "month", BERLIN)
    assert (march.start, march.end, march.known) == (start, end, 7 * HOUR)
    assert hours([march]) == [31 * 24 - 1]
    assert kwh([february, march, april]) == [2.0, 7.0, 5.0]


def test_days_of_a_zone_with_half_an_hour_begin_at_its_midnight(store: Store) -> None:
    midnight = at(KOLKATA, 2026, 6, 2)
    fill(store, midnight - HOUR, midnight + HOUR)
    settle(store, midnight + 2 * DAY)
    found = energy(store, "one", midnight - HOUR, midnight + HOUR, "day", KOLKATA)
    assert (kwh(found), found[1].start) == ([1.0, 1.0], midnight)
    assert midnight % HOUR == HOUR / 2


@given(
    st.sampled_from(ZONES).map(ZoneInfo),
    st.sampled_from(["hour", "day", "month"]),
    st.integers(946_684_800, 2_200_000_000),
)
def test_local_hours_days_and_months_follow_one_another_without_gap(
    zone: ZoneInfo, by: By, moment: int
) -> None:
    begin = floor(moment, by, zone)
    end = following(begin, by, zone)
    assert begin <= moment < end
    assert floor(end, by, zone) == end
    assert floor(end - 900, by, zone) == begin
    assert begin % 900 == 0
    longest = {"hour": 1.5 * HOUR, "day": 25 * HOUR, "month": 31 * DAY + HOUR}[by]
    assert end - begin <= longest
    local = datetime.fromtimestamp(begin, zone)
    first = local - timedelta(seconds=1)
    if by == "month":
        assert local.day == 1
    if by != "hour":
        assert (
            datetime.fromtimestamp(begin - 900, zone).date() != local.date() or first.date() != local.date()
        )


def test_a_zone_of_minutes_nobody_has_still_gives_whole_days(store: Store) -> None:
    odd = timezone(timedelta(minutes=7))
    fill(store, NOON, NOON + 3 * DAY)
    settle(store, NOON + 4 * DAY)
    assert sum(kwh(energy(store, "one", NOON, NOON + 3 * DAY, "day", odd))) == 72.0


def test_a_gap_stays_a_gap(store: Store) -> None:
    fill(store, NOON, NOON + HOUR)
    fill(store, NOON + 4 * HOUR, NOON + 5 * HOUR)
    settle(store, NOON + DAY)
    found = energy(store, "one", NOON, NOON + 5 * HOUR, "hour", UTC)
    assert kwh(found) == [1.0, 0.0, 0.0, 0.0, 1.0]
    assert [one.known for one in found] == [HOUR, 0, 0, 0, HOUR]


def test_charging_and_discharging_are_told_apart(store: Store) -> None:
    fill(store, NOON, NOON + 1740, volts=50.0, amperes=20.0)
    fill(store, NOON + 1860, NOON + HOUR, volts=50.0, amperes=-20.0)
    settle(store, NOON + DAY)
    (found,) = energy(store, "one", NOON, NOON + HOUR, "hour", UTC)
    assert found.charged == pytest.approx(1740 / HOUR)
    assert found.discharged == pytest.approx(1740 / HOUR)
    assert found.known == HOUR - 120


def test_neither_a_restart_nor_a_counter_reset_nor_a_damaged_report_makes_a_jump(tmp_path: Path) -> None:
    counter = Counter()
    for turn in range(60):  # a new process every minute, each with counters of its own
        store = Store(tmp_path / "history.db")
        begin = NOON + 60 * turn
        samples = steady(5, begin, begin + 60, cycle_capacity=float(turn % 3), runtime=turn % 7, **KILOWATT)
        if turn == 30:
            samples[5:5] = steady(1, begin + 24, begin + 25, volts=4_000_000.0, amperes=2_000_000.0)
        store.write(samples)
        store.close()
        for sample in samples:
            counter.add(1000.0, sample.at / 1000)
    settle(store, NOON + DAY)
    (found,) = energy(store, "one", NOON, NOON + HOUR, "day", UTC)
    assert found.charged == pytest.approx(counter.charged, abs=1e-5)
    assert found.charged == pytest.approx(1.0, abs=0.002)


def test_a_clock_set_back_does_not_count_an_hour_twice(store: Store) -> None:
    fill(store, NOON, NOON + HOUR)
    settle(store, NOON + 2 * HOUR)
    keep(store, steady(60, NOON + 20, NOON + HOUR, **KILOWATT))
    settle(store, NOON + 2 * HOUR)
    (found,) = energy(store, "one", NOON, NOON + HOUR - 1, "hour", UTC)
    assert found.charged == pytest.approx(1.0)
    assert found.known == HOUR


def test_the_battery_is_the_sum_of_its_packs(store: Store) -> None:
    for key, amperes in (("one", 20.0), ("two", -10.0), ("three", 30.0)):
        keep(store, steady(60, NOON, NOON + HOUR + 1, key=key, volts=50.0, amperes=amperes))
    keep(store, steady(60, NOON, NOON + HOUR / 2 + 1, key="late", **KILOWATT))
    for _ in range(2):
        found = energy(store, "battery", NOON, NOON + HOUR, "day", UTC)
        assert (kwh(found), round(found[0].discharged, 3)) == ([3.0], 0.5)
        assert found[0].known == HOUR
        settle(store, NOON + DAY)


def test_the_battery_as_a_whole_is_none_of_its_packs(store: Store) -> None:
    keep(store, steady(60, NOON, NOON + HOUR + 1, key="one", **KILOWATT))
    keep(store, steady(60, NOON, NOON + HOUR / 12 + 1, key="two", **KILOWATT))
    whole = bytes(Whole.blank().sealed())
    store.write([Sample("battery", (NOON + second) * 1000, whole) for second in range(0, HOUR + 1, 60)])
    known = []
    for _ in range(2):
        known += [one.known for one in energy(store, "battery", NOON, NOON + HOUR, "hour", UTC)]
        settle(store, NOON + DAY)
    assert known == [HOUR - 300.0] * 2  # of the first quarter one knows all, two a third


def test_asking_for_ever_gives_all_there_is(store: Store) -> None:
    fill(store, NOON, NOON + HOUR)
    settle(store, NOON + DAY)
    assert kwh(energy(store, "one", 0.0, 1e12, "month", BERLIN)) == [1.0]
    assert energy(store, "one", 0.0, NOON - DAY, "hour", BERLIN) == []
