"""Captures: hex in every shape people have it in, and the file that `jkbus capture` writes."""

import errno
import io
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkbus.errors import JkbusError, UsageError
from jkbus.protocol.messages import request
from jkbus.transport.captures import CaptureWriter, Chunk, parse_hex, read_capture, read_chunks
from material import STREAMS, TESTS, chunks

STARTED = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def heard(*parts: bytes) -> list[Chunk]:
    return [Chunk(part) for part in parts]


@pytest.mark.parametrize(
    "text",
    [
        "55aaeb9002",
        "55 AA EB 90 02",
        "55.AA.EB.90.02",
        "55:aa:eb:90:02",
        "55,aa,eb,90,02",
        "55-AA-EB-90-02",
        "0x55, 0xAA, 0xEB, 0x90, 0x2",
        "{0x55, 0xaa, 0xeb, 0x90, 0x02};",
        "[55, aa, eb, 90, 02]",
        "0x55aaeb9002",
        r'"\x55\xaa\xeb\x90\x02"',
        "  55aa eb9002\t\r\n\n",
        "# a comment\n\n55aaeb9002  # another",
        "< 55aaeb9002",
        "<<< 55:AA:EB:90:02",
        "[12:00:01][D][uart_debug:114]: <<< 55:AA:EB:90:02",
    ],
)
def test_the_same_bytes_are_read_from_every_common_shape(text: str) -> None:
    assert parse_hex(text) == heard(bytes.fromhex("55aaeb9002"))


def test_each_line_is_a_chunk_with_the_time_before_or_behind_it() -> None:
    assert parse_hex("0.5 > 0110\n12.3456 < 55aa  # 99.5\n03 # 13.25\n04 # 7 packs\n") == [
        Chunk(b"\x01\x10", 0.5, ">"),
        Chunk(b"\x55\xaa", 12.3456),
        Chunk(b"\x03", 13.25),
        Chunk(b"\x04"),
    ]


def test_a_number_with_a_dot_is_two_bytes_unless_a_direction_follows() -> None:
    assert parse_hex("12.34 55") == heard(b"\x12\x34\x55")
    assert parse_hex("12.34 < 55") == [Chunk(b"\x55", 12.34)]


@pytest.mark.parametrize(
    ("text", "line", "piece"),
    [
        ("55aa\n55a", 2, "'55a'"),
        ("55 a 10", 1, "'a'"),
        ("\n\n55 zz", 3, "'zz'"),
        ("hello", 1, "'hello'"),
        ("0x", 1, "'0x'"),
        ("55" * 100 + "q", 1, "'5555"),
        ("55 \u00e4\x1b", 1, r"'\xe4\x1b'"),
    ],
)
def test_nonsense_is_named_with_its_line(text: str, line: int, piece: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_hex(text, "log.txt")
    assert f"log.txt, line {line}: {piece}" in str(error.value)
    assert len(str(error.value)) < 130
    assert str(error.value).isprintable()


@given(st.lists(st.binary(min_size=1), min_size=1), st.sampled_from(["", " ", ".", ":", ", ", "\t", "-"]))
def test_bytes_survive_any_separator(parts: list[bytes], between: str) -> None:
    text = "\n".join(between.join(f"{byte:02x}" for byte in part) for part in parts)
    assert parse_hex(text) == heard(*parts)


@given(st.text())
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    try:
        parse_hex(text)
    except UsageError as error:
        assert "line" in str(error)


@given(st.binary())
def test_any_file_is_read_or_refused_with_a_sentence(raw: bytes) -> None:
    try:
        read_chunks(raw)
    except UsageError as error:
        assert "input" in str(error)


@pytest.mark.parametrize("capture", STREAMS)
def test_the_real_captures_are_read_chunk_by_chunk(capture: str) -> None:
    read = read_capture(TESTS / "captures" / f"{capture}.stream.hex")
    assert [chunk.data for chunk in read] == list(chunks(capture))


def test_a_file_of_raw_bytes_is_one_chunk() -> None:
    raw = b"".join(chunks("phinix_readme"))
    assert read_chunks(raw) == [Chunk(raw)]


def test_text_of_a_windows_console_is_read() -> None:
    for encoding in ("utf-16", "utf-8-sig"):
        assert read_chunks("55 aa\r\n".encode(encoding)) == heard(b"\x55\xaa")


def test_a_missing_file_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nothing\.txt cannot be read: No such file or directory; check"):
        read_capture(tmp_path / "nothing.txt")
    with pytest.raises(UsageError, match="cannot be read: Is a directory"):
        read_capture(tmp_path)


def written(tmp_path: Path, said: list[Chunk], blank: bool = True) -> Path:
    path = tmp_path / "bus.capture"
    with CaptureWriter(path, "/dev/ttyUSB0", 100.0, blank=blank, started=STARTED) as writer:
        for chunk in said:
            write = writer.heard if chunk.direction == "<" else writer.said
            write(chunk.data, 100.0 + (chunk.at or 0))
    return path


def test_a_capture_reads_as_people_expect(tmp_path: Path) -> None:
    path = written(tmp_path, [Chunk(request(1, 2), 0.5, ">"), Chunk(b"\xff", 0.52125)])
    assert path.read_text() == (
        "# jkbus capture 1\n"
        "# link /dev/ttyUSB0\n"
        "# started 2026-11-22T10:00:00+00:00\n"
        "# PINs, passwords, serial numbers and names: blanked with X\n"
        "# seconds since start, < heard or > said, bytes\n"
        "0.5000 > 011016200001020000d6f1\n"
        "0.5212 < ff\n"
    )


@given(
    st.lists(
        st.builds(
            Chunk,
            st.binary(min_size=1),
            st.integers(0, 10**9).map(lambda tick: tick / 10000),
            st.sampled_from("<>"),
        )
    )
)
def test_what_is_written_unblanked_is_read_again(said: list[Chunk]) -> None:
    file = io.StringIO()
    said.sort(key=lambda chunk: chunk.at or 0)
    with CaptureWriter(file, "sim:6", 0.0, blank=False) as writer:
        for chunk in said:
            (writer.heard if chunk.direction == "<" else writer.said)(chunk.data, chunk.at or 0)
    assert read_chunks(file.getvalue().encode()) == said


def test_a_capture_says_when_it_is_not_blanked(tmp_path: Path) -> None:
    assert "NOT blanked: do not publish" in written(tmp_path, [], blank=False).read_text()


def test_what_was_heard_is_in_the_file_before_it_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "bus.capture"
    with CaptureWriter(path, "sim:6", 0.0) as writer:
        writer.heard(request(1, 2), 1.0)
        assert path.read_text().endswith("1.0000 < 011016200001020000d6f1\n")


def test_what_waited_for_its_message_is_written_when_silence_has_decided(tmp_path: Path) -> None:
    path = tmp_path / "bus.capture"
    with CaptureWriter(path, "sim:6", 0.0) as writer:
        writer.heard(request(1, 2)[:5], 1.0)
        assert path.read_text().count("\n") == 5
        for tick in range(10):
            writer.heard(b"", 1.5 + tick / 2)
        assert path.read_text().endswith("1.0000 < 0110162000\n")


def test_the_key_of_a_link_is_not_in_its_capture() -> None:
    file = io.StringIO()
    CaptureWriter(file, "esphome://node/?key=c2VjcmV0&port_name=bus", 0.0).close()
    assert "# link esphome://node/?key=****&port_name=bus\n" in file.getvalue()


def test_a_line_that_a_power_cut_left_unfinished_is_left_out(tmp_path: Path) -> None:
    path = written(tmp_path, [Chunk(request(1, 2), 0.5), Chunk(request(2, 2), 0.7)])
    whole = path.read_bytes()
    assert [chunk.at for chunk in read_chunks(whole[:-3])] == [0.5]
    assert [chunk.at for chunk in read_chunks(whole[:-4])] == [0.5]


def test_a_capture_of_a_later_jkbus_is_refused() -> None:
    with pytest.raises(UsageError, match="other version of jkbus; update"):
        read_chunks(b"# jkbus capture 2\n0.5 < 55\n", "bus.capture")


def test_a_place_where_nothing_can_be_written_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written: No such file or directory; choose another"):
        CaptureWriter(tmp_path / "missing" / "bus.capture", "sim:6", 0.0)


def test_a_full_disk_ends_the_capture_with_a_sentence() -> None:
    with pytest.raises(
        JkbusError, match="/dev/full: the capture ends here: No space left on device; make room"
    ):
        CaptureWriter("/dev/full", "sim:6", 0.0)


class SmallDisk(io.StringIO):
    """Holds a header and one chunk."""

    name = "bus.capture"

    def write(self, text: str) -> int:
        if self.getvalue().count("\n") >= 6:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(text)


def test_a_disk_that_fills_up_is_told_once_and_then_nothing_is_written() -> None:
    disk = SmallDisk()
    writer = CaptureWriter(disk, "sim:6", 0.0)
    writer.heard(request(1, 2), 1.0)
    with pytest.raises(JkbusError, match=r"bus.capture: the capture ends here: No space left"):
        writer.heard(request(1, 2), 2.0)
    writer.heard(request(1, 2), 3.0)
    writer.close()
    assert [chunk.at for chunk in read_chunks(disk.getvalue().encode())] == [1.0]
