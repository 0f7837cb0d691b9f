"""What all tests share: hypothesis without a stop watch, since machines that build are busy ones.

`--hypothesis-profile=thorough` looks for minutes where the usual run looks for seconds. In CI the same
examples are tried each time, so that a change is judged by what it changes.
"""

import logging
import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("patient", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.register_profile("thorough", deadline=None, max_examples=5000)
settings.load_profile("patient")

if (
    signal.getsignal(signal.SIGINT) is signal.SIG_IGN
):  # begun in the background; our commands would ignore it too
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Leave logging as it was: commands that run in this process set it up for themselves."""
    loggers = [logging.getLogger(name) for name in (None, "jkbus")]
    before = [(log, log.level, log.handlers[:], log.propagate) for log in loggers]
    yield
    for log, level, handlers, propagate in before:
        log.setLevel(level)
        log.handlers[:] = handlers
        log.propagate = propagate
