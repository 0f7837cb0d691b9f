"""A history of 30 days, made of five that two virtual packs live; the others are theirs again."""

import sqlite3
from pathlib import Path

from jkbus.history.store import Sample, Store
from jkbus.simulator import SunnyDay, VirtualPack

START = 1_780_272_000
DAYS, LIVED = 30, 5


def lived() -> dict[str, list[tuple[int, bytes]]]:
    """A report a minute of two packs, some days long."""
    packs = [VirtualPack(address, soc=0.6) for address in (1, 2)]
    world = SunnyDay(packs, hour=0.0, seed=3)
    world.sun = 2900.0
    world.run(0.0)
    reports: dict[str, list[tuple[int, bytes]]] = {f"pack-{pack.address}": [] for pack in packs}
    for minute in range(1, LIVED * 1440):
        world.run(minute * 60.0)
        for pack in packs:
            reports[f"pack-{pack.address}"].append((minute * 60, pack.report(2)[:300]))
    return reports


def written(file: Path) -> Store:
    """A history of two packs and all days, rolled up as far as it is over."""
    store = Store(file)
    for key, reports in lived().items():
        store.write([Sample(key, START * 1000, VirtualPack(1).report(1)[:300])])
        for repeat in range(DAYS // LIVED):
            begin = START + repeat * LIVED * 86400
            store.write([Sample(key, (begin + at) * 1000, report) for at, report in reports])
    while store.tend(START + DAYS * 86400 + 7200):
        pass
    return store


def multiplied(store: Store, packs: int) -> None:
    """Let the two packs be that many."""
    store.close()
    db = sqlite3.connect(store.file)
    for number in range(3, packs + 1):
        db.execute("INSERT INTO source VALUES (?, ?, ?)", (number, f"pack-{number}", f"pack-{number}"))
        for table, rest in (("minute", "hour, blob"), ("hour", "day, blob"), ("change", "type, at, report")):
            copy = f"INSERT INTO {table} SELECT ?, {rest} FROM {table} WHERE source = ?"
            db.execute(copy, (number, 1 + number % 2))
    db.commit()
    db.close()
