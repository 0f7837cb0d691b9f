"""Cells apart at the top and at the bottom, and what becomes of it, against cells whose charge is known."""

from dataclasses import replace

import pytest

from biography import LEAK, PLATE, START, Bank, drive, level
from jkbus.health import Estimate, Missing, Past
from jkbus.health.spread import at_the_bottom, at_the_top
from jkbus.simulator import VirtualPack
from jkbus.simulator.cells import open_circuit

DAY = 86400.0


def tops(heights: list[float], spread: float = 0.02, apart: float = DAY, slope: float = 0.0) -> Past:
    """A pack that is at the top for a quarter of an hour a day, cell 1 above the others by a known spread."""
    cells: list[list[float]] = [[], [], [], []]
    times: list[float] = []
    for day, height in enumerate(heights):
        for minute in range(15):
            times.append(START + day * apart + minute * 60)
            high = spread + slope * day
            for number, cell in enumerate(cells):
                cell.append(height + (high * 3 / 4 if number == 0 else -high / 4))
    nothing = [0.0] * len(times)
    return Past(60.0, times, tuple(cells), *([nothing] * 8))


def test_the_spread_at_the_top_is_that_of_the_cells(fortnight: Bank) -> None:
    for name, pack in fortnight.packs.items():
        now = fortnight.health.figures[name].top.now
        assert isinstance(now, Estimate)
        assert now.count == 3
        pairs = list(zip(pack.cells.charge, pack.cells.capacity, strict=True))
        missing = min(whole - charge for charge, whole in pairs)
        volts = [open_circuit((charge + missing) / whole + 0.004) for charge, whole in pairs]
        assert now.value == pytest.approx(max(volts) - min(volts), abs=0.012)


def test_a_leaking_cell_drifts_as_fast_as_it_leaks(fortnight: Bank) -> None:
    top = fortnight.health.figures["leaking"].top
    drift, others = top.drifts[6], [drift for cell, drift in enumerate(top.drifts) if cell != 6]
    assert isinstance(drift, Estimate)
    whole = fortnight.packs["leaking"].cells.capacity[6]
    full = 1.004  # what 3.45 V are at rest
    lost = 14 * 24 * LEAK / whole
    truth = (open_circuit(full - lost) - open_circuit(full)) / 2 * 15 / 16
    assert drift.value == pytest.approx(truth, rel=0.25)
    assert abs(drift.value - truth) <= max(drift.error, 0.1 * abs(truth))
    for other in others:
        assert isinstance(other, Estimate)
        assert abs(other.value) < abs(drift.value) / 5
    assert isinstance(top.trend, Estimate)
    assert top.trend.low > 0


def test_a_sound_pack_shows_no_drift_that_is_sure(fortnight: Bank) -> None:
    trend = fortnight.health.figures["sound"].top.trend
    assert isinstance(trend, Estimate)
    assert abs(trend.value) <= trend.error + 0.001


def test_the_bottom_shows_the_cell_that_holds_less() -> None:
    pack = VirtualPack(1, soc=0.4)
    level(pack)
    pack.cells.capacity[2] *= 0.96
    pack.cells.charge[2] -= 0.04 * 280
    past = drive(pack, [(-40.0, 4 * 3600.0)]).past()
    bottom = at_the_bottom(past, PLATE)
    assert isinstance(bottom.now, Estimate)
    cell = bottom.cells[2]
    assert isinstance(cell, Estimate)
    deep = [pack.cells.voltage[number] for number in range(16)]
    assert cell.value == pytest.approx(deep[2] - sum(deep) / 16, abs=0.06)
    assert bottom.now.value == pytest.approx(max(deep) - min(deep), abs=0.06)


def test_a_pack_that_was_never_full_says_what_it_needs() -> None:
    past = drive(VirtualPack(1, soc=0.5), [(-20.0, 3600.0)]).past()
    for spread, words in ((at_the_top(past, PLATE), "3.40 V"), (at_the_bottom(past, PLATE), "3.10 V")):
        assert isinstance(spread.now, Missing)
        assert words in spread.now.need
        assert len(spread.cells) == 16
        assert spread.visits == ()


def test_a_trend_is_what_was_put_in_and_needs_two_weeks() -> None:
    growing = at_the_top(tops([3.45] * 20, slope=0.001), PLATE)
    assert isinstance(growing.trend, Estimate)
    assert growing.trend.value == pytest.approx(0.007)
    assert growing.trend.error < 1e-6
    short = at_the_top(tops([3.45] * 10, slope=0.001), PLATE)
    assert isinstance(short.trend, Missing)
    assert "has 10" in short.trend.need


def test_days_that_end_lower_are_not_compared() -> None:
    heights = [3.45] * 18 + [3.41]
    spread = at_the_top(tops(heights), PLATE)
    assert len(spread.visits) == 19
    assert isinstance(spread.trend, Estimate)
    assert spread.trend.count == 18


def test_one_damaged_report_a_day_changes_nothing() -> None:
    past = tops([3.45] * 20)
    cells = [list(cell) for cell in past.cells]
    for day in range(20):
        cells[1][day * 15 + 7] = 4.9
    damaged = at_the_top(replace(past, cells=tuple(cells)), PLATE)
    clean = at_the_top(past, PLATE)
    assert isinstance(damaged.now, Estimate)
    assert isinstance(clean.now, Estimate)
    assert damaged.now.value == pytest.approx(clean.now.value, abs=1e-6)


def test_a_top_under_a_strong_current_is_none() -> None:
    past = tops([3.45] * 3)
    assert isinstance(at_the_top(replace(past, current=[60.0] * len(past)), PLATE).now, Missing)
    assert isinstance(at_the_top(replace(past, current=[-20.0] * len(past)), PLATE).now, Missing)
