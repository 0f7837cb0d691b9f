"""Resistances against those the cells were given, with the error that is stated."""

import math

import pytest

from biography import Bank, drive
from jkbus.health import Estimate, Missing, Past
from jkbus.health.resistance import Resistance, chill, resistance
from jkbus.simulator import VirtualPack

# What a virtual cell shows of its whole resistance: half at once, half with a time constant of 60 s. The mean
# of a minute begins 0 to 60 s after the step, so the slow half has come to 1 - (1 - 1/e)^2 of itself.
IN_MINUTES = 0.5 + 0.5 * (1 - (1 - math.exp(-1)) ** 2)
IN_SECONDS = 0.5 + 0.5 * (1 - math.exp(-1.5 / 60))


def seen(found: Resistance) -> list[Estimate]:
    assert all(isinstance(answer, Estimate) for answer in found.cells)
    return [answer for answer in found.cells if isinstance(answer, Estimate)]


def loads(pack: VirtualPack, ambient: float = 22.0, times: int = 10) -> Past:
    """Second by second, loads of 20 and 60 A that come and go."""
    legs = [(0.0, 60.0), (-20.0, 60.0), (-60.0, 60.0), (-20.0, 60.0)] * times
    return drive(pack, legs, every=1.0, step=1.0, ambient=ambient).past()


def test_seconds_tell_the_resistance_of_every_cell_within_the_stated_error() -> None:
    pack = VirtualPack(1, soc=0.6)
    pack.cells.resistance[4] *= 2
    found = resistance(loads(pack))
    for answer, truth in zip(seen(found), pack.cells.resistance, strict=True):
        assert abs(answer.value - truth * IN_SECONDS) <= answer.error
        assert answer.error < 0.1 * answer.value
    assert isinstance(found.pack, Estimate)
    assert abs(found.pack.value - sum(pack.cells.resistance) * IN_SECONDS) <= found.pack.error
    assert found.after == 2.0


@pytest.mark.parametrize(("ambient", "activation"), [(5.0, 14e3), (5.0, 26e3), (38.0, 14e3), (38.0, 26e3)])
def test_cold_and_heat_are_corrected_within_the_stated_error_whatever_the_chemistry(
    ambient: float, activation: float
) -> None:
    pack = VirtualPack(1, soc=0.6, temperature=ambient)
    pack.cells.activation = activation
    found = resistance(loads(pack, ambient))
    assert found.temperature == pytest.approx(ambient, abs=1)
    for answer, truth in zip(seen(found), pack.cells.resistance, strict=True):
        assert abs(answer.value - truth * IN_SECONDS) <= answer.error
        assert answer.error < 0.25 * answer.value


def test_minutes_of_a_household_tell_them_too(fortnight: Bank) -> None:
    for name, pack in fortnight.packs.items():
        found = fortnight.health.figures[name].resistance
        inside = 0
        for answer, truth in zip(seen(found), pack.cells.resistance, strict=True):
            inside += abs(answer.value - truth * IN_MINUTES / pack.gain) <= answer.error
            assert answer.value == pytest.approx(truth * IN_MINUTES / pack.gain, rel=0.12)
        assert inside >= 15, name


def test_a_worn_joint_stands_out_by_as_much_as_it_has(fortnight: Bank) -> None:
    pack, answers = fortnight.packs["loose"], seen(fortnight.health.figures["loose"].resistance)
    others = [answer.value for cell, answer in enumerate(answers) if cell != 4]
    truth = [ohm for cell, ohm in enumerate(pack.cells.resistance) if cell != 4]
    ratio = answers[4].value / (sum(others) / len(others))
    assert ratio == pytest.approx(pack.cells.resistance[4] / (sum(truth) / len(truth)), rel=0.1)


def test_without_steps_it_says_what_is_missing() -> None:
    quiet = drive(VirtualPack(1, soc=0.6), [(-20.0, 7200.0)]).past()
    found = resistance(quiet)
    assert isinstance(found.pack, Missing)
    assert "12 load steps of 5 A or more between 20 and 95 % of charge, has 0" in found.pack.need
    assert all(isinstance(answer, Missing) for answer in found.cells)


def test_steps_at_the_steep_ends_do_not_count() -> None:
    pack = VirtualPack(1, soc=0.08)
    assert isinstance(resistance(loads(pack, times=4)).pack, Missing)


def test_frost_doubles_what_warmth_shows() -> None:
    assert chill(25.0) == 1.0
    assert chill(0.0) == pytest.approx(2.09, abs=0.02)
