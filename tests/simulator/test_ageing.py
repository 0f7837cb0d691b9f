"""Cells grow old, leak and feel the cold; fuses blow, cables loosen, sensors drift: as much as told."""

from random import Random

import pytest

from jkbus.simulator import SunnyDay, VirtualPack
from jkbus.simulator.ageing import Ageing, chill, fade
from jkbus.simulator.cells import Cells
from laboratory import live, status

YEAR = 365.25 * 86400


def string(**options: Ageing) -> Cells:
    cells = Cells(4, 100.0, 0.5, Random(1))
    cells.ageing = options.get("ageing")
    return cells


def test_resistance_doubles_from_room_to_frost() -> None:
    assert chill(25.0) == pytest.approx(1.0)
    assert chill(0.0) == pytest.approx(2.09, abs=0.02)
    assert chill(40.0) < 1.0
    assert chill(-1000.0) == chill(-60.0)


def test_a_cold_string_sags_more() -> None:
    warm, cold = string(), string()
    cold.temperature = 0.0
    assert cold.prompt_resistance == pytest.approx(chill(0.0) * warm.prompt_resistance)
    warm.carry(-50.0, 1.0)
    cold.carry(-50.0, 1.0)
    assert sum(cold.voltage) < sum(warm.voltage)
    assert cold.resting_voltage == pytest.approx(warm.resting_voltage, abs=2e-3)


def test_a_year_and_its_cycles_take_what_was_said() -> None:
    cells = string(ageing=Ageing(calendar=0.02, cycling=1e-5, growth=3.0, haste={2: 5.0}))
    whole, ohms = list(cells.capacity), list(cells.resistance)
    for _ in range(100):
        cells.carry(50.0, YEAR / 200)
        cells.carry(-50.0, YEAR / 200)
    cycles = 50 * YEAR / 3600 / 100 / 2
    lost = 0.02 + 1e-5 * cycles
    assert cells.capacity[0] / whole[0] == pytest.approx(1 - lost, rel=0.01)
    assert cells.resistance[0] / ohms[0] == pytest.approx(1 + 3 * lost, rel=0.01)
    assert cells.capacity[2] / whole[2] == pytest.approx((1 - lost) ** 5, rel=0.03)


def test_years_may_pass_in_days() -> None:
    slow, quick = string(ageing=Ageing()), string(ageing=Ageing(hurry=365.25))
    slow.carry(0.0, YEAR)
    quick.carry(0.0, YEAR / 365.25)
    assert quick.capacity == pytest.approx(slow.capacity)


def test_a_cell_that_fades_keeps_its_charge() -> None:
    cells = string()
    charge = list(cells.charge)
    fade(cells, 1, 0.2)
    assert cells.charge == charge
    assert cells.capacity[1] == pytest.approx(0.8 * 100, rel=0.05)


def test_a_leaking_cell_loses_what_leaks() -> None:
    cells = string()
    before = list(cells.charge)
    cells.leak[3] = 0.01
    cells.carry(0.0, 100 * 3600)
    assert [a - b for a, b in zip(before, cells.charge, strict=True)] == pytest.approx([0, 0, 0, 1.0])


def test_the_balancer_keeps_books() -> None:
    cells = string()
    cells.move(0, 2, 0.5)
    cells.move(1, 2, 0.25)
    assert (cells.given, cells.taken) == ([0.5, 0.25, 0, 0], [0, 0, 0.75, 0])


def test_a_drifting_sensor_misleads_the_board_and_not_the_cells() -> None:
    pack = VirtualPack(1, capacity=100, soc=0.5)
    pack.gain, pack.zero = 1.02, -0.5
    before = list(pack.cells.charge)
    live(pack, 3600, 10.0)
    told = status(pack)
    assert told.battery_current == pytest.approx(9.7)
    assert told.remaining_capacity == pytest.approx(59.7)
    assert pack.cells.charge[0] - before[0] == pytest.approx(10.0)


def test_a_pack_with_a_blown_fuse_carries_nothing_and_leaves_its_share_to_the_others() -> None:
    packs = [VirtualPack(address, soc=0.6) for address in (1, 2, 3)]
    world = SunnyDay(packs, hour=22.0)
    packs[1].blown = True
    for second in range(120):
        world.run(float(second))
    told = status(packs[1])
    assert (told.battery_current, told.charge_mosfet_on, told.discharge_mosfet_on) == (0.0, 1, 1)
    assert packs[0].current < 0 > packs[2].current
    live(packs[1], 10, -20.0)
    assert packs[1].current == 0


def test_a_loose_cable_takes_current_from_its_pack_as_ohm_says() -> None:
    packs = [VirtualPack(address, soc=0.6, seed=address) for address in (1, 2)]
    for pack in packs[1:]:
        pack.cells.charge = list(packs[0].cells.charge)
        pack.cells.resistance = list(packs[0].cells.resistance)
        pack.cells.capacity = list(packs[0].cells.capacity)
        pack.cells.carry(0.0, 0.0)
    world = SunnyDay(packs, hour=22.0)
    own = packs[0].cells.prompt_resistance
    world.leads[packs[0]] = 0.001
    world.leads[packs[1]] = 0.001 + 2 * (own + 0.001)
    world.run(0.0)
    world.run(1.0)
    assert packs[0].current / packs[1].current == pytest.approx(3.0, rel=0.01)


def test_packs_apart_in_charge_circulate_without_any_load() -> None:
    empty, full = VirtualPack(1, soc=0.3), VirtualPack(2, soc=0.9)
    world = SunnyDay([empty, full], hour=0.0)
    world.run(0.0)
    world.run(1.0)
    assert empty.current > 1 > -1 > full.current
