"""Who carries how much, and why: cables, fuses, MOSFETs, sensors and currents that go round, told apart."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from biography import PLATE, Bank, Diary, live_days, packs
from jkbus.health import Estimate, Missing, Nameplate, Past, Sharing, compare
from jkbus.health import contact as words
from jkbus.simulator import SunnyDay

SUNSET, NIGHT = 18.0, 20.0


def live(
    prepare: Callable[[SunnyDay], None], hours: float = 6.0, hour: float = 17.0, soc: float = 0.6
) -> dict[str, Past]:
    """Three packs for some hours in which something is wrong from the start."""
    world = SunnyDay(packs(3, soc=soc), hour=hour, seed=5)
    prepare(world)
    return named(live_days(world, hours / 24))


def named(diaries: list[Diary]) -> dict[str, Past]:
    return {f"pack {diary.pack.address}": diary.past() for diary in diaries}


def shares(pasts: Mapping[str, Past], plate: Nameplate = PLATE) -> dict[str, Sharing]:
    return compare(pasts, dict.fromkeys(pasts, plate))


def contacts(pasts: Mapping[str, Past]) -> list[str]:
    return [each.contact for each in shares(pasts).values()]


def test_a_step_divides_as_resistances_say(fortnight: Bank) -> None:
    found = fortnight.health.sharing
    assert sum(each.share.value for each in found.values() if isinstance(each.share, Estimate)) == (
        pytest.approx(1.0, abs=0.02)
    )
    for each in found.values():
        assert isinstance(each.share, Estimate)
        assert each.contact == words.CARRIES
        assert each.expected == pytest.approx(1 / len(found), rel=0.1)


def test_the_cables_are_measured_within_the_stated_error(fortnight: Bank) -> None:
    for name, truth in fortnight.leads.items():
        found = fortnight.health.sharing[name]
        assert isinstance(found.lead, Estimate)
        assert isinstance(found.excess, Estimate)
        assert abs(found.lead.value - truth) <= found.lead.error
        others = sorted(ohm for other, ohm in fortnight.leads.items() if other != name)
        assert abs(found.excess.value - (truth - others[1])) <= found.excess.error
    loose = fortnight.health.sharing["loose"].excess
    assert isinstance(loose, Estimate)
    assert loose.error < 0.4 * loose.value


def test_only_the_loose_cable_burns_power(fortnight: Bank) -> None:
    loss = {name: each.loss for name, each in fortnight.health.sharing.items()}
    assert loss.pop("loose") > 30
    assert max(loss.values()) < 12


def blow(world: SunnyDay) -> None:
    world.packs[1].blown = True


def switch(row: str) -> Callable[[SunnyDay], None]:
    def off(world: SunnyDay) -> None:
        setattr(world.packs[1].settings, row, 0)
        world.packs[1].obey()

    return off


def test_a_blown_fuse_is_found_by_night_and_by_day() -> None:
    night = live(blow, hour=NIGHT)
    assert contacts(night) == [words.CARRIES, words.DISCONNECTED, words.CARRIES]
    assert contacts(live(blow, hour=9.0)) == [words.CARRIES, words.DISCONNECTED, words.CARRIES]
    assert abs(shares(night)["pack 2"].apart) < 1.0


def test_a_fuse_that_blows_in_the_middle_of_a_day_is_found() -> None:
    world = SunnyDay(packs(3), hour=17.0, seed=5)

    def later(hour: float) -> None:
        world.packs[1].blown = hour >= 3

    pasts = named(live_days(world, 7 / 24, later))
    assert contacts(pasts) == [words.CARRIES, words.DISCONNECTED, words.CARRIES]


@pytest.mark.parametrize(
    ("row", "hour", "word"),
    [
        ("discharge_enabled", NIGHT, words.DISCHARGE_OFF),
        ("charge_enabled", 10.0, words.CHARGE_OFF),
    ],
)
def test_an_open_mosfet_is_named(row: str, hour: float, word: str) -> None:
    assert contacts(live(switch(row), hour=hour)) == [words.CARRIES, word, words.CARRIES]


@pytest.mark.parametrize(
    ("row", "column", "word"),
    [
        ("discharge_enabled", "discharge_on", words.DISCHARGE_BLOCKED),
        ("charge_enabled", "charge_on", words.CHARGE_BLOCKED),
    ],
)
def test_a_mosfet_that_does_not_close_though_its_board_says_so_is_named(
    row: str, column: str, word: str
) -> None:
    pasts = live(switch(row), hours=20.0, hour=11.0, soc=0.3)
    past = pasts["pack 2"]
    on = [1.0] * len(past)
    charges = column == "charge_on"
    pasts["pack 2"] = replace(past, charge_on=on) if charges else replace(past, discharge_on=on)
    assert contacts(pasts)[1] == word


def test_a_board_that_does_not_see_its_current_is_not_taken_for_a_blown_fuse() -> None:
    pasts = live(lambda world: None, hour=NIGHT)
    past = pasts["pack 2"]
    pasts["pack 2"] = replace(past, current=[0.0] * len(past))
    assert contacts(pasts) == [words.CARRIES, words.BLIND, words.CARRIES]


def test_a_full_pack_that_takes_no_more_is_not_ill() -> None:
    def fill(world: SunnyDay) -> None:
        world.packs[1].cells.charge = [0.99 * whole for whole in world.packs[1].cells.capacity]
        world.packs[1].remaining = 279.0
        world.leads[world.packs[1]] = 1.0

    assert contacts(live(fill, hours=2.0, hour=11.0))[1] in (words.CARRIES, words.UNKNOWN)


def test_packs_joined_at_another_charge_are_seen_to_circulate() -> None:
    def apart(world: SunnyDay) -> None:
        for pack, soc in zip(world.packs, (0.25, 0.8, 0.8), strict=True):
            pack.cells.charge = [soc * whole for whole in pack.cells.capacity]
            pack.cells.carry(0.0, 0.0)
            pack.remaining = 280 * soc
        world.load = 0.0

    pasts = live(apart, hours=6.0, hour=23.0)
    turn = [each.circulation for each in shares(pasts).values()]
    assert turn[0].hours > 1
    assert turn[0].current > 2
    assert turn[0].strongest > 20
    assert not any(each.steady for each in turn)


def test_a_sensor_that_shows_a_current_at_rest_is_told_from_a_current() -> None:
    pasts = live(lambda world: None, hours=7.0, hour=23.0)
    rows = range(len(pasts["pack 1"]))
    columns = {
        "pack 1": [-6.0 - row % 7 for row in rows],
        "pack 2": [0.0 for _ in rows],
        "pack 3": [4.0 for _ in rows],
    }
    found = shares({name: replace(past, current=columns[name]) for name, past in pasts.items()})
    assert found["pack 3"].circulation.steady
    assert found["pack 3"].circulation.current == 4.0


def test_a_known_offset_is_taken_off_first() -> None:
    pasts = live(lambda world: None, hour=NIGHT)
    past = pasts["pack 2"]
    wrong = pasts | {"pack 2": replace(past, current=[current + 3.0 for current in past.current])}
    plates = dict.fromkeys(pasts, PLATE)
    right = compare(pasts, plates)["pack 2"]
    mended = compare(wrong, plates, {"pack 2": Estimate(3.0, 0.1, 5)})["pack 2"]
    assert mended.moved == pytest.approx(right.moved)
    assert compare(wrong, plates)["pack 2"].moved != pytest.approx(right.moved, rel=0.05)


def test_a_pack_alone_shares_with_nobody() -> None:
    pasts = live(lambda world: None, hours=1.0)
    assert compare({"pack 1": pasts["pack 1"]}, {"pack 1": PLATE}) == {}
    assert compare({}, {}) == {}


def test_too_little_is_said_to_be_too_little() -> None:
    pasts = live(lambda world: None, hours=0.5)
    found = shares(pasts)["pack 1"]
    assert isinstance(found.share, Missing)
    assert "12 steps" in found.share.need
