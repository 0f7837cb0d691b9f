"""The database file: its tables, how older files become new ones, and what its errors mean to an owner.

`tail` has what was heard lately, a piece every few seconds for each source; once an hour is over its pieces
become one row of `raw`, `minute`, `hour` and `energy`. A source is a pack or the whole battery. `hour` and
`day` are unix seconds of their begin in UTC, `at` is in ms.
"""

import sqlite3
from pathlib import Path

from ..database import make_durable, upgrade, version_of
from ..errors import JkbusError

# The steps from an empty file to the newest version; one that was published is never changed again.
STEPS = (
    """
    CREATE TABLE source (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL);
    CREATE TABLE series (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL, unit TEXT NOT NULL, per INTEGER NOT NULL,
        fine INTEGER NOT NULL, UNIQUE (name, unit, per, fine)
    );
    CREATE TABLE tail (source INTEGER NOT NULL, hour INTEGER NOT NULL, blob BLOB NOT NULL);
    CREATE TABLE raw (
        source INTEGER NOT NULL, hour INTEGER NOT NULL, blob BLOB NOT NULL, PRIMARY KEY (source, hour)
    );
    CREATE TABLE minute (
        source INTEGER NOT NULL, hour INTEGER NOT NULL, blob BLOB NOT NULL, PRIMARY KEY (source, hour)
    );
    CREATE TABLE hour (
        source INTEGER NOT NULL, day INTEGER NOT NULL, blob BLOB NOT NULL, PRIMARY KEY (source, day)
    );
    CREATE TABLE change (
        source INTEGER NOT NULL, type INTEGER NOT NULL, at INTEGER NOT NULL, report BLOB NOT NULL,
        PRIMARY KEY (source, type, at)
    );
    """,
    """
    CREATE TABLE energy (
        source INTEGER NOT NULL, day INTEGER NOT NULL, blob BLOB NOT NULL, PRIMARY KEY (source, day)
    );
    """,
)
VERSION = len(STEPS)
_PATIENCE = 10.0  # s to wait for another program that writes


class HistoryError(JkbusError):
    """The history cannot be written or read; the text names the file and the remedy."""


def open_for_writing(file: Path) -> sqlite3.Connection:
    """The database, made or brought up to date where needed. Raises HistoryError, sqlite3.DatabaseError."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise HistoryError(
            f"{file.parent}: cannot be made ({error.strerror}), there is no history; name another with state:"
        ) from None
    db = sqlite3.connect(file, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        make_durable(db)
        _version(db, file)
        upgrade(db, STEPS)
    except BaseException:
        db.close()
        raise
    return db


def open_for_reading(file: Path) -> sqlite3.Connection:
    """The database as it is at this moment. Raises HistoryError, sqlite3.DatabaseError."""
    nothing = HistoryError(f"{file}: there is no history yet; it begins when the gateway runs")
    if not file.exists():
        raise nothing
    uri = f"{file.absolute().as_uri()}?mode=ro"
    db = sqlite3.connect(uri, uri=True, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        version = _version(db, file)
        if version == 0:
            raise nothing
        if version < VERSION:
            raise HistoryError(
                f"{file}: was made by an older jkbus; start the gateway, it brings it up to date"
            )
        db.execute("BEGIN")
    except BaseException:
        db.close()
        raise
    return db


def _version(db: sqlite3.Connection, file: Path) -> int:
    version = version_of(db)
    if version > VERSION:
        raise HistoryError(f"{file}: was made by a newer jkbus; update this one, or move the file away")
    return version


def explained(file: Path, error: sqlite3.Error) -> str:
    """What an error of the database means, and the remedy."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return f"{file}: the disk is full; make room, it goes on by itself"
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return f"{file}: cannot be opened or written ({error}); `ls -l` shows who may write there"
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return f"{file}: another program keeps it locked; end that program"
    return f"{file}: cannot be used ({error}); check the disk"
