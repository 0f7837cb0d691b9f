"""What systemd is told: that we are ready, that we still drive the buses, that we stop (sd_notify(3)).

The sign of life comes from the event loop that drives the buses, and only while every open link is driven: a
bus tells when it wants to be woken, and one that was not is stuck. A lost link or silent packs are no reason
to be started anew; they come back without.
"""

import asyncio
import logging
import os
import socket
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from ..bus.bus import Bus

log = logging.getLogger("jkbus.gateway")

OVERDUE = 10.0  # s after which a bus that wanted to be woken is stuck
PATIENCE = 20.0  # s; a link that takes longer to open does not keep us from being ready
LOOK = 0.25  # s between two looks whether all links were tried


class Driven(Protocol):
    """What is told of: the buses of a gateway, those whose link is open now, and why others are not."""

    @property
    def every(self) -> Sequence[Bus]: ...
    @property
    def driven(self) -> Collection[Bus]: ...
    @property
    def troubles(self) -> Mapping[str, str]: ...


class Service:
    """Our end of systemd's socket; `beat` is the time in s between two signs of life, if any are wanted."""

    def __init__(self, address: str, beat: float | None) -> None:
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self.beat = beat

    def say(self, *lines: str) -> None:
        """Tell something; where nobody listens nothing happens."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as channel:
                channel.connect(self._address)
                channel.send("\n".join(lines).encode())
        except OSError as error:
            log.debug("systemd cannot be told %s (%s)", lines[0], error)


def service(environment: Mapping[str, str] = os.environ) -> Service | None:
    """systemd, if it started this very process and wants to be told."""
    address = environment.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return None
    beat, process = environment.get("WATCHDOG_USEC", ""), environment.get("WATCHDOG_PID", "")
    ours = beat.isdecimal() and int(beat) > 0 and process in ("", str(os.getpid()))
    return Service(address, int(beat) / 1e6 / 3 if ours else None)


async def tell(systemd: Service, gateway: Driven) -> None:
    """Tell systemd of a gateway until cancelled."""
    clock = asyncio.get_running_loop().time
    for _ in range(round(PATIENCE / LOOK)):
        if is_tried(gateway):
            break
        await asyncio.sleep(LOOK)
    try:
        systemd.say("READY=1", f"STATUS={status(gateway)}")
        while True:
            await asyncio.sleep(systemd.beat or PATIENCE)
            late = stuck(gateway, clock())
            if late:
                log.error("%s: is not driven any more; please report this", ", ".join(late))
                systemd.say(f"STATUS=stuck: {', '.join(late)}")
            else:
                systemd.say(*(["WATCHDOG=1"] if systemd.beat else []), f"STATUS={status(gateway)}")
    finally:
        systemd.say("STOPPING=1")


def is_tried(gateway: Driven) -> bool:
    """Whether every link was opened, or could not be."""
    return all(bus in gateway.driven or bus.name in gateway.troubles for bus in gateway.every)


def stuck(gateway: Driven, now: float) -> list[str]:
    """Names of the buses whose link is open, and which nobody drives."""
    return [bus.name for bus in gateway.driven if now > bus.wake_at + OVERDUE]


def status(gateway: Driven) -> str:
    """How the buses are, in a line."""
    told = []
    for bus in gateway.every:
        alive = sum(node.alive for node in bus.nodes.values())
        open_ = f"{bus.role}, {alive} pack{'s' * (alive != 1)}"
        told.append(f"{bus.name}: {open_ if bus in gateway.driven else 'no link'}")
    return "; ".join(told)
