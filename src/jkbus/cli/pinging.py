"""`ping`: whether a gateway runs and answers, for whoever watches over it."""

import asyncio
from pathlib import Path

from ..config import load
from ..config.tree import default_state
from ..control.local import Client
from ..errors import JkbusError
from .gateway import find

PATIENCE = 10.0  # s


def ping(state: Path | None) -> None:
    """Say how the gateway is. Raises JkbusError if none answers.

    Neither silent packs nor a broker that is away are a reason to start it anew; so they are none here. Where
    there is no configuration yet, the wizard waits for its owner, and that is as it should be too.
    """
    folder = state or _state()
    try:
        answer = asyncio.run(_asked(Client(folder)))
    except TimeoutError:
        raise JkbusError(f"{folder}: the gateway does not answer within {PATIENCE:.0f} s") from None
    if answer:
        print(f"{folder}: a gateway answers")
    elif find() is None:
        print("there is no configuration yet; the first start waits for one")
    else:
        raise JkbusError(f"{folder}: no gateway answers there; its log tells why")


def _state() -> Path:
    file = find()
    return load(file).state if file else default_state()


async def _asked(client: Client) -> bool:
    """Whether there is a gateway, and it answers."""
    async with asyncio.timeout(PATIENCE):
        if not await client.there():
            return False
        async for _ in client.ask({"do": "nothing"}):
            return True
    return False
