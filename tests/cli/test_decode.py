"""`decode`: every recording, every shape of hex, and nothing lost on the way."""

import json
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkbus.cli.decoding import messages
from jkbus.cli.documents import document, dumps, shortest
from jkbus.cli.painting import Paint
from jkbus.cli.printing import Printer
from jkbus.protocol import REPORTS, Noise, Status
from jkbus.transport.captures import Chunk, read_capture
from material import STREAMS, TESTS, chunks, reports, table
from shell import JKBUS, Ended, environment, jkbus
from vectors import ABOUT

REQUEST = "01 10 16 20 00 01 02 00 00 D6 F1"
FRAME_NUMBERS = {"settings": "01", "status": "02", "about": "03"}
KINDS = {"report", "request", "write", "ack", "read", "reply", "exception", "noise"}


def documents(*pieces: bytes) -> list[dict[str, Any]]:
    """What `decode --json` says of these chunks, through JSON and back."""
    found = messages([Chunk(piece) for piece in pieces])
    return [
        json.loads(dumps(document(message, at, sent)), parse_constant=_refused) for message, at, sent in found
    ]


def _refused(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


@pytest.mark.parametrize("capture", STREAMS)
def test_every_byte_of_a_recording_comes_out_once_and_in_order(capture: str) -> None:
    found = documents(*chunks(capture))
    assert "".join(one["hex"] for one in found) == b"".join(chunks(capture)).hex()
    assert {one["kind"] for one in found} <= KINDS


@pytest.mark.parametrize("name", FRAME_NUMBERS)
def test_a_report_has_every_value_of_the_table_by_its_name(name: str) -> None:
    expected = {row["name"] for row in table("frames") if row["frame"] in ("all", FRAME_NUMBERS[name])}
    found = [one for _, data in reports() for one in documents(data) if one.get("type") == name]
    assert found
    for one in found:
        assert set(one["values"]) == expected


def test_values_have_the_types_that_the_table_says() -> None:
    types = {
        (row["frame"], row["name"]): list if int(row["count"] or 1) > 1 else _python(row)
        for row in table("frames")
    }
    for _, data in reports():
        (one,) = documents(data)
        if one["type"] not in FRAME_NUMBERS:
            continue
        for name, value in one["values"].items():
            expected = types.get((FRAME_NUMBERS[one["type"]], name)) or types["all", name]
            assert value is None or isinstance(value, expected), name


def _python(row: dict[str, str]) -> type | tuple[type, ...]:
    if row["type"] == "bit":
        return bool
    return str if row["type"] in ("ascii", "bytes") else (int, float)


def test_the_command_prints_an_object_a_message() -> None:
    file = TESTS / "captures" / "phinix_readme.stream.hex"
    done = jkbus("decode", "--json", str(file))
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert (done.code, done.err) == (0, "")
    assert [line["kind"] for line in lines[:2]] == ["report", "ack"]
    first = lines[0]
    assert (first["type"], first["address"], first["evidence"]) == ("status", 0, "acknowledgement")
    assert first["values"]["battery_voltage"] == 52.336
    assert first["values"]["cell_voltage"][0] == 3.271
    assert first["values"]["cell_voltage"][16:] == [None] * 16
    assert first["values"]["alarm_change_password"] is True


def test_text_tells_the_same_in_words() -> None:
    done = jkbus("decode", str(TESTS / "captures" / "phinix_readme.stream.hex"))
    first, *rest = done.out.splitlines()
    assert done.code == 0
    assert " ".join(first.split()) == "← 0 status 52.34 V +0.00 A 65 % 3.271..3.272 V 17.3 °C"
    assert any("battery_voltage" in line and "52.336 V" in line for line in rest)


@pytest.mark.parametrize(
    "text",
    [
        REQUEST,
        REQUEST.replace(" ", "").lower(),
        REQUEST.replace(" ", ":"),
        REQUEST.replace(" ", "."),
        REQUEST.replace(" ", "\n"),
        f"# who is there\n{REQUEST[:15]}  # 0.125\n{REQUEST[15:]}\n",
        ", ".join(f"0x{byte}" for byte in REQUEST.split()),
    ],
)
@pytest.mark.parametrize("where", [[], ["-"]])
def test_hex_of_any_common_shape_comes_from_a_pipe(text: str, where: list[str]) -> None:
    done = jkbus("decode", *where, "--json", stdin=text.encode())
    (found,) = map(json.loads, done.out.splitlines())
    assert (done.code, found["kind"], found["type"], found["address"]) == (0, "request", "status", 1)
    assert found["register"] == "0x1620"


def test_raw_bytes_are_understood_too() -> None:
    done = jkbus("decode", stdin=bytes.fromhex(REQUEST))
    assert done.out.split() == ["→", "1", "request", "status"]


def test_times_of_a_recording_are_kept() -> None:
    recorded = read_capture(TESTS / "captures" / "mpp-solar_utils_20240221_084414.stream.hex")
    times = [at for _, at, _ in messages(recorded) if at is not None]
    assert times == sorted(times)


def test_what_the_recorder_said_itself_is_marked() -> None:
    said = Chunk(bytes.fromhex(REQUEST), 1.0, ">")
    heard = Chunk(Status.blank().sealed(), 1.05)
    (request, at, sent), (report, later, own) = messages([said, heard])
    assert (request.kind, at, sent) == ("request", 1.0, True)
    assert (report.kind, report.address, later, own) == ("report", 1, 1.05, False)
    assert "sent" not in document(report, later, own)


def test_passwords_are_masked_in_text_and_whole_in_json() -> None:
    done = jkbus("decode", stdin=ABOUT)
    words = done.out.split()
    assert [words[words.index(name) + 1] for name in ("device_password", "setup_password")] == ["****"] * 2
    assert "1234" not in words and "123456" not in words
    (about, _) = documents(ABOUT)
    assert (about["values"]["device_password"], about["values"]["setup_password"]) == ("1234", "123456")


def test_noise_is_counted_and_not_shown_at_length() -> None:
    done = jkbus("decode", stdin=b"\xff" * 300)
    assert done.out.strip() == "noise     300 bytes  ff ff ff ff ff ff ff ff … ff ff ff ff ff ff ff ff"
    assert sum(one["bytes"] for one in documents(b"\xff" * 300)) == 300


def test_a_report_of_an_unknown_type_is_told_as_such() -> None:
    frame = bytearray(Status.blank().sealed())
    frame[4], frame[299] = 5, (frame[299] + 3) & 0xFF
    (found,) = documents(bytes(frame))
    assert (found["kind"], found["type"], found["address"]) == ("report", "unknown 5", None)


def test_a_float_that_is_none_is_null() -> None:
    frame = bytearray(Status.blank().sealed())
    frame[226:230] = b"\xff\xff\xff\xff"
    frame[299] = sum(frame[:299]) & 0xFF
    (found,) = documents(bytes(frame))
    assert found["values"]["battery_voltage_correction"] is None


def test_a_single_prints_as_short_as_it_can() -> None:
    assert shortest(3.0118727684020996) == 3.0118728


@given(st.binary(max_size=700), st.lists(st.integers(0, 700), max_size=4))
def test_any_bytes_at_all_become_json_and_none_is_lost(data: bytes, cuts: list[int]) -> None:
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    pieces = [data[start:end] for start, end in pairwise(places)]
    assert "".join(one["hex"] for one in documents(*pieces)) == data.hex()


@given(st.sampled_from(sorted(REPORTS)), st.binary(min_size=294, max_size=294))
def test_a_report_with_any_content_becomes_json(kind: int, payload: bytes) -> None:
    body = b"\x55\xaa\xeb\x90" + bytes([kind]) + payload
    (found, *_) = documents(body + bytes([sum(body) & 0xFF]))
    assert found["kind"] == "report"


def test_a_word_that_is_no_hex_is_named_with_its_line() -> None:
    done = jkbus("decode", stdin=b"01 10\nhello\n")
    assert done.code == 2
    assert "stdin, line 2: 'hello' is not hex" in done.err


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = jkbus("decode", str(tmp_path / "nothing.hex"))
    assert (done.code, done.out) == (2, "")
    assert "nothing.hex cannot be read: No such file" in done.err


def test_a_mistyped_option_is_no_file() -> None:
    done = jkbus("decode", "--jsn")
    assert (done.code, done.out) == (2, "")
    assert "unknown option: --jsn. Did you mean --json?" in done.err


def test_a_reader_that_has_seen_enough_is_no_fault() -> None:
    file = TESTS / "captures" / "mpp-solar_utils_20240222_114810.stream.hex"
    done = subprocess.run(
        ["bash", "-c", f"'{JKBUS}' decode '{file}' | head -1"],
        capture_output=True,
        env=environment(),
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().startswith("→")


def test_nothing_to_decode_is_told_to_people_and_not_to_programs() -> None:
    assert (jkbus("decode").code, jkbus("decode").err) == (
        0,
        "jkbus: stdin holds no bytes; nothing is decoded\n",
    )
    assert jkbus("decode", "--json") == Ended(0, "", "")


def test_megabytes_of_noise_take_no_longer_than_their_share(capsys: pytest.CaptureFixture[str]) -> None:
    printer = Printer(Paint(False))
    piece = Noise(bytes(256), 0)
    for _ in range(40_000):
        printer.show(piece, "")
    printer.flush()
    assert "10240000 bytes" in capsys.readouterr().out
