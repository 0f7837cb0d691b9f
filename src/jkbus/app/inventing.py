"""Writes the past of the demo's packs into its history, the latest day first, in a process of its own.

Run by `app.demo`: python -m jkbus.app.inventing FOLDER PACKS SEED NOW ZONE. It ends by itself, at the latest
when who started it is gone. The year is made of a report a quarter hour, its last month of one a minute.
"""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

from ..history.buckets import Buckets
from ..history.packing import Columns
from ..history.rollup import HOUR, MINUTE, Quarter, quarters, roll
from ..history.schema import open_for_writing
from ..history.sealing import HOURS
from ..history.series import power, series_of
from ..history.tables import SECONDS_A_DAY, SECONDS_AN_HOUR, lay, lay_energy, number_series, series_in
from ..history.whole import KEY, Whole, whole
from ..model.pack import Pack
from ..protocol import Report, Status
from ..simulator.course import QUARTER
from ..simulator.household import Household
from .incidents import silences
from .pretence import DAYS, household, key_of, name_of

_MINUTES = 30  # days of which there are minutes
_TAIL, _EACH = 30, 60  # s between reports in the hour that is not over, and before
_SQUEEZE = SECONDS_A_DAY // SECONDS_AN_HOUR  # a day goes through `roll` as if it were an hour

Told = dict[str, list[tuple[int, bytes]]]  # ms and reports, by key


class Inventor:
    """Fills the history of a household that has one from `now` on."""

    def __init__(self, folder: Path, house: Household) -> None:
        self._house = house
        self._now = int(house.now)
        self._first = -(-house.course.start // SECONDS_AN_HOUR) * SECONDS_AN_HOUR
        self._silent = silences(house)
        self._packs = {address: Pack("", address, name_of(address)) for address in house.packs}
        self._db = open_for_writing(folder / "history.sqlite")
        names = {key_of(address): name_of(address) for address in house.packs} | {KEY: KEY}
        self._sources = {key: self._source(key, name) for key, name in names.items()}
        number_series(self._db, [*series_of(Status).values(), *series_of(Whole).values()])
        self._series = {frame: series_in(self._db, series_of(frame).values()) for frame in (Status, Whole)}

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def present(self) -> None:
        """The hour that is not over yet: as it lies there until it is."""
        hour = self._now - self._now % SECONDS_AN_HOUR
        told = self._told(range(hour, self._now, _TAIL))
        self._db.execute("BEGIN IMMEDIATE")
        for key, columns in _columns(told):
            blob = columns.packed(hour * 1000)
            self._db.execute("INSERT INTO tail VALUES (?, ?, ?)", (self._sources[key], hour, blob))
        self._db.execute("COMMIT")

    def fine_day(self, day: int) -> None:
        """The minutes, hours and energy of a day, as far as it is over."""
        over = self._now - self._now % SECONDS_AN_HOUR
        hours = range(max(day, self._first), min(day + SECONDS_A_DAY, over), SECONDS_AN_HOUR)
        minutes: list[tuple[str, int, Buckets]] = []
        days = {key: Buckets.empty(HOURS) for key in self._sources}
        energy: dict[str, dict[int, Quarter]] = {key: {} for key in self._sources}
        for hour in reversed(hours):
            for key, columns in _columns(self._told(range(hour, hour + SECONDS_AN_HOUR + 1, _EACH))):
                fine, coarse = self._rolled(key, columns, hour * 1000, (MINUTE, HOUR))
                minutes.append((key, hour, fine))
                days[key].merge(coarse, (hour - day) // SECONDS_AN_HOUR)
                energy[key] |= _energy(key, columns, hour * 1000, hour * 1000 + HOUR)
        self._write(day, minutes, days, energy)

    def coarse_day(self, day: int) -> None:
        """The hours and energy of a day."""
        times = range(max(day, self._first), day + SECONDS_A_DAY, QUARTER)
        days: dict[str, Buckets] = {}
        energy: dict[str, dict[int, Quarter]] = {}
        for key, columns in _columns(self._told(times)):
            squeezed = Columns.of([(at - day * 1000) // _SQUEEZE for at in columns.times], columns.records)
            (days[key],) = self._rolled(key, squeezed, 0, (HOUR // HOURS,))
            energy[key] = _steady(key, columns)
        self._write(day, [], days, energy)

    def _rolled(self, key: str, columns: Columns, start: int, widths: tuple[int, ...]) -> list[Buckets]:
        return roll(columns, self._series[Whole if key == KEY else Status], start, widths)

    def _write(
        self,
        day: int,
        minutes: Iterable[tuple[str, int, Buckets]],
        days: Mapping[str, Buckets],
        energy: Mapping[str, Mapping[int, Quarter]],
    ) -> None:
        rows = [(self._sources[key], hour, fine.packed()) for key, hour, fine in minutes]
        self._db.execute("BEGIN IMMEDIATE")
        self._db.executemany("INSERT OR IGNORE INTO minute VALUES (?, ?, ?)", rows)
        for key, buckets in days.items():
            lay(self._db, "hour", self._sources[key], day, buckets, 0, HOURS)
            if key != KEY:
                lay_energy(self._db, self._sources[key], day, energy[key])
        self._db.execute("COMMIT")

    def _told(self, times: range) -> Told:
        """What everybody told at these times (unix s)."""
        told: Told = {key: [] for key in self._sources}
        for at in times:
            part = int(at) % QUARTER // _EACH
            ripple = self._house.course.ripples(at, QUARTER // _EACH)[part] if times.step < QUARTER else 0.0
            heard = []
            for address, report in self._house.reports(at, ripple).items():
                if any(start <= at < end for start, end in self._silent.get(address, ())):
                    continue
                self._packs[address].take(Report(report, address), float(at))
                heard.append(self._packs[address])
                told[key_of(address)].append((at * 1000, report))
            if (together := whole(heard)) is not None:
                told[KEY].append((at * 1000, bytes(together.data)))
        return told

    def _source(self, key: str, name: str) -> int:
        self._db.execute("INSERT OR IGNORE INTO source (key, name) VALUES (?, ?)", (key, name))
        query = "SELECT id FROM source WHERE key = ?"
        return int(self._db.execute(query, (key,)).fetchone()[0])


def _columns(told: Told) -> list[tuple[str, Columns]]:
    found = [(key, tuple(zip(*pairs, strict=True))) for key, pairs in told.items() if pairs]
    return [(key, Columns.of(times, reports)) for key, (times, reports) in found]


def _energy(key: str, columns: Columns, start: int, end: int) -> dict[int, Quarter]:
    return {} if key == KEY else quarters(columns.times, power(columns), start, end)


def _steady(key: str, columns: Columns) -> dict[int, Quarter]:
    """Energy of quarters of which one power is known."""
    if key == KEY:
        return {}
    joules = [watts * QUARTER for watts in power(columns)]
    return {
        at: Quarter(round(max(0.0, moved)), round(max(0.0, -moved)), QUARTER * 1000)
        for at, moved in zip(columns.times, joules, strict=True)
    }


def stages(today: int) -> Iterator[tuple[str, list[int]]]:
    """In which order days are made: what is looked at first comes first."""

    def days(first: int, last: int) -> list[int]:
        return [today - back * SECONDS_A_DAY for back in range(first, last)]

    yield "fine", days(0, 2)
    yield "coarse", days(2, _MINUTES + 1)
    yield "fine", days(2, 9)
    yield "coarse", days(_MINUTES + 1, DAYS)
    yield "fine", days(9, _MINUTES + 1)


def main(folder: str, packs: str, seed: str, now: str, zone: str) -> None:
    """Write everything; says on stdout which stage is done."""
    os.nice(19)
    parent, moment = os.getppid(), float(now)
    inventor = Inventor(Path(folder), household(int(packs), int(seed), moment, float(zone)))
    with closing(inventor):
        inventor.present()
        for kind, days in stages(int(moment) // SECONDS_A_DAY * SECONDS_A_DAY):
            for day in days:
                if os.getppid() != parent:
                    return
                inventor.fine_day(day) if kind == "fine" else inventor.coarse_day(day)
            print(kind, len(days), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
