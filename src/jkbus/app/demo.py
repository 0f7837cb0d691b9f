"""The gateway with packs that are not there, and with a past that they have not lived."""

import asyncio
import contextlib
import socket
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

from ..config import Config, WebConfig
from ..errors import JkbusError, LinkError
from ..outputs.memory import Memory
from ..simulator.household import LOOSE, Household
from ..transport.links import Link
from ..transport.simulation import Simulation
from . import incidents
from .gateway import Gateway, View
from .pretence import household, key_of

_TRIES = 50  # ports that are tried from the first one on
_HEALTHY = 15.0  # s until what shall go wrong goes wrong
_BAD_WIRE = 0.236  # Ω


def with_free_port(web: WebConfig) -> WebConfig:
    """The same at the next port that nobody uses. Raises LinkError if all are taken, or the host is wrong."""
    host, first = web.address
    reason = ""
    for port in range(first, min(first + _TRIES, 65536)):
        try:
            with socket.create_server((host, port), family=_family(host), reuse_port=False):
                where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
                return web.model_copy(update={"listen": where})
        except OSError as error:
            reason = error.strerror or str(error)
    raise LinkError(f"listen {web.listen}: {reason}; choose another address or port with --listen")


async def demo(config: Config, *, seed: int, trouble: bool, view: View | None) -> None:
    """Run a gateway on simulated packs; its state folder, an empty one, is given a past.

    With `trouble` a pack gets an alarm and another one falls silent. Raises JkbusError.
    """
    now = time.time()
    packs, zone = len(config.buses[0].packs), float(time.localtime(now).tm_gmtoff)
    house = household(packs, seed, now, zone)
    _remember(config.state, house)
    incidents.write(config.state, house)

    live = Household(packs, house.course, now)

    async def opened(url: str, **options: object) -> Link:
        return Simulation(url, live.line)

    gateway = Gateway(config, opened)
    async with (
        _writing(gateway, [str(packs), str(seed), repr(now), repr(zone)]),
        asyncio.TaskGroup() as group,
    ):
        trouble_to_come = group.create_task(_go_wrong(live) if trouble else asyncio.sleep(0))
        try:
            await gateway.run(view)
        finally:
            trouble_to_come.cancel()


def _remember(folder: Path, house: Household) -> None:
    """The counters of energy, as a gateway keeps them."""
    charged, discharged = house.course.energy()
    memory = Memory(folder / "memory.json")
    counters = {"charged": round(charged, 3), "discharged": round(discharged, 3), "gaps_s": 0}
    memory.section("energy").update({key_of(address): dict(counters) for address in house.packs})
    memory.write(memory.text())


@contextlib.asynccontextmanager
async def _writing(gateway: Gateway, words: list[str]) -> AsyncIterator[None]:
    """Let another process write the history meanwhile, and health be examined as it grows."""
    command = [sys.executable, "-P", "-m", "jkbus.app.inventing", str(gateway.config.state), *words]
    pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=nothing,
        stdout=pipe,
        start_new_session=True,  # a terminal's Ctrl-C is for us alone
    )
    examining = asyncio.create_task(_examine(process, gateway))
    try:
        yield
    finally:
        examining.cancel()
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _examine(process: asyncio.subprocess.Process, gateway: Gateway) -> None:
    """Examine the packs anew when there are more days of minutes."""
    assert process.stdout is not None
    while stage := await process.stdout.readline():
        if stage.startswith(b"fine"):
            with contextlib.suppress(JkbusError):
                await gateway.examiner.anew()


async def _go_wrong(house: Household) -> None:
    """A pack whose wire is bad, and one that somebody unplugs."""
    await asyncio.sleep(_HEALTHY)
    packs = list(house.line.packs)
    packs[1 % len(packs)].wire_resistance[LOOSE] = _BAD_WIRE
    if len(packs) > 2:
        packs[-2].silent = True


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
