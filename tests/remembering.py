"""Reports to be remembered: made by hand, or told by a virtual pack, with the times they were heard."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from jkbus.bus.events import Heard
from jkbus.history.store import Sample, Store
from jkbus.protocol import Report, Settings, Status

NOON = 1_780_315_200  # unix s: 12:00 UTC of the first of June 2026
HOUR, DAY = 3600, 86400


def status(
    volts: float = 52.0, amperes: float = 0.0, cells: Sequence[float] = (3.25,) * 16, **rows: Any
) -> bytes:
    """A Status of a pack with these cells."""
    frame = Status.blank()
    frame.cell_voltage = tuple(cells)
    frame.cell_present_mask = (1 << len(cells)) - 1
    frame.battery_voltage, frame.battery_current = volts, amperes
    frame.temperature_sensor_present = 0xFF
    for name, value in rows.items():
        setattr(frame, name, value)
    return frame.sealed()


def settings(**rows: Any) -> bytes:
    """Settings with these values."""
    frame = Settings.blank()
    for name, value in rows.items():
        setattr(frame, name, value)
    return frame.sealed()


def heard(report: bytes, address: int = 1, at: float = 0.0) -> Heard:
    """The event of a report."""
    return Heard(Report(report, address, "acknowledgement"), at)


def every(seconds: float, start: float, end: float) -> Iterator[float]:
    """Times from `start` up to `end`."""
    count = 0
    while (at := start + count * seconds) < end:
        yield at
        count += 1


def steady(seconds: float, start: float, end: float, *, key: str = "one", **rows: Any) -> list[Sample]:
    """The same report again and again."""
    report = status(**rows)
    return [Sample(key, round(at * 1000), report) for at in every(seconds, start, end)]


def keep(store: Store, samples: Iterable[Sample], batch: int = 600) -> None:
    """Write samples in batches."""
    waiting = list(samples)
    for start in range(0, len(waiting), batch):
        store.write(waiting[start : start + batch])


def settle(store: Store, now: float) -> None:
    """Let the store do all its housework of this moment."""
    while store.tend(now):
        pass


def rows(file: Path, query: str) -> list[tuple[Any, ...]]:
    """Look into the file behind the store's back."""
    db = sqlite3.connect(file)
    try:
        return db.execute(query).fetchall()
    finally:
        db.close()
