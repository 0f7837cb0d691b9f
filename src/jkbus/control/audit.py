"""The log of changes: what was about to be written to a pack, and what came of it.

A file of JSON lines, `changes.jsonl`, that is only ever appended to. A line is on the disk before its step is
sent, and another one after it, so that after a power cut it is known what was done: a step with a first line
and no second was under way. Of several files `changes.1.jsonl` is the next older.
"""

import fcntl
import json
import logging
import os
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..config.words import reason
from ..errors import JkbusError

log = logging.getLogger("jkbus.audit")

SIZE = 1_000_000  # bytes after which a new file is begun
KEPT = 5  # old files
BEGUN = "begun"  # the result of a step that is about to be sent

Entry = dict[str, Any]


class Audit:
    """The log of changes in a folder. Several programs may append to it at the same time."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "changes.jsonl"
        self._lock = threading.Lock()
        self._told = False

    def note(self, entry: Mapping[str, Any]) -> None:
        """Append an entry, with the time it is written, and wait until it is on the disk.

        May be called from any thread. Raises JkbusError when it cannot be.
        """
        stamped = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), **entry}
        line = json.dumps(stamped, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        try:
            with self._lock:
                self._append(line)
        except OSError as error:
            raise JkbusError(
                f"{self.file}: the log of changes cannot be written ({reason(error)}), and nothing is changed"
                " without it; make room there, or allow it"
            ) from None

    def entries(self, count: int = 1000) -> list[Entry]:
        """The last entries, the newest at the end. Raises JkbusError if the file may not be read."""
        found: list[Entry] = []
        try:
            for file in (self.file, *map(self._old, range(1, KEPT + 1))):
                found = [*self._read(file), *found]
                if len(found) >= count:
                    break
        except OSError as error:
            raise JkbusError(f"{self.file}: the log of changes cannot be read ({reason(error)})") from None
        return found[-count:] if count > 0 else []

    def unfinished(self) -> list[Entry]:
        """The entries of steps that were begun and never ended: the power was cut, or the program killed."""
        open_: dict[tuple[str, str], Entry] = {}
        for entry in self.entries():
            step = (str(entry.get("plan")), str(entry.get("step")))
            if entry.get("result") == BEGUN:
                open_[step] = entry
            else:
                open_.pop(step, None)
        return list(open_.values())

    def _append(self, line: bytes) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with (self.file.with_name("changes.lock")).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self.file.exists() and self.file.stat().st_size + len(line) > SIZE:
                self._rotate()
            with self.file.open("ab+") as file:
                if file.tell() and not _ends_whole(file.fileno(), file.tell()):
                    line = b"\n" + line
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
            sync(self.file.parent)

    def _rotate(self) -> None:
        for number in range(KEPT - 1, 0, -1):
            if self._old(number).exists():
                self._old(number).replace(self._old(number + 1))
        self.file.replace(self._old(1))

    def _old(self, number: int) -> Path:
        return self.file.with_name(f"changes.{number}.jsonl")

    def _read(self, file: Path) -> Iterator[Entry]:
        try:
            lines = file.read_bytes().splitlines()
        except FileNotFoundError:
            return
        for number, line in enumerate(lines, 1):
            try:
                entry = json.loads(line) if line else None
            except ValueError:
                entry = None
                self._tell_torn(file, number)
            if isinstance(entry, dict):
                yield entry

    def _tell_torn(self, file: Path, number: int) -> None:
        if not self._told:
            log.warning("%s: line %d was torn by a power cut and is passed over", file, number)
        self._told = True


def _ends_whole(descriptor: int, size: int) -> bool:
    return os.pread(descriptor, 1, size - 1) == b"\n"


def sync(folder: Path) -> None:
    """Put the names of a folder on the disk too. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
