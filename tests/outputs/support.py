"""Packs made of captures, and waiting for what real servers do."""

import asyncio
from collections.abc import Callable

from jkbus.model.pack import Pack
from jkbus.protocol import Report
from material import is_report, records


def reports_of(capture: str) -> list[Report]:
    """The valid reports of a capture, in the order of the wire."""
    found = []
    for record in records(capture):
        start = record["data"].find(b"\x55\xaa\xeb\x90")
        if is_report(record) and start >= 0:
            found.append(Report(record["data"][start : start + 300], 1))
    return found


def captured(capture: str, key: str = "garage", name: str = "Garage") -> Pack:
    """The pack of a capture, as its last reports tell it."""
    pack = Pack("bus1", 1, name, key=key)
    for report in reports_of(capture):
        pack.take(report, 0.0)
    return pack


async def until(condition: Callable[[], object], within: float = 10.0) -> None:
    """Wait until something is so; fail if it takes too long."""
    for _ in range(round(within / 0.02)):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"still not so after {within:g} s")
