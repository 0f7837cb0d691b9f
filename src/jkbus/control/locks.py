"""Locks between programs: files that the system lets one program hold, and frees when it dies."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from ..errors import JkbusError

_TRIES, _PAUSE = 5, 0.02  # s; who only looks whether a lock is held has it for a far shorter moment


def take(file: IO[str]) -> None:
    """Lock an open file until it is closed. Raises BlockingIOError if another program has it locked."""
    for left in reversed(range(_TRIES)):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if not left:
                raise
            time.sleep(_PAUSE)


def is_held(lock: Path) -> bool:
    """Whether another program holds this lock."""
    try:
        with lock.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        pass
    return False


@contextmanager
def kept(lock: Path) -> Iterator[None]:
    """Hold a lock meanwhile, if the folder lets us. Raises JkbusError if another command holds it."""
    with ExitStack() as held:
        try:
            lock.parent.mkdir(parents=True, exist_ok=True)
            take(held.enter_context(lock.open("w")))
        except BlockingIOError:
            raise JkbusError(
                f"{lock.parent}: another command talks to the packs; try again when it has ended"
            ) from None
        except OSError:
            pass
        yield
