"""What a capture must not tell is blanked, and nothing else is touched."""

import io
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkbus.protocol.about import About
from jkbus.protocol.checksum import crc16, sum8
from jkbus.protocol.framing import Framer
from jkbus.protocol.messages import Reply, closing, command, read, reply, request
from jkbus.protocol.settings import Settings
from jkbus.transport.blanking import PRIVATE, Blanker
from jkbus.transport.captures import CaptureWriter, read_chunks
from material import STREAMS, chunks, reports

SECRETS = {
    "device_name": "KELLER-4711-LIN",
    "device_password": "1234",
    "serial_number": "40412345678",
    "user_data": "Hauptstrasse 12",
    "setup_password": "geheim99",
    "user_data_2": "0170/1234567",
}
PASSCODE = b"9876"  # of older boards, behind the serial number


def about(secrets: dict[str, str] = SECRETS, **public: object) -> bytes:
    frame = About.blank()
    for name, value in {**secrets, "model": "JK_PB2A16S20P", "software_version": "15.41", **public}.items():
        setattr(frame, name, value)
    row = About.row("serial_number")
    data = bytearray(frame.data)
    data[row.offset + 12 : row.offset + 16] = PASSCODE
    return About(data).sealed()


def blanked(*parts: bytes, step: float = 0.0) -> bytes:
    blanker = Blanker({})
    out = b"".join(blanker.feed(part, number * step) for number, part in enumerate(parts))
    return out + blanker.finish()


def cut(stream: bytes, places: set[int]) -> list[bytes]:
    edges = sorted({0, len(stream), *(place % (len(stream) + 1) for place in places)})
    return [stream[start:stop] for start, stop in pairwise(edges)]


def readable(stream: bytes, least: int = 4) -> list[bytes]:
    """The texts that can still be read in it, without those that are public or blanked."""
    texts: list[bytes] = []
    text = b""
    for byte in stream + b"\0":
        if 0x20 <= byte < 0x7F and byte != ord("X"):
            text += bytes([byte])
        else:
            texts, text = texts + [text] * (len(text) >= least), b""
    return texts


def private_in(stream: bytes) -> list[bytes]:
    """What is readable and not the model or version."""
    return [text for text in readable(stream) if text not in b"JK_PB2A16S20P 15.41"]


def test_the_private_fields_of_an_about_are_blanked_and_the_rest_stays() -> None:
    frame = About(blanked(about()))
    assert frame.data == frame.sealed()
    assert frame.device_password == "XXXX"
    assert frame.serial_number == "X" * 11
    assert PASSCODE not in frame.data
    whole = About(about()).values()
    for name, value in frame.values().items():
        if name in PRIVATE:
            assert value == "X" * len(str(whole[name]))
        elif name != "checksum":
            assert value == whole[name]


texts = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters="X"), max_size=16)


@given(
    st.fixed_dictionaries(dict.fromkeys(PRIVATE, texts)),
    st.sets(st.integers(0, 2000)),
    st.lists(st.sampled_from([request(1, 3), request(2, 2), closing(1, 3), b"\xff\x00", b"\x55\xaa"])),
)
def test_no_secret_survives_however_a_stream_is_cut(
    secrets: dict[str, str], places: set[int], around: list[bytes]
) -> None:
    stream = b"".join(around) + request(1, 3) + about(secrets) + closing(1, 3) + b"".join(around)
    out = blanked(*cut(stream, places))
    assert len(out) == len(stream)
    assert out == blanked(stream)
    expected = stream.replace(about(secrets), blanked(about(secrets)))
    assert out == expected
    assert readable(out, 1).count(b"JK_PB2A16S20P") == 1
    body = out[out.index(b"JK_PB2") :][:144]
    assert set(body[40:72] + body[80:144]) <= {0, ord("X")}


@pytest.mark.parametrize("capture", STREAMS)
def test_a_real_capture_that_was_blanked_before_stays_as_it_is(capture: str) -> None:
    parts = chunks(capture)
    spaced = b"".join(parts).replace(b"XXXXX XXXXXXXX", b"X" * 14)  # its maker left the space in a text alone
    out = blanked(*parts, step=0.02)
    assert len(out) == len(spaced)
    different = {place for place, (old, new) in enumerate(zip(spaced, out, strict=True)) if old != new}
    assert all(out[place] == ord("X") or out[place - 299 :].startswith(b"\x55\xaa") for place in different)
    assert [type(m) for m in Framer().feed(out)] == [type(m) for m in Framer().feed(b"".join(parts))]


@pytest.mark.parametrize("name", ["settings", "status"])
def test_other_reports_are_not_touched(name: str) -> None:
    for origin, data in reports():
        if data[4] == {"settings": 1, "status": 2}[name]:
            assert blanked(data) == data, origin


@given(
    st.lists(st.tuples(st.integers(5, 298), st.integers(1, 255)), min_size=1, max_size=8),
    st.sets(st.integers(0, 400)),
)
def test_a_damaged_about_is_blanked_and_stays_damaged(flips: list[tuple[int, int]], places: set[int]) -> None:
    damaged = bytearray(about())
    for place, flip in flips:
        damaged[place] ^= flip
    wrong = (sum8(damaged[:-1]) - damaged[-1]) & 0xFF
    out = blanked(*cut(bytes(damaged) + request(1, 2), places))
    assert (sum8(out[:299]) - out[299]) & 0xFF == wrong
    assert out[300:] == request(1, 2)
    for row in map(About.row, PRIVATE):
        assert set(out[row.offset : row.offset + row.size]) <= {0, ord("X")}


@given(st.integers(0, 299), st.integers(1, 298), st.sets(st.integers(0, 400)))
def test_an_about_that_lost_bytes_tells_no_text(start: int, count: int, places: set[int]) -> None:
    stump = about()[:start] + about()[start + count :]
    out = blanked(*cut(stump + b"\xfe" * 12, places))
    assert len(out) == len(stump) + 12
    assert private_in(out) == []


def test_an_about_into_which_somebody_spoke_tells_no_text() -> None:
    whole = about()
    for place in range(5, 299):
        out = blanked(whole[:place], request(7, 2), whole[place:])
        assert request(7, 2) in out
        assert private_in(out.replace(request(7, 2), b"")) == []


def test_texts_in_noise_are_blanked_even_if_they_trickle_in() -> None:
    text = b"\xf0SECRET\xf1abc\xf2"
    assert (
        blanked(*(text[place : place + 1] for place in range(len(text))), step=3.0)
        == b"\xf0XXXXXX\xf1abc\xf2"
    )


def test_a_flood_of_ff_stays_what_it_is() -> None:
    assert blanked(b"\xff" * 1000) == b"\xff" * 1000


PAYLOAD = About(about()).registers()


@given(st.integers(0, 130), st.integers(1, 32), st.sets(st.integers(0, 200)))
def test_a_read_of_private_registers_is_blanked(even: int, count: int, places: set[int]) -> None:
    register = 0x1400 + 2 * even
    values = PAYLOAD[2 * even :][: 2 * count].ljust(2 * count, b"\0")
    answer = reply(3, values)
    out = blanked(*cut(read(3, register, count) + answer, places))
    expected = About.from_registers(PAYLOAD)
    masked = About(blanked(expected.sealed())).registers()[2 * even :][: 2 * count].ljust(2 * count, b"\0")
    assert out == read(3, register, count) + reply(3, masked)


def test_our_own_read_is_known_to_the_answer_that_is_heard() -> None:
    file = io.StringIO()
    with CaptureWriter(file, "sim:6", 0.0) as writer:
        writer.said(read(3, 0x1438, 2), 1.0)
        writer.heard(reply(3, b"1234"), 1.02)
        writer.said(read(3, 0x1290, 2), 2.0)
        writer.heard(reply(3, b"1234"), 2.02)
    assert [chunk.data for chunk in read_chunks(file.getvalue().encode())][1::2] == [
        reply(3, b"XXXX"),
        reply(3, b"1234"),
    ]


@pytest.mark.parametrize(
    "before",
    [
        b"",
        read(4, 0x1290, 2),  # another pack was asked
        read(3, 0x1290, 3),  # this is no answer to it
        read(3, 0x1290, 2) + reply(3, b"abcd"),  # answered already
        read(3, 0x1290, 2) + b"\xf3" + bytes(7),  # the next read was damaged
        read(3, 0x1290, 2) + command(b"\x03\x83\x02"),  # refused
    ],
)
def test_a_reply_of_which_nobody_knows_what_was_read_is_blanked(before: bytes) -> None:
    out = blanked(before, reply(3, b"\x0012\xff"))
    assert out.endswith(reply(3, b"\0XXX"))
    assert len(out) == len(before) + 9


def test_a_reply_that_comes_long_after_its_read_is_blanked() -> None:
    assert blanked(read(3, 0x1290, 2), reply(3, b"1234"), step=3.0).endswith(reply(3, b"XXXX"))


def test_a_write_of_private_registers_is_blanked() -> None:
    body = b"\x03\x10\x14\x4c\x00\x04\x08"  # the end of the date, the beginning of the serial number
    out = blanked(command(body + b"12\0\x0040\0\xe4"))
    assert out == command(body + b"12\0\0XX\0X")
    assert crc16(out[:-2]) == out[-2] | out[-1] << 8


def test_a_write_of_settings_is_not_touched() -> None:
    data = command(b"\x03\x10\x10\x1c\x00\x02\x04AAAA")
    assert blanked(data) == data


def test_texts_in_a_report_of_unknown_type_are_blanked() -> None:
    data = bytearray(Settings.blank().data)
    data[4], data[100:108] = 9, b"\x01password"[:8]
    out = blanked(Settings(data).sealed())
    assert out[100:108] == b"\x01XXXXXXX"
    assert out[299] == sum8(out[:299])


def test_chunks_keep_their_times_and_order_while_an_about_arrives() -> None:
    parts = [request(1, 3), about()[:62], about()[62:124], about()[124:], closing(1, 3), request(1, 2)]
    file = io.StringIO()
    with CaptureWriter(file, "sim:6", 0.0) as writer:
        for number, part in enumerate(parts):
            writer.heard(part, number / 100)
            if number == 2:
                writer.said(b"\x01", 0.025)
    read_back = read_chunks(file.getvalue().encode())
    assert [(chunk.at, chunk.direction) for chunk in read_back] == [
        (0.0, "<"),
        (0.01, "<"),
        (0.02, "<"),
        (0.025, ">"),
        (0.03, "<"),
        (0.04, "<"),
        (0.05, "<"),
    ]
    heard = [chunk.data for chunk in read_back if chunk.direction == "<"]
    assert [len(data) for data in heard] == [len(part) for part in parts]
    assert b"".join(heard) == blanked(*parts)
    assert not isinstance(Framer().feed(b"".join(heard))[1], Reply)


def test_nothing_of_an_about_is_on_disk_before_it_is_decided() -> None:
    file = io.StringIO()
    writer = CaptureWriter(file, "sim:6", 0.0)
    writer.heard(about()[:200], 0.0)
    assert b"geheim99".hex() not in file.getvalue()
    assert file.getvalue().count("\n") == 5
    writer.close()
    assert b"geheim99".hex() not in file.getvalue()
    assert len(read_chunks(file.getvalue().encode())[0].data) == 200
