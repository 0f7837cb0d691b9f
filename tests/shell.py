"""The command as a user starts it, and commands in virtual time."""

import asyncio
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, TypeVarTuple, Unpack

JKBUS = str(Path(sys.executable).with_name("jkbus"))
BUSY = 1e-6  # s that pass with each turn of a hurried loop
PATIENCE = 60.0  # s; a busy machine is no failure

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


def environment(**more: str) -> dict[str, str]:
    """The environment of a command: no colours, no terminal width but what a test wants."""
    kept = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "FORCE_COLOR")}
    return {**kept, "PYTHONUTF8": "1", **more}


def jkbus(*arguments: str, stdin: bytes = b"", cwd: Path | None = None, **more: str) -> Ended:
    """Run the command to its end; whatever it was asked, it shows no traceback."""
    done = subprocess.run(
        [JKBUS, *arguments],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env=environment(**more),
        timeout=PATIENCE,
    )
    ended = Ended(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert "Traceback" not in ended.err + ended.out, ended.err
    return ended


def started(*arguments: str, cwd: Path | None = None, **more: Any) -> subprocess.Popen[bytes]:
    """Start the command and let it run."""
    options: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
    return subprocess.Popen([JKBUS, *arguments], cwd=cwd, env=environment(), **options)


def stopped(process: subprocess.Popen[bytes], number: int = signal.SIGINT) -> Ended:
    """Send a signal and wait for the end."""
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE)
    ended = Ended(process.returncode, (out or b"").decode(), (err or b"").decode())
    assert "Traceback" not in ended.err + ended.out, ended.err
    return ended


class Jumping(selectors.DefaultSelector):
    """Waits for nothing: where others would sleep, the clock jumps."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            return super().select(None)
        found = super().select(0)
        self.now += BUSY if found else timeout + BUSY
        return found


class Hurried(asyncio.SelectorEventLoop):
    """An event loop in virtual time."""

    def __init__(self) -> None:
        self._jumping = Jumping()
        self._jumping.now = time.monotonic()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> asyncio.Future[T]:
        """Work for another thread is done here and now: the clock would run away meanwhile."""
        done: asyncio.Future[T] = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:
            done.set_exception(error)
        return done


class Hurry(asyncio.DefaultEventLoopPolicy):
    """Makes `asyncio.run` hurry."""

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        return Hurried()
