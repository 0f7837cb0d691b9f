"""How long it takes to judge 16 packs after 30 days, from minutes: each figure, and all of it from a file.

Two virtual packs live for five days; the others and the other days are theirs again, moved in time.

Run: .venv/bin/python bench/health.py
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from jkbus.health import Nameplate, Past, compare, examine
from jkbus.health.anchors import anchors
from jkbus.health.capacity import drift
from jkbus.health.counting import count
from jkbus.health.gather import gather, past
from jkbus.health.resistance import resistance
from jkbus.health.spread import at_the_bottom, at_the_top
from jkbus.health.stress import balancing, stress
from jkbus.history.store import Sample, Store
from jkbus.simulator import SunnyDay, VirtualPack

START = 1_780_272_000
PACKS, DAYS, LIVED = 16, 30, 5
PLATE = Nameplate(280.0, 3.61)
T = TypeVar("T")


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


def timed(what: str, work: Callable[[], T]) -> T:
    """Do it, say how long it took."""
    begin = time.perf_counter()
    result = work()
    print(f"{what:58} {time.perf_counter() - begin:6.2f} s")
    return result


def fresh(pasts: dict[str, Past]) -> dict[str, Past]:
    """The same, having computed nothing yet."""
    return {name: replace(each) for name, each in pasts.items()}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = written(Path(folder) / "history.sqlite")
        end = START + DAYS * 86400.0
        print(f"{PACKS} packs, {DAYS} days of minutes")
        one = timed("one pack out of the file", lambda: past(store, "pack-1", START, end))
        two = past(store, "pack-2", START, end)
        timed("two packs out of the file, examined, compared, told", lambda: gather(store, end))
    pasts = {f"pack {number}": (one, two)[number % 2] for number in range(PACKS)}
    plates = dict.fromkeys(pasts, PLATE)
    each(pasts)
    timed("all figures of all packs", lambda: [examine(each, PLATE) for each in fresh(pasts).values()])
    week = {name: past.between(past.end - 7 * 86400).outline() for name, past in pasts.items()}
    timed("packs compared over the last week", lambda: compare(week, plates))
    scale = 1024 if sys.platform != "darwin" else 1024 * 1024
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale:.0f} MB")


def each(pasts: dict[str, Past]) -> None:
    """Each figure of all packs by itself."""
    timed("  spread at the top", lambda: [at_the_top(past, PLATE) for past in fresh(pasts).values()])
    timed("  spread at the bottom", lambda: [at_the_bottom(past, PLATE) for past in fresh(pasts).values()])
    timed("  resistances", lambda: [resistance(past) for past in fresh(pasts).values()])
    timed("  charge counted", lambda: [count(past) for past in fresh(pasts).values()])
    timed("  anchors and drift", lambda: [_drift(past) for past in fresh(pasts).values()])
    timed("  hours beyond limits", lambda: [stress(past) for past in fresh(pasts).values()])
    timed("  balancing", lambda: [balancing(past) for past in fresh(pasts).values()])


def _drift(past: Past) -> object:
    counted = count(past)
    return drift(PLATE, counted, anchors(past, PLATE, counted.net))


if __name__ == "__main__":
    main()
