"""A bus and a virtual line in virtual time: hours pass in seconds, and twice the same."""

from collections.abc import Iterator
from typing import Protocol, TypeVar

E = TypeVar("E")


class Ears(Protocol[E]):
    """Who takes part in the line: a `Bus`, or anything with the same three verbs."""

    @property
    def wake_at(self) -> float: ...
    def receive(self, data: bytes, now: float) -> list[E]: ...
    def poll(self, now: float) -> bytes: ...


class Line(Protocol):
    """What they speak on: a `VirtualLine`."""

    @property
    def wake_at(self) -> float: ...
    def read(self, now: float) -> bytes: ...
    def write(self, data: bytes, now: float) -> None: ...


def drive(bus: Ears[E], line: Line, start: float, end: float) -> Iterator[E]:
    """Let time pass from `start` to `end` (s) and give every event of the bus as it happens."""
    now = start
    while now < end:
        yield from bus.receive(line.read(now), now)
        if said := bus.poll(now):
            line.write(said, now)
        now = max(min(bus.wake_at, line.wake_at), now + 1e-6)
