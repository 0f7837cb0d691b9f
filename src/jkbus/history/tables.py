"""Single rows of the tables, read and written: what storing and asking have in common."""

import logging
import sqlite3
import struct
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from .buckets import Buckets
from .packing import Columns, PackingError
from .rollup import DAY, QUARTER, Quarter
from .series import Series

log = logging.getLogger("jkbus.history")

SECONDS_A_DAY, SECONDS_AN_HOUR = 86400, 3600
QUARTERS = DAY // QUARTER  # a day
_ENERGY = struct.Struct(f"<{3 * QUARTERS}I")  # joules in, joules out, ms known; each for every quarter hour
_EVERY_ROW = 2**63 - 1

Pieces = Mapping[int, list[bytes]]  # of the tail of a source, by hour


def tail_of(db: sqlite3.Connection, source: int, last: int = _EVERY_ROW) -> dict[int, list[bytes]]:
    """What is not sealed yet of a source, by hour, up to the row of that number."""
    found: dict[int, list[bytes]] = defaultdict(list)
    query = "SELECT hour, blob FROM tail WHERE source = ? AND rowid <= ? ORDER BY rowid"
    for hour, blob in db.execute(query, (source, last)):
        found[hour].append(blob)
    return found


def raw_hour(db: sqlite3.Connection, source: int, hour: int, tail: Pieces) -> Columns:
    """All reports of a source in an hour, sealed or not, sorted by time."""
    row = db.execute("SELECT blob FROM raw WHERE source = ? AND hour = ?", (source, hour)).fetchone()
    return joined(hour, [*(row or ()), *tail.get(hour, ())])


def joined(hour: int, blobs: Iterable[bytes]) -> Columns:
    """The pieces of an hour as one; a damaged one is left out, and told."""
    pieces = []
    for blob in blobs:
        try:
            pieces.append(Columns.unpacked(blob, hour * 1000))
        except PackingError as error:
            log.warning("%s", error)
    if len(pieces) == 1:
        return pieces[0]
    times = [at for piece in pieces for at in piece.times]
    return Columns.of(times, [record for piece in pieces for record in piece.records])


def buckets_in(blob: bytes, count: int, only: Collection[int] | None = None) -> Buckets:
    """The buckets of a row; none of them has anything if the row is damaged."""
    try:
        return Buckets.unpacked(blob, only)
    except PackingError as error:
        log.warning("%s", error)
        return Buckets.empty(count)


def lay(
    db: sqlite3.Connection, table: str, source: int, start: int, fresh: Buckets, at: int, count: int
) -> None:
    """Merge buckets into the row of `count` buckets that begins at `start`, from number `at` on."""
    name = "day" if table == "hour" else "hour"
    where = f"FROM {table} WHERE source = ? AND {name} = ?"
    row = db.execute(f"SELECT blob {where}", (source, start)).fetchone()
    buckets = buckets_in(row[0], count) if row else Buckets.empty(count)
    buckets.merge(fresh, at)
    db.execute(f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?)", (source, start, buckets.packed()))


def energy_in(blob: bytes) -> list[list[int]]:
    """Joules in, joules out and ms known of a row of `energy`, each for every quarter hour of the day."""
    try:
        numbers = _ENERGY.unpack(zlib.decompress(blob))
    except (zlib.error, struct.error):
        log.warning("a day of energy is damaged; it counts as a gap")
        return no_energy()
    return [list(numbers[start : start + QUARTERS]) for start in range(0, len(numbers), QUARTERS)]


def no_energy() -> list[list[int]]:
    """A day of which nothing is known."""
    return [[0] * QUARTERS for _ in Quarter._fields]


def lay_quarters(day: list[list[int]], fresh: Mapping[int, Quarter]) -> None:
    """Put quarter hours (by their begin in ms) in the place of those that are known for less time."""
    for at, quarter in fresh.items():
        place = at % DAY // QUARTER
        if quarter.known > day[-1][place]:
            for kind, number in zip(day, quarter, strict=True):
                kind[place] = number


def lay_energy(db: sqlite3.Connection, source: int, start: int, fresh: Mapping[int, Quarter]) -> None:
    """Merge quarter hours into the row of the day that begins at `start`."""
    query = "SELECT blob FROM energy WHERE source = ? AND day = ?"
    row = db.execute(query, (source, start)).fetchone()
    day = energy_in(row[0]) if row else no_energy()
    lay_quarters(day, fresh)
    blob = zlib.compress(_ENERGY.pack(*(number for kind in day for number in kind)))
    db.execute("INSERT OR REPLACE INTO energy VALUES (?, ?, ?)", (source, start, blob))


def number_series(db: sqlite3.Connection, wanted: Iterable[Series]) -> None:
    """Give these series a number in this file, unless they have one."""
    rows = map(_signature, wanted)
    db.executemany("INSERT OR IGNORE INTO series (name, unit, per, fine) VALUES (?, ?, ?, ?)", rows)


def series_in(db: sqlite3.Connection, wanted: Iterable[Series]) -> dict[int, Series]:
    """The series by the numbers they have in this file; one that has none yet gets a negative one."""
    rows = db.execute("SELECT id, name, unit, per, fine FROM series")
    known = {tuple(signature): number for number, *signature in rows}
    return {known.get(_signature(one), -1 - place): one for place, one in enumerate(wanted)}


def _signature(series: Series) -> tuple[str, str, int, int]:
    return series.name, series.unit, series.per, series.fine
