"""A day in the life of a bank: believable, balanced and free of alarms; and each bank a little different."""

import pytest

from jkbus.errors import UsageError
from jkbus.protocol import Status
from jkbus.simulator import SunnyDay, VirtualPack, bank
from laboratory import SETTINGS, STATUS, assert_consistent, live, status


def day(count: int = 6, seed: int = 0, **options: float) -> SunnyDay:
    packs = [VirtualPack(a, soc=0.5 + a / 100, firmware="15.41", seed=seed) for a in range(1, count + 1)]
    return SunnyDay(packs, seed=seed, **options)


def pass_hours(world: SunnyDay, hours: float, step: float = 10.0) -> None:
    world.run(0.0)
    for tick in range(1, round(hours * 3600 / step) + 1):
        world.run(tick * step)


@pytest.mark.parametrize("seed", range(3))
def test_a_day_and_a_night_pass_without_an_alarm(seed: int) -> None:
    world = bank(7, seed=seed).world
    assert isinstance(world, SunnyDay)
    seen, lowest, highest = set(), 100, 0
    world.run(0.0)
    for minute in range(1, 30 * 60):
        world.run(minute * 60.0)
        for pack in world.packs:
            seen.add(pack.guard.alarms)
            lowest, highest = min(lowest, pack.soc), max(highest, pack.soc)
    assert seen == {0}
    assert lowest <= 62
    assert highest > 80


def test_the_sun_charges_at_noon_and_the_house_discharges_at_night() -> None:
    world = day(hour=11.5)
    pass_hours(world, 1)
    noon = sum(pack.current for pack in world.packs)
    pass_hours(world := day(hour=1.0), 1)
    assert noon > 0 > sum(pack.current for pack in world.packs)


def test_currents_change_from_second_to_second_but_not_wildly() -> None:
    world = day()
    world.run(0.0)
    total = []
    for second in range(1, 120):
        world.run(float(second))
        total.append(sum(pack.current for pack in world.packs))
    assert len(set(total)) > 100
    assert max(total) - min(total) < 400


def test_the_packs_carry_together_what_is_wanted() -> None:
    world = day()
    pass_hours(world, 0.5)
    carried = sum(pack.current * pack.voltage for pack in world.packs)
    assert carried == pytest.approx(world.power, rel=0.03, abs=60)


def test_the_fuller_pack_gives_more_and_the_emptier_takes_more() -> None:
    empty, full = VirtualPack(1, soc=0.15), VirtualPack(2, soc=0.95)
    world = SunnyDay([empty, full], hour=12)
    world.run(0.0)
    world.run(1.0)
    assert empty.current > full.current


def test_a_pack_whose_mosfet_is_open_leaves_its_share_to_the_others() -> None:
    world = day(hour=22.0)
    world.packs[2].settings.discharge_enabled = 0
    world.packs[2].obey()
    pass_hours(world, 0.1)
    assert world.packs[2].current == 0
    assert all(pack.current < 0 for pack in world.packs if pack is not world.packs[2])
    world.packs[3].silent = True
    pass_hours(world, 0.2)
    assert world.packs[3].wanted == 0


def test_charging_ends_at_the_voltage_the_packs_ask_for() -> None:
    packs = [VirtualPack(a, soc=0.93, firmware="15.41") for a in (1, 2)]
    world = SunnyDay(packs, hour=10)
    world.run(0.0)
    alarms, stages, highest = set(), set(), 0.0
    for minute in range(1, 8 * 60):
        world.run(minute * 60.0)
        alarms |= {pack.guard.alarms for pack in packs}
        stages |= {pack.stages.stage for pack in packs}
        highest = max(highest, *(pack.voltage for pack in packs))
    assert alarms == {0}
    assert stages == {0, 1, 2}
    assert 3.44 * 16 < highest < 3.46 * 16


def test_a_faster_world_has_more_time_in_the_same_time() -> None:
    slow, fast = day(hour=12), day(hour=12, speed=60)
    pass_hours(slow, 1)
    fast.run(0.0)
    for second in range(1, 61):
        fast.run(float(second))
    assert fast.time == slow.time
    assert fast.packs[0].remaining == pytest.approx(slow.packs[0].remaining, rel=0.03)


def test_no_setting_makes_the_world_throw() -> None:
    world = day(2)
    world.packs[0].settings.requested_charge_cell_voltage = 4e6
    world.packs[1].settings.requested_charge_cell_voltage = 0
    for pack in world.packs:
        pack.obey()
    pass_hours(world, 1)
    for pack in world.packs:
        assert abs(status(pack).battery_current) < 200


def test_a_bank_has_the_addresses_of_its_role() -> None:
    assert [pack.address for pack in bank(7).packs] == list(range(7))
    assert [pack.address for pack in bank(15, master=False).packs] == list(range(1, 16))
    assert bank(7, master=False).master is None
    assert bank(16).master is not None


@pytest.mark.parametrize(("count", "master"), [(0, True), (17, True), (16, False)])
def test_a_bank_that_has_no_room_says_so(count: int, master: bool) -> None:
    with pytest.raises(UsageError, match=r"addresses . to 15 take"):
        bank(count, master=master)


def test_a_bank_of_unknown_firmware_says_which_there_are() -> None:
    with pytest.raises(UsageError, match=r"choose among 14.20, 15.41, 19.27"):
        bank(3, firmware="13.37")


def test_the_packs_of_a_bank_differ() -> None:
    packs = bank(7).packs
    assert len({pack.about.serial_number for pack in packs}) == 7
    assert {pack.firmware.version for pack in packs} == {"14.20", "15.41", "19.27"}
    assert len({pack.report(STATUS) for pack in packs}) == 7
    assert len({pack.about.device_name for pack in packs}) == 7
    for pack in packs:
        assert_consistent(Status(pack.report(STATUS)[:300]))
        assert pack.settings.device_address == pack.address


def test_the_last_pack_of_a_bank_is_balancing_a_weak_cell() -> None:
    line = bank(4)
    assert line.world
    line.world.run(0.0)
    line.world.run(30.0)
    told = status(line.packs[-1])
    assert told.balancing_state
    assert told.cell_voltage_min_index == 10
    assert 0.005 < told.cell_voltage_delta < 0.05


def test_a_bank_may_wear_one_firmware_or_rest() -> None:
    assert {pack.firmware.version for pack in bank(5, firmware="14.20").packs} == {"14.20"}
    mixed = bank(3, firmware=["14.20", "19.27"]).packs
    assert [pack.firmware.version for pack in mixed] == ["14.20", "19.27", "14.20"]
    resting = bank(3, living=False)
    assert resting.world is None
    live(resting.packs[1], 60, 0.0)
    assert status(resting.packs[1]).battery_current == 0
    assert bank(3).packs[0].report(SETTINGS) == bank(3).packs[0].report(SETTINGS)
