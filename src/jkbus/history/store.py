"""The history on disk: what was heard goes in, batch by batch, and grows coarser as it grows old."""

import logging
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from ..database import is_damaged, set_aside
from .changes import KEPT, essence, without_secrets
from .packing import Columns
from .schema import HistoryError, explained, open_for_reading, open_for_writing
from .sealing import Sealing, forget, is_over
from .tables import SECONDS_A_DAY, SECONDS_AN_HOUR

log = logging.getLogger("jkbus.history")

RAW_DAYS, MINUTE_DAYS = 14.0, 180.0
FORGET_EVERY = 15  # turns of `tend`; with one turn in eight seconds, two minutes
_LEAST = 2 * SECONDS_AN_HOUR  # s that reports are kept at least: their hour is rolled up first


class Sample(NamedTuple):
    """A report of a pack (by its key) or of the whole battery, and when it was heard: unix ms."""

    key: str
    at: int
    report: bytes


class Store:
    """A database file with reports for `raw_days`, minutes for `minute_days`, hours and energy for ever.

    Every method may be called from any thread. Writing raises HistoryError, a sentence for the owner, and may
    be tried again at any time: nothing of the batch is kept then, and a damaged file has been set aside.
    """

    def __init__(self, file: Path, raw_days: float = RAW_DAYS, minute_days: float = MINUTE_DAYS) -> None:
        self.file = file
        self._keep = {
            "raw": max(raw_days * SECONDS_A_DAY, _LEAST),
            "minute": max(minute_days * SECONDS_A_DAY, _LEAST),
        }
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None
        self._turn = 0
        self._hours: set[int] = set()  # of which there is something in the tail
        self._sealing: Sealing | None = None

    def write(self, samples: Iterable[Sample], names: Mapping[str, str] | None = None) -> None:
        """Keep these reports, all or none; `names` are those of packs, by key. Raises HistoryError."""
        with self._writing() as db:
            for key, name in (names or {}).items():
                self._name(db, key, name)
            for key, group in groupby(sorted(samples), lambda sample: sample.key):
                self._keep_reports(db, self._source(db, key), list(group))

    def tend(self, now: float) -> bool:
        """Roll up an hour that is over at `now` (unix s), and forget what is too old; False if none was over.

        One source a call, so that nobody waits long. Raises HistoryError.
        """
        with self._writing() as db:
            self._turn += 1
            if self._turn % FORGET_EVERY == 0:
                self._forget(db, now)
            if self._sealing is None:
                hour = min((hour for hour in self._hours if is_over(hour, now)), default=None)
                self._sealing = Sealing(db, hour) if hour is not None else None
            if self._sealing is not None and self._sealing.step(db):
                self._sealing, self._hours = None, _hours(db)
                return True
            return self._sealing is not None

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The database as it is now, however long one reads. Raises HistoryError."""
        try:
            db = open_for_reading(self.file)
            try:
                yield db
            finally:
                db.close()
        except sqlite3.Error as error:
            raise HistoryError(explained(self.file, error)) from None

    def close(self) -> None:
        """Close the file; the next call opens it again."""
        with self._lock:
            self._shut()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it or nothing."""
        with self._lock:
            try:
                db = self._opened()
                db.execute("BEGIN IMMEDIATE")
                yield db
                db.execute("COMMIT")
            except sqlite3.Error as error:
                self._shut()
                raise HistoryError(self._told(error)) from None
            except OSError as error:
                self._shut()
                raise HistoryError(
                    f"{self.file}: cannot be used ({error.strerror}); check the disk"
                ) from None
            except BaseException:
                self._shut()
                raise

    def _opened(self) -> sqlite3.Connection:
        if self._db is not None and not self.file.exists():  # somebody has moved it away
            self._shut()
        if self._db is None:
            self._db = open_for_writing(self.file)
            self._remember(self._db)
        return self._db

    def _remember(self, db: sqlite3.Connection) -> None:
        self._sources = dict(db.execute("SELECT key, id FROM source").fetchall())
        self._names = dict(db.execute("SELECT key, name FROM source").fetchall())
        self._hours = _hours(db)
        self._sealing = None
        self._essence: dict[tuple[int, int], bytes] = {}

    def _shut(self) -> None:
        if self._db is not None:
            with suppress(sqlite3.Error):
                self._db.close()
        self._db = None

    def _told(self, error: sqlite3.Error) -> str:
        if not is_damaged(error):
            return explained(self.file, error)
        try:
            aside = set_aside(self.file, datetime.now().astimezone())
        except OSError as problem:
            return f"{self.file}: is damaged and cannot be set aside ({problem.strerror}); move it away"
        return (
            f"{self.file}: is damaged ({error}); it was set aside as {aside.name} and a new one is begun;"
            f" `sqlite3 {aside.name} .recover` may save what is in it"
        )

    def _source(self, db: sqlite3.Connection, key: str) -> int:
        if key not in self._sources:
            self._name(db, key, key)
        return int(self._sources[key])

    def _name(self, db: sqlite3.Connection, key: str, name: str) -> None:
        if self._names.get(key) == name:
            return
        db.execute("INSERT OR IGNORE INTO source (key, name) VALUES (?, ?)", (key, name))
        db.execute("UPDATE source SET name = ? WHERE key = ?", (name, key))
        self._sources[key] = db.execute("SELECT id FROM source WHERE key = ?", (key,)).fetchone()[0]
        self._names[key] = name

    def _keep_reports(self, db: sqlite3.Connection, source: int, samples: list[Sample]) -> None:
        lasting = [sample for sample in samples if sample.report[4] not in KEPT]
        for hour, group in groupby(lasting, lambda one: one.at // 1000 // SECONDS_AN_HOUR * SECONDS_AN_HOUR):
            part = list(group)
            columns = Columns.of([one.at for one in part], [one.report for one in part])
            blob = columns.packed(hour * 1000)
            db.execute("INSERT INTO tail VALUES (?, ?, ?)", (source, hour, blob))
            self._hours.add(hour)
        for sample in samples:
            if sample.report[4] in KEPT:
                self._keep_change(db, source, sample)

    def _keep_change(self, db: sqlite3.Connection, source: int, sample: Sample) -> None:
        report, type = without_secrets(sample.report), sample.report[4]
        if (source, type) not in self._essence:
            last = "SELECT report FROM change WHERE source = ? AND type = ? ORDER BY rowid DESC LIMIT 1"
            for (before,) in db.execute(last, (source, type)):
                self._essence[source, type] = essence(before)
        if self._essence.get((source, type)) != essence(report):
            self._essence[source, type] = essence(report)
            db.execute("INSERT OR REPLACE INTO change VALUES (?, ?, ?, ?)", (source, type, sample.at, report))

    def _forget(self, db: sqlite3.Connection, now: float) -> None:
        for table, keep in self._keep.items():
            for source in self._sources.values():
                forget(db, table, source, now - keep)


def _hours(db: sqlite3.Connection) -> set[int]:
    """The hours of which there is something in the tail."""
    return {hour for (hour,) in db.execute("SELECT DISTINCT hour FROM tail")}
