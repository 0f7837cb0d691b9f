"""Every fault of the wires is called by its name, and a good line is called good."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation import answer
from eavesdropping import Event, overheard
from jkbus.protocol.messages import request
from jkbus.simulator import Faults, VirtualLine, VirtualPack, bank
from jkbus.simulator.strangers import foreigner, poller, second_master
from jkbus.wiring import Ear, Verdict, check


def verdict(
    line: VirtualLine, seconds: float = 60.0, *events: Event, read_only: bool = False, rate: int = 115200
) -> Verdict:
    return check(overheard(line, seconds, *events, read_only=read_only, rate=rate))


def kinds(found: Verdict) -> list[str]:
    return [finding.kind for finding in found.findings]


def still(count: int, master: bool = True, faults: Faults | None = None) -> VirtualLine:
    return bank(count, master=master, faults=faults, living=False)


@pytest.mark.parametrize("master", [True, False])
@pytest.mark.parametrize("echo", [True, False])
@pytest.mark.parametrize("count", [1, 7, 15])
def test_a_good_line_is_called_good(master: bool, echo: bool, count: int) -> None:
    found = verdict(still(count, master, Faults(echo=echo)))
    assert (found.state, found.findings) == ("good", [])
    assert f"{count} pack{'s' * (count != 1)}, 0 damaged of " in found.sentence


def test_padding_and_late_chunks_are_no_fault() -> None:
    found = verdict(still(5, True, Faults(pad=1.0, delay=0.01, split=7)))
    assert found.state == "good"


def test_a_few_seconds_are_too_few_to_judge() -> None:
    found = verdict(still(3), 1.0)
    assert found.state == "unsure"
    assert "only 1 s" in found.sentence


def test_a_dead_line_is_called_dead_after_ten_seconds() -> None:
    assert verdict(VirtualLine([]), 8.0).state == "unsure"
    found = verdict(VirtualLine([]), 30.0)
    assert kinds(found) == ["silent"]
    assert "swap A and B" in found.findings[0].remedy and "001" in found.findings[0].remedy


def test_one_who_only_listens_on_a_silent_line_is_told_so() -> None:
    found = verdict(still(3, master=False), 30.0, read_only=True)
    assert kinds(found) == ["silent"]
    assert found.findings[0].confidence == "possible"
    assert "read_only" in found.findings[0].remedy


def test_only_our_own_echo_is_called_that() -> None:
    found = verdict(VirtualLine([], faults=Faults(echo=True)), 30.0)
    assert kinds(found) == ["only_echo"]


def test_swapped_wires_are_told_from_a_wrong_rate() -> None:
    found = verdict(still(4, faults=Faults(swapped=True)), 30.0)
    assert kinds(found) == ["swapped"]
    assert found.findings[0].confidence == "sure"


@pytest.mark.parametrize("rate", [38400, 57600, 230400, 460800])
def test_a_wrong_rate_is_named_with_the_right_one(rate: int) -> None:
    found = verdict(still(4, faults=Faults(rate=rate)), 60.0, rate=rate)
    assert kinds(found) == ["wrong_rate"]
    assert "the line runs at 115200" in found.findings[0].sentence


@pytest.mark.parametrize("rate", [9600, 19200])
def test_a_rate_far_too_low_is_at_least_not_called_good(rate: int) -> None:
    found = verdict(still(4, faults=Faults(rate=rate)), 60.0, rate=rate)
    assert found.state == "bad"
    assert kinds(found)[0] in ("wrong_rate", "garbage", "floating")


def test_damage_that_comes_with_the_packs_is_termination() -> None:
    line = still(2, faults=Faults(reflections=2e-5))
    more = [VirtualPack(address) for address in range(2, 12)]
    found = verdict(
        line, 400.0, *[(60.0 + 10 * i, lambda p=pack: line.packs.append(p)) for i, pack in enumerate(more)]
    )
    assert kinds(found) == ["termination"]
    assert "120 ohm" in found.findings[0].remedy


def test_a_line_that_damages_everybody_is_no_single_packs_fault() -> None:
    found = verdict(still(6, faults=Faults(flip=1e-4)), 300.0)
    assert kinds(found) == ["damage"]
    assert "of the answers are damaged" in found.findings[0].sentence


def test_two_packs_at_address_0_are_two_masters() -> None:
    line = still(4)
    second_master(line)
    found = verdict(line, 60.0, read_only=True)
    assert kinds(found)[0] == "two_masters"
    assert "DIP switch" in found.findings[0].remedy


def test_another_gateway_beside_us_is_seen() -> None:
    line = still(4, master=False)
    poller(line, start=8.0)
    assert "another_poller" in kinds(verdict(line, 90.0))


def test_another_gateway_beside_a_jk_master_is_seen() -> None:
    line = still(4)
    poller(line, period=0.15, start=3.0)
    assert kinds(verdict(line, 60.0))[0] == "another_poller"


def test_somebody_else_who_polls_while_we_only_listen_is_no_fault() -> None:
    line = still(4, master=False)
    poller(line)
    assert verdict(line, 60.0, read_only=True).state == "good"


def test_a_pack_that_speaks_to_an_inverter_is_named() -> None:
    line = VirtualLine([])
    foreigner(line)
    found = verdict(line, 30.0)
    assert kinds(found) == ["wrong_protocol"]
    assert "Pylontech" in found.findings[0].sentence and "001" in found.findings[0].remedy


def test_an_undriven_line_is_named() -> None:
    found = verdict(VirtualLine([], faults=Faults(flood=20)), 30.0)
    assert kinds(found) == ["floating"]
    beside = verdict(still(3, faults=Faults(flood=40)), 60.0)
    assert "floating" in kinds(beside)


@given(st.lists(st.tuples(st.binary(max_size=700), st.floats(0, 60), st.booleans()), max_size=12))
def test_any_bytes_raise_nothing(spoken: list[tuple[bytes, float, bool]]) -> None:
    ear, now = Ear(), 0.0
    for data, wait, said in spoken:
        now += wait
        (ear.said if said else ear.heard)(data, now)
        check(ear)
    ear.finish()
    assert check(ear).document()["state"] in ("good", "bad", "unsure")


def test_answers_that_come_in_pieces_are_not_blamed_on_the_wires() -> None:
    ear, now = Ear(), 0.0
    for number in range(300):
        told = answer(number % 5 + 1, 2)
        ear.heard(request(number % 5 + 1, 2), now)
        ear.heard(told[:150], now + 0.02)
        ear.heard(told[150:], now + (0.2 if number % 10 == 0 else 0.04))
        now += 0.5
    found = check(ear)
    assert kinds(found) == ["late"]
    assert "not the wires" in found.findings[0].remedy
