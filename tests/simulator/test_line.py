"""The virtual line has the times of a real one, and goes wrong as told."""

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jkbus.protocol import Framer
from jkbus.protocol.messages import acknowledgement, closing, read, request, write32
from jkbus.simulator import Faults, VirtualLine, VirtualPack
from jkbus.simulator.wire import BYTE
from laboratory import ABOUT, SETTINGS, STATUS, ask, listen, say


def line_of(*addresses: int, firmware: str = "14.20", chunk: int = 62, **faults: float) -> VirtualLine:
    packs = [VirtualPack(address, firmware=firmware) for address in addresses]
    line = VirtualLine(packs, chunk=chunk)
    for name, value in faults.items():
        setattr(line.faults, name, value)
    return line


def test_a_byte_takes_86_8_microseconds() -> None:
    line = line_of(1, chunk=1)
    line.packs[0].turnaround = (0.010, 0.010)
    line.write(request(1, STATUS), 50.0)
    heard = listen(line, 50.0, 50.2)
    assert len(heard) == 308
    first = 50.0 + 11 * 86.8055e-6 + 0.010 + 86.8055e-6
    assert heard[0][0] == pytest.approx(first, abs=1e-6)
    assert heard[-1][0] - heard[0][0] == pytest.approx(307 * 86.8055e-6, abs=1e-6)
    assert all(later - sooner == pytest.approx(86.8055e-6) for (sooner, _), (later, _) in pairwise(heard))


def test_chunks_are_those_of_a_usb_adapter() -> None:
    line = line_of(1)
    line.write(request(1, STATUS), 0.0)
    assert [len(data) for _, data in listen(line, 0.0, 0.2)] == [62, 62, 62, 62, 60]


def test_an_exchange_takes_what_it_takes_on_a_real_bus() -> None:
    line = line_of(1, 2, 3)
    for place, address in enumerate((1, 2, 3) * 20):
        start = place * 0.2
        line.write(request(address, STATUS), start)
        heard = listen(line, start, start + 0.19)
        assert 0.034 <= heard[-1][0] - start <= 0.050


def test_every_pack_answers_at_its_own_address_only() -> None:
    line = line_of(1, 2, 7)
    for address in range(16):
        heard = ask(line, address, STATUS, address * 1.0)
        assert heard[300:] == (closing(address, STATUS) if address in (1, 2, 7) else b"")


def test_a_pack_is_deaf_for_a_moment_after_its_answer() -> None:
    line = line_of(1)
    line.write(request(1, STATUS), 0.0)
    end = listen(line, 0.0, 0.1)[-1][0]
    assert ask(line, 1, STATUS, end + 0.002) == b""
    assert ask(line, 1, STATUS, end + 0.400)
    line.packs[0].deaf = 0.1
    line.write(request(1, STATUS), 10.0)
    end = listen(line, 10.0, 10.1)[-1][0]
    assert ask(line, 1, STATUS, end + 0.095) == b""
    assert ask(line, 1, STATUS, end + 0.401)


def test_other_packs_are_not_deaf() -> None:
    line = line_of(1, 2)
    line.write(request(1, STATUS), 0.0)
    end = listen(line, 0.0, 0.1)[-1][0]
    assert ask(line, 2, STATUS, end + 0.002)


def test_an_unplugged_pack_is_silent_and_comes_back() -> None:
    line = line_of(1)
    line.packs[0].silent = True
    assert ask(line, 1, STATUS, 0.0) == b""
    line.packs[0].silent = False
    assert ask(line, 1, STATUS, 1.0)


def test_without_echo_a_speaker_does_not_hear_itself_and_with_echo_it_does() -> None:
    line = line_of(3)
    assert len(ask(line, 3, STATUS, 0.0)) == 308
    line.faults.echo = True
    heard = ask(line, 3, STATUS, 1.0)
    assert heard[:11] == request(3, STATUS)
    assert len(heard) == 319


def test_what_is_written_while_still_speaking_follows_behind() -> None:
    line = line_of(3, echo=True)
    message = request(3, STATUS)
    line.write(message[:4], 0.0)
    line.write(message[4:], 0.0)
    heard = listen(line, 0.0, 0.2)
    assert heard[0][0] == pytest.approx(4 * BYTE)
    assert heard[1][0] == pytest.approx(11 * BYTE)
    assert len(b"".join(data for _, data in heard)) == 319


def test_a_message_in_pieces_close_together_is_heard_and_far_apart_is_not() -> None:
    line, message = line_of(3), write32(3, 0x1078, 0)
    line.write(message[:5], 0.0)
    assert say(line, message[5:], 0.003) == acknowledgement(3, 0x1078, 2)
    line.write(message[:5], 1.0)
    assert say(line, message[5:], 1.1) == b""


def test_two_who_speak_at_once_damage_each_other() -> None:
    line = line_of(1, 2)
    line.packs[0].turnaround = line.packs[1].turnaround = (0.010, 0.010)
    line.write(request(1, STATUS), 0.0)
    line.write(request(2, STATUS), 0.002)
    heard = b"".join(data for _, data in listen(line, 0.0, 0.5))
    assert line.collisions == 1
    framer = Framer()
    assert "report" not in {message.kind for message in framer.feed(heard) + framer.finish()}
    union = (0.002 + 11 * BYTE + 308 * BYTE) - 11 * BYTE
    assert len(heard) == pytest.approx(union / BYTE, abs=2)


def test_who_speaks_into_an_answer_destroys_it_and_hears_nothing_meanwhile() -> None:
    line = line_of(1, 2)
    line.write(request(1, STATUS), 0.0)
    first = listen(line, 0.0, 0.025)
    rest = say(line, request(2, STATUS), 0.025)
    heard = b"".join(data for _, data in first) + rest
    assert line.collisions == 1
    assert len(heard) in (308 - 11, 308 - 12)


def test_two_packs_with_one_address_talk_at_the_same_time() -> None:
    line = line_of(4, 4)
    heard = ask(line, 4, STATUS, 0.0)
    assert line.collisions == 1
    framer = Framer()
    assert "report" not in {message.kind for message in framer.feed(heard) + framer.finish()}


def test_lost_and_flipped_bytes_come_at_their_rate() -> None:
    line = line_of(1, lose=0.01)
    heard = sum(len(ask(line, 1, STATUS, at * 1.0)) for at in range(400))
    assert 250 * 308 * 0.97 < heard < 400 * 308 * 0.995
    line = line_of(1, flip=0.01)
    healthy = line.packs[0].report(SETTINGS)
    wrong = total = 0
    for at in range(400):
        answer = ask(line, 1, SETTINGS, at * 1.0)
        total += len(answer)
        wrong += sum(left != right for left, right in zip(answer, healthy, strict=False))
    assert 0.008 < wrong / total < 0.012


def test_faults_can_be_switched_on_and_off_while_it_runs() -> None:
    line = line_of(1)
    assert len(ask(line, 1, STATUS, 0.0)) == 308
    line.faults.lose = 1.0
    assert ask(line, 1, STATUS, 1.0) == b""
    line.faults.lose = 0.0
    line.faults.lost_requests = 1.0
    assert ask(line, 1, STATUS, 2.0) == b""
    line.faults.lost_requests = 0.0
    line.faults.pad = 1.0
    assert len(ask(line, 1, STATUS, 3.0)) == 310
    line.faults.pad = 0.0
    assert len(ask(line, 1, STATUS, 4.0)) == 308


def test_padding_does_not_pad_twice_nor_what_is_no_report() -> None:
    line = line_of(1, firmware="15.41", pad=1.0)
    assert len(ask(line, 1, STATUS, 0.0)) == 310
    assert len(say(line, read(1, 0x1200, 10), 1.0)) == 25


def test_pieces_come_in_any_size_and_late_but_in_order() -> None:
    line = line_of(1, split=7, delay=0.02)
    line.write(request(1, ABOUT), 0.0)
    heard = listen(line, 0.0, 0.2)
    assert max(len(data) for _, data in heard) > 3
    data = b"".join(data for _, data in heard)
    assert data[:300] == line.packs[0].about.sealed()
    assert heard[-1][0] > 11 * BYTE + 0.007 + 308 * BYTE


def test_noise_fills_the_silence_but_no_message() -> None:
    line = line_of(1, flood=50.0)
    heard = listen(line, 0.0, 2.0)
    noise = b"".join(data for _, data in heard)
    assert set(noise) == {0xFF}
    assert 300 < len(noise) < 1600
    answer = ask(line, 1, STATUS, 3.0)
    framer = Framer()
    assert [m.address for m in framer.feed(answer) + framer.finish() if m.kind == "report"] == [1]


def test_an_empty_line_never_wakes_anybody() -> None:
    line = line_of(1)
    assert line.read(5.0) == b""
    assert line.wake_at == math.inf


def test_several_listeners_hear_each_other_and_the_packs() -> None:
    line = line_of(1)
    other = line.attach()
    line.write(request(1, STATUS), 0.0, other)
    assert len(line.read(0.2)) == 319
    assert len(line.read(0.2, other)) == 308
    line.detach(other)
    line.write(request(1, STATUS), 1.0)
    assert len(line.read(1.2)) == 308


def test_who_does_not_listen_costs_no_memory_for_ever() -> None:
    line = line_of(1)
    other = line.attach()
    for at in range(1200):
        ask(line, 1, STATUS, float(at))
    assert len(other.chunks) <= 4096
    assert not line.tap.chunks


def test_the_same_seed_gives_the_same_line() -> None:
    def story(seed: int) -> list[tuple[float, bytes]]:
        line = VirtualLine([VirtualPack(1), VirtualPack(2)], seed=seed, faults=Faults(flip=0.01, delay=0.01))
        heard = []
        for at in range(20):
            line.write(request(1 + at % 2, STATUS), at / 4)
            heard += listen(line, at / 4, at / 4 + 0.2)
        return heard

    assert story(1) == story(1)
    assert story(1) != story(2)


moments = st.tuples(
    st.floats(0, 0.05),
    st.one_of(
        st.binary(max_size=40),
        st.builds(request, st.integers(0, 15), st.integers(1, 3)),
        st.builds(read, st.integers(0, 4), st.integers(0x0FF0, 0x1640), st.integers(0, 200)),
        st.builds(write32, st.integers(0, 4), st.integers(0x0FF0, 0x1640), st.integers(0, 2**32 - 1)),
    ),
)


@settings(max_examples=60)
@given(
    st.lists(moments, max_size=30),
    st.sampled_from([0.0, 0.02]),
    st.sampled_from([0.0, 20.0]),
    st.booleans(),
    st.booleans(),
)
def test_whatever_is_written_nothing_breaks_and_all_of_it_ends(
    story: list[tuple[float, bytes]], rate: float, flood: float, echo: bool, master: bool
) -> None:
    faults = Faults(lose=rate, flip=rate, delay=rate, flood=flood, echo=echo, split=5 if echo else 0)
    line = VirtualLine([VirtualPack(a) for a in (0, 1, 2, 3)], master=master, faults=faults)
    now, heard = 0.0, 0
    for pause, data in story:
        now += pause
        line.write(data, now)
        heard += len(line.read(now))
    for _, chunk in listen(line, now, now + 1.0):
        heard += len(chunk)
    assert heard <= (now + 1.1) / BYTE + 16 * 60


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(1, 3), st.floats(0.05, 0.2)), min_size=1, max_size=20))
def test_a_polite_speaker_gets_every_answer_whole(story: list[tuple[int, float]]) -> None:
    line, now = line_of(1, 2, 3), 0.0
    for address, pause in story:
        line.write(request(address, STATUS), now)
        heard = listen(line, now, now + 0.06)
        assert len(b"".join(data for _, data in heard)) == 308
        now += 0.06 + pause
    assert line.collisions == 0
