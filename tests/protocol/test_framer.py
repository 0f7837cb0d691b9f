"""A stream becomes messages: whatever it holds, however it is cut, whenever it comes."""

from itertools import pairwise

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from jkbus.protocol import Framer, Message, Noise, Report, Status
from jkbus.protocol.messages import acknowledgement, read, refusal, reply, request, write16, write32
from vectors import ABOUT, SETTINGS, STATUS

GOOD = [
    STATUS,
    SETTINGS,
    ABOUT,
    STATUS[:300] + b"\0" + STATUS[300:] + b"\0",
    STATUS[:300],
    request(1, 2),
    acknowledgement(2, 0x1078, 2),
    write16(3, 0x1114, 0x0210),
    write32(4, 0x1000, 3500),
    read(5, 0x1200, 32),
    reply(6, bytes(64)),
    refusal(7, 0x10, 2),
]
HEADS = [
    b"\x55",
    b"\x55\xaa\xeb",
    b"\x55\xaa\xeb\x90",
    b"\x00\x10",
    b"\x01\x03\xff",
    b"\x01\x10\x16\x20\x00\x7d\xfa",
]
UNCHANGED = st.sampled_from(GOOD)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A good message with a byte lost, doubled or changed, or cut short."""
    message = draw(UNCHANGED)
    place = draw(st.integers(0, len(message) - 1))
    middle = draw(st.sampled_from([b"", message[place : place + 1] * 2, bytes([message[place] ^ 0x20])]))
    end = draw(st.sampled_from([place, len(message)]))
    return message[:place] + middle + message[place + 1 : end]


SPOKEN = st.one_of(
    UNCHANGED, damaged(), st.sampled_from(HEADS), st.binary(max_size=40), st.just(b"\xff" * 300)
)
STREAM = st.lists(SPOKEN, max_size=6).map(b"".join)


def read_all(data: bytes) -> list[Message]:
    framer = Framer()
    return framer.feed(data) + framer.finish()


def sayings(messages: list[Message]) -> list[tuple[str, int | None, bytes]]:
    return [(m.kind, m.address, m.data) for m in messages if not isinstance(m, Noise)]


def bytes_of(messages: list[Message]) -> bytes:
    return b"".join(message.data for message in messages)


@st.composite
def timed(draw: st.DrawFn) -> list[tuple[bytes, float]]:
    """A stream in any pieces at any times, late or early or in the past."""
    stream = draw(STREAM)
    cuts = sorted(draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    times = st.one_of(st.sampled_from([0.0, 0.001, 0.019, 0.02, 0.05, 0.2, 1.0]), st.floats(-1, 1))
    edges = zip([0, *cuts], [*cuts, len(stream)], strict=True)
    return [(stream[start:end], draw(times)) for start, end in edges]


@given(pieces=timed(), start=st.floats(0, 1e6))
def test_any_bytes_at_any_time_raise_nothing_and_come_out_once(
    pieces: list[tuple[bytes, float]], start: float
) -> None:
    framer, now, out = Framer(), start, list[Message]()
    for data, pause in pieces:
        out += framer.feed(data, now)
        now += pause
        out += framer.poll(now)
    out += framer.finish()
    assert bytes_of(out) == b"".join(data for data, _ in pieces)
    assert framer.wake_at is None
    assert all(message.data for message in out)


@given(data=STREAM, now=st.floats(0, 1e9))
def test_waking_when_asked_to_decides_everything_in_the_end(data: bytes, now: float) -> None:
    framer = Framer()
    out, wakes = framer.feed(data, now), 0
    while framer.wake_at is not None:
        out += framer.poll(framer.wake_at)
        wakes += 1
        assert wakes <= 2
    assert bytes_of(out) == data


@given(data=STREAM, cuts=st.lists(st.integers(0, 2000), max_size=20))
def test_any_chunking_gives_the_same_messages(data: bytes, cuts: list[int]) -> None:
    framer, out, edges = Framer(), list[Message](), [0, *sorted(cuts), len(data)]
    for start, end in pairwise(edges):
        out += framer.feed(data[start:end])
    out += framer.finish()
    assert sayings(out) == sayings(read_all(data))


@given(junk=SPOKEN, good=UNCHANGED)
def test_a_good_message_is_found_after_any_junk_and_a_silence(junk: bytes, good: bytes) -> None:
    framer = Framer()
    framer.feed(junk, 0.0)
    framer.poll(1.0)
    assert sayings(framer.feed(good, 1.0) + framer.finish()) == sayings(read_all(good))


@given(junk=st.binary(max_size=60), good=UNCHANGED)
def test_a_good_message_is_found_directly_behind_junk(junk: bytes, good: bytes) -> None:
    assume(not sayings(read_all(junk + b"\xff")))
    found, wanted = sayings(read_all(junk + good)), sayings(read_all(good))
    assert found[-len(wanted) :] == wanted


@pytest.mark.parametrize("good", [STATUS, SETTINGS, ABOUT])
@pytest.mark.parametrize("pause", [0.0, 0.01, 1.0])
@given(length=st.integers(1, 299))
def test_a_report_is_found_behind_one_that_was_cut_short(good: bytes, pause: float, length: int) -> None:
    framer = Framer()
    out = framer.feed(STATUS[:length], 0.0) + framer.feed(good, pause) + framer.finish()
    assert sayings(out) == sayings(read_all(good))
    assert bytes_of(out) == STATUS[:length] + good


@given(places=st.sets(st.integers(0, 299), min_size=1, max_size=8), good=UNCHANGED)
@example(places={291}, good=STATUS)
@example(places={4, 261, 38, 39, 40, 7, 295, 299}, good=STATUS)
def test_bytes_lost_inside_a_report_cost_only_that_report(places: set[int], good: bytes) -> None:
    torn = bytes(byte for place, byte in enumerate(STATUS) if place not in places)
    assert sayings(read_all(torn + good)) == [("ack", 1, STATUS[300:]), *sayings(read_all(good))]


def test_a_report_that_lost_a_byte_is_bad_even_if_its_sum_is_right_by_chance() -> None:
    torn = STATUS[:291] + STATUS[292:]
    assert sum(torn[:299]) & 0xFF == torn[299]
    *noises, ack = read_all(torn)
    assert ack.data == STATUS[300:]
    assert sum(noise.bad_sums for noise in noises if isinstance(noise, Noise)) == 1


@given(place=st.integers(4, 299), flip=st.integers(1, 255))
def test_a_changed_byte_is_a_bad_sum(place: int, flip: int) -> None:
    changed = bytearray(STATUS)
    changed[place] ^= flip
    messages = read_all(bytes(changed))
    assert sayings(messages) == [("ack", 1, STATUS[300:])]
    assert sum(m.bad_sums for m in messages if isinstance(m, Noise)) == 1


@given(pieces=st.lists(st.one_of(SPOKEN, st.binary(min_size=500, max_size=3000)), max_size=10))
def test_a_framer_never_holds_more_than_one_answer(pieces: list[bytes]) -> None:
    framer, held = Framer(), 0
    for piece in pieces:
        held += len(piece) - len(bytes_of(framer.feed(piece)))
        assert 0 <= held <= 310


def test_a_flood_without_a_pause_is_cut_into_small_noises() -> None:
    for flood in (b"\xff" * 100_000, b"\x55" * 100_000, b"\x00\x03" * 20_000):
        messages = read_all(flood)
        assert {message.kind for message in messages} == {"noise"}
        assert max(len(message.data) for message in messages) <= 512
        assert bytes_of(messages) == flood


def test_a_report_in_a_flood_is_found() -> None:
    flood = b"\xff" * 5000
    assert sayings(read_all(flood + STATUS + flood)) == sayings(read_all(STATUS))


def test_a_report_that_is_all_headers_is_still_one_report() -> None:
    status = Status.from_registers(b"\x55\xaa\xeb\x90" * 73 + b"\x55").sealed()
    (report,) = read_all(status)
    assert (report.kind, report.data) == ("report", status)


def test_a_command_inside_a_report_is_not_a_command() -> None:
    hidden = Status.from_registers(request(3, 2) + bytes(282)).sealed()
    assert [kind for kind, *_ in sayings(read_all(hidden))] == ["report"]


@pytest.mark.parametrize("data", [request(16, 2), acknowledgement(200, 0x1620), read(255, 0x1200, 2)])
def test_nobody_has_an_address_above_fifteen(data: bytes) -> None:
    assert {message.kind for message in read_all(data)} == {"noise"}


def test_a_write_as_long_as_a_request_is_a_write() -> None:
    assert len(write16(1, 0x1610, 1)) == len(request(1, 2))
    assert [kind for kind, *_ in sayings(read_all(write16(1, 0x1610, 1)))] == ["write"]


def test_an_unknown_type_of_report_has_no_address_of_its_own() -> None:
    log = bytearray(STATUS[:300])
    log[4] = 5
    log[299] = sum(log[:299]) & 0xFF
    (report,) = [m for m in read_all(bytes(log)) if isinstance(m, Report)]
    assert (report.type, report.frame.kind, report.address, report.evidence) == (5, "unknown", None, "")
