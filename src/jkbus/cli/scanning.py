"""`scan`: who is on a bus."""

import sys
from collections.abc import Iterator
from typing import Any

from rich.console import Console, JustifyMethod
from rich.table import Table

from ..app.surveying import Survey
from ..bus.bus import Bus
from ..errors import JkbusError
from ..model.pack import Pack
from .documents import dumps
from .listening import opened
from .stopping import until_stopped

COLUMNS: tuple[tuple[str, JustifyMethod], ...] = (
    ("", "right"),
    ("role", "left"),
    ("model", "left"),
    ("board", "left"),
    ("firmware", "left"),
    ("serial number", "left"),
    ("cells", "right"),
    ("SoC", "right"),
    ("voltage", "right"),
)
WIDE = 120  # columns where the output is no terminal
WIRING = "swap A and B, put 120 ohm across them at both ends, connect ground, check the rate (115200)"


def scan(link: str, seconds: float, read_only: bool, json: bool, baudrate: int) -> None:
    """Get to know a bus and print it. Raises JkbusError if nobody is there."""
    survey = asked(link, seconds, read_only, baudrate)
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr)
    if json:
        print(dumps(findings(survey)))
    elif survey.battery.packs:
        console = Console(width=None if sys.stdout.isatty() else WIDE)
        console.print(table(survey.battery.packs), "")
        for line in remarks(survey.bus):
            console.print(line, highlight=False, style="dim", soft_wrap=True)
    if not survey.battery.packs:
        raise JkbusError(nobody(link, survey))


def asked(url: str, seconds: float, read_only: bool, baudrate: int) -> Survey:
    """What there is to know of a bus, or what was known when it was stopped. Raises LinkError."""
    found: list[Survey] = []

    async def work() -> None:
        async with opened(url, baudrate) as link:
            found.append(Survey(link, read_only))
            await found[0].run(seconds, Progress())

    until_stopped(work())
    if not found:
        raise KeyboardInterrupt
    return found[0]


class Progress:
    """Says in a terminal how far we are, whenever that changes."""

    def __init__(self) -> None:
        self._told = ""

    def __call__(self, survey: Survey) -> None:
        packs = len(survey.battery.packs)
        text = f"{packs} pack{'s' * (packs != 1)} so far; {survey.bus.reason}"
        if text != self._told and sys.stderr.isatty():
            self._told = text
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def nobody(link: str, survey: Survey) -> str:
    """Why there may be nobody, and what to do."""
    bus = survey.bus
    if bus.counters.bytes_in:
        return f"link {link}: {bus.counters.noise} bytes of noise and no pack; {WIRING}"
    if bus.asked:
        return f"link {link}: every address was asked and none answered; {WIRING}"
    return f"link {link}: not a byte was heard, and this link only listens; let it ask the packs, or {WIRING}"


def table(packs: list[Pack]) -> Table:
    """A row per pack."""
    shown = Table(box=None, header_style="dim", padding=(0, 2, 0, 0), pad_edge=False)
    for title, justify in COLUMNS:
        shown.add_column(title, justify=justify, no_wrap=True)
    for pack in packs:
        shown.add_row(*cells(pack))
    return shown


def cells(pack: Pack) -> Iterator[str]:
    """What is known of a pack, - for what is not."""
    about, status = pack.about, pack.status
    yield str(pack.address)
    yield pack.role
    if about is None:
        yield from ("-", "-", "-", "-")
    else:
        yield from (about.model, about.hardware_version, about.software_version, about.serial_number or "-")
    yield str(len(pack.cells)) if status else "-"
    yield f"{status.state_of_charge} %" if status else "-"
    yield f"{status.battery_voltage:.2f} V" if status else "-"


def remarks(bus: Bus) -> Iterator[str]:
    """How we know, and what we could not."""
    yield f"{bus.role}: {bus.reason}"
    for sentence in bus.missing():
        yield f"missing {sentence}"
    if bus.counters.noise:
        yield f"{bus.counters.noise} bytes of noise, {bus.counters.bad_sums} bad checksums"


def findings(survey: Survey) -> dict[str, Any]:
    """The result for programs."""
    bus = survey.bus
    return {
        "role": bus.role,
        "reason": bus.reason,
        "noise": bus.counters.noise,
        "missing": bus.missing(),
        "packs": [finding(pack) for pack in survey.battery.packs],
    }


def finding(pack: Pack) -> dict[str, Any]:
    """A pack for programs; None for what is not known."""
    about, status = pack.about, pack.status
    return {
        "address": pack.address,
        "role": pack.role,
        "model": about.model if about else None,
        "hardware_version": about.hardware_version if about else None,
        "software_version": about.software_version if about else None,
        "serial_number": pack.serial,
        "cells": len(pack.cells) if status else None,
        "state_of_charge": status.state_of_charge if status else None,
        "battery_voltage": status.battery_voltage if status else None,
    }
