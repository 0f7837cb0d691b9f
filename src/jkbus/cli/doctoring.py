"""`doctor`: looks at everything around the gateway, and says what to do where something is wrong."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from rich.text import Text

from ..app.esphome import INSTALL, is_installed
from ..app.retaining import trial
from ..config import BusConfig, Config
from ..config.ports import links
from ..config.tree import default_state
from ..control.local import Client
from ..doctor import (
    BAD,
    GOOD,
    NOTE,
    Finding,
    Machine,
    adapter,
    clock,
    disk,
    holders,
    listeners,
    meddlers,
    permission,
    stable,
    versions,
)
from ..errors import ConfigError, JkbusError
from ..transport.links import open_link, ports
from .documents import dumps
from .gateway import find
from .importing import our_configuration
from .showing import page
from .stopping import until_stopped

SIGNS = {GOOD: ("✓", "green"), NOTE: ("!", "yellow"), BAD: ("✗", "bold red")}
STATES = {"good": GOOD, "bad": BAD}  # of a verdict on the wires; it may be unsure too


def doctor(path: Path | None, json: bool, machine: Machine | None = None) -> None:
    """Look, and print each finding as it comes. Raises JkbusError if something is wrong."""
    found: list[Finding] = []
    console = page()

    async def work() -> None:
        async for finding in examined(path or find(), machine or Machine()):
            found.append(finding)
            if json:
                print(dumps(finding.document()), flush=True)
            else:
                sign, style = SIGNS[finding.state]
                console.print(Text(f"{sign} ", style=style) + line(finding), soft_wrap=True)

    until_stopped(work())
    wrong = sum(finding.state == BAD for finding in found)
    if wrong:
        raise JkbusError(f"{wrong} thing{'s' * (wrong != 1)} to mend; what to do stands above")


def line(finding: Finding) -> Text:
    """A finding as people read it."""
    remedy = f"; {finding.remedy}" if finding.remedy else ""
    return Text.assemble((f"{finding.about}: ", "bold"), f"{finding.sentence}{remedy}")


async def examined(file: Path | None, machine: Machine) -> AsyncIterator[Finding]:
    """All findings, what takes long last."""
    yield versions()
    config, told = _configuration(file)
    yield told
    yield clock()
    yield disk(config.state if config else default_state())
    for finding in meddlers(machine):
        yield finding
    if config is None:
        for port in await asyncio.to_thread(ports):
            for finding in _port(Path(port.path), machine):
                yield finding
        return
    gateway = Client(config.state)
    runs, told = await _gateway(gateway)
    yield told
    async for finding in _links(config, gateway, runs, machine):
        yield finding
    for finding in await asyncio.to_thread(lambda: list(listeners(config, runs))):
        yield finding
    if config.esphome is not None and not is_installed():
        yield Finding("native API", BAD, "its libraries are not installed", INSTALL)
    async for finding in _broker(config):
        yield finding


def _configuration(file: Path | None) -> tuple[Config | None, Finding]:
    if file is None:
        said = "there is none yet, so only this computer is looked at"
        return None, Finding("configuration", NOTE, said, "`jkbus run` makes one in a browser")
    try:
        return our_configuration(file), Finding("configuration", GOOD, f"{file} is right")
    except ConfigError as error:
        return None, Finding("configuration", BAD, str(error).replace("\n", " / "))


async def _gateway(gateway: Client) -> tuple[bool, Finding]:
    try:
        if await gateway.there():
            return True, Finding("gateway", GOOD, f"runs and answers at {gateway.path}")
    except JkbusError as error:
        return True, Finding("gateway", NOTE, *_split(error))
    return False, Finding("gateway", NOTE, "does not run", "`jkbus run` starts it")


async def _links(config: Config, gateway: Client, runs: bool, machine: Machine) -> AsyncIterator[Finding]:
    """Every port and link, by itself and in use."""
    for _, link in links(config):
        if link.startswith("/"):
            for finding in (*_port(Path(link), machine), *_used(Path(link), runs, machine)):
                yield finding
    for bus in config.buses:
        yield await (_judged(gateway, bus) if runs else _opened(bus))


def _port(port: Path, machine: Machine) -> Iterator[Finding]:
    yield permission(port)
    if port.exists():
        yield from stable(port, machine)
        yield from adapter(port, machine)


def _used(port: Path, runs: bool, machine: Machine) -> Iterator[Finding]:
    """Who else has a port open; a gateway that runs is not somebody else."""
    others = [f"{name} ({number})" for number, name in holders(port, machine)]
    if others and not (runs and len(others) == 1):
        yield Finding("port", BAD, f"{port} is in use by {', '.join(others)}", "only one program can have it")


async def _judged(gateway: Client, bus: BusConfig) -> Finding:
    """What the gateway that runs says of the wires."""
    try:
        async for answer in gateway.ask({"do": "wiring", "bus": bus.name}):
            if "error" in answer:
                return Finding("wires", NOTE, f"{bus.name}: {answer['error']}")
            first: dict[str, str] = next(iter(answer.get("findings", ())), {})
            told = first.get("sentence", answer["sentence"])
            state = STATES.get(answer["state"], NOTE)
            return Finding("wires", state, f"{bus.name}: {told}", first.get("remedy", ""))
    except JkbusError as error:
        return Finding("wires", NOTE, f"{bus.name}: the gateway was not asked", str(error))
    return Finding("wires", NOTE, f"{bus.name}: the gateway says nothing of them")


async def _opened(bus: BusConfig) -> Finding:
    """Whether a link can be opened; nothing is said there."""
    try:
        link = await open_link(bus.link, baudrate=bus.baudrate, rs485=bus.rs485)
        await link.close()
    except JkbusError as error:
        return Finding("link", BAD, *_split(error))
    return Finding("link", GOOD, f"{bus.link.shown} can be opened; `jkbus wiring` judges the wires")


async def _broker(config: Config) -> AsyncIterator[Finding]:
    if config.mqtt is None:
        return
    try:
        prefix = config.homeassistant.discovery_prefix if config.discovery else None
        for good, sentence in await trial(config.mqtt, prefix):
            yield Finding("broker", GOOD if good else NOTE, *sentence.split("; ", 1))
    except JkbusError as error:
        yield Finding("broker", BAD, *_split(error))


def _split(error: JkbusError) -> tuple[str, str]:
    """What is wrong, and what to do."""
    said, _, remedy = str(error).partition("; ")
    return said, remedy
