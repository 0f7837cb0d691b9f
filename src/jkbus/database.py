"""What files of SQLite have in common: how older ones become new ones, what is done with damaged ones."""

import sqlite3
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

_PATIENCE, _AGAIN = 5.0, 0.02  # s
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def version_of(db: sqlite3.Connection) -> int:
    """How many steps made the file what it is; 0 for a new one."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def upgrade(db: sqlite3.Connection, steps: Sequence[str]) -> None:
    """Carry out the steps that are missing, all of them or none, whoever else does so at the same moment."""
    if version_of(db) == len(steps):
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        for step in steps[version_of(db) :]:
            for statement in filter(str.strip, step.split(";")):
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {len(steps)}")
        db.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise


def make_durable(db: sqlite3.Connection) -> None:
    """Let what is committed outlive a power cut. SQLite does not wait here for others who open the file."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
            break
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_AGAIN)
    db.execute("PRAGMA synchronous = FULL")


def is_damaged(error: BaseException) -> bool:
    """Whether the file itself is the fault, so that nothing can be written to it any more."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE


def set_aside(file: Path, now: datetime) -> Path:
    """Rename the file and what belongs to it, and return its new name. Raises OSError."""
    aside = file.with_name(f"{file.name}.damaged-{now:%Y%m%d-%H%M%S}")
    for ending in ("-wal", "-shm", ""):
        part = file.with_name(file.name + ending)
        if part.exists():
            part.replace(aside.with_name(aside.name + ending))
    return aside
