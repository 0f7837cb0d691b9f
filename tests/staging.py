"""A gateway with its page on a stage: in a thread, on virtual packs that a test may lead into trouble."""

import asyncio
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from jkbus.app import Gateway
from jkbus.app.inventing import Inventor
from jkbus.app.pretence import household
from jkbus.bus.bus import Bus
from jkbus.bus.events import Event, NodeChanged
from jkbus.config import BusConfig, Config, PackConfig, SecretUrl, TimingConfig
from jkbus.history.tables import SECONDS_A_DAY
from jkbus.simulator import VirtualLine, VirtualPack, bank
from jkbus.transport.links import Link
from jkbus.transport.simulation import Simulation

PATIENCE = 30.0  # s; a busy machine is no failure
BEFORE = 45.0  # s that a gateway has listened when a test begins: every pack has told everything by then

T = TypeVar("T")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Watched(Gateway):
    """Keeps what became of its packs: (address, state)."""

    became: list[tuple[int, str]]

    def take(self, bus: Bus, events: list[Event]) -> None:
        super().take(bus, events)
        self.became += [(each.address, each.state) for each in events if isinstance(each, NodeChanged)]


class Aged:
    """A virtual line that has lived for some seconds when it is opened."""

    def __init__(self, line: VirtualLine, age: float) -> None:
        self.line, self.age = line, age

    @property
    def wake_at(self) -> float:
        return self.line.wake_at - self.age

    def read(self, now: float) -> bytes:
        return self.line.read(now + self.age)

    def write(self, data: bytes, now: float) -> None:
        self.line.write(data, now + self.age)


class Stage:
    """A gateway in a thread of its own; `url` is where its page is, `line` what it listens to.

    `call` does something in its thread; `stop` and `start` are a restart. `before` is how many seconds it
    has listened when it starts: they take no time. Where packs are `mute` nothing is heard; `past` is how
    many days the history has.
    """

    def __init__(
        self,
        state: Path,
        packs: int = 7,
        *,
        master: bool = True,
        writes: bool = False,
        before: float = BEFORE,
        web: dict[str, Any] | None = None,
        mute: bool = False,
        past: int = 0,
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        self.line = bank(packs, master=master)
        for pack in self.line.packs:
            pack.silent = mute
        self.before = before
        self._past = past
        self._age = 0.0
        named = tuple(
            PackConfig(name=f"rs485-bms{one.address}", address=one.address) for one in self.line.packs
        )
        times = TimingConfig(listen=0.1, takeover=1.0)
        bus = BusConfig(link=SecretUrl("sim:7"), name="bus1", packs=named, writes=writes, timing=times)
        given: Any = {"listen": f"127.0.0.1:{self.port}", **(web or {})}
        alarms: Any = {"debounce": {"warning": 0, "gone": 0}}
        self.config = Config(buses=(bus,), state=state, web=given, alarms=alarms)

    async def _open(self, url: str, **options: object) -> Link:
        return Simulation(url, Aged(self.line, self._age))

    def _listen_before(self) -> None:
        """Let the gateway hear what was said before it starts."""
        bus, zero = self.gateway.buses[0], self._loop.time() - self.before
        now, age = 0.0, self._age
        while now < self.before:
            if said := bus.poll(zero + now):
                self.line.write(said, age + now)
            self.gateway.take(bus, bus.receive(self.line.read(age + now), zero + now))
            now = max(now + 1e-4, min(self.line.wake_at - age, bus.wake_at - zero, self.before))
        self._age += self.before

    def invent(self) -> None:
        """Write the last days into the history, as the demo does."""
        now = time.time()
        count = self.line.packs[-1].address + 1
        with closing(Inventor(self.config.state, household(count, 0, now, 0.0))) as inventor:
            inventor.present()
            for back in range(1, self._past + 1):
                inventor.coarse_day((int(now) // SECONDS_A_DAY - back) * SECONDS_A_DAY)

    def start(self) -> None:
        """Run the gateway until its page answers."""
        if self._past and not self._age:
            self.invent()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="gateway", daemon=True)
        self._thread.start()
        assert self._ready.wait(PATIENCE)
        end = time.monotonic() + PATIENCE
        while not self._answers():
            assert self._thread.is_alive() and time.monotonic() < end, "the page does not answer"
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}api/me", timeout=5):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    def _run(self) -> None:
        with asyncio.Runner() as runner:
            runner.run(self._play())

    async def _play(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.gateway = Watched(self.config, self._open)
        self.gateway.became = []
        self._listen_before()
        self._since = self._loop.time()
        self._end = asyncio.Event()
        running = asyncio.create_task(self.gateway.run())
        self._ready.set()
        await asyncio.wait([running, asyncio.create_task(self._end.wait())], return_when="FIRST_COMPLETED")
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        self._age += self._loop.time() - self._since

    def stop(self) -> None:
        """End the gateway as a signal does."""
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "the gateway does not end"

    def call(self, do: Callable[[], T]) -> T:
        """Do something in the gateway's thread and give its result."""

        async def done() -> T:
            return do()

        return asyncio.run_coroutine_threadsafe(done(), self._loop).result(PATIENCE)

    def pack(self, address: int) -> VirtualPack:
        """The virtual pack at an address."""
        return next(pack for pack in self.line.packs if pack.address == address)

    def key(self, address: int) -> str:
        """The key of the pack at an address."""
        pack = self.gateway.battery.pack("bus1", address)
        assert pack is not None and pack.key is not None
        return pack.key

    def silence(self, address: int, silent: bool = True) -> None:
        """Unplug a pack from the bus, or plug it in again."""
        self.call(lambda: setattr(self.pack(address), "silent", silent))

    def alarm(self, address: int, stands: bool = True) -> None:
        """Let the wire of a cell become bad, or good again; the pack has an alarm then."""

        def turn() -> None:
            self.pack(address).wire_resistance[2] = 0.5 if stands else 0.08

        self.call(turn)


@contextmanager
def stage(state: Path, packs: int = 7, **options: Any) -> Iterator[Stage]:
    """A gateway whose page answers."""
    found = Stage(state, packs, **options)
    found.start()
    try:
        yield found
    finally:
        found.stop()
