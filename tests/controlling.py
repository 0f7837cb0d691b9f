"""A desk over virtual packs in virtual time."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from jkbus.app import Gateway
from jkbus.config import BusConfig, Config, PackConfig, SecretUrl, TimingConfig, WebConfig
from jkbus.control.answers import doings
from jkbus.control.desk import Desk
from jkbus.control.outcomes import Result, Who
from jkbus.control.plan import Plan
from jkbus.control.requests import answer
from jkbus.simulator import VirtualLine, VirtualPack
from jkbus.transport.links import Link
from jkbus.transport.simulation import Simulation
from shell import Hurried

T = TypeVar("T")


def hurry(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end in virtual time."""
    with asyncio.Runner(loop_factory=Hurried) as runner:
        return runner.run(work)


class Tapped:
    """A virtual line as a link, and what is said on it by us."""

    def __init__(self, line: VirtualLine, ahead: float = 0.0) -> None:
        self.line = line
        self.ahead = ahead  # s that the line has lived before
        for now in (0.0, ahead):
            line.read(now)
        self.said: list[bytes] = []
        self.links: list[Link] = []
        self.watch: Callable[[bytes], None] = lambda data: None  # called with what is about to be said
        self.wrote = asyncio.Event()  # set by every write

    async def open(self, url: str, **options: object) -> Link:
        """Open it, as an opener does."""
        self.links.append(Simulation(url, self))
        return self.links[-1]

    @property
    def wake_at(self) -> float:
        return self.line.wake_at - self.ahead

    def read(self, now: float) -> bytes:
        return self.line.read(now + self.ahead)

    def write(self, data: bytes, now: float) -> None:
        self.said.append(data)
        self.watch(data)
        if data in self.writes:
            self.wrote.set()
        self.line.write(data, now + self.ahead)

    @property
    def writes(self) -> list[bytes]:
        """What was said that was no request for a report."""
        return [data for data in self.said if data[2:4] not in (b"\x16\x1c", b"\x16\x1e", b"\x16\x20")]


def config(state: Path, *packs: PackConfig, writes: bool = True, **timing: float) -> Config:
    """A bus at `sim:1` with these packs; three named a, b and c if none are given."""
    named = packs or tuple(PackConfig(name=name, address=n) for n, name in enumerate("abc", 1))
    times = TimingConfig(**{"listen": 0.8, **timing})
    bus = BusConfig(link=SecretUrl("sim:1"), name="bus1", packs=named, writes=writes, timing=times)
    return Config(buses=(bus,), state=state, web=WebConfig(enabled=False))


def three(firmware: str = "15.41", **options: Any) -> VirtualLine:
    """Packs 1 to 3 that rest; with `master=True` a JK master besides."""
    first = 0 if options.get("master") else 1
    return VirtualLine([VirtualPack(address, firmware=firmware) for address in range(first, 4)], **options)


@dataclass
class Bench:
    """A gateway for commands and the line it is on."""

    gateway: Gateway
    line: VirtualLine
    tapped: Tapped

    @property
    def desk(self) -> Desk:
        return self.gateway.desk

    def pack(self, address: int) -> VirtualPack:
        """The virtual pack at an address."""
        return next(pack for pack in self.line.packs if pack.address == address)

    async def ask(self, do: str, **request: Any) -> list[dict[str, Any]]:
        """The whole answer to a request."""
        return [each async for each in answer(doings(self.desk), {"do": do, **request})]

    async def set(self, *packs: str, word: str = "", **wishes: Any) -> list[dict[str, Any]]:
        """Plan and apply; the answer to either, whichever was the last."""
        planned = await self.ask("plan", packs=list(packs), wishes=wishes)
        return await self.apply(planned, word) if "plans" in planned[0] else planned

    async def carry_out(self, plans: list[Plan], user: str = "pi") -> list[Result]:
        """The results of plans that are applied."""
        return [result async for result in self.desk.apply(plans, Who("command line", user))]

    async def apply(self, planned: list[dict[str, Any]], word: str = "") -> list[dict[str, Any]]:
        """Apply what was planned."""
        who = {"via": "command line", "user": "pi"}
        return await self.ask("apply", plans=planned[0]["plans"], word=word, who=who)


@asynccontextmanager
async def at_hand(
    line: VirtualLine, state: Path, given: Config | None = None, ahead: float = 0.0
) -> AsyncIterator[Bench]:
    """A gateway for commands on a line that has lived for `ahead` s."""
    tapped = Tapped(line, ahead)
    gateway = Gateway(given or config(state), tapped.open, alone=True)
    async with gateway.at_hand():
        yield Bench(gateway, line, tapped)


@asynccontextmanager
async def running(line: VirtualLine, state: Path, given: Config | None = None) -> AsyncIterator[Bench]:
    """A gateway that runs; ends as by SIGTERM."""
    tapped = Tapped(line)
    gateway = Gateway(given or config(state, listen=0.1), tapped.open)
    task = asyncio.create_task(gateway.run())
    try:
        yield Bench(gateway, line, tapped)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
