"""The file that undoes a change is there if, and only if, there is something to undo."""

import os
from pathlib import Path
from typing import Any

import pytest

from controlling import at_hand, hurry, three
from jkbus.control import undoing
from jkbus.errors import JkbusError, UsageError

REFUSED: dict[str, Any] = {"requested_charge_voltage_time": 0}  # boards refuse it


def read(file: str) -> str:
    return Path(file).read_text()


def test_a_change_that_was_refused_does_not_hide_the_one_before(tmp_path: Path) -> None:
    async def work() -> None:
        async with at_hand(three(), tmp_path) as bench:
            before = (await bench.set("a", charge_current_limit=80))[-1]["end"]["undo"]
            end = (await bench.set("a", **REFUSED))[-1]["end"]
            assert (end["ok"], end["undo"]) == (False, "")
            assert [str(file) for file in undoing.saved(tmp_path / "undo")] == [before]

    hurry(work())


def test_a_change_that_was_refused_half_way_can_be_undone(tmp_path: Path) -> None:
    async def work() -> None:
        async with at_hand(three(), tmp_path) as bench:
            end = (await bench.set("a", charge_current_limit=80, **REFUSED))[-1]["end"]
            assert not end["ok"] and "stopped after 1 of 2 writes" in end["message"]
            assert "charge_current_limit: 120 A" in read(end["undo"])

    hurry(work())


def test_a_file_says_whose_change_it_undoes(tmp_path: Path) -> None:
    file = undoing.save(tmp_path, {"a": {"precharge_time": 5}}, "command line pi")
    assert file is not None
    assert undoing.title(file).endswith("UTC (command line pi)")
    assert undoing.load(file).wishes_for("a") == {"precharge_time": 5}


def test_a_file_of_values_that_cannot_be_set_says_that_nothing_can_be_undone(tmp_path: Path) -> None:
    file = undoing.save(tmp_path, {"a": {"precharge_time": 100_000}}, "mqtt")
    assert file is not None
    with pytest.raises(UsageError, match="nothing of this change can be undone: precharge_time: 100000 s"):
        undoing.load(file)


def test_a_file_with_a_fault_is_told_of_as_any_profile(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("# mine\npacks:\n  a: {precharge_tim: 5}\n")
    with pytest.raises(UsageError, match="precharge_time"):
        undoing.load(file)


def test_the_name_of_a_file_is_on_the_disk_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    monkeypatch.setattr(
        os, "fsync", lambda number: synced.append(str(Path(f"/proc/self/fd/{number}").readlink()))
    )
    file = undoing.save(tmp_path, {"a": {"precharge_time": 5}}, "mqtt")
    assert synced == [str(file), str(tmp_path)]


def test_a_file_that_cannot_be_written_is_not_left_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(JkbusError, match="the old values cannot be saved"):
        undoing.save(tmp_path, {"a": {"precharge_time": 5}}, "command line pi")
    assert undoing.saved(tmp_path) == []
