"""The virtual JK master keeps the rhythm that was measured on a real bus."""

from dataclasses import dataclass
from itertools import pairwise

import pytest

from jkbus.protocol import Framer
from jkbus.protocol.messages import Message
from jkbus.simulator import VirtualLine, VirtualPack, bank
from laboratory import SETTINGS, STATUS, listen
from material import records


@dataclass
class Said:
    """A message and when its last byte arrived; requests are 11 bytes, answers 308 or 310."""

    at: float
    kind: str
    address: int | None
    type: int | None


def line_with(*slaves: int, firmware: str = "14.20") -> VirtualLine:
    packs = [VirtualPack(address, firmware=firmware) for address in (0, *slaves)]
    return VirtualLine(packs, master=True)


def traffic(line: VirtualLine, start: float, end: float) -> list[Said]:
    framer, said = Framer(), []
    for at, data in listen(line, start, end):
        messages: list[Message] = framer.feed(data, at)
        said += [Said(at, m.kind, m.address, getattr(m, "type", None)) for m in messages if m.kind != "noise"]
    return said


def cycles(said: list[Said]) -> list[list[Said]]:
    """The traffic cut before every request to address 1; only whole periods."""
    starts = [
        place
        for place, each in enumerate(said)
        if (each.kind, each.address, each.type) == ("request", 1, STATUS)
    ]
    return [said[start:end] for start, end in pairwise(starts)]


def test_a_cycle_has_the_messages_of_a_captured_one_in_their_order() -> None:
    real = [
        ("report" if r["kind"] == "response" else r["kind"], r["address"], r["frame_type"])
        for r in records("phinix_readme")
    ]
    cycle = cycles(traffic(line_with(1), 0.0, 10.0))[0]
    ours = [(each.kind, each.address, each.type) for each in cycle]
    assert ours == real[4:] + real[:4]


@pytest.mark.parametrize(("slaves", "period"), [((), 4.4), ((1,), 4.4), ((1, 2, 3), 4.4), (range(1, 7), 4.4)])
def test_the_period_is_4_4_seconds(slaves: tuple[int, ...], period: float) -> None:
    line = line_with(*slaves)
    starts = [cycle[0].at for cycle in cycles(traffic(line, 0.0, 60.0))]
    assert len(starts) > 10
    for sooner, later in pairwise(starts):
        assert later - sooner == pytest.approx(period, abs=0.01)


def test_with_fifteen_slaves_the_period_is_hardly_longer() -> None:
    starts = [cycle[0].at for cycle in cycles(traffic(line_with(*range(1, 16)), 0.0, 60.0))]
    for sooner, later in pairwise(starts):
        assert 4.3 <= later - sooner <= 4.7


def test_a_slave_that_is_there_takes_260_ms_and_a_missing_one_220() -> None:
    for cycle in cycles(traffic(line_with(1, 2, 3), 0.0, 30.0)):
        asked = {each.address: each.at for each in cycle if each.kind == "request" and each.type == STATUS}
        for address in (1, 2):
            assert asked[address + 1] - asked[address] == pytest.approx(0.260, abs=0.005)
        for address in range(4, 15):
            assert asked[address + 1] - asked[address] == pytest.approx(0.220, abs=0.001)


def test_both_exchanges_take_35_to_50_ms_with_a_pause_long_enough_for_a_deaf_pack() -> None:
    for cycle in cycles(traffic(line_with(1, 2, 3), 0.0, 30.0)):
        for address in (1, 2, 3):
            own = [each for each in cycle if each.address == address]
            assert [(each.kind, each.type) for each in own] == [
                ("request", STATUS),
                ("report", STATUS),
                ("ack", STATUS),
                ("request", SETTINGS),
                ("report", SETTINGS),
                ("ack", SETTINGS),
            ]
            for ask, ack in ((own[0], own[2]), (own[3], own[5])):
                assert 0.033 <= ack.at - ask.at <= 0.050
            assert own[3].at - own[2].at > 0.03


def test_the_master_tells_of_itself_unasked_and_then_is_silent_for_440_to_660_ms() -> None:
    all_cycles = cycles(traffic(line_with(1, 2, 3), 0.0, 60.0))
    for cycle, following in pairwise(all_cycles):
        own = cycle[-4:]
        assert [(each.kind, each.address, each.type) for each in own] == [
            ("report", 0, STATUS),
            ("ack", 0, STATUS),
            ("report", 0, SETTINGS),
            ("ack", 0, SETTINGS),
        ]
        assert 0.44 <= following[0].at - own[-1].at - 11 * 10 / 115200 <= 0.66


def test_it_never_asks_for_device_info_and_never_answers() -> None:
    line = line_with(1, 2)
    said = traffic(line, 0.0, 20.0)
    assert {each.type for each in said} == {STATUS, SETTINGS}
    quiet = VirtualLine([VirtualPack(0), VirtualPack(1)])
    assert traffic(quiet, 0.0, 20.0) == []


def test_it_can_be_switched_off_and_on_while_it_runs() -> None:
    line = line_with(1, 2)
    assert line.master is not None
    assert traffic(line, 0.0, 10.0)
    line.master.active = False
    listen(line, 10.0, 11.0)
    assert traffic(line, 11.0, 30.0) == []
    line.master.active = True
    again = traffic(line, 30.0, 40.0)
    assert (again[0].address, again[0].type) == (1, STATUS)
    assert again[0].at == pytest.approx(30.0, abs=0.002)


def test_a_slave_that_is_unplugged_becomes_a_missing_one_and_comes_back() -> None:
    line = line_with(1, 2)
    traffic(line, 0.0, 10.0)
    line.packs[1].silent = True
    gone = cycles(traffic(line, 10.0, 30.0))[1]
    assert [each.kind for each in gone if each.address == 1] == ["request"]
    line.packs[1].silent = False
    back = cycles(traffic(line, 30.0, 50.0))[1]
    assert [each.kind for each in back if each.address == 1].count("report") == 2


def test_an_unplugged_master_is_silent_too() -> None:
    line = line_with(1)
    line.packs[0].silent = True
    assert traffic(line, 0.0, 20.0) == []


def test_a_whole_bank_is_heard_from_its_masters_traffic_alone() -> None:
    said = traffic(bank(16), 0.0, 10.0)
    for type in (STATUS, SETTINGS):
        assert {e.address for e in said if e.kind == "ack" and e.type == type} == set(range(16))
