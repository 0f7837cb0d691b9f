"""What happens to alarms, for whoever wants to hear of every single one."""

import asyncio
from collections import deque
from collections.abc import Callable

from .entry import Change

_ROOM = 1000  # changes that wait for a slow listener


class Feed:
    """The changes since the listener last looked, in order; of one that is too slow the oldest are lost."""

    def __init__(self, close: Callable[["Feed"], None]) -> None:
        self._changes: deque[Change] = deque(maxlen=_ROOM)
        self._event = asyncio.Event()
        self._close = close

    def put(self, change: Change) -> None:
        """Tell of a change."""
        self._changes.append(change)
        self._event.set()

    async def wait(self) -> list[Change]:
        """What happened since the last call; waits until there is something."""
        await self._event.wait()
        return self.take()

    def take(self) -> list[Change]:
        """What happened since the last call, without waiting."""
        changes = list(self._changes)
        self._changes.clear()
        self._event.clear()
        return changes

    def close(self) -> None:
        """Hear no more."""
        self._close(self)
