"""The last hour of a bus in steps of ten seconds: how busy and how clean it was. Taken from its counters."""

from collections import deque
from itertools import pairwise

from typing_extensions import TypedDict

from ..bus.bus import Bus

STEP = 10.0  # s
KEPT = 360


class LoadDocument(TypedDict):
    """One number a step, oldest first; `times` in unix seconds, `load` in per cent, `gap` in seconds.

    `noise` (bytes), `bad_sums` and `reports` are what came in that step. None where the gateway was busy
    with something else for longer than a step.
    """

    times: list[float]
    load: list[float | None]
    gap: list[float | None]
    noise: list[int | None]
    bad_sums: list[int | None]
    reports: list[int | None]


class _Sample:
    def __init__(self, at: float, bus: Bus, now: float) -> None:
        counters = bus.counters
        self.at, self.load, self.gap = at, round(bus.load(now), 1), round(bus.gap, 4)
        self.noise, self.bad_sums, self.reports = counters.noise, counters.bad_sums, counters.reports


class Samples:
    """Call `look` as often as you like; it takes a sample when ten seconds are over."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._kept: deque[_Sample] = deque(maxlen=KEPT + 1)

    def look(self, now: float, wall: float) -> None:
        """`now` is the clock of the bus, `wall` the time in unix seconds."""
        at = wall - wall % STEP
        if not self._kept or at != self._kept[-1].at:
            self._kept.append(_Sample(at, self._bus, now))

    def document(self) -> LoadDocument:
        """The steps as columns; the first sample only counts what was before it."""
        found: LoadDocument = {"times": [], "load": [], "gap": [], "noise": [], "bad_sums": [], "reports": []}
        kept = list(self._kept)
        for before, sample in pairwise(kept):
            if sample.at - before.at > 1.5 * STEP:
                _put(found, sample.at - STEP, None, None)
                _put(found, sample.at, None, sample)
            else:
                _put(found, sample.at, before, sample)
        return found


def _put(found: LoadDocument, at: float, before: _Sample | None, sample: _Sample | None) -> None:
    known = before is not None and sample is not None
    found["times"].append(at)
    found["load"].append(sample.load if sample else None)
    found["gap"].append(sample.gap if sample else None)
    found["noise"].append(sample.noise - before.noise if known and sample and before else None)
    found["bad_sums"].append(sample.bad_sums - before.bad_sums if known and sample and before else None)
    found["reports"].append(sample.reports - before.reports if known and sample and before else None)
