"""A past from tracks as a history gives them: gaps, damage, other cadences, any order."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biography import START, drive
from jkbus.health import Nameplate, Past, Track
from jkbus.protocol import Settings
from jkbus.simulator import VirtualPack


def test_seconds_become_means_of_minutes() -> None:
    times = [START + second for second in range(180)]
    past = Past.of({"battery_current": Track(times, [float(second // 60) for second in range(180)])})
    assert list(past.times) == [START, START + 60, START + 120]
    assert list(past.current) == [0.0, 1.0, 2.0]
    assert past.durations == [60.0, 60.0, 60.0]
    assert len(past) == 3


def test_what_is_missing_is_nan_and_what_is_impossible_too() -> None:
    tracks = {
        "battery_current": Track([START, START + 60], [5.0, None]),
        "cell_voltage_1": Track([START, START + 60], [3.3, 65.535]),
        "cell_voltage_2": Track([START, START + 60], [3.2, 3.4]),
        "battery_temperature_1": Track([START], [20.0]),
        "battery_temperature_2": Track([START, START + 60], [22.0, -200.0]),
        "noise": Track([START + 240], [1.0]),
    }
    past = Past.of(tracks)
    assert len(past) == 2
    assert math.isnan(past.current[1])
    assert past.average[0] == pytest.approx(3.25)
    assert (past.highest[0], past.lowest[0]) == (3.3, 3.2)
    assert math.isnan(past.average[1])
    assert math.isnan(past.highest[1])
    assert math.isnan(past.lowest[1])
    assert past.temperature[0] == 21.0
    assert math.isnan(past.temperature[1])
    assert math.isnan(past.soc[0])


def test_a_gap_is_not_stood_for() -> None:
    past = Past.of({"battery_current": Track([START, START + 60, START + 7200], [1.0, 1.0, 1.0])})
    assert past.durations == [60.0, 60.0, 60.0]
    assert past.days == pytest.approx(7200 / 86400)


def test_a_cell_at_zero_volts_is_still_a_cell() -> None:
    past = Past.of({"cell_voltage_1": Track([START], [3.3]), "cell_voltage_2": Track([START], [0.0])})
    assert len(past.cells) == 2
    assert past.lowest[0] == 0.0


def test_a_time_that_is_years_off_is_dropped() -> None:
    past = Past.of({"battery_current": Track([START, 4e12, START + 60], [1.0, 2.0, 3.0])})
    assert list(past.current) == [1.0, 3.0]


def test_a_part_of_a_past_is_a_past() -> None:
    past = drive(VirtualPack(1), [(-20.0, 600.0)]).past()
    part = past.between(START + 120, START + 300)
    assert list(part.times) == [START + 120, START + 180, START + 240]
    assert part.cells[3] == past.cells[3][2:5]
    assert len(past.between(START + 9999)) == 0
    assert past.rows([3, 1]).times == [past.times[3], past.times[1]]


@given(st.permutations(range(60)))
def test_the_order_of_what_comes_does_not_matter(order: list[int]) -> None:
    tracks = drive(VirtualPack(1), [(-20.0, 3600.0)]).tracks()
    whole = Past.of(tracks)
    shuffled = {
        name: Track([track.times[i] for i in order], [track.values[i] for i in order])
        for name, track in tracks.items()
    }
    assert Past.of(dict(reversed(shuffled.items()))) == whole


def test_a_nameplate_is_what_the_settings_say() -> None:
    pack = VirtualPack(1, capacity=314.0)
    plate = Nameplate.of(Settings(pack.report(1)[:300]))
    assert (plate.capacity, plate.overvoltage) == pytest.approx((314.0, 3.61))
