"""Batches on disk that wait for a server: a file each, the oldest dropped beyond a size.

Every batch is a file before it is sent, so that what survives us does not depend on why we ended. It is kept
for some seconds after the server has taken it, and waits again if the server goes away within them: some,
VictoriaMetrics for one, say yes before they have a value on disk. While all is well a file is gone before the
kernel would write it to the disk itself; once the server is away, what waits is made safe against power cuts
too (fsync). The files are plain gzip: `zcat` shows them. Nothing is raised: where the disk fails, some
batches wait in memory and a message says why. Safe to be used by two threads, one that puts, one that takes.
"""

import logging
import os
import re
import threading
from collections import OrderedDict
from pathlib import Path
from typing import NamedTuple

from ..config.export import format_size

log = logging.getLogger("jkbus.export")

GRACE = 15.0  # s for which a batch is kept that the server has taken; files reach the disk after 30
HELD = 4_000_000  # bytes that may wait in memory while the disk cannot be written
BLOCK = 4096  # bytes that a file takes at least
SUFFIX, UNFINISHED = ".lp.gz", ".new"
_NAME = re.compile(r"([0-9]{12})\.lp\.gz")


class Batch(NamedTuple):
    """A batch and its number; higher numbers are later."""

    number: int
    data: bytes


class Spool:
    """Batches in the order they were put, at most `size` bytes of disk. `name` is that of the server.

    Batches that a server refused are kept in the folder `refused` below, beside those that wait: as much
    again, the oldest dropped. Move them back to have them sent again at the next start.
    """

    def __init__(self, folder: Path, size: int, name: str) -> None:
        self.folder, self.size, self._name = folder, size, name
        self.dropped = 0
        self._lock = threading.Lock()
        self._held: dict[int, bytes] = {}
        self._failing = False
        self._away = False
        self._refused = _found(folder / "refused")
        self._waiting = _found(folder)  # ordered, so that the first is found at once among very many
        self._sent: dict[int, tuple[int, float]] = {}  # size, and when the server took it
        self._unsafe: set[int] = set()  # files that a power cut may take
        self._last = max([0, *self._waiting, *self._refused])

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def waiting(self) -> int:
        """Bytes that wait."""
        return sum(self._waiting.values())

    def put(self, data: bytes) -> None:
        """Add a batch behind the others."""
        with self._lock:
            self._last += 1
            number = self._last
            self._waiting[number] = _taken(len(data))
            try:
                self._write(number, data)
            except OSError as error:
                self._tell(error)
                self._held[number] = data
            else:
                self._failing = False
            self._make_room()

    def first(self) -> Batch | None:
        """The oldest batch; None if none waits."""
        with self._lock:
            while self._waiting:
                number = next(iter(self._waiting))
                try:
                    return Batch(number, self._held.get(number) or self._file(number).read_bytes())
                except OSError as error:
                    log.warning("export %s: a batch was lost (%s)", self._name, error.strerror or error)
                    del self._waiting[number]
            return None

    def done(self, number: int, now: float) -> None:
        """The server has taken a batch, at `now` in s of a steady clock."""
        with self._lock:
            self._away = False
            if number in self._waiting:
                self._sent[number] = self._waiting.pop(number), now
            for old in [old for old, (_, at) in self._sent.items() if now - at >= GRACE]:
                del self._sent[old]
                self._forget(old)

    def refuse(self, number: int) -> None:
        """Set a batch aside, so that it holds up no other."""
        with self._lock:
            aside = self.folder / "refused"
            try:
                aside.mkdir(parents=True, exist_ok=True)
                self._file(number).replace(aside / self._file(number).name)
            except OSError as error:
                log.warning("export %s: a refused batch is lost (%s)", self._name, error.strerror or error)
            else:
                self._refused[number] = self._waiting.get(number, BLOCK)
            self._forget(number)
            while sum(self._refused.values()) > self.size:
                oldest = next(iter(self._refused))
                del self._refused[oldest]
                (aside / f"{oldest:012d}{SUFFIX}").unlink(missing_ok=True)

    def again(self) -> None:
        """The server may have forgotten what it has just taken: let it wait again."""
        with self._lock:
            sent = {number: size for number, (size, _) in self._sent.items()}
            self._waiting = OrderedDict(sorted({**sent, **self._waiting}.items()))
            self._sent.clear()

    def secure(self) -> None:
        """The server is away: what it has just taken waits again, and all is made safe against power cuts."""
        self.again()
        with self._lock:
            self._away = True
            for number in sorted(self._unsafe):
                _sync(self._file(number))
            if self._unsafe:
                _sync(self.folder)
            self._unsafe.clear()

    def _file(self, number: int) -> Path:
        return self.folder / f"{number:012d}{SUFFIX}"

    def _write(self, number: int, data: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        fresh = self._file(number).with_suffix(UNFINISHED)
        with fresh.open("wb") as file:
            file.write(data)
            if self._away:
                file.flush()
                os.fsync(file.fileno())
        fresh.replace(self._file(number))
        if self._away:
            _sync(self.folder)
        else:
            self._unsafe.add(number)

    def _forget(self, number: int) -> None:
        self._waiting.pop(number, None)
        self._unsafe.discard(number)
        if self._held.pop(number, None) is None:
            try:
                self._file(number).unlink(missing_ok=True)
            except OSError as error:
                self._tell(error)

    def _make_room(self) -> None:
        """Drop the oldest beyond the size, and of those in memory beyond theirs; never the newest."""
        while self.waiting > self.size and len(self._waiting) > 1:
            self._drop(next(iter(self._waiting)))
        while sum(map(len, self._held.values())) > HELD and len(self._held) > 1:
            self._drop(next(iter(self._held)))

    def _drop(self, number: int) -> None:
        self._forget(number)
        self.dropped += 1
        if str(self.dropped).strip("0") == "1":  # the first, and then ever more seldom
            log.warning(
                "export %s: more than %s wait, the oldest are dropped (%d batch%s so far); a larger spool:"
                " keeps more",
                self._name,
                format_size(HELD if self._held else self.size),
                self.dropped,
                "es" * (self.dropped > 1),
            )

    def _tell(self, error: OSError) -> None:
        if not self._failing:
            log.warning(
                "export %s: %s cannot be written (%s); %s of values wait in memory, a restart loses them",
                self._name,
                self.folder,
                error.strerror or error,
                format_size(HELD),
            )
        self._failing = True


def _found(folder: Path) -> OrderedDict[int, int]:
    """The batches in a folder by number, and how much disk each takes; what was never finished is removed."""
    found = {}
    try:
        for path in folder.iterdir():
            if path.suffix == UNFINISHED:
                path.unlink()
            elif match := _NAME.fullmatch(path.name):
                found[int(match[1])] = _taken(path.stat().st_size)
    except OSError as error:
        if not isinstance(error, FileNotFoundError):
            log.warning("%s: cannot be read (%s)", folder, error.strerror or error)
    return OrderedDict(sorted(found.items()))


def _taken(length: int) -> int:
    return -(-length // BLOCK) * BLOCK


def _sync(path: Path) -> None:
    """Have a file or folder on the disk itself; one that is gone needs it no more."""
    try:
        file = os.open(path, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(file)
    except OSError as error:
        log.debug("%s: cannot be synchronised (%s)", path, error.strerror or error)
    finally:
        os.close(file)
