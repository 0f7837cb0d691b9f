"""`wiring`: what the wires make of what is said, from a link, a recording, or a gateway that runs."""

import asyncio
from pathlib import Path
from typing import Any

from rich.text import Text

from ..app.surveying import Survey
from ..config import BusConfig, Config, load
from ..control.local import Client
from ..errors import JkbusError
from ..transport.captures import SAID, read_capture
from ..wiring import check, replayed
from .documents import dumps
from .gateway import find
from .listening import opened
from .showing import DIM, page
from .stopping import until_stopped

STYLES = {"good": "green", "bad": "yellow", "unsure": "bold"}
FAULTY = "the wiring has a fault"


def wiring(
    link: str, seconds: float, read_only: bool, json: bool, baudrate: int, config: Path | None
) -> None:
    """Judge the wires and print the verdict. Raises JkbusError if there is a fault or the link fails."""
    if link.startswith("replay:"):
        verdict = _recording(link, baudrate)
    else:
        verdict = _of_gateway(link, config) or _listened(link, seconds, read_only, baudrate)
    if json:
        print(dumps(verdict))
    else:
        show(verdict)
    if verdict["state"] == "bad":
        raise JkbusError(f"link {link}: {FAULTY}; what to do stands above")


def show(verdict: dict[str, Any]) -> None:
    """Print a verdict for people."""
    console = page()
    if not verdict["findings"]:
        console.print(Text(verdict["sentence"], style=STYLES[verdict["state"]]))
    for finding in verdict["findings"]:
        console.print(Text(finding["sentence"], style="bold yellow"))
        console.print(Text(finding["remedy"]))
        console.print(Text(f"{finding['confidence']}: {finding['evidence']}", style=DIM))


def _recording(link: str, baudrate: int) -> dict[str, Any]:
    chunks = read_capture(link.removeprefix("replay:").partition("?speed=")[0])
    ear = replayed(((chunk.data, chunk.at, chunk.direction == SAID) for chunk in chunks), baudrate)
    return dict(check(ear).document())


def _listened(link: str, seconds: float, read_only: bool, baudrate: int) -> dict[str, Any]:
    found: list[_Patient] = []

    async def work() -> None:
        async with opened(link, baudrate) as there:
            found.append(_Patient(there, read_only, baudrate=baudrate))
            await found[0].run(seconds, lambda survey: None)

    until_stopped(work())
    if not found:
        raise KeyboardInterrupt
    return dict(check(found[0].ear).document())


class _Patient(Survey):
    """Listens as long as it may, even when it knows everybody."""

    def complete(self, now: float, start: float) -> bool:
        return False


def _of_gateway(link: str, path: Path | None) -> dict[str, Any] | None:
    """What a gateway says that runs and has this link; None if there is none."""
    file = path or find()
    if file is None:
        return None
    config = load(file)
    bus = next((bus for bus in config.buses if bus.link == link), None)
    return None if bus is None else asyncio.run(_asked(config, bus))


async def _asked(config: Config, bus: BusConfig) -> dict[str, Any] | None:
    client = Client(config.state)
    if not await client.there():
        return None
    async for answer in client.ask({"do": "wiring", "bus": bus.name}):
        if "error" in answer:
            raise JkbusError(answer["error"])
        return answer
    return None
