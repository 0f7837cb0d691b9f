"""Locks between programs: files that the system lets one program hold, and frees when it dies."""

import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ..errors import JkbusError


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
            fcntl.flock(held.enter_context(lock.open("w")), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise JkbusError(
                f"{lock.parent}: another command talks to the packs; try again when it has ended"
            ) from None
        except OSError:
            pass
        yield
