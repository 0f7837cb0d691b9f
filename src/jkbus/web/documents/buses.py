"""A bus: who speaks, how busy and how clean the line is, and who is missing."""

from collections.abc import Iterable, Iterator
from typing import Literal

from typing_extensions import TypedDict

from ...bus.bus import Bus as Line
from ...config import PackConfig, slug
from ...model.battery import Battery


class Silent(TypedDict):
    """A pack that is not heard any more, and since when in seconds."""

    address: int
    name: str
    for_s: float


class Awaited(TypedDict):
    """A pack of the configuration that nobody has heard; `address` is None where its serial is known."""

    address: int | None
    name: str


class Bus(TypedDict):
    """An RS485 line. `load` is in per cent of the last 10 s, `gap` and `cycle` in seconds.

    `noise` counts bytes, `reports`, `bad_sums` and `collisions` messages, all since the gateway was started.
    `missing` has a sentence for each thing that cannot be had, `problem` one where the link cannot be used.
    """

    name: str
    link: str
    role: Literal["sniffer", "pseudo-master", "master"]
    reason: str
    load: float
    gap: float
    cycle: float
    reports: int
    noise: int
    bad_sums: int
    collisions: int
    silent: list[Silent]
    awaited: list[Awaited]
    missing: list[str]
    read_only: bool
    connected: bool
    problem: str | None


def bus(
    line: Line,
    link: str,
    battery: Battery,
    now: float,
    problem: str | None = None,
    named: Iterable[PackConfig] = (),
) -> Bus:
    """A bus at `now` (s of its clock); `link` is shown to everybody, so it must hold no secret.

    `named` are the packs that should have been heard by now.
    """
    counters = line.counters
    return {
        "name": line.name,
        "link": link,
        "role": _ROLES[line.role],
        "reason": line.reason,
        "load": round(line.load(now), 1),
        "gap": round(line.gap, 4),
        "cycle": round(line.cycle, 2),
        "reports": counters.reports,
        "noise": counters.noise,
        "bad_sums": counters.bad_sums,
        "collisions": counters.collisions,
        "silent": list(_silent(line, battery, now)),
        "awaited": list(_awaited(battery, named)),
        "missing": line.missing(),
        "read_only": line.read_only,
        "connected": problem is None,
        "problem": problem,
    }


def _silent(line: Line, battery: Battery, now: float) -> Iterator[Silent]:
    """Packs that are silent or gone; not those which are heard at another address by now."""
    for address, node in sorted(line.nodes.items()):
        pack = battery.pack(line.name, address)
        if not node.alive and pack is not None and not pack.available:
            for_s = round(max(0.0, now - node.last_heard), 1)
            yield {"address": address, "name": pack.name, "for_s": for_s}


def _awaited(battery: Battery, named: Iterable[PackConfig]) -> Iterator[Awaited]:
    heard = {pack.key for pack in battery.packs}
    for pack in named:
        if slug(pack.name) not in heard:
            yield {"address": pack.address, "name": pack.name}


_ROLES: dict[str, Literal["sniffer", "pseudo-master", "master"]] = {
    "sniffer": "sniffer",
    "pseudo-master": "pseudo-master",
    "master": "master",
}
