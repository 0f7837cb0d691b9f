"""The life of a pack on the bus, and what is counted."""

from collections.abc import Sequence

import pytest

from conversation import ABOUT, SETTINGS, STATUS, Conversation, answer, exchange, master_period
from jkbus.bus.bus import Bus
from jkbus.bus.events import NodeChanged
from jkbus.bus.gap import Gap
from jkbus.bus.pulse import Pulse
from jkbus.bus.timing import BYTE, Timing
from jkbus.protocol import Status
from jkbus.protocol.messages import closing, request
from material import STREAMS, chunks


def polled(talk: Conversation, seconds: float, present: set[int], padded: bool = False) -> None:
    """We are master; those present answer 15 ms after they were asked."""
    end = talk.now + seconds
    while talk.now < end:
        said = len(talk.said)
        talk.pass_(0.01)
        for _, data in talk.said[said:]:
            if data[0] in present:
                talk.pass_(0.015)
                talk.hear(answer(data[0], {0x1C: ABOUT, 0x1E: SETTINGS, 0x20: STATUS}[data[3]], padded))


def test_a_pack_is_unavailable_within_three_missed_cycles_and_comes_back_by_itself() -> None:
    talk = Conversation(Bus())
    polled(talk, 12, {1, 2})
    assert talk.states(1) == ["heard"]
    gone_at, cycle = talk.now, talk.bus.cycle
    polled(talk, 3 * cycle + 0.5, {2})
    assert talk.states(1) == ["heard", "late", "silent"]
    assert talk.bus.nodes[1].since - gone_at <= 3 * cycle + 0.3
    assert talk.states(2) == ["heard"]
    polled(talk, 8, {1, 2})
    assert talk.bus.nodes[1].state == "heard"


def test_beside_a_jk_master_a_cycle_is_the_masters_period() -> None:
    talk = Conversation(Bus(read_only=True))
    for _ in range(3):
        master_period(talk)
    assert talk.bus.cycle == pytest.approx(4.4, abs=0.5)
    for _ in range(4):
        master_period(talk, slaves=(2,))
    assert talk.states(1) == ["heard", "late", "silent"]
    assert talk.bus.nodes[2].state == "heard"


def test_a_pack_that_stays_silent_is_gone_after_the_time_set_for_it() -> None:
    talk = Conversation(Bus(Timing(gone=60)))
    polled(talk, 7, {3})
    talk.pass_(70)
    assert talk.states(3) == ["heard", "late", "silent", "gone"]
    polled(talk, 61, {3})
    assert talk.bus.nodes[3].state == "heard"


def test_every_kind_of_report_is_asked_for() -> None:
    talk = Conversation(Bus())
    polled(talk, 20, {1, 2, 3})
    assert {(address, kind) for address, kind in talk.heard()} == {
        (address, kind) for address in (1, 2, 3) for kind in ("settings", "status", "about")
    }


def test_the_address_of_a_padded_answer_is_right_and_its_zeros_are_no_noise() -> None:
    talk = Conversation(Bus())
    polled(talk, 8, {5}, padded=True)
    assert {address for address, _ in talk.heard()} == {5}
    assert talk.bus.counters.noise == 0


def test_requests_answers_timeouts_and_latency_are_counted() -> None:
    talk = Conversation(Bus())
    polled(talk, 10, {1})
    node = talk.bus.nodes[1]
    assert node.answers == len(talk.heard())
    assert node.timeouts == 0
    assert node.latency == pytest.approx(0.02, abs=0.01)
    polled(talk, 1, set())
    assert node.timeouts > 0


def test_a_bad_sum_is_counted_where_it_happened() -> None:
    talk = Conversation(Bus(read_only=True))
    talk.hear(exchange(4, STATUS))
    damaged = bytearray(exchange(4, STATUS))
    damaged[100] ^= 0x10
    talk.hear(bytes(damaged))
    talk.pass_(0.1)
    assert talk.bus.nodes[4].bad_sums == 1
    assert talk.bus.counters.bad_sums == 1
    assert talk.bus.counters.noise == 300
    assert len(talk.heard()) == 1


def test_a_report_whose_sender_is_unknown_is_counted_and_not_guessed() -> None:
    talk = Conversation(Bus(read_only=True))
    talk.hear(answer(4, STATUS)[:300])
    talk.pass_(0.1)
    assert talk.heard() == []
    assert talk.bus.counters.unknown == 1


def test_a_request_in_the_middle_of_our_exchange_is_a_collision() -> None:
    talk = Conversation(Bus())
    talk.pass_(5.01)
    talk.hear(request(9, STATUS))
    assert talk.bus.counters.collisions == 1


def test_the_load_is_the_share_of_time_the_line_carried_bytes() -> None:
    talk = Conversation(Bus(read_only=True))
    for _ in range(600):
        talk.hear(exchange(1, STATUS))
        talk.pass_(0.1)
    assert talk.bus.load(talk.now) == pytest.approx(319 * BYTE / 0.1 * 100, rel=0.05)
    talk.pass_(60)
    assert talk.bus.load(talk.now) < 1


def test_the_gap_shrinks_to_its_floor_while_all_answer() -> None:
    gap = Gap(Timing())
    for _ in range(200):
        gap.answered(0.0)
    assert gap.seconds == Timing().gap_floor


def test_the_gap_grows_when_packs_are_deaf_and_does_not_come_back_at_once() -> None:
    gap = Gap(Timing())
    for exchange_number in range(400):
        deaf = gap.seconds < 0.06  # this bus needs 60 ms
        (gap.deaf if deaf else gap.answered)(exchange_number * 0.1)
    assert 0.06 <= gap.seconds <= 0.1
    settled = gap.seconds
    for exchange_number in range(400, 1000):
        gap.answered(exchange_number * 0.1)
    assert gap.seconds >= 0.06
    assert gap.seconds <= settled


def test_one_lost_request_in_a_hundred_is_bad_luck_and_no_deafness() -> None:
    gap = Gap(Timing())
    for exchange_number in range(3000):
        (gap.answered if exchange_number % 100 else gap.deaf)(exchange_number * 0.1)
    assert gap.seconds == Timing().gap_floor


def test_over_a_cable_the_first_settings_of_a_master_are_believed_at_once() -> None:
    assert Pulse().beat(7.0) == 7.0


def test_settings_that_come_late_do_not_move_the_masters_pause() -> None:
    pulse = Pulse(jitter=0.3)
    assert pulse.beat(0.0) is None
    assert pulse.beat(4.4) == 4.4
    assert pulse.beat(8.8 + 0.3) == pytest.approx(8.86, abs=0.01)
    assert pulse.beat(13.2) == pytest.approx(13.2, abs=0.05)


def test_settings_that_are_lost_do_not_lengthen_the_masters_period() -> None:
    pulse = Pulse()
    heard = [turn * 4.4 for turn in range(300) if turn % 3]
    believed = [pulse.beat(at) for at in heard]
    assert pulse.period == pytest.approx(4.4)
    assert believed[1:] == pytest.approx(heard[1:])


def test_a_master_whose_period_has_changed_is_followed() -> None:
    pulse = Pulse()
    believed = [pulse.beat(period * 4.6) or 0.0 for period in range(30)]
    assert pulse.period == pytest.approx(4.6, abs=0.01)
    assert believed[-1] == pytest.approx(29 * 4.6, abs=0.05)


def test_settings_wanted_at_once_do_not_keep_the_processor_awake() -> None:
    talk = Conversation(Bus(Timing(status=3.0, settings=0.0)))
    polled(talk, 20, {1})
    turns = 0
    talk.pass_(0.3)
    end = talk.now + 2.0
    while talk.now < end:
        turns += 1
        assert talk.bus.wake_at > talk.now or talk.said[-1][0] == talk.now
        talk.pass_(max(1e-6, talk.bus.wake_at - talk.now))
    assert turns < 100


def test_a_pack_that_comes_back_is_asked_again_who_it_is() -> None:
    talk = Conversation(Bus())
    polled(talk, 15, {1})
    assert talk.heard().count((1, "about")) == 1
    polled(talk, 10, set())
    assert talk.states(1)[-1] == "silent"
    polled(talk, 20, {1})
    assert talk.heard().count((1, "about")) == 2


def test_sleep_is_no_silence_of_a_pack() -> None:
    talk = Conversation(Bus())
    polled(talk, 12, {1})
    talk.now += 3600.0
    polled(talk, 12, {1})
    assert set(talk.states(1)) <= {"heard", "late"}


def test_an_acknowledgement_that_comes_late_still_tells_whose_report_it_was() -> None:
    talk = Conversation(Bus(read_only=True))
    whole = answer(0, STATUS)
    talk.hear(whole[:300])
    talk.pass_(0.2)
    assert talk.heard() == []
    talk.hear(whole[300:])
    assert talk.heard() == [(0, "status")]
    assert (talk.bus.counters.reports, talk.bus.counters.unknown) == (1, 0)


def test_an_acknowledgement_of_something_else_tells_nothing() -> None:
    talk = Conversation(Bus(read_only=True))
    talk.hear(answer(0, STATUS)[:300])
    talk.pass_(0.2)
    talk.hear(answer(0, ABOUT)[300:])
    talk.hear(answer(0, STATUS)[300:])
    assert talk.heard() == []


@pytest.mark.parametrize("between", [request(7, STATUS), b"\xff" * 20])
def test_an_acknowledgement_is_not_given_to_a_report_before_something_else(between: bytes) -> None:
    talk = Conversation(Bus(read_only=True))
    talk.hear(answer(3, STATUS)[:300])
    talk.pass_(0.2)
    talk.hear(between)
    talk.pass_(0.2)
    talk.hear(answer(7, STATUS)[300:])
    assert talk.heard() == []


def status(address: int, runtime: int) -> bytes:
    """A Status of a board that has run for so many seconds."""
    frame = Status.blank()
    frame.runtime = runtime
    return request(address, STATUS) + frame.sealed() + closing(address, STATUS)


def lives(address: int, runtimes: Sequence[int], every: float = 5.0, noise: bytes = b"") -> Conversation:
    """A read-only bus on which a pack told its running times."""
    talk = Conversation(Bus(read_only=True))
    for runtime in runtimes:
        talk.hear(noise)
        talk.pass_(every)
        talk.hear(status(address, runtime))
    return talk


@pytest.mark.parametrize(
    "runtimes, boards",
    [
        ([1000, 1005, 1010, 1015], 1),
        ([1000, 1000, 1000, 1060], 1),  # held up on the way, or a coarse clock
        ([1000, 1005, 1010, 1009], 2),  # an older one gave way
        ([1009, 1015, 9000, 9005], 2),  # a younger one gave way
        ([1000, 1300, 1600, 1900], 1),  # played 60 times as fast
        ([4294967290, 4294967295, 0, 5], 2),
    ],
)
def test_another_board_at_the_same_address_is_known_by_its_running_time(
    runtimes: list[int], boards: int
) -> None:
    talk = lives(3, runtimes)
    changes = [e.before for e in talk.events if isinstance(e, NodeChanged) and e.state == "heard"]
    assert changes == ["", "silent"][:boards]


def test_another_board_is_asked_who_it_is() -> None:
    talk = lives(3, [1000, 1005])
    talk.hear(exchange(3, ABOUT))
    assert ABOUT in talk.bus.nodes[3].heard_at
    talk.hear(status(3, 500))
    assert ABOUT not in talk.bus.nodes[3].heard_at
    assert talk.bus.nodes[3].state == "heard"


def test_on_a_noisy_line_a_running_time_proves_nothing() -> None:
    spoilt = bytearray(status(3, 7))
    spoilt[100] ^= 1
    assert lives(3, [1000, 1005, 7, 1015], noise=bytes(spoilt)).states(3).count("heard") == 1


def test_in_every_capture_of_a_bus_each_board_stays_the_same() -> None:
    for capture in STREAMS:
        bus, now = Bus(read_only=True), 0.0
        changes = []
        for chunk in chunks(capture):
            now += 0.1
            changes += [e for e in bus.receive(chunk, now) if isinstance(e, NodeChanged)]
        assert not [e for e in changes if e.state == "heard" and e.before == "silent"], capture
