"""What was kept of a pack, on one grid of times.

A history answers per value, each with its own times, gaps and cadence. Health needs values that belong
together, of one pack and of all: so time is cut into steps that begin at whole multiples of `step` since
1970, and each value is averaged over each step. What is missing or impossible is NaN, and a comparison with
NaN is false: conditions are written so that false means "do not use".
"""

import math
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

NAN = math.nan
_GAP = 3.5  # steps between two rows above which nothing is assumed about the time between
_MOST_CELLS = 32
_LONGEST = 20 * 365 * 86400.0  # s between rows of one past; what lies farther off has a damaged time
_ALTERNATING = 1.5  # mean of balancing_state while a board balances: it changes between 1 and 2

# What a value can be; beyond lies a damaged report. By the beginning of the name.
_POSSIBLE = {
    "cell_voltage": (0.0, 5.0),
    "battery_voltage": (0.0, 160.0),
    "battery_current": (-2000.0, 2000.0),
    "battery_temperature": (-60.0, 150.0),
    "state_of_charge": (0.0, 100.0),
    "remaining_capacity": (0.0, 20000.0),
    "balancing_state": (0.0, 2.0),
    "charge_mosfet_on": (0.0, 1.0),
    "discharge_mosfet_on": (0.0, 1.0),
}
_PROBES = tuple(f"battery_temperature_{number}" for number in (1, 2, 4, 5))  # 3 is the MOSFET's on PB boards
_CELLS = tuple(f"cell_voltage_{number}" for number in range(1, _MOST_CELLS + 1))
NAMES = (
    *(name for name in _POSSIBLE if name not in ("cell_voltage", "battery_temperature")),
    *_PROBES,
    *_CELLS,
)

Column = Sequence[float]


@dataclass(frozen=True, slots=True)
class Track:
    """One value over time: unix seconds and as many values, None or NaN where there is none."""

    times: Sequence[float]
    values: Sequence[float | None]


@dataclass(frozen=True)
class Past:
    """One pack's past: columns of one length, a row per time, NaN where a value is missing.

    `times` (unix s) rise; `step` is their usual distance in s. `cells` in V, cell 1 first; `current` in A,
    positive while charging; `voltage` in V; `temperature` in °C of the cells; `soc` in %; `remaining` in Ah
    as the board counts; `balancing` 0 to 1, the share of the row's time; `charge_on` and `discharge_on` are
    what the board says of its MOSFETs.
    """

    step: float
    times: Column
    cells: tuple[Column, ...]
    current: Column
    voltage: Column
    temperature: Column
    soc: Column
    remaining: Column
    balancing: Column
    charge_on: Column
    discharge_on: Column

    @classmethod
    def of(cls, tracks: Mapping[str, Track], step: float = 60.0) -> "Past":
        """From tracks by their names in frames.csv; cells are cell_voltage_1, cell_voltage_2 and so on.

        `balancing_state` may be averaged already; probes are averaged. Tracks with other names are ignored.
        """
        return cls.of_steps({name: _by_step(name, track, step) for name, track in tracks.items()}, step)

    @classmethod
    def of_steps(cls, steps: Mapping[str, Mapping[int, float]], step: float) -> "Past":
        """From means by name and by the number of their step since 1970; all of them `possible`."""
        rows = _close(sorted(set[int]().union(*steps.values())), step)
        empty: dict[int, float] = {}

        def column(name: str) -> list[float]:
            get = steps.get(name, empty).get
            return [get(row, NAN) for row in rows]

        wired = max((number for number, name in enumerate(_CELLS, 1) if steps.get(name)), default=0)
        return cls(
            step=step,
            times=[row * step for row in rows],
            cells=tuple(column(name) for name in _CELLS[:wired]),
            current=column("battery_current"),
            voltage=column("battery_voltage"),
            temperature=_mean([column(name) for name in _PROBES if steps.get(name)], len(rows)),
            soc=column("state_of_charge"),
            remaining=column("remaining_capacity"),
            balancing=[
                state / _ALTERNATING if state < _ALTERNATING else 1.0 if state == state else NAN
                for state in column("balancing_state")
            ],
            charge_on=column("charge_mosfet_on"),
            discharge_on=column("discharge_mosfet_on"),
        )

    def __len__(self) -> int:
        return len(self.times)

    def between(self, start: float, end: float = math.inf) -> "Past":
        """The rows with start <= time < end."""
        part = slice(bisect_left(self.times, start), bisect_left(self.times, end))
        return self._each(lambda column: column[part])

    def rows(self, chosen: Sequence[int]) -> "Past":
        """The chosen rows, in that order."""
        return self._each(lambda column: [column[row] for row in chosen])

    def _each(self, change: Callable[[Column], Column]) -> "Past":
        names = [name for name in self.__dataclass_fields__ if name not in ("step", "cells")]
        columns = {name: change(getattr(self, name)) for name in names}
        return Past(step=self.step, cells=tuple(change(cell) for cell in self.cells), **columns)

    def outline(self) -> "Past":
        """The same in little memory, with two cells: the lowest and the highest. Enough to compare packs."""
        slim = replace(self, cells=(self.lowest, self.highest))
        return slim._each(lambda column: array("d", column))

    @property
    def end(self) -> float:
        """Time of the last row, 0.0 if there is none."""
        return self.times[-1] if self.times else 0.0

    @property
    def days(self) -> float:
        """Days from the first row to the last."""
        return (self.times[-1] - self.times[0]) / 86400 if self.times else 0.0

    @cached_property
    def average(self) -> Column:
        """Mean of the cells in V; NaN where one of them is missing."""
        count = len(self.cells)
        return [sum(row) / count for row in zip(*self.cells, strict=True)] if count else [NAN] * len(self)

    @cached_property
    def highest(self) -> Column:
        """The highest cell in V; NaN where a cell is missing."""
        return self._extreme(max)

    @cached_property
    def lowest(self) -> Column:
        """The lowest cell in V; NaN where a cell is missing."""
        return self._extreme(min)

    def _extreme(self, which: Callable[[Iterable[float]], float]) -> Column:
        rows = zip(*self.cells, strict=True) if self.cells else ()
        values = [which(row) if mean == mean else NAN for row, mean in zip(rows, self.average, strict=False)]
        return values or [NAN] * len(self)

    @cached_property
    def durations(self) -> Column:
        """Seconds that each row stands for: until the next one; before a gap and at the end a usual step."""
        step, longest = self.step, _GAP * self.step
        waits = [later - earlier for earlier, later in pairwise(self.times)]
        return [wait if wait <= longest else step for wait in waits] + [step] * bool(self.times)

    def deviations(self, row: int) -> list[float]:
        """By how many V each cell is above the average in a row."""
        mean = self.average[row]
        return [cell[row] - mean for cell in self.cells]


def possible(name: str) -> tuple[float, float]:
    """The ends of what a value can be; those of a value that is not used here hold nothing."""
    return next((ends for start, ends in _POSSIBLE.items() if name.startswith(start)), (0.0, -1.0))


def _by_step(name: str, track: Track, step: float) -> dict[int, float]:
    """The mean of each step by its number since 1970; what is impossible is left out."""
    low, high = possible(name)
    sums: dict[int, float] = {}
    counts: dict[int, int] = {}
    for time, value in zip(track.times, track.values, strict=False):
        if value is not None and low <= value <= high and math.isfinite(time):
            row = int(time // step)
            if row in sums:
                sums[row] += value
                counts[row] = counts.get(row, 1) + 1
            else:
                sums[row] = value
    for row, count in counts.items():
        sums[row] /= count
    return sums


def _close(rows: list[int], step: float) -> list[int]:
    """Rows without those whose time is years off the rest."""
    if not rows:
        return rows
    middle = rows[len(rows) // 2]
    return [row for row in rows if abs(row - middle) * step < _LONGEST / 2]


def _mean(columns: Sequence[Column], length: int) -> list[float]:
    """The mean of what is there in each row."""
    if not columns:
        return [NAN] * length
    if len(columns) == 1:
        return list(columns[0])
    means = []
    for row in zip(*columns, strict=True):
        known = [value for value in row if value == value]
        means.append(sum(known) / len(known) if known else NAN)
    return means
