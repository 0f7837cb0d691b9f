"""What survives a restart: one small JSON file, and the energy counters kept in it."""

import asyncio
import json
import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from ..control.locks import take
from ..model.battery import Battery
from ..model.energy import Energy
from ..model.pack import Pack

log = logging.getLogger("jkbus.memory")


class Memory:
    """A JSON file of named sections. Never raises: without a usable file it forgets at the end, and says so.

    A file that cannot be understood is set aside beside the new one, nothing is deleted. Writing is atomic:
    after a power cut there is the old file or the new one.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._failing = False
        self._locked_out = False  # there is a file that is not ours to replace
        self._written = ""
        self._lock = threading.Lock()
        self._sections: dict[str, dict[str, Any]] = self._load()

    @contextmanager
    def held(self) -> Iterator[bool]:
        """Keep other gateways from writing to the folder meanwhile; one that comes second gets False.

        It keeps nothing then, neither here nor anywhere else in the folder.
        """
        lock, first = self.file.with_name(self.file.name + ".lock"), True
        with ExitStack() as held:
            try:
                lock.parent.mkdir(parents=True, exist_ok=True)
                take(held.enter_context(lock.open("w")))
            except BlockingIOError:
                self._locked_out, first = True, False
                log.warning(
                    "%s: another gateway keeps its state there, this one keeps nothing; give it a folder"
                    " of its own with state:",
                    self.file.parent,
                )
            except OSError:
                pass  # writing will fail too, and tells why
            yield first

    def section(self, name: str) -> dict[str, Any]:
        """The dict of that name, to be read and changed in place; plain JSON values only."""
        return self._sections.setdefault(name, {})

    def text(self) -> str:
        """All sections as they would be written now."""
        return json.dumps(self._sections, indent=1, sort_keys=True, ensure_ascii=False) + "\n"

    def write(self, text: str) -> None:
        """Make `text` the content of the file, if it is not yet; may be called from another thread."""
        with self._lock:
            if text == self._written or self._locked_out:
                return
            try:
                self._replace(text)
            except OSError as error:
                if not self._failing:
                    reason = error.strerror or str(error)
                    log.warning(
                        "%s: cannot be written (%s); a restart will forget energy counters", self.file, reason
                    )
                self._failing = True
            else:
                self._written, self._failing = text, False

    def _replace(self, text: str) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.file.with_name(self.file.name + ".new")
        with fresh.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.file)

    def _load(self) -> dict[str, dict[str, Any]]:
        try:
            text = self.file.read_text(encoding="utf-8")
            sections = json.loads(text)
            if not (isinstance(sections, dict) and all(isinstance(part, dict) for part in sections.values())):
                raise ValueError("not an object of objects")
        except FileNotFoundError:
            return {}
        except OSError as error:
            self._locked_out = True
            log.warning("%s: cannot be read (%s); nothing will be kept", self.file, error.strerror or error)
            return {}
        except ValueError:
            self._set_aside()
            return {}
        self._written = text
        return sections

    def _set_aside(self) -> None:
        aside = self.file.with_name(f"{self.file.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}")
        try:
            self.file.replace(aside)
            log.warning("%s: is damaged; it was set aside as %s and a new one begun", self.file, aside.name)
        except OSError as error:
            log.warning("%s: is damaged and could not be set aside (%s)", self.file, error.strerror or error)


class EnergyMemory:
    """Gives packs the energy they had before the restart, and keeps it for the next one."""

    def __init__(self, battery: Battery, memory: Memory) -> None:
        self._battery = battery
        self._memory = memory
        self._kept = memory.section("energy")
        self._restored: set[str] = set()

    def restore(self, pack: Pack) -> None:
        """Add what a pack had before, once it is known who it is; to be called before outputs see it."""
        if pack.key is None or pack.key in self._restored:
            return
        self._restored.add(pack.key)
        before = self._kept.get(pack.key, {})
        pack.energy.charged += _amount(before, "charged")
        pack.energy.discharged += _amount(before, "discharged")
        pack.energy.gaps_s += _amount(before, "gaps_s")

    def whole(self) -> Energy:
        """The counters of all packs together; of one that was not heard yet, as they were kept.

        So the sum never falls, and does not jump as packs are found one after the other.
        """
        found = {pack.key: pack.energy for pack in self._battery.packs if pack.key in self._restored}
        total = Energy()
        for energy in found.values():
            total.go_on(energy)
        for kept in (kept for key, kept in self._kept.items() if key not in found):
            total.charged += _amount(kept, "charged")
            total.discharged += _amount(kept, "discharged")
        return total

    def keep(self) -> None:
        """Put the counters of all packs into memory."""
        for pack in self._battery.packs:
            if pack.key in self._restored:
                energy = pack.energy
                self._kept[pack.key] = {
                    "charged": round(energy.charged, 6),
                    "discharged": round(energy.discharged, 6),
                    "gaps_s": round(energy.gaps_s),
                }

    async def run(self, every: float = 60.0) -> None:
        """Save every so many seconds, and at the end, until cancelled. Slow disks do not hold up the bus."""
        try:
            while True:
                await asyncio.sleep(every)
                self.keep()
                await asyncio.to_thread(self._memory.write, self._memory.text())
        finally:
            self.keep()
            self._memory.write(self._memory.text())


def _amount(before: object, name: str) -> float:
    value = before.get(name) if isinstance(before, dict) else None
    return float(value) if isinstance(value, int | float) and value >= 0 else 0.0
