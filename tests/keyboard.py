"""A command in a terminal, with somebody at the keyboard."""

import os
import pty
import select
import signal
import subprocess
import time
from collections.abc import Sequence

from shell import JKBUS, PATIENCE, Ended, environment

LOOK = 65536


def typing(
    arguments: Sequence[str], question: str, answer: str, *, stop: int = 0, columns: int = 100
) -> Ended:
    """Run the command in a terminal and answer its question; with `stop` send that signal instead.

    `out` holds all the terminal showed, without colours.
    """
    near, far = pty.openpty()
    process = subprocess.Popen(
        [JKBUS, *arguments],
        stdin=far,
        stdout=far,
        stderr=far,
        env=environment(COLUMNS=str(columns), NO_COLOR="1", TERM="dumb"),
        start_new_session=True,
    )
    os.close(far)
    shown = _until(near, question.encode())
    if stop:
        process.send_signal(stop)
    else:
        os.write(near, f"{answer}\n".encode())
    shown += _until(near, None)
    os.close(near)
    ended = Ended(process.wait(PATIENCE), shown.decode().replace("\r\n", "\n"), "")
    assert "Traceback" not in ended.out, ended.out
    return ended


def interrupted(arguments: Sequence[str], question: str) -> Ended:
    """Run the command in a terminal and press Ctrl-C at its question."""
    return typing(arguments, question, "", stop=signal.SIGINT)


def _until(near: int, word: bytes | None) -> bytes:
    """What is shown until `word` is, or until the command has ended."""
    shown, end = b"", time.monotonic() + PATIENCE
    while word is None or word not in shown:
        assert select.select([near], [], [], max(0.0, end - time.monotonic()))[0], shown
        try:
            data = os.read(near, LOOK)
        except OSError:  # the other side is closed
            data = b""
        if not data:
            assert word is None, f"ended before its question: {shown!r}"
            break
        shown += data
    return shown
