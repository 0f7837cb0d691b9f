"""Who answers the requests of a command: the gateway that runs, or the command itself where none does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ..config import Config
from ..control.answers import doings
from ..control.local import Asker, AtHand, Client
from ..control.locks import is_held, kept
from ..errors import JkbusError
from ..transport.links import open_link
from .gateway import COMMAND, Gateway, Opener


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
