"""`simulate`: a virtual bus for any program."""

from dataclasses import asdict
from pathlib import Path

from ..errors import UsageError
from ..simulator import Faults, bank
from ..simulator.banks import clock_of_now
from ..simulator.serve import serve
from .badline import Wire
from .stopping import until_stopped

ANYWHERE = "127.0.0.1:8899"


def simulate(
    packs: int, master: bool, pty: Path | None, tcp: str | None, wire: Wire, seed: int, seconds: float | None
) -> None:
    """Serve a bank of packs until stopped, on TCP when nothing else is said."""
    try:
        line = bank(packs, master=master, seed=seed, faults=Faults(**asdict(wire)), rtc=clock_of_now())
    except ValueError as error:
        raise UsageError(str(error)) from None
    if pty is None and tcp is None:
        tcp = ANYWHERE
    until_stopped(serve(line, pty=None if pty is None else str(pty), tcp=tcp, ready=told), seconds)


def told(urls: list[str]) -> None:
    """How to connect."""
    for url in urls:
        print(f"A bus at {url}; look at it with `jkbus scan {url}`", flush=True)
    print("Ctrl-C ends it.", flush=True)
