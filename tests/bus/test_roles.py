"""Who may speak, and when."""

from conversation import ABOUT, SETTINGS, STATUS, Conversation, answer, exchange, master_period
from jkbus.bus.bus import Bus
from jkbus.bus.timing import BYTE, Timing
from jkbus.protocol.messages import request


def test_it_listens_before_its_first_word() -> None:
    talk = Conversation(Bus())
    talk.pass_(4.9)
    assert talk.said == []
    talk.pass_(0.5)
    assert talk.bus.role == "master"
    assert talk.said[0][1] == request(1, STATUS)


def test_a_silent_bus_is_probed_at_every_slave_address_and_never_at_the_masters() -> None:
    talk = Conversation(Bus())
    talk.pass_(12)
    assert [address for address, _ in talk.requests()][:15] == list(range(1, 16))
    assert 0 not in {address for address, _ in talk.requests()}


def test_beside_a_jk_master_one_message_is_said_per_period_in_the_pause_after_its_settings() -> None:
    talk = Conversation(Bus())
    for _ in range(4):
        master_period(talk)
        ended = talk.now
        before = len(talk.said)
        talk.pass_(0.45)
        if ended > 105.5:
            assert len(talk.said) == before + 1
            assert 0.03 <= talk.said[-1][0] - ended <= 0.1
    assert talk.bus.role == "pseudo-master"
    assert {data[3] for _, data in talk.said} == {0x1C}


def test_a_slave_that_does_not_answer_holds_up_nobody() -> None:
    talk = Conversation(Bus())
    for _ in range(5):
        master_period(talk)
        talk.pass_(0.3)
    assert {address for address, _ in talk.requests()} == {1, 2}


def test_device_info_is_asked_until_it_is_known_then_hourly() -> None:
    talk = Conversation(Bus())
    for _ in range(6):
        master_period(talk)
        talk.pass_(0.1)
        if talk.said and talk.now - talk.said[-1][0] < 0.1:
            talk.hear(answer(talk.said[-1][1][0], ABOUT))
    assert sorted(talk.requests()) == [(1, 0x1C), (2, 0x1C)]
    talk.now += 3601.0
    for _ in range(3):
        master_period(talk)
        talk.pass_(0.3)
    assert len(talk.requests()) > 2


def test_a_pause_noticed_too_late_is_not_used() -> None:
    talk = Conversation(Bus())
    master_period(talk)
    talk.pass_(0.3)
    master_period(talk)
    talk.now += 0.4  # the program was held up
    talk.pass_(0.05)
    assert talk.said == []


def test_a_master_steps_back_at_once_when_somebody_else_asks() -> None:
    talk = Conversation(Bus())
    talk.pass_(6)
    assert talk.bus.role == "master"
    talk.hear(request(3, STATUS))
    said = len(talk.said)
    assert talk.bus.role == "pseudo-master"
    talk.pass_(4.5)
    assert len(talk.said) == said


def test_a_report_from_address_0_proves_a_jk_master() -> None:
    talk = Conversation(Bus())
    talk.pass_(6)
    talk.hear(answer(0, STATUS))
    assert talk.bus.role == "pseudo-master"


def test_it_takes_over_when_the_master_stays_silent_and_says_why() -> None:
    talk = Conversation(Bus())
    master_period(talk)
    talk.pass_(0.3)
    master_period(talk)
    said = len(talk.said)
    talk.pass_(4.8)
    assert talk.bus.role == "pseudo-master"
    talk.pass_(0.5)
    assert talk.bus.role == "master"
    assert talk.bus.reason == "the JK master has been silent for 5 s"
    assert len(talk.said) > said


def test_its_own_echo_is_no_master() -> None:
    talk = Conversation(Bus())
    talk.pass_(5.1)
    for _ in range(30):
        data = talk.said[-1][1]
        talk.pass_(11 * BYTE)
        talk.hear(data)
        talk.pass_(0.02)
        talk.hear(answer(data[0], {0x1C: ABOUT, 0x1E: SETTINGS, 0x20: STATUS}[data[3]]))
        talk.pass_(0.12)
    assert talk.bus.role == "master"
    assert talk.bus.counters.echoes == 30
    assert talk.bus.counters.collisions == 0


def test_an_echo_that_comes_late_is_still_an_echo() -> None:
    talk = Conversation(Bus())
    talk.pass_(5.01)
    data = talk.said[-1][1]
    talk.hear(data)
    assert talk.bus.role == "master"
    talk.hear(data)  # but nobody echoes twice
    assert talk.bus.role == "pseudo-master"


def test_a_read_only_bus_never_says_a_byte_and_tells_what_it_cannot_have() -> None:
    talk = Conversation(Bus(read_only=True))
    talk.pass_(30)
    assert talk.said == []
    assert "nobody else asks them" in talk.bus.missing()[0]
    for _ in range(3):
        master_period(talk)
        talk.pass_(0.5)
    assert talk.said == []
    assert talk.bus.role == "sniffer"
    assert any("serial number" in sentence for sentence in talk.bus.missing())
    assert {kind for _, kind in talk.heard()} == {"settings", "status"}


def test_a_link_that_cannot_send_is_suspected_when_nobody_answers() -> None:
    talk = Conversation(Bus())
    for _ in range(8):
        master_period(talk)
        talk.pass_(0.3)
    assert any("check that the link can send" in sentence for sentence in talk.bus.missing())


def test_a_bus_without_packs_says_what_to_look_at() -> None:
    talk = Conversation(Bus())
    talk.pass_(20)
    assert any("swap A and B" in sentence for sentence in talk.bus.missing())


def test_after_a_lost_link_it_listens_anew_and_every_pack_is_silent() -> None:
    talk = Conversation(Bus())
    master_period(talk)
    talk.pass_(5)
    events = talk.bus.lost(talk.now)
    assert [node.state for node in talk.bus.nodes.values()] == ["silent"] * 3
    assert len(events) == 4
    said = len(talk.said)
    talk.pass_(4.9)
    assert len(talk.said) == said
    talk.pass_(0.5)
    assert talk.bus.role == "master"


def test_a_foreign_write_is_left_its_answer() -> None:
    talk = Conversation(Bus())
    talk.pass_(5.5)
    talk.pass_(0.3)
    said = len(talk.said)
    talk.hear(bytes.fromhex("021010780002040000000037A9"))
    now = talk.now
    talk.pass_(0.5)
    later = [at for at, _ in talk.said[said:]]
    assert later
    assert min(later) >= now + Timing().answer_timeout


def test_a_master_that_comes_back_is_obeyed_again() -> None:
    talk = Conversation(Bus())
    master_period(talk)
    talk.pass_(6)
    assert talk.bus.role == "master"
    talk.hear(exchange(1, STATUS))
    assert talk.bus.role == "pseudo-master"
    assert talk.roles() == ["sniffer", "pseudo-master", "master", "pseudo-master"][-len(talk.roles()) :]


def test_a_long_gap_does_not_close_the_pause_after_the_masters_settings() -> None:
    talk = Conversation(Bus(Timing(gap=0.25)))
    for _ in range(4):
        master_period(talk)
        talk.pass_(0.3)
    assert {register for _, register in talk.requests()} == {0x1C}


def test_one_that_was_asleep_listens_again_before_it_speaks() -> None:
    talk = Conversation(Bus())
    for _ in range(3):
        master_period(talk)
        talk.pass_(0.3)
    said = len(talk.said)
    talk.now += 3600.0  # the computer was suspended; the JK master was not
    talk.pass_(4.9)
    assert len(talk.said) == said
    assert talk.bus.role == "sniffer"
    talk.pass_(0.5)
    assert talk.bus.role == "master"


def test_our_last_words_said_again_much_later_are_somebody_elses() -> None:
    talk = Conversation(Bus())
    talk.pass_(5.01)
    data = talk.said[-1][1]
    talk.bus.read_only = True  # it says nothing else meanwhile
    talk.pass_(4)
    talk.hear(data)
    assert talk.bus.master_heard == talk.now
