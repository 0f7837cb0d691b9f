"""A line behind a poor network: words come late in both directions, and nobody says how late."""

from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversation import ABOUT, SETTINGS, Conversation, answer, master_period
from jkbus.bus.bus import Bus
from jkbus.bus.calm import CALM, LONGEST, Calm
from jkbus.bus.events import Event, Heard, NodeChanged, OrderEnded, RoleChanged
from jkbus.bus.orders import Order
from jkbus.bus.timing import Timing
from jkbus.protocol import Framer, Report, Settings, Status
from jkbus.protocol.frames import Frame
from jkbus.protocol.messages import write32
from jkbus.simulator import bank
from jkbus.simulator.network import Network, Weather
from jkbus.simulator.virtual import drive

POOR = Weather(least=0.005, most=0.3)
STALLING = Weather(least=0.005, most=0.3, stalls=1.0)
GOOD = Weather(least=0.005, most=0.05)


def far(master: bool, weather: Weather, seed: int = 1, packs: int = 5) -> tuple[Bus, Network]:
    """A bus of an esphome:// link, and the virtual line that it leads to."""
    return Bus(Timing(jitter=0.3, dead=25.0)), Network(bank(packs, master=master, seed=seed), weather, seed)


def run(bus: Bus, network: Network, seconds: float, start: float = 0.0) -> list[Event]:
    return list(drive(bus, network, start, start + seconds))


def of_status(events: list[Event]) -> dict[int, list[tuple[float, Status]]]:
    """When what was shown of which pack."""
    found = defaultdict(list)
    for event in events:
        if isinstance(event, Heard) and isinstance(event.report.frame, Status):
            found[event.address].append((event.at, event.report.frame))
    return found


def assert_nobody_is_taken_for_another(network: Network, events: list[Event]) -> None:
    """Running times tell the packs apart: each pack of a bank was switched on at another time."""
    offsets: dict[int, float] = {}
    for address, shown in of_status(events).items():
        for at, status in shown:
            offset = offsets.setdefault(address, status.runtime - at)
            assert status.runtime - at == pytest.approx(offset, abs=6), address
    assert len({round(offset / 60) for offset in offsets.values()}) == len(offsets)


@pytest.mark.parametrize("weather", [POOR, STALLING])
def test_beside_a_jk_master_a_poor_network_is_only_listened_to_and_every_pack_is_shown(
    weather: Weather,
) -> None:
    bus, network = far(True, weather)
    events = run(bus, network, 3600)
    assert network.line.collisions == 0
    assert bus.counters.bytes_out == 0
    assert set(of_status(events)) == {0, 1, 2, 3, 4}
    assert all(len(shown) > 750 for shown in of_status(events).values())
    assert bus.role == "sniffer"
    assert "until this network link has held nothing up for 5 min" in bus.reason
    assert bus.missing()[0].startswith("model, serial number, firmware and changes: a JK master polls")


def test_beside_a_jk_master_a_good_network_is_spoken_over_after_five_minutes() -> None:
    bus, network = far(True, GOOD)
    events = run(bus, network, 600)
    first = next(e.at for e in events if isinstance(e, Heard) and e.report.type == ABOUT)
    assert 300 <= first <= 320
    assert {e.address for e in events if isinstance(e, Heard) and e.report.type == ABOUT} == {1, 2, 3, 4}
    assert network.line.collisions == 0
    assert bus.role == "pseudo-master"


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    most=st.floats(0.005, 0.3),
    stalls=st.sampled_from([0.0, 0.5, 2.0]),
)
def test_no_network_makes_us_speak_into_a_masters_turn(seed: int, most: float, stalls: float) -> None:
    bus, network = far(True, Weather(least=0.005, most=most, stalls=stalls), seed, packs=3)
    run(bus, network, 1200)
    assert network.line.collisions == 0


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32), weather=st.sampled_from([GOOD, POOR, STALLING]))
def test_no_answer_is_taken_for_another_packs_however_late_it_comes(seed: int, weather: Weather) -> None:
    bus, network = far(False, weather, seed)
    events = run(bus, network, 200)
    assert set(of_status(events)) == {1, 2, 3, 4, 5}
    assert_nobody_is_taken_for_another(network, events)


def test_a_late_answer_whose_acknowledgement_is_lost_belongs_to_nobody() -> None:
    late = answer(1, 2)[:300]
    for prompt, address in [(True, 2), (False, None)]:
        framer = Framer(0.35, prompt=prompt)
        framer.asked(2, 2, 10.0)  # the answer of pack 1, which was asked before, comes now
        (report,) = framer.feed(late, 10.1) or framer.poll(10.5)
        assert isinstance(report, Report) and report.address == address


def test_a_network_that_stands_still_is_waited_for_and_no_pack_is_given_up() -> None:
    bus, network = far(False, Weather(least=0.005, most=0.05, stalls=2.0))
    events = run(bus, network, 900)
    assert {e.state for e in events if isinstance(e, NodeChanged)} <= {"heard", "late"}
    assert network.line.collisions < 20  # of 60 times that it stood still


def test_a_master_that_seems_silent_over_a_network_is_not_replaced_before_a_dead_link_would_be_known() -> (
    None
):
    talk = Conversation(Bus(Timing(jitter=0.3, dead=25.0)))
    for _ in range(3):
        master_period(talk)
        talk.pass_(0.3)
    talk.pass_(29)
    assert talk.said == []
    talk.pass_(1.5)
    assert talk.bus.role == "master"
    assert talk.bus.reason == "the JK master has been silent for 30 s"


def test_a_calm_is_over_with_the_first_hiccup_and_has_to_be_longer_the_next_time() -> None:
    calm = Calm(network=True)
    now = 0.0
    while not calm.lasts(now):
        calm.master(now)
        now += 0.5
    assert now == CALM
    calm.master(now + 1.2)
    assert not calm.lasts(now + CALM + 1)
    assert calm.needed == 2 * CALM
    calm.answered(0.2, now + 100)  # it was not believed calm yet: no further disappointment
    assert calm.needed == 2 * CALM
    for _ in range(9):
        now += 2 * LONGEST
        calm.returned(0.5, now)
    assert calm.needed == LONGEST


def test_on_a_cable_there_is_nothing_to_wait_for() -> None:
    calm = Calm(network=False)
    calm.disturbed(1.0)
    assert calm.lasts(1.0)
    assert calm.needed == 0


def test_our_own_word_that_comes_back_late_ends_the_calm() -> None:
    bus, network = far(True, GOOD)
    run(bus, network, 400)
    assert bus.role == "pseudo-master"
    events = bus.receive(answer(1, ABOUT), 400.0)  # nobody asks for this but us, and we do not wait for it
    assert [e.role for e in events if isinstance(e, RoleChanged)] == []
    bus._voice.asked = 1
    events = bus.receive(answer(1, ABOUT), 400.1)
    assert [e.role for e in events if isinstance(e, RoleChanged)] == ["sniffer"]


def change(bus: Bus, network: Network, millivolts: int, start: float) -> Order:
    """Change the overvoltage protection of pack 2, and wait for what becomes of it."""

    def shows(frame: Frame) -> bool:
        return isinstance(frame, Settings) and frame.cell_overvoltage_protection_voltage == millivolts / 1000

    order = Order(2, SETTINGS, start + 15, write32(2, 0x100C, millivolts), shows)
    bus.order(order, start)
    ended = (e.order for e in drive(bus, network, start, start + 40) if isinstance(e, OrderEnded))
    return next(ended)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), weather=st.sampled_from([GOOD, POOR, STALLING]))
def test_what_is_told_of_a_change_over_a_poor_network_is_true(seed: int, weather: Weather) -> None:
    bus, network = far(False, weather, seed)
    run(bus, network, 40)
    order = change(bus, network, 3633, 40.0)
    shown = Settings(network.line.packs[1].report(SETTINGS)[:300]).cell_overvoltage_protection_voltage
    if order.outcome == "done":
        assert shown == 3.633
    else:
        assert order.outcome in ("unknown", "unread", "expired"), order.outcome
        assert order.outcome != "expired" or shown != 3.633


def test_beside_a_jk_master_a_change_over_a_poor_network_is_never_said() -> None:
    bus, network = far(True, POOR)
    run(bus, network, 40)
    assert change(bus, network, 3633, 40.0).outcome == "expired"
    assert network.line.collisions == 0
