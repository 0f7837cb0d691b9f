"""Who answers the requests of a command: the gateway that runs, or the command itself where none does."""

import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from ..config import Config
from ..control.answers import doings
from ..control.local import Asker, AtHand, Client
from ..control.locks import is_held, kept
from ..errors import JkbusError
from ..health.examiner import Examiner
from ..transport.links import open_link
from .archive import Archive
from .gateway import COMMAND, Gateway, Opener
from .journal import KeptAlarms
from .past import history_of


@asynccontextmanager
async def desk_for(config: Config, opener: Opener = open_link) -> AsyncIterator[Asker]:
    """Whoever answers requests about packs: the gateway that runs, or where none does, this program itself.

    Raises JkbusError if there is a gateway and it does not answer, or another command has the links.
    """
    client = Client(config.state)
    if await client.there():
        yield client
        return
    with kept(config.state / COMMAND):
        if is_held(config.state / "memory.json.lock"):
            raise JkbusError(
                f"{config.state}: a gateway runs with this folder, but does not answer at {client.path.name};"
                " restart it, its log may tell why"
            )
        async with Gateway(config, opener, alone=True).at_hand() as desk:
            yield AtHand(doings(desk))


@asynccontextmanager
async def archive_for(config: Config, wall: Callable[[], float] = time.time) -> AsyncIterator[Asker]:
    """Whoever answers requests about the past: the gateway that runs, else the files; no link is opened.

    `wall` is the wall clock in unix seconds.
    Raises JkbusError if there is a gateway that this user may not talk to.
    """
    client = Client(config.state)
    if await client.there():
        yield client
        return
    history, journal = history_of(config), KeptAlarms(config.state, wall)
    try:
        yield AtHand(Archive(config, history, journal, Examiner(history.file, wall), math.inf).doings)
    finally:
        journal.shut()
