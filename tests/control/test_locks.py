"""Locks between programs: who looks at one is not taken for its holder."""

import fcntl
import threading
from pathlib import Path

import pytest

from jkbus.control.locks import is_held, kept
from jkbus.errors import JkbusError


def test_a_lock_is_held_until_its_end(tmp_path: Path) -> None:
    lock = tmp_path / "a.lock"
    assert not is_held(lock)
    with kept(lock):
        assert is_held(lock)
        with pytest.raises(JkbusError, match="another command talks to the packs"), kept(lock):
            pass
    assert not is_held(lock)


def test_a_look_at_a_lock_keeps_nobody_from_taking_it(tmp_path: Path) -> None:
    lock = tmp_path / "a.lock"
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_SH)  # as `is_held` does, but for longer
        timer = threading.Timer(0.01, fcntl.flock, (file, fcntl.LOCK_UN))
        timer.start()
        with kept(lock):
            assert is_held(lock)
        timer.join()
