"""Orders on their way to a bus, and whoever waits for their ends."""

import asyncio
from contextlib import suppress

from ..bus.bus import Bus
from ..bus.orders import Order

_LATE = 1.0  # s after its deadline by which a bus that is driven has ended an order
_HURRY = 2.0  # s that orders under way are given when the gateway stops


class Errands:
    """Carries orders to buses. Call `ended` for each `OrderEnded`, and `stop` before the links close."""

    def __init__(self) -> None:
        self._waiting: dict[Order, asyncio.Event] = {}
        self._stop_by = float("inf")

    @property
    def stopping(self) -> bool:
        """Whether nothing new may be begun."""
        return self._stop_by < float("inf")

    async def run(self, bus: Bus, order: Order) -> None:
        """Give an order to a bus and wait until it has its outcome, even if nobody drives the bus.

        Raises ValueError for what must not be said there. Who is cancelled withdraws the order.
        """
        loop = asyncio.get_running_loop()
        bus.order(order, loop.time())
        look = self._waiting[order] = asyncio.Event()
        try:
            while not order.outcome and loop.time() < self._until(order):
                look.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(self._until(order)):
                        await look.wait()
        finally:
            del self._waiting[order]
            if not order.outcome:
                bus.withdraw(order, loop.time())

    def ended(self, order: Order) -> None:
        """An order has its outcome."""
        if order in self._waiting:
            self._waiting[order].set()

    def stop(self) -> None:
        """Give what is under way a moment more, and what comes later none."""
        self._stop_by = min(self._stop_by, asyncio.get_running_loop().time() + _HURRY)
        for look in self._waiting.values():
            look.set()

    def _until(self, order: Order) -> float:
        return min(order.deadline + _LATE, self._stop_by)
