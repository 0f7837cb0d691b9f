"""The same reports in plain SQLite tables: a row for each number, or a row with all numbers of a report."""

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from jkbus.history.packing import Columns
from jkbus.history.series import series_of
from jkbus.protocol import Status

SERIES = list(series_of(Status).values())
Told = dict[str, list[bytes]]


def plain(file: Path, wide: bool, told: Told, seconds: int, batch: int) -> tuple[float, float, float]:
    """Bytes a report, reports a second that can be written, and seconds to read one value of one pack."""
    db = sqlite3.connect(file, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    numbers = ", ".join(f"c{place} REAL" for place in range(len(SERIES))) if wide else "value REAL"
    db.execute(
        f"CREATE TABLE one (series INTEGER, at INTEGER, {numbers}, PRIMARY KEY (series, at)) WITHOUT ROWID"
    )
    marks = ", ?" * (len(SERIES) if wide else 1)
    spent = 0.0
    for start in range(0, seconds, batch):
        rows = list(_wide(told, start, batch) if wide else _narrow(told, start, batch))
        begin = time.perf_counter()
        db.execute("BEGIN")
        db.executemany(f"INSERT INTO one VALUES (?, ?{marks})", rows)
        db.execute("COMMIT")
        spent += time.perf_counter() - begin
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    begin = time.perf_counter()
    found = db.execute(f"SELECT at, {'c1' if wide else 'value'} FROM one WHERE series = 1").fetchall()
    asked = time.perf_counter() - begin
    db.close()
    assert len(found) == seconds
    reports = seconds * len(told)
    return file.stat().st_size / reports, reports / spent, asked


Row = tuple[float | None, ...]


def _columns(told: Told, start: int, batch: int) -> Iterator[tuple[range, list[list[float | None]]]]:
    """Times and the values of every series, pack by pack."""
    for reports in told.values():
        part = Columns.of(range(start, start + batch), reports[start : start + batch])
        values = [[None if raw is None else raw / one.per for raw in one.read(part)] for one in SERIES]
        yield range(start, start + batch), values


def _wide(told: Told, start: int, batch: int) -> Iterator[Row]:
    for number, (times, values) in enumerate(_columns(told, start, batch)):
        yield from ((number, at, *row) for at, row in zip(times, zip(*values, strict=True), strict=True))


def _narrow(told: Told, start: int, batch: int) -> Iterator[Row]:
    for number, (times, values) in enumerate(_columns(told, start, batch)):
        for place, column in enumerate(values):
            series = number * len(SERIES) + place
            yield from ((series, at, value) for at, value in zip(times, column, strict=True))
