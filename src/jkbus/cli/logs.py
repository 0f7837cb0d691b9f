"""What is said on stderr while a command works."""

import logging
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

FORMAT = "%(asctime)s %(levelname)s %(message)s"
LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)
NOTES = 6  # log lines kept for the live view

_verbosity = 0


def verbosity() -> int:
    """How often -v was given."""
    return _verbosity


def set_up(verbose: int) -> None:
    """Log to stderr: warnings, with -v what happens, with -vv everything."""
    global _verbosity
    _verbosity = verbose
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(FORMAT, "%Y-%m-%d %H:%M:%S"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("jkbus").setLevel(LEVELS[min(verbose, 2)])


def at_least(level: str) -> None:
    """Log from `level` (debug, info, warning, error) on, unless -v asked for more."""
    ours = logging.getLogger("jkbus")
    asked = LEVELS[min(_verbosity, 2)] if _verbosity else logging.CRITICAL
    ours.setLevel(min(asked, logging.getLevelNamesMapping()[level.upper()]))


@contextmanager
def hushed(name: str) -> Iterator[None]:
    """Let one logger tell errors only meanwhile, unless -v asked for more."""
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel(before if _verbosity else logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


class Notes(logging.Handler):
    """Keeps the last log lines for the live view, which has the terminal to itself."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: deque[str] = deque(maxlen=NOTES)
        self.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self.lines.append(self.format(record))

    def instead(self) -> "Notes":
        """Take the log lines from stderr."""
        logging.basicConfig(handlers=[self], force=True)
        return self
