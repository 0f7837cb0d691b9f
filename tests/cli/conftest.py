"""Commands in virtual time: where they would wait, the clock jumps."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from jkbus import cli
from shell import Ended, Hurry

Command = Callable[..., Ended]


@pytest.fixture
def hurried(capsys: pytest.CaptureFixture[str]) -> Iterator[Command]:
    """Runs a command line in this process and in no time."""

    def command(*arguments: str) -> Ended:
        code = cli.run(list(arguments))
        told = capsys.readouterr()
        return Ended(code, told.out, told.err)

    asyncio.set_event_loop_policy(Hurry())
    try:
        yield command
    finally:
        asyncio.set_event_loop_policy(None)
