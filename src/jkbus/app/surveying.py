"""Getting to know a bus: who is on it, and when there is nothing more to learn.
For `scan`, `init` and the first start."""

import asyncio
from collections.abc import Callable

from ..bus.roles import MASTER
from ..config import BusConfig, SecretUrl, TimingConfig
from ..model.battery import Battery
from ..transport.links import Link, LinkEnded
from ..wiring import Ear
from .wires import bus_for

LOOK_EVERY = 0.25  # s
PROBES = 10.0  # s in which a master has asked every address once
QUIET = 15.0  # s without a byte after which one who only listens need not wait on


class Nameless:
    """Leaves found packs without names: a `battery.Naming`."""

    def name(self, bus: str, address: int, serial: str | None) -> tuple[str, str] | None:
        """Nobody has a name."""
        return None

    def adopt(self, bus: str, address: int, serial: str | None) -> tuple[str, str]:
        """The address must do."""
        return str(address), f"pack {address}"


class Survey:
    """A bus and its packs as they become known, over a link that is open.

    `read_only` never says a word; otherwise it speaks after `listen` seconds.
    """

    def __init__(self, link: Link, read_only: bool, listen: float = 5.0, baudrate: int = 115200) -> None:
        timing = TimingConfig(listen=listen)
        only = read_only or not link.can_write
        self.bus = bus_for(BusConfig(link=SecretUrl(link.url), read_only=only, timing=timing, name="bus"))
        self.battery = Battery(Nameless())
        self.ones = 0  # bytes FF among what was heard
        self.ear = Ear(baudrate, self.bus.timing.jitter)
        self._link = link

    async def run(self, seconds: float, tell: Callable[["Survey"], None]) -> None:
        """Get to know the bus for at most `seconds`; `tell` is called now and then. Raises LinkError."""
        clock = asyncio.get_running_loop().time
        bus, battery, link = self.bus, self.battery, self._link
        start = clock()
        while (now := clock()) < start + seconds and not self.complete(now, start):
            tell(self)
            if request := bus.poll(now):
                link.write(request)
                self.ear.said(request, now)
            try:
                async with asyncio.timeout_at(min(bus.wake_at, now + LOOK_EVERY)):
                    data = await link.read()
            except TimeoutError:
                data = b""
            except LinkEnded:
                return
            self.ones += data.count(0xFF)
            self.ear.heard(data, clock())
            for event in bus.receive(data, clock()):
                battery.apply(bus.name, event)

    def complete(self, now: float, start: float) -> bool:
        """Whether nothing more can be expected: everybody had time to speak and told all."""
        bus = self.bus
        if bus.role == MASTER:
            return now - bus.role_since > PROBES and self._told_all()
        if bus.nodes:
            return now - start > 2 * bus.cycle and self._told_all()
        return bus.read_only and not bus.counters.bytes_in and now - start > QUIET

    def _told_all(self) -> bool:
        """Whether every pack told all it can: a JK master, or one that nobody asks, only two reports."""
        nodes = self.bus.nodes.values()
        return all(
            len(node.heard_at) >= (3 if node.address and not self.bus.read_only else 2) for node in nodes
        )
