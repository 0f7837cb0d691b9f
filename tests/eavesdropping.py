"""A bus on a virtual line, in virtual time, with an ear that hears what it hears and says."""

from collections.abc import Callable

from jkbus.bus.bus import Bus
from jkbus.bus.timing import Timing
from jkbus.simulator import VirtualLine
from jkbus.wiring import Ear

Event = tuple[float, Callable[[], None]]


def overheard(
    line: VirtualLine, seconds: float, *events: Event, read_only: bool = False, rate: int = 115200
) -> Ear:
    """What an ear heard on a line in so many seconds; `events` happen at their times."""
    bus, ear, now, due = Bus(Timing(), read_only), Ear(rate), 0.0, sorted(events, key=lambda event: event[0])
    while now < seconds:
        while due and due[0][0] <= now:
            due.pop(0)[1]()
        data = line.read(now)
        ear.heard(data, now)
        bus.receive(data, now)
        if request := bus.poll(now):
            ear.said(request, now)
            line.write(request, now)
        now = max(now + 1e-4, min(line.wake_at, bus.wake_at, now + 0.5))
    ear.heard(b"", now)
    return ear
