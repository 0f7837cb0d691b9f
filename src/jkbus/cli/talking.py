"""A conversation about settings: with the gateway that runs, or over the link itself where none does."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from .. import app
from ..config import Config, slug
from ..config.words import shown
from ..control.local import Asker, Client
from ..control.roll import ALL
from ..errors import JkbusError, UsageError
from .gateway import needed
from .importing import our_configuration
from .logs import hushed

_SOON = 2.0  # s after which it is told that a pack is waited for
CLEAR = "\r\x1b[K"  # a terminal's line, to be written anew
Answer = dict[str, Any]


class Talk(Protocol):
    """Whoever answers requests about packs; see `control.local`."""

    @property
    def goes_on(self) -> bool:
        """Whether a change that was begun goes on when nobody listens any more."""

    def ask(self, request: dict[str, Any]) -> AsyncIterator[Answer]:
        """The answers to a request, as they come."""


Work = Callable[[Talk], Coroutine[Any, Any, None]]


def configuration(path: Path | None) -> Config:
    """The configuration in a file, or where `run` finds it. Raises UsageError."""
    return our_configuration(path or needed())


def converse(config: Config, work: Work) -> None:
    """Do something with the packs of a configuration. Raises JkbusError."""
    asyncio.run(_converse(config, work))


async def _converse(config: Config, work: Work) -> None:
    with hushed("jkbus.changes"):  # what the desk tells its log is printed as an answer
        async with app.desk_for(config) as desk:
            waiting = "asking the gateway ..."
            if not isinstance(desk, Client):
                links = " and ".join(bus.link.shown for bus in config.buses)
                waiting = f"no gateway runs; listening on {links} before the first word ..."
            await work(_Patient(desk, waiting, isinstance(desk, Client), _names(config)))


def _names(config: Config) -> frozenset[str]:
    """What the packs of a configuration go by."""
    return frozenset(slug(pack.name) for bus in config.buses for pack in bus.packs) | {ALL}


class _Patient:
    """Says in a terminal what is waited for, as long as there is no answer.

    For a pack that the configuration does not name a command without a gateway has to listen for seconds,
    and that is also told where nobody may sit at a terminal.
    """

    def __init__(self, talk: Asker, waiting: str, goes_on: bool, names: frozenset[str]) -> None:
        self.goes_on = goes_on
        self._talk = talk
        self._waiting = waiting
        self._names = names

    @contextmanager
    def _telling_of_strangers(self, request: dict[str, Any]) -> Iterator[None]:
        strangers = [shown(word) for word in request.get("packs", ()) if slug(word) not in self._names]
        if self.goes_on or not strangers:
            yield
            return
        told = f"{' and '.join(strangers)}: not in the configuration; listening whether the bus has it ..."
        clear = CLEAR if sys.stderr.isatty() else ""
        later = asyncio.get_running_loop().call_later(
            _SOON, partial(print, f"{clear}jkbus: {told}", file=sys.stderr)
        )
        try:
            yield
        finally:
            later.cancel()

    async def ask(self, request: dict[str, Any]) -> AsyncIterator[Answer]:
        """The answers to a request. Raises JkbusError for one that is a fault."""
        terminal = sys.stderr.isatty()
        if terminal:
            waiting = "writing ..." if request["do"] == "apply" else self._waiting
            print(waiting[: shutil.get_terminal_size().columns - 1], end="", file=sys.stderr, flush=True)
        with self._telling_of_strangers(request):
            async for answer in self._talk.ask(request):
                if terminal:
                    print(CLEAR, end="", file=sys.stderr, flush=True)
                    terminal = False
                if "error" in answer:
                    raise fault(answer)
                yield answer


def fault(answer: Mapping[str, Any]) -> JkbusError:
    """The error that an answer tells: whose fault it is decides the exit code."""
    return (UsageError if answer.get("asked_wrong") else JkbusError)(answer["error"])


async def one(talk: Talk, request: dict[str, Any]) -> Answer:
    """The answer to a request that has just one. Raises JkbusError."""
    answers = [answer async for answer in talk.ask(request)]
    if not answers:
        raise JkbusError("the gateway hung up without an answer; its log says why")
    return answers[0]


def selected(packs: Iterable[str]) -> list[str]:
    """The packs that were named: several with commas between them, too."""
    return [name.strip() for names in packs for name in names.split(",") if name.strip()]
