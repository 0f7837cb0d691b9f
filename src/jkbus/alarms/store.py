"""The journal on disk: one SQLite file that survives power cuts, full disks and damage.

Every write is one transaction, on the disk when it is over. A file that is damaged is set aside beside a new
one, nothing is deleted. What cannot be written waits in memory, bounded, and is written when it can be.
"""

import json
import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ..database import is_damaged, make_durable, set_aside, upgrade, version_of
from .entry import Entry, restored

log = logging.getLogger("jkbus.alarms")

LIMIT = 20_000  # entries that are kept; 2 kB each, which a slow card reads in a second or two
_WAITING = 10_000  # entries that wait for a disk

# What makes a file of version n one of version n + 1; a new file goes through all of them.
_UPGRADES = (
    """
    CREATE TABLE entry (id INTEGER PRIMARY KEY, key TEXT, came REAL, went REAL, body TEXT NOT NULL);
    CREATE INDEX standing ON entry (id) WHERE went IS NULL;
    CREATE TABLE pack (
        key TEXT PRIMARY KEY, name TEXT NOT NULL, bus TEXT NOT NULL, address INTEGER NOT NULL
    );
    """,
)


class _Damaged(Exception):
    """The file is no journal any more."""


Packs = dict[str, tuple[str, str, int]]  # name, bus and address of each pack that should be heard, by its key


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was known when the gateway stopped."""

    standing: list[Entry] = field(default_factory=list)
    next_id: int = 1
    packs: Packs = field(default_factory=dict)


class Store:
    """The file of the journal. Only `load` opens it; nothing raises, what goes wrong is logged once.

    May be used from several threads.
    """

    def __init__(self, file: Path, limit: int = LIMIT) -> None:
        self.file = file
        self._limit = limit
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None
        self._taken: deque[tuple[list[Entry], Packs]] = deque()
        self._waiting: dict[int, Entry] = {}
        self._packs: Packs = {}
        self._kept_packs: Packs = {}
        self._failing = self._without = False

    def load(self) -> Remembered:
        """Open the file, make it if there is none, and tell what it remembers.

        May be tried again where that was not possible; what was put meanwhile is forgotten then, since its
        numbers may be those of entries in the file.
        """
        with self._lock:
            try:
                try:
                    known = self._open()
                except _Damaged:
                    self._set_aside()
                    known = self._open()
            except (sqlite3.DatabaseError, OSError, _Damaged) as error:
                return self._go_without(error)
            if self._without:
                self._taken.clear()
                self._waiting.clear()
                self._failing = self._without = False
                log.info("%s: can be used now", self.file)
            return known

    def put(self, entries: Iterable[Entry], packs: Packs) -> None:
        """Take entries as they are now, and which packs should be heard, to be written by the next `save`."""
        self._taken.append((list(entries), dict(packs)))

    @property
    def is_open(self) -> bool:
        """Whether there is a file to read and write; the log says why not."""
        return self._db is not None

    def save(self) -> bool:
        """Write what was put; whether it is on the disk now, the log says why not."""
        with self._lock:
            while self._taken:
                entries, self._packs = self._taken.popleft()
                self._waiting |= {entry.id: entry for entry in entries}
            if not self._waiting and self._packs == self._kept_packs:
                return True
            try:
                self._write()
            except sqlite3.DatabaseError as error:
                self._failed(error)
            else:
                self._waiting, self._kept_packs, self._failing = {}, dict(self._packs), False
            return not self._waiting

    def entries(self, count: int = 100, *, key: str | None = None, standing: bool = False) -> list[Entry]:
        """The last `count` entries, the newest first; those of one subject, those that stand."""
        with self._lock:
            wanted = ["went IS NULL"] if standing else []
            wanted += ["key = ?"] if key is not None else []
            where = f"WHERE {' AND '.join(wanted)}" if wanted else ""
            rows = self._rows(
                f"{where} ORDER BY id DESC LIMIT ?", (*([key] if key is not None else []), count)
            )
            found = {entry.id: entry for entry in rows} | self._waiting
        fitting = [e for e in found.values() if (key in (None, e.subject.key)) and (e.stands or not standing)]
        return sorted(fitting, key=lambda entry: -entry.id)[:count]

    def entry(self, id: int) -> Entry | None:
        """The entry of that number."""
        with self._lock:
            return self._waiting.get(id) or next(iter(self._rows("WHERE id = ?", (id,))), None)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    def _open(self) -> Remembered:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(self.file, timeout=5.0, isolation_level=None, check_same_thread=False)
        try:
            if (version := version_of(db)) > len(_UPGRADES):
                raise OSError(f"a newer jkbus wrote it (version {version})")
            if db.execute("PRAGMA quick_check").fetchone()[0] != "ok":
                raise _Damaged("its pages do not fit together")
            make_durable(db)
            upgrade(db, _UPGRADES)
            self._db = db
            return self._remembered(db)
        except BaseException as error:
            self._db = None
            db.close()
            if is_damaged(error):
                raise _Damaged(str(error)) from None
            raise

    def _remembered(self, db: sqlite3.Connection) -> Remembered:
        standing = list(self._rows("WHERE went IS NULL ORDER BY id"))
        last = db.execute("SELECT max(id) FROM entry").fetchone()[0] or 0
        packs: Packs = {
            key: (name, bus, address)
            for key, name, bus, address in db.execute("SELECT key, name, bus, address FROM pack")
        }
        self._packs, self._kept_packs = dict(packs), dict(packs)
        return Remembered(standing, last + 1, packs)

    def _write(self) -> None:
        if self._db is None:
            raise sqlite3.OperationalError("it is not open")
        with _transaction(self._db) as db:
            db.executemany(
                "INSERT OR REPLACE INTO entry (id, key, came, went, body) VALUES (?, ?, ?, ?, ?)",
                [(e.id, e.subject.key, e.came, e.went, _text(e)) for e in self._waiting.values()],
            )
            if self._packs != self._kept_packs:
                db.execute("DELETE FROM pack")
                rows = [(key, *place) for key, place in self._packs.items()]
                db.executemany("INSERT INTO pack (key, name, bus, address) VALUES (?, ?, ?, ?)", rows)
            db.execute(
                "DELETE FROM entry WHERE id <= (SELECT max(id) FROM entry) - ? AND went IS NOT NULL",
                (self._limit,),
            )

    def _rows(self, rest: str, values: tuple[object, ...] = ()) -> Iterator[Entry]:
        """The entries of the file; one that cannot be understood is passed over."""
        if self._db is None:
            return
        try:
            for (body,) in self._db.execute(f"SELECT body FROM entry {rest}", values).fetchall():
                try:
                    yield restored(json.loads(body))
                except (KeyError, TypeError, ValueError):
                    log.warning("%s: an entry cannot be understood and is passed over", self.file)
        except sqlite3.DatabaseError as error:
            log.warning("%s: the journal of alarms cannot be read (%s)", self.file, error)

    def _failed(self, error: sqlite3.DatabaseError) -> None:
        """Something was not written: begin a new file if this one is damaged, else wait for better times."""
        reason: Exception = error
        if is_damaged(error) and self._db is not None:
            self._db.close()
            try:
                self._set_aside()
                self._open_again()
                return
            except (sqlite3.DatabaseError, OSError, _Damaged) as again:
                reason = again
        if not self._failing:
            log.warning(
                "%s: cannot be written (%s); alarms are kept in memory until it can, make room or allow it",
                self.file,
                reason,
            )
        self._failing = True
        for id in sorted(self._waiting)[:-_WAITING]:
            del self._waiting[id]

    def _open_again(self) -> None:
        packs = self._packs
        self._open()
        self._packs = packs
        self._write()
        self._waiting, self._kept_packs = {}, dict(packs)

    def _go_without(self, error: Exception) -> Remembered:
        level = logging.DEBUG if self._without else logging.WARNING
        self._failing = self._without = True
        log.log(
            level,
            "%s: cannot be used (%s); a restart will forget the alarms, move the file away or allow it",
            self.file,
            error,
        )
        return Remembered()

    def _set_aside(self) -> None:
        aside = set_aside(self.file, datetime.now().astimezone())
        log.warning("%s: is damaged; it was set aside as %s and a new one begun", self.file, aside.name)


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield db
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _text(entry: Entry) -> str:
    return json.dumps(entry.kept(), ensure_ascii=False, separators=(",", ":"))
