"""Capacity, count, efficiency and stress against virtual packs of which all is known."""

import math
from dataclasses import replace

import pytest

from biography import PLATE, START, Bank, Diary, drive, level
from jkbus.health import Estimate, Figures, Missing, Nameplate, Past, examine
from jkbus.health.anchors import anchors
from jkbus.health.counting import count
from jkbus.simulator import VirtualPack
from jkbus.simulator.ageing import Ageing, fade

HOUR = 3600.0


def usable(pack: VirtualPack) -> float:
    """Ah between the first cell that is full and the first that is empty."""
    cells = pack.cells
    room = min(whole - charge for whole, charge in zip(cells.capacity, cells.charge, strict=True))
    return room + min(cells.charge)


def charge(diary: Diary, current: float) -> None:
    """Charge until full as a charger does: constant current, then constant voltage until 8 A."""
    pack = diary.pack
    now = diary.times[-1] + 60 if len(diary.times) else START
    while current >= 8.0 and now < START + 60 * 86400:
        pack.step(current, 22.0, 10.0)
        diary.note(now)
        now += 10.0
        if max(pack.cells.voltage) > 3.45:
            current *= 0.97


def discharge(diary: Diary, current: float) -> None:
    """Discharge until the board stops it."""
    pack = diary.pack
    now = diary.times[-1] + 60 if len(diary.times) else START
    while now < START + 60 * 86400:
        pack.step(-current, 22.0, 10.0)
        diary.note(now)
        now += 10.0
        if not pack.current:
            return


def cycled(pack: VirtualPack, cycles: int = 1, current: float = 56.0) -> Figures:
    return examine(lived(pack, cycles, current), PLATE)


def lived(pack: VirtualPack, cycles: int = 1, current: float = 56.0) -> Past:
    diary = Diary(pack)
    charge(diary, current)
    for _ in range(cycles):
        discharge(diary, current)
        charge(diary, current)
    return diary.past()


@pytest.mark.parametrize("lost", [0.0, 0.12, 0.3])
@pytest.mark.parametrize("current", [28.0, 80.0])
def test_capacity_is_what_the_weakest_cell_leaves_within_the_stated_error(
    lost: float, current: float
) -> None:
    pack = VirtualPack(1, soc=0.9)
    fade(pack.cells, 9, lost)
    pack.cells.charge[9] = 0.9 * pack.cells.capacity[9]
    truth = usable(pack)
    found = cycled(pack, current=current).capacity
    assert isinstance(found.whole, Estimate)
    assert found.whole.count == 2
    assert abs(found.whole.value - truth) <= found.whole.error
    assert found.whole.error < 0.04 * truth
    assert found.at_least == pytest.approx(found.whole.value, rel=0.05)


def test_the_board_that_still_said_something_at_empty_is_quoted() -> None:
    pack = VirtualPack(1, soc=0.9)
    for cell in range(16):
        fade(pack.cells, cell, 0.3)
    pack.cells.charge = [0.9 * whole for whole in pack.cells.capacity]
    found = cycled(pack).capacity
    assert 15 < found.board_at_empty < 35


def test_years_of_cycles_show_as_capacity_lost() -> None:
    pack = VirtualPack(1, soc=0.9)
    level(pack)
    pack.cells.ageing = Ageing(calendar=0.0, cycling=0.02)
    found = cycled(pack, cycles=4).capacity.whole
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(usable(pack) / 0.98**2.5, rel=0.03)


def test_a_wrong_sensor_is_taken_off_where_it_is_known(fortnight: Bank) -> None:
    zero = fortnight.health.figures["drifting"].zero
    pack = fortnight.packs["drifting"]
    assert isinstance(zero, Estimate)
    assert abs(zero.value - pack.zero) <= zero.error
    assert zero.error < 0.05
    for name in ("sound", "leaking", "loose"):
        others = fortnight.health.figures[name].zero
        assert isinstance(others, Estimate)
        assert abs(others.value) <= others.error + 0.004


def test_capacity_survives_a_drifting_sensor_as_far_as_it_may() -> None:
    pack = VirtualPack(1, soc=0.9)
    pack.zero = 0.5
    truth = usable(pack)
    found = cycled(pack, cycles=3)
    assert isinstance(found.zero, Estimate)
    assert isinstance(found.capacity.whole, Estimate)
    assert abs(found.zero.value - 0.5) <= found.zero.error
    assert abs(found.capacity.whole.value - truth) <= found.capacity.whole.error


def test_a_pack_that_is_never_emptied_tells_what_it_holds_at_least(fortnight: Bank) -> None:
    found = fortnight.health.figures["sound"].capacity
    assert isinstance(found.whole, Missing)
    assert "from full (3.40 V) to empty (2.85 V)" in found.whole.need
    assert 100 < found.at_least < 280


def test_a_gap_of_hours_spoils_a_journey_and_is_not_guessed() -> None:
    past = lived(VirtualPack(1, soc=0.9))
    middle = past.times[len(past) // 4]
    gappy = [row for row, time in enumerate(past.times) if not middle < time < middle + HOUR]
    whole = examine(past.rows(gappy), PLATE).capacity.whole
    assert isinstance(whole, Estimate)
    assert whole.count == 1


def test_what_comes_back_is_what_the_cells_did_not_burn(fortnight: Bank) -> None:
    pack = VirtualPack(1, soc=0.9)
    level(pack)
    past = lived(pack, cycles=3, current=80.0)
    found = examine(past, PLATE).efficiency
    assert isinstance(found.energy, Estimate)
    assert isinstance(found.charge, Estimate)
    counted = count(past)
    fulls = [anchor.row for anchor in anchors(past, PLATE, counted.net) if anchor.full]
    truth = (counted.energy_out[fulls[-1]] - counted.energy_out[fulls[0]]) / (
        counted.energy_in[fulls[-1]] - counted.energy_in[fulls[0]]
    )
    assert abs(found.energy.value - truth) <= found.energy.error
    assert 0.93 < found.energy.value < 0.99
    assert abs(found.charge.value - 1.0) <= found.charge.error


def test_a_drifting_sensor_does_not_change_what_comes_back() -> None:
    values = []
    for zero in (0.0, 0.5):
        pack = VirtualPack(1, soc=0.9)
        pack.zero = zero
        found = cycled(pack, cycles=2).efficiency.energy
        assert isinstance(found, Estimate)
        values.append(found.value)
    assert values[1] == pytest.approx(values[0], abs=0.002)


def test_hours_beyond_limits_are_hours() -> None:
    pack = VirtualPack(1, soc=0.5, temperature=-5.0)
    diary = drive(pack, [(20.0, 2 * HOUR), (0.0, HOUR), (-20.0, HOUR)], ambient=-5.0)
    past = diary.past()
    found = examine(past, PLATE).stress
    assert found.heard == pytest.approx(4.0)
    assert found.frost == pytest.approx(2.0, abs=0.05)
    assert (found.high, found.low, found.hot, found.standing) == (0, 0, 0, 0)
    extreme = replace(past, temperature=[50.0] * len(past), soc=[97.0] * len(past))
    cells = (*past.cells[:-1], [3.7] * len(past))
    found = examine(replace(extreme, cells=cells), PLATE).stress
    assert found.hot == found.standing == found.high == pytest.approx(4.0)
    found = examine(replace(past, cells=(*past.cells[:-1], [2.5] * len(past))), PLATE).stress
    assert found.low == pytest.approx(4.0)


def test_the_balancer_is_seen_at_the_cells_it_worked_for(fortnight: Bank) -> None:
    for name, pack in fortnight.packs.items():
        found = fortnight.health.figures[name].balancing
        half = pack.balancing_current / 2  # A: each way half of the time
        assert found.hours == pytest.approx(sum(pack.cells.given) / half, rel=0.05, abs=0.1)
        for hours, moved in ((found.taken, pack.cells.given), (found.given, pack.cells.taken)):
            for hour, charge in zip(hours, moved, strict=True):
                assert abs(hour - charge / half) <= 0.5 + 0.1 * hour


def test_days_since_full_are_days() -> None:
    diary = Diary(VirtualPack(1, soc=0.9))
    charge(diary, 56.0)
    now = diary.times[-1]
    for minute in range(3 * 1440):
        diary.pack.step(-0.5, 22.0, 60.0)
        diary.note(now + minute * 60)
    found = examine(diary.past(), PLATE)
    assert found.since_full == pytest.approx(3.0, abs=0.25)
    assert math.isinf(examine(diary.past().between(now + HOUR * 8), Nameplate(280.0)).since_full)
