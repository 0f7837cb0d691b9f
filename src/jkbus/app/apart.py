"""What a bus can do without must not stop it: faults that nobody foresaw are logged, and it goes on."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from ..bus.events import Event
from ..errors import JkbusError

log = logging.getLogger("jkbus.gateway")

AGAIN = 60.0  # s until what failed is begun anew

Listener = Callable[[str, Event], None]


async def apart(what: str, run: Callable[[], Awaitable[None]]) -> None:
    """Run it until it ends; begin anew after a minute if it fails. Raises only JkbusError."""
    while True:
        working = asyncio.create_task(_awaited(run), name=what)  # which counts its own cancellations
        try:
            await working
            return
        except JkbusError:
            raise
        except Exception:
            log.exception("%s failed; it is begun anew in a minute, please report this", what)
        task = asyncio.current_task()
        if task is not None and task.cancelling():  # what fails while it is stopped tells only of its failure
            raise asyncio.CancelledError
        await asyncio.sleep(AGAIN)


async def _awaited(run: Callable[[], Awaitable[None]]) -> None:
    await run()


def guarded(what: str, listener: Listener) -> Listener:
    """The same listener, which raises nothing; what it did raise is logged the first time."""
    level = logging.ERROR

    def take(home: str, event: Event) -> None:
        nonlocal level
        try:
            listener(home, event)
        except Exception:
            log.log(level, "%s cannot take what was heard; please report this", what, exc_info=True)
            level = logging.DEBUG

    return take
