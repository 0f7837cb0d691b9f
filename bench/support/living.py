"""Hours of a living bank, made once: what 16 packs tell, a second apart, and a year of history made of it."""

import sqlite3
from functools import cache
from pathlib import Path

from jkbus.history.buckets import Buckets
from jkbus.history.packing import Columns
from jkbus.history.rollup import HOUR, MINUTE, quarters, roll
from jkbus.history.schema import open_for_writing
from jkbus.history.sealing import HOURS
from jkbus.history.series import power, series_of
from jkbus.history.tables import SECONDS_A_DAY, SECONDS_AN_HOUR, lay_energy, number_series, series_in
from jkbus.history.whole import KEY, Whole, whole
from jkbus.model.pack import Pack
from jkbus.protocol import Report, Status
from jkbus.simulator import SunnyDay, bank

PACKS = 16
CLOCKS = (3, 12, 19)  # o'clock of the hours that are simulated
DAYS = 365

Told = dict[str, list[bytes]]  # a report a second, by key


@cache
def hours() -> tuple[Told, ...]:
    """An hour of the night, one at noon, one of the evening: each pack every second, and the battery."""
    return tuple(map(_hour, CLOCKS))


def _hour(clock: int) -> Told:
    line = bank(PACKS, seed=3)
    world = SunnyDay(line.packs, seed=clock, hour=clock)
    packs = {one.address: Pack("bus1", one.address, f"pack {one.address}") for one in line.packs}
    told: Told = {key: [] for key in (*(f"pack_{address}" for address in packs), KEY)}
    for second in range(SECONDS_AN_HOUR):
        world.run(float(second))
        for virtual in line.packs:
            report = virtual.frame(Status.type).sealed()
            packs[virtual.address].take(Report(report, virtual.address), float(second))
            told[f"pack_{virtual.address}"].append(report)
        together = whole(packs.values())
        assert together is not None
        told[KEY].append(bytes(together.data))
    return told


def columns(told: Told, key: str) -> Columns:
    """An hour of one source, at most 22 ms off each second, as on a bus."""
    reports = told[key]
    return Columns.of([second * 1000 + second * 7919 % 23 for second in range(len(reports))], reports)


def year(file: Path, now: int, raw_days: float, minute_days: float) -> None:
    """A file with a year of hours and energy, and the minutes and reports of the last days, from these hours.

    Packed once and written again and again. A day of hours is made of hours of all packs in turn, so that it
    is not one hour 24 times.
    """
    db = open_for_writing(file)
    db.execute("PRAGMA synchronous = OFF")
    db.execute("BEGIN")
    for number, key in enumerate(hours()[0], 1):
        frame = Whole if key == KEY else Status
        db.execute("INSERT INTO source VALUES (?, ?, ?)", (number, key, key))
        number_series(db, series_of(frame).values())
        found = [columns(told, key) for told in hours()]
        rolled = [roll(one, series_in(db, series_of(frame).values()), 0, (MINUTE, HOUR)) for one in found]
        _repeat(db, "raw", number, now, raw_days, [one.packed() for one in found])
        _repeat(db, "minute", number, now, minute_days, [minutes.packed() for minutes, _ in rolled])
        _days(db, number, now, [whole_hour for _, whole_hour in rolled])
        if key != KEY:
            _energy(db, number, now, found)
    db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def _repeat(
    db: sqlite3.Connection, table: str, source: int, now: int, days: float, blobs: list[bytes]
) -> None:
    starts = range(now - int(days * SECONDS_A_DAY), now, SECONDS_AN_HOUR)
    rows = ((source, start, blobs[place % len(blobs)]) for place, start in enumerate(starts))
    db.executemany(f"INSERT INTO {table} VALUES (?, ?, ?)", rows)


_POOL: list[Buckets] = []


def _days(db: sqlite3.Connection, source: int, now: int, found: list[Buckets]) -> None:
    _POOL.extend(found)
    pool = found if len(_POOL) > PACKS * len(CLOCKS) else _POOL  # the battery has series of its own
    blobs = []
    for turn in range(8):
        day = Buckets.empty(HOURS)
        for place in range(HOURS):
            day.merge(pool[(turn * 5 + place * 7) % len(pool)], place)
        blobs.append(day.packed())
    starts = range(now - DAYS * SECONDS_A_DAY, now, SECONDS_A_DAY)
    rows = ((source, start, blobs[place % len(blobs)]) for place, start in enumerate(starts))
    db.executemany("INSERT INTO hour VALUES (?, ?, ?)", rows)


def _energy(db: sqlite3.Connection, source: int, now: int, found: list[Columns]) -> None:
    first = now - DAYS * SECONDS_A_DAY
    for hour in range(HOURS):
        one = found[hour % len(found)]
        told = quarters(one.times, power(one), 0, HOUR)
        lay_energy(db, source, first, {hour * HOUR + at: quarter for at, quarter in told.items()})
    copy = "INSERT INTO energy SELECT source, ?, blob FROM energy WHERE source = ? AND day = ?"
    db.executemany(copy, [(day, source, first) for day in range(first + SECONDS_A_DAY, now, SECONDS_A_DAY)])
