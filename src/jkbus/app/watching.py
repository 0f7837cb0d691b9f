"""Who looks at the wires: a watch for each, what it is asked, and how what it shows is freed of secrets."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from functools import partial
from typing import TextIO

from ..config.words import shown
from ..control.requests import Doings, Json, Request
from ..errors import UsageError
from ..transport.blanking import Blanker, Reads
from ..transport.captures import CaptureWriter
from ..wiring.watch import Watch
from .wires import Wire

Clock = Callable[[], float]
Blank = Callable[[bytes, float], bytes]


def watches(wires: Iterable[Wire]) -> dict[str, Watch]:
    """A watch for each wire, by the name of its bus."""
    return {
        wire.bus.name: Watch(wire.bus, wire.config.link.shown, wire.config.baudrate, wire.bus.timing.jitter)
        for wire in wires
    }


def doings(watched: Mapping[str, Watch], clock: Clock, wall: Clock) -> Doings:
    """`{"do": "wiring", "bus": name}`: the verdict of the wiring check, and the link it is about."""
    return {"wiring": partial(_wiring, watched, clock, wall)}


async def _wiring(
    watched: Mapping[str, Watch], clock: Clock, wall: Clock, request: Request
) -> AsyncIterator[Json]:
    name = str(request.get("bus", ""))
    if name not in watched:
        raise UsageError(f"there is no bus {shown(name)}; there are {', '.join(watched)}")
    watch = watched[name]
    yield {"bus": name, "link": watch.link, **watch.verdict(clock(), wall())}


def blanks() -> tuple[Blank, Blank]:
    """What frees bytes heard, and bytes said, of secrets: as many come out as go in, maybe later."""
    reads: Reads = {}
    return Blanker(reads).feed, Blanker(reads).feed


def recorder(target: TextIO, link: str, now: float) -> CaptureWriter:
    """What writes a blanked recording."""
    return CaptureWriter(target, link, now)
