"""The statistics under the figures: right where the truth is known, unmoved by noise and damage."""

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkbus.health import Estimate
from jkbus.health.estimate import WEEK, middle, proportion, together, trend

NUMBERS = st.floats(-1e6, 1e6)


def test_an_estimate_knows_its_ends_and_its_units() -> None:
    found = Estimate(2.0, 0.5, 3)
    assert (found.low, found.high) == (1.5, 2.5)
    assert found.times(-1000) == Estimate(-2000.0, 500.0, 3)


@given(st.lists(NUMBERS, min_size=1, max_size=60))
def test_the_middle_lies_within_and_its_interval_too(values: list[float]) -> None:
    found = middle(values)
    assert min(values) <= found.value <= max(values)
    assert 0 <= found.error <= max(values) - min(values)


def test_the_interval_of_the_middle_holds_the_truth_19_times_in_20() -> None:
    random = Random(1)
    held = 0
    for _ in range(500):
        found = middle(random.gauss(5, 2) for _ in range(25))
        held += found.low <= 5 <= found.high
    assert held >= 470


def test_the_interval_of_a_trend_holds_the_truth_19_times_in_20() -> None:
    random = Random(2)
    held = 0
    days = [day * 86400.0 for day in range(30)]
    for _ in range(200):
        found = trend(days, [0.002 * day / WEEK + random.gauss(0, 0.003) for day in days])
        assert found
        held += found.low <= 0.002 <= found.high
    assert held >= 186


def test_a_fifth_of_nonsense_does_not_turn_a_trend() -> None:
    days = [day * 86400.0 for day in range(30)]
    values = [0.005 * day / WEEK for day in days]
    values[3::5] = [9.0] * len(values[3::5])
    found = trend(days, values)
    assert found
    assert found.value == pytest.approx(0.005, rel=0.1)


def test_a_thousand_days_are_thinned_and_not_misread() -> None:
    days = [day * 86400.0 for day in range(1000)]
    found = trend(days, [0.001 * day / WEEK for day in days])
    assert found
    assert found.value == pytest.approx(0.001)
    assert found.count <= 500


@pytest.mark.parametrize(
    ("times", "values"), [([], []), ([1.0, 2.0, 3.0], [1, 2, 3]), ([5.0] * 9, [1.0] * 9)]
)
def test_too_few_points_make_no_trend(times: list[float], values: list[float]) -> None:
    assert trend(times, values) is None


def test_a_proportion_forgets_what_lies_far_off() -> None:
    random = Random(3)
    causes = [random.uniform(-50, 50) for _ in range(60)]
    effects = [0.004 * x + random.gauss(0, 0.002) for x in causes]
    effects[7], effects[30] = 5.0, math.nan
    found = proportion(causes, effects)
    assert found
    assert abs(found.value - 0.004) <= found.error
    assert found.error < 0.05 * found.value


@given(
    st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)), max_size=30),
    st.floats(0.1, 100),
)
def test_a_proportion_scales_with_its_effects(pairs: list[tuple[float, float]], factor: float) -> None:
    causes, effects = [x for x, _ in pairs], [y for _, y in pairs]
    one, scaled = proportion(causes, effects), proportion(causes, [y * factor for y in effects])
    assert (one is None) == (scaled is None)
    if one and scaled and one.count == scaled.count:
        assert scaled.value == pytest.approx(one.value * factor, rel=1e-6, abs=1e-9)


ANY = st.one_of(st.floats(-1e9, 1e9), st.sampled_from([math.nan, math.inf, -math.inf]))


@given(st.lists(st.tuples(ANY, ANY), max_size=20))
def test_a_proportion_of_anything_is_finite_or_nothing(pairs: list[tuple[float, float]]) -> None:
    found = proportion([x for x, _ in pairs], [y for _, y in pairs])
    assert found is None or (math.isfinite(found.value) and math.isfinite(found.error))


def test_errors_add_as_squares() -> None:
    assert together(3.0, 4.0) == 5.0
    assert together() == 0.0
