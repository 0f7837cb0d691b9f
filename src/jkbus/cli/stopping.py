"""Work that goes on until somebody stops it."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def until_stopped(work: Coroutine[Any, Any, None], seconds: float | None = None) -> None:
    """Run until the work is done, `seconds` are over, or Ctrl-C or SIGTERM comes: each ends it cleanly.

    The work is cancelled and may tidy up; a second Ctrl-C does not wait for that.
    """
    asyncio.run(_until_stopped(work, seconds))


async def _until_stopped(work: Coroutine[Any, Any, None], seconds: float | None) -> None:
    loop = asyncio.get_running_loop()
    task = loop.create_task(work, name="command")
    stopped = False

    def stop() -> None:
        nonlocal stopped
        stopped = True
        for number in SIGNALS:
            loop.remove_signal_handler(number)
        task.cancel()

    for number in SIGNALS:
        loop.add_signal_handler(number, stop)
    timer = loop.call_later(seconds, stop) if seconds is not None else None
    try:
        await task
    except asyncio.CancelledError:
        if not stopped:
            raise
    finally:
        if timer is not None:
            timer.cancel()
