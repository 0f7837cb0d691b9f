"""`sniff`, `capture` and `replay`: what is on the line, live and again."""

import json
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jkbus.cli.painting import Paint
from jkbus.cli.printing import Printer
from jkbus.protocol import Noise
from jkbus.transport.captures import read_capture
from material import TESTS
from shell import Ended, jkbus, started, stopped
from vectors import ABOUT

PHINIX = str(TESTS / "captures" / "phinix_readme.stream.hex")
Command = Callable[..., Ended]


def test_sniff_shows_a_line_a_message_and_what_it_was(hurried: Command) -> None:
    done = hurried("sniff", "sim:3", "--seconds", "9")
    lines, _, summary = done.out.rpartition("\n\n")
    assert done.code == 0
    assert re.search(r"^\d\d:\d\d:\d\d\.\d{3}  →  1  request   status$", lines, re.M)
    assert re.search(r"←  1  status +5\d\.\d\d V .* A +\d+ %  3\.\d{3}\.\.3\.\d{3} V", lines)
    assert re.search(r"←  0  settings  16 cells  280 Ah", lines)
    assert "pack  0: 2 status, 2 settings" in summary
    assert summary.startswith(f"{len(lines.splitlines())} messages (")


def test_sniff_says_nothing_on_the_line(hurried: Command) -> None:
    done = hurried("sniff", "sim:3?master=no", "--seconds", "60")
    assert done.out.strip() == "0 messages (silence), 0 bytes of noise, 0 bad checksums"
    assert done.err.startswith("nothing is heard; is there a JK master")
    assert len(done.err.splitlines()) == 1


def test_sniff_for_programs_is_one_object_a_line(hurried: Command) -> None:
    done = hurried("sniff", "sim:3", "--seconds", "5", "--json")
    found = [json.loads(line) for line in done.out.splitlines()]
    assert [one["kind"] for one in found if not one.get("padding")][:3] == ["request", "report", "ack"]
    assert all(one["at"] > 1e9 for one in found)


def test_ctrl_c_ends_sniffing_with_a_summary() -> None:
    process = started("sniff", "sim:3")
    assert process.stdout is not None and process.stdout.readline()
    done = stopped(process)
    assert (done.code, done.err) == (0, "")
    assert " messages (" in done.out


def test_a_recording_as_a_link_ends_by_itself(hurried: Command) -> None:
    done = hurried("sniff", f"replay:{PHINIX}")
    assert done.code == 0
    assert "pack  1: 1 status, 1 settings" in done.out


def test_what_was_captured_can_be_decoded_and_replayed(hurried: Command, tmp_path: Path) -> None:
    file = tmp_path / "night.jkc"
    done = hurried("capture", "sim:3", str(file), "--seconds", "10")
    assert (done.code, done.err) == (0, "")
    assert f"{file} holds" in done.out and "pack  0: 2 status, 2 settings" in done.out
    heard = read_capture(file)
    assert heard[-1].at is not None and 5 < heard[-1].at < 11
    decoded = [json.loads(line) for line in hurried("decode", "--json", str(file)).out.splitlines()]
    assert b"".join(chunk.data for chunk in heard).hex() == "".join(one["hex"] for one in decoded)
    replayed = hurried("replay", str(file)).out.splitlines()
    assert len(replayed) == sum(one["kind"] != "noise" for one in decoded)


@pytest.mark.parametrize("insist", [[], ["--secrets"]])
def test_a_capture_keeps_no_secrets_unless_the_user_insists(
    hurried: Command, tmp_path: Path, insist: list[str]
) -> None:
    source, file = tmp_path / "source.hex", tmp_path / "about.jkc"
    source.write_text(ABOUT.hex())
    assert hurried("capture", f"replay:{source}", str(file), *insist).code == 0
    assert (ABOUT.hex() in file.read_text()) == bool(insist)
    assert ("NOT blanked" in file.read_text()) == bool(insist)
    assert any(b"12345678901" in chunk.data for chunk in read_capture(file)) == bool(insist)


def test_a_capture_that_cannot_be_written_says_so(hurried: Command, tmp_path: Path) -> None:
    done = hurried("capture", "sim:3", str(tmp_path / "no" / "where"))
    assert done.code == 2
    assert "cannot be written: No such file or directory" in done.err


def test_replay_keeps_the_pace_of_the_recording_or_hurries(tmp_path: Path) -> None:
    file = tmp_path / "slow.jkc"
    file.write_text("# jkbus capture 1\n0.5 < 011016200001020000d6f1\n20.5 < 021016200001020000c201\n")
    done = jkbus("replay", str(file), "--speed", "100")
    assert done.out.splitlines() == [
        "     0.500  →  1  request   status",
        "    20.500  →  2  request   status",
    ]


def test_replay_shows_what_the_recorder_said(tmp_path: Path) -> None:
    file = tmp_path / "asked.jkc"
    file.write_text("# jkbus capture 1\n0.5 > 011016200001020000d6f1\n")
    assert "sent status" in jkbus("replay", str(file)).out


def test_sigterm_ends_a_capture_with_everything_written(tmp_path: Path) -> None:
    file = tmp_path / "killed.jkc"
    process = started("capture", "sim:3", str(file))
    end = time.monotonic() + 60
    while not file.exists() or file.read_text().count("\n") < 8:
        assert process.poll() is None and time.monotonic() < end
    done = stopped(process, signal.SIGTERM)
    assert (done.code, done.err) == (0, "")
    assert file.read_text().endswith("\n")


def test_noise_in_pieces_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    printer = Printer(Paint(False))
    for _ in range(10):
        printer.show(Noise(b"\xff" * 40), "12:00")
    printer.flush()
    printer.flush()
    assert capsys.readouterr().out.split()[:4] == ["12:00", "noise", "400", "bytes"]


def test_a_recording_that_is_there_is_not_overwritten(hurried: Command, tmp_path: Path) -> None:
    file = tmp_path / "night.jkc"
    file.touch()
    assert hurried("capture", "sim:3", str(file), "--seconds", "2").code == 0
    night = file.read_bytes()
    done = hurried("capture", "sim:3", str(file), "--seconds", "2")
    assert done.code == 2 and "is there already; nothing was changed" in done.err
    assert file.read_bytes() == night


def test_an_empty_recording_is_no_recording(hurried: Command, tmp_path: Path) -> None:
    file = tmp_path / "empty.jkc"
    file.touch()
    done = hurried("replay", str(file))
    assert done.code == 2 and "holds no bytes; there is nothing to replay" in done.err


@pytest.mark.parametrize("speed", ["0", "1000000"])
def test_a_recording_shows_its_packs_where_there_is_no_terminal(
    hurried: Command, tmp_path: Path, speed: str
) -> None:
    file = tmp_path / "night.jkc"
    assert hurried("capture", "sim:3", str(file), "--seconds", "8").code == 0
    done = hurried("replay", str(file), "--view", "--speed", speed)
    assert done.code == 0 and "3 packs" in done.out
