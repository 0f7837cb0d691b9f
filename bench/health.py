"""How long it takes to judge 16 packs after 30 days, from minutes: each figure, and all of it from a file.

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
from support.month import DAYS, START, written

PACKS = 16
PLATE = Nameplate(280.0, 3.61)
T = TypeVar("T")


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
