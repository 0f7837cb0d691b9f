"""Cells obey chemistry and bookkeeping: charge is kept, energy is not made."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkbus.simulator.cells import Cells, open_circuit


def cells(soc: float = 0.5) -> Cells:
    return Cells(16, 280.0, soc, Random(1))


def test_a_fuller_cell_has_a_higher_voltage() -> None:
    volts = [open_circuit(percent / 1000) for percent in range(-20, 1025)]
    assert all(low < high for low, high in pairwise(volts))


def test_the_curve_has_the_known_landmarks_of_lifepo4() -> None:
    assert open_circuit(0.0) == pytest.approx(2.5)
    assert 3.28 < open_circuit(0.5) < 3.30
    assert open_circuit(1.0) == pytest.approx(3.38)


def test_no_charge_makes_a_voltage_impossible() -> None:
    assert open_circuit(-1e9) == pytest.approx(1.5)
    assert open_circuit(1e9) == pytest.approx(4.2)


@given(st.lists(st.tuples(st.floats(-200, 200), st.floats(0.1, 10)), max_size=30))
def test_the_charge_that_flows_in_is_the_charge_that_is_in(currents: list[tuple[float, float]]) -> None:
    string = cells()
    before = list(string.charge)
    for current, dt in currents:
        string.carry(current, dt)
    moved = sum(current * dt / 3600 for current, dt in currents)
    assert string.charge == pytest.approx([charge + moved for charge in before])


def test_a_round_trip_costs_the_heat_in_the_resistance_and_nothing_else() -> None:
    string = cells()
    before, energy, heat = list(string.charge), 0.0, 0.0
    for current in [60.0] * 3600 + [0.0] * 1200 + [-60.0] * 3600 + [0.0] * 1200:
        string.carry(current, 1.0)
        energy += sum(string.voltage) * current
        heat += sum(string.resistance) * (current + string.lagging) / 2 * current
    assert string.charge == pytest.approx(before)
    assert 0 < heat < 0.1 * 3600 * 60 * 53
    assert energy == pytest.approx(heat, rel=0.05)


def test_a_cell_sags_under_load_and_recovers_slowly() -> None:
    string = cells()
    rest = string.voltage[0]
    string.carry(-100.0, 1.0)
    prompt = string.voltage[0]
    for _ in range(300):
        string.carry(-100.0, 1.0)
    assert string.voltage[0] < prompt < rest
    string.carry(0.0, 1.0)
    assert string.voltage[0] < rest
    assert string.resting_voltage == pytest.approx(sum(string.voltage))


def test_moving_charge_from_cell_to_cell_loses_none() -> None:
    string = cells()
    before = sum(string.charge)
    string.move(3, 7, 1.5)
    assert sum(string.charge) == pytest.approx(before)
