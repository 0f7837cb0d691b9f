"""The log of changes: every line whole and on the disk, nothing lost, or it is said."""

import json
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkbus.control import audit
from jkbus.control.audit import Audit
from jkbus.errors import JkbusError


def step(number: int, result: str) -> dict[str, object]:
    return {"plan": "p", "step": number, "result": result}


def test_entries_come_back_in_order_with_the_time_they_were_written(tmp_path: Path) -> None:
    log = Audit(tmp_path / "not there yet")
    for number in range(3):
        log.note(step(number, "done"))
    assert [entry["step"] for entry in log.entries()] == [0, 1, 2]
    assert [entry["step"] for entry in log.entries(2)] == [1, 2]
    assert all(entry["at"].endswith("+00:00") and len(entry["at"]) == 29 for entry in log.entries())


def test_a_log_that_was_never_written_is_empty(tmp_path: Path) -> None:
    assert Audit(tmp_path).entries() == []
    assert Audit(tmp_path).unfinished() == []


def test_a_step_without_a_second_line_is_unfinished(tmp_path: Path) -> None:
    log = Audit(tmp_path)
    for number, result in [(1, "begun"), (1, "done"), (2, "begun"), (2, "refused"), (3, "begun")]:
        log.note(step(number, result))
    assert [entry["step"] for entry in log.unfinished()] == [3]


@given(cut=st.integers(0, 400))
def test_a_torn_last_line_costs_no_other(cut: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    log = Audit(tmp_path_factory.mktemp("state"))
    for number in range(3):
        log.note({**step(number, "done"), "message": "36,5 V → ü"})
    whole = log.file.read_bytes()
    log.file.write_bytes(whole[: len(whole) - cut])
    before = [entry["step"] for entry in log.entries()]
    log.note(step(9, "done"))
    assert [entry["step"] for entry in log.entries()] == [*before, 9]


def test_a_torn_line_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    log = Audit(tmp_path)
    log.note(step(1, "done"))
    log.file.write_bytes(log.file.read_bytes() + b'{"at":"20')
    log.unfinished()
    log.unfinished()
    assert caplog.text.count("line 2 was torn by a power cut and is passed over") == 1


def test_full_files_are_kept_and_the_oldest_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "SIZE", 400)
    log = Audit(tmp_path)
    for number in range(100):
        log.note(step(number, "done"))
    files = sorted(file.name for file in tmp_path.glob("*.jsonl"))
    assert files == [*(f"changes.{number}.jsonl" for number in range(1, 6)), "changes.jsonl"]
    assert all(file.stat().st_size <= 400 for file in tmp_path.glob("*.jsonl"))
    steps = [entry["step"] for entry in log.entries()]
    assert steps == list(range(steps[0], 100))
    assert len(steps) > 20


def test_a_step_that_was_begun_in_the_file_before_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Audit(tmp_path)
    log.note(step(1, "begun"))
    monkeypatch.setattr(audit, "SIZE", 10)
    log.note(step(2, "begun"))
    log.note(step(2, "done"))
    assert [entry["step"] for entry in log.unfinished()] == [1]


def test_two_programs_may_write_at_the_same_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "SIZE", 20_000)

    def write(user: int) -> None:
        log = Audit(tmp_path)
        for number in range(100):
            log.note({**step(number, "done"), "user": user})

    threads = [threading.Thread(target=write, args=(user,)) for user in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = Audit(tmp_path).entries()
    for user in range(3):
        assert [entry["step"] for entry in found if entry["user"] == user] == list(range(100))


def test_a_log_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "changes.jsonl").mkdir()
    with pytest.raises(JkbusError, match=r"changes\.jsonl: the log of changes cannot be written \(.*\)"):
        Audit(tmp_path).note(step(1, "begun"))
    with pytest.raises(JkbusError, match="the log of changes cannot be read"):
        Audit(tmp_path).entries()


def test_a_line_is_on_the_disk_when_note_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []

    def fsync(descriptor: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))

    monkeypatch.setattr(os, "fsync", fsync)
    log = Audit(tmp_path)
    log.note(step(1, "begun"))
    assert synced == [str(log.file), str(tmp_path)]
    assert json.loads(log.file.read_text())["step"] == 1
