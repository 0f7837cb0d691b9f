"""Sun, house and charge over months: believable, the same every time, and in agreement with themselves."""

from itertools import pairwise

from jkbus.simulator.course import QUARTER, Course

NOW = 1_780_315_200.0  # unix s: noon UTC, the first of June 2026
DAY = 86400
COURSE = Course(NOW - 366 * DAY, NOW, capacity=285.6)


def day(back: int) -> list[float]:
    """The charge of a day from midnight on."""
    first = int(NOW - COURSE.start) // QUARTER - 48 - back * 96
    return list(COURSE.charge[first : first + 97])


def test_twice_the_same_seed_is_twice_the_same_year() -> None:
    again = Course(NOW - 366 * DAY, NOW, capacity=285.6)
    assert again.charge == COURSE.charge
    assert Course(NOW - 366 * DAY, NOW, capacity=285.6, seed=1).charge != COURSE.charge


def test_the_battery_is_neither_more_than_full_nor_empty() -> None:
    assert min(COURSE.charge) > 0.13 and max(COURSE.charge) < 1.005


def test_most_days_of_a_year_have_sun_enough_and_some_have_not() -> None:
    full = sum(max(day(back)) > 1.0 for back in range(1, 365))
    assert 150 < full < 330


def test_nothing_is_charged_at_night_and_everything_at_noon() -> None:
    for back in range(1, 60):
        charge = day(back)
        assert all(after <= before for before, after in pairwise(charge[:20]))
    gains = [day(back)[52] - day(back)[36] for back in range(1, 60)]
    assert sum(gain > 0 for gain in gains) > 50


def test_the_current_is_what_the_charge_says() -> None:
    at = NOW - 30 * DAY + 7 * QUARTER
    moved = COURSE.current(at) * QUARTER / 3600 / 285.6
    assert abs(COURSE.at(at) + moved - COURSE.at(at + QUARTER)) < 1e-9


def test_ripples_are_nothing_in_the_mean() -> None:
    for back in range(1, 200):
        ripples = COURSE.ripples(NOW - back * 4000, 15)
        assert len(ripples) == 15 and abs(sum(ripples)) < 1e-6
        assert ripples == COURSE.ripples(NOW - back * 4000, 15)


def test_what_comes_in_goes_out_again() -> None:
    charged, discharged = COURSE.energy()
    assert 1000 < discharged < 4000 and abs(charged - discharged) < 16
