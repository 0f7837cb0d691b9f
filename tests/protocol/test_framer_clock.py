"""What silence decides: whose a report is, and when to stop waiting."""

import pytest

from jkbus.protocol import Framer, Message, Report
from jkbus.protocol.framing import ANSWER_WITHIN, CLOSING, PATIENCE
from jkbus.protocol.messages import Ack, Padding, closing, request, write16
from vectors import ABOUT, SETTINGS, STATUS

REPORT, CLOSED = STATUS[:300], STATUS[300:]


def evidence(messages: list[Message]) -> tuple[int | None, str]:
    (report,) = [message for message in messages if isinstance(message, Report)]
    return report.address, report.evidence


def test_an_acknowledgement_after_a_short_pause_belongs_to_its_report() -> None:
    framer = Framer()
    assert framer.feed(REPORT, 10.0) == []
    report, ack = framer.feed(CLOSED, 10.0 + CLOSING * 0.9)
    assert evidence([report]) == (1, "acknowledgement")
    assert isinstance(ack, Ack)


def test_an_acknowledgement_may_come_in_pieces() -> None:
    framer = Framer()
    framer.feed(REPORT[:200], 10.0)
    out = framer.feed(REPORT[200:] + CLOSED[:3], 10.01) + framer.feed(CLOSED[3:], 10.02)
    assert evidence(out) == (1, "acknowledgement")


def test_a_report_waits_no_longer_than_the_closing_time() -> None:
    framer = Framer()
    framer.feed(request(1, 2), 9.99)
    framer.feed(REPORT, 10.0)
    assert framer.wake_at == 10.0 + CLOSING
    assert framer.poll(10.0 + CLOSING * 0.99) == []
    assert evidence(framer.poll(framer.wake_at)) == (1, "request")
    (late,) = framer.feed(CLOSED, 10.05)
    assert isinstance(late, Ack)
    assert (late.address, late.type) == (1, 2)


def test_a_framer_that_nobody_polls_decides_with_the_next_bytes() -> None:
    framer = Framer()
    framer.feed(request(1, 2), 9.99)
    framer.feed(REPORT, 10.0)
    assert evidence(framer.feed(b"\xff", 11.0)) == (1, "request")


@pytest.mark.parametrize("pause, expected", [(0.19, (1, "request")), (0.21, (None, ""))])
def test_a_request_vouches_for_its_answer_for_a_while(pause: float, expected: tuple[int | None, str]) -> None:
    framer = Framer()
    framer.feed(request(1, 2), 10.0)
    framer.feed(REPORT, 10.0 + pause)
    assert evidence(framer.poll(11.0)) == expected
    assert ANSWER_WITHIN == 0.2


def test_a_request_vouches_for_one_report_of_its_type_only() -> None:
    framer = Framer()
    framer.feed(request(1, 2), 10.0)
    framer.feed(ABOUT[:300], 10.01)
    assert evidence(framer.poll(10.03)) == (None, "")
    framer.feed(REPORT, 10.04)
    assert evidence(framer.poll(10.06)) == (None, "")


def test_an_acknowledgement_outweighs_the_request_before_it() -> None:
    framer = Framer()
    framer.feed(request(7, 2), 10.0)
    assert evidence(framer.feed(STATUS, 10.01)) == (1, "acknowledgement")


def test_a_request_of_our_own_vouches_too() -> None:
    framer = Framer()
    framer.asked(4, 3, 10.0)
    framer.feed(ABOUT[:300], 10.02)
    assert evidence(framer.poll(10.04)) == (4, "request")


def test_settings_without_any_other_evidence_name_their_address() -> None:
    framer = Framer()
    framer.feed(SETTINGS[:300], 10.0)
    assert evidence(framer.poll(10.02)) == (1, "settings")


def test_an_address_stored_in_settings_gives_way_to_the_request() -> None:
    framer = Framer()
    framer.feed(request(9, 1), 9.98)
    framer.feed(SETTINGS[:300], 10.0)
    assert evidence(framer.poll(10.02)) == (9, "request")


def test_an_impossible_address_stored_in_settings_is_not_believed() -> None:
    settings = bytearray(SETTINGS[:300])
    settings[270] = 16
    settings[299] = sum(settings[:299]) & 0xFF
    framer = Framer()
    assert evidence(framer.feed(bytes(settings)) + framer.finish()) == (None, "")


@pytest.mark.parametrize(
    "tail",
    [closing(1, 1), closing(16, 2), write16(1, 0x1620, 0)[:8], b"\xff" * 8],
    ids=["of another type", "of nobody", "a request", "noise"],
)
def test_what_follows_a_report_must_close_it_to_name_the_sender(tail: bytes) -> None:
    framer = Framer()
    assert evidence(framer.feed(REPORT + tail) + framer.finish()) == (None, "")


@pytest.mark.parametrize("zeros", [1, 2])
def test_an_acknowledgement_may_stand_behind_padding(zeros: int) -> None:
    framer = Framer()
    framer.feed(REPORT, 10.0)
    out = framer.feed(bytes(zeros) + CLOSED + b"\0", 10.01)
    assert evidence(out) == (1, "acknowledgement")
    assert [type(message) for message in out] == [Report, Padding, Ack, Padding]
    assert framer.wake_at is None


def test_padding_between_two_answers_is_no_sign_of_a_bad_line() -> None:
    padded = REPORT + b"\0" + CLOSED + b"\0"
    framer = Framer()
    out = framer.feed(padded * 2) + framer.finish()
    assert [type(message) for message in out] == [Report, Padding, Ack, Padding] * 2


@pytest.mark.parametrize("address", range(16))
def test_a_request_behind_padding_is_found_for_every_address(address: int) -> None:
    framer = Framer()
    *_, last = framer.feed(REPORT + b"\0" + CLOSED + b"\0" + request(address, 2), 10.0)
    assert (last.kind, last.address) == ("request", address)


def test_an_unfinished_message_is_given_up_after_the_patience() -> None:
    framer = Framer()
    assert framer.wake_at is None
    assert framer.feed(REPORT[:250], 10.0) == []
    assert framer.wake_at == 10.0 + PATIENCE
    assert framer.poll(10.0 + PATIENCE * 0.99) == []
    out = framer.poll(10.0 + PATIENCE)
    assert b"".join(message.data for message in out) == REPORT[:250]
    assert framer.wake_at is None


def test_each_byte_renews_the_patience() -> None:
    framer = Framer()
    out: list[Message] = []
    for place in range(308):
        out += framer.feed(STATUS[place : place + 1], 10.0 + place * PATIENCE * 0.3)
    assert evidence(out) == (1, "acknowledgement")


def test_nothing_read_renews_nothing() -> None:
    framer = Framer()
    framer.feed(REPORT[:250], 10.0)
    framer.feed(b"", 10.04)
    assert framer.wake_at == 10.0 + PATIENCE


def test_more_patience_waits_longer_for_the_acknowledgement_too() -> None:
    framer = Framer(patience=0.5)
    framer.feed(REPORT, 10.0)
    assert framer.wake_at == pytest.approx(10.2)
    assert evidence(framer.feed(CLOSED, 10.15)) == (1, "acknowledgement")


def test_polling_early_or_for_nothing_does_nothing() -> None:
    framer = Framer()
    assert framer.poll(100.0) == []
    framer.feed(REPORT, 10.0)
    assert framer.poll(5.0) == []
    assert framer.finish() != []
    assert framer.finish() == []
