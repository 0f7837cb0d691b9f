"""Energy from power: honest gaps, nothing invented."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkbus.model.energy import GAP, Energy


def test_an_hour_at_a_kilowatt_is_a_kilowatt_hour() -> None:
    energy = Energy()
    for second in range(0, 3601, 2):
        energy.add(1000.0, float(second))
    assert energy.charged == pytest.approx(1.0)
    assert energy.discharged == 0.0


def test_power_that_turns_counts_on_both_sides() -> None:
    energy = Energy()
    energy.add(-300.0, 0.0)
    energy.add(100.0, 40.0)
    assert energy.discharged == pytest.approx(300 / 2 * 30 / 3.6e6)
    assert energy.charged == pytest.approx(100 / 2 * 10 / 3.6e6)


def test_nothing_is_invented_for_a_gap_and_its_length_is_told() -> None:
    energy = Energy()
    energy.add(1000.0, 0.0)
    energy.add(1000.0, GAP + 1)
    assert energy.charged == 0.0
    assert energy.gaps_s == GAP + 1
    energy.add(1000.0, GAP + 37)
    assert energy.charged == pytest.approx(0.01)


def test_a_clock_that_stands_or_goes_back_adds_nothing() -> None:
    energy = Energy()
    energy.add(1000.0, 10.0)
    energy.add(1000.0, 10.0)
    energy.add(1000.0, 5.0)
    assert energy.charged == 0.0


@given(st.lists(st.tuples(st.floats(-20000, 20000), st.floats(-10, 100)), max_size=50))
def test_the_counters_never_decrease(readings: list[tuple[float, float]]) -> None:
    energy, at = Energy(), 0.0
    for power, step in readings:
        before = energy.charged, energy.discharged, energy.gaps_s
        at += step
        energy.add(power, at)
        assert (energy.charged, energy.discharged, energy.gaps_s) >= before
        assert energy.charged >= before[0]
        assert energy.discharged >= before[1]


def test_a_damaged_report_does_not_spoil_the_counter_for_ever() -> None:
    energy = Energy()
    for second, power in enumerate([3600.0, 3600.0, 55e6, 3600.0]):
        energy.add(power, float(second))
    assert energy.charged == pytest.approx(0.003)
    assert energy.gaps_s == 0
