"""The history: bytes a report, what writing costs, the size of a year, and how long one waits for an answer.

Three hours of a simulated bank of 16 packs, a report a second (night, noon, evening), are packed as they
would be, and real captures as they are. The file that is asked really holds a year of hours and energy, 180
days of minutes and 14 days of reports; it is made by writing the packed pieces of these three hours again and
again. Takes about 700 MB in the folder for temporary files, and two minutes.

Run: .venv/bin/python bench/history.py
"""

import asyncio
import json
import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from jkbus.bus.events import Heard
from jkbus.config import BusConfig, PackConfig, SecretUrl
from jkbus.history.energies import energy
from jkbus.history.packing import Columns
from jkbus.history.query import latest, read
from jkbus.history.recorder import EVERY, Recorder
from jkbus.history.series import series_of
from jkbus.history.store import MINUTE_DAYS, RAW_DAYS, Sample, Store
from jkbus.history.whole import KEY
from jkbus.model.battery import Battery
from jkbus.model.identity import Identities
from jkbus.protocol import Report, Settings, Status
from support.living import DAYS, PACKS, Told, columns, hours, year
from support.plain import plain

NOW = 1_780_272_000  # unix s: midnight UTC, the first of June 2026
HOUR, DAY = 3600, 86400
CAPTURES = Path(__file__).parent.parent / "tests" / "captures"
SETTINGS = Settings.blank().sealed()
VALUES = len(series_of(Status))
PLAIN = 600  # s of all packs that plain tables are filled with


def packed() -> None:
    """Bytes a report, simulated and real."""
    for told, clock in zip(hours(), ("night", "noon", "evening"), strict=True):
        sizes = [len(columns(told, key).packed()) / HOUR for key in told if key != KEY]
        mean = sum(sizes) / len(sizes)
        print(f"packed   {clock}: {mean:.1f} bytes a report, {mean / VALUES:.3f} a value ({VALUES} of them)")
    for name, reports in captured():
        half = len(reports) // 2
        size, first = (len(Columns.of(range(len(part)), part).packed()) for part in (reports, reports[:half]))
        each = (size - first) / (len(reports) - half)
        print(f"         {name[:27]}: {len(reports)} real reports, {size / len(reports):.1f} bytes each,")
        print(f"         {each:.1f} each of the second half, which has a first one to lean on")


def captured() -> list[tuple[str, list[bytes]]]:
    """Runs of at least 50 real reports of one pack."""
    found: dict[tuple[str, object], list[bytes]] = defaultdict(list)
    for file in sorted(CAPTURES.glob("*.jsonl")):
        for record in map(json.loads, file.read_text().splitlines()):
            if record["kind"] == "response" and record["checksum_ok"] and record["frame_type"] == Status.type:
                found[file.stem, record["address"]].append(bytes.fromhex(record["hex"]))
    return [(name, reports) for (name, _), reports in found.items() if len(reports) >= 50]


class Life:
    """The bank through a recorder, as fast as it goes: the clock is that of the reports."""

    def __init__(self, file: Path) -> None:
        self.now = float(NOW)
        packs = tuple(PackConfig(name=f"pack {address}", address=address) for address in range(PACKS))
        bus = BusConfig(link=SecretUrl("sim:16"), name="bus1", packs=packs)
        self.battery = Battery(Identities([bus], {}))
        self.recorder = Recorder(Store(file), self.battery, clock=lambda: self.now)
        self.cpu = self.reports = 0.0

    async def live(self, told: Told) -> None:
        """An hour of a status a second and settings every five, of every pack, with all that falls due."""
        for second in range(HOUR):
            found = [Report(told[f"pack_{address}"][second], address) for address in range(PACKS)]
            if second % 5 == 0:
                found += [Report(SETTINGS, address) for address in range(PACKS)]
            events = [Heard(report, self.now) for report in found]
            for event in events:
                self.battery.apply("bus1", event)
            begin = time.process_time()
            for event in events:
                self.recorder.take("bus1", event)
            if second % EVERY == 0:
                await self.recorder.write()
            self.cpu += time.process_time() - begin
            self.reports += len(events)
            self.now += 1.0


async def writing(folder: str) -> None:
    """What a gateway pays for it."""
    life, before = Life(Path(folder, "history.db")), sent_to_disk()
    for told in hours():
        await life.live(told)
    span = life.now - NOW
    disk = (sent_to_disk() - before) / span * DAY / 1e6
    print(f"writing  {PACKS} packs once a second: {life.cpu / span:.2%} of a core (at most 3 %)")
    print(f"         {life.reports / life.cpu:,.0f} reports/s would fill it, rolled up and all")
    print(f"         {disk:.0f} MB a day to the disk, a batch every {EVERY:.0f} s")


def sent_to_disk() -> int:
    """Bytes this process has sent to disks so far; 0 where the system does not tell."""
    try:
        fields = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    except OSError:
        return 0
    return int(fields["write_bytes"])


def asking(folder: str) -> None:
    """The size of a year, and how long answers take."""
    file = Path(folder, "year.db")
    year(file, NOW, RAW_DAYS, MINUTE_DAYS)
    print(f"year     {file.stat().st_size / 1e6:.0f} MB (at most 4000), {DAYS} days written of three hours:")
    db = sqlite3.connect(file)
    for table in ("raw", "minute", "hour", "energy"):
        (size,) = db.execute(f"SELECT sum(length(blob)) FROM {table}").fetchone()
        print(f"         {table} {size / 1e6:.1f} MB")
    db.close()
    store, zone, key, name = Store(file), ZoneInfo("Europe/Berlin"), "pack_3", "cell_voltage_7"
    first, month = NOW - DAYS * DAY, NOW - 30 * DAY
    ask("a year of a value (at most 200 ms)", lambda: read(store, key, name, first, NOW))
    ask("a day of a value", lambda: read(store, key, name, NOW - DAY, NOW))
    ask("an hour of a value, every report", lambda: read(store, key, name, NOW - HOUR, NOW, None))
    ask("30 days of a value, every minute", lambda: read(store, key, name, month, NOW, None, "minute"))
    ask("the last report", lambda: latest(store, key))
    ask("a year of energy of a pack, by month", lambda: energy(store, key, first, NOW, "month", zone))
    ask("a year of energy of all packs, by day", lambda: energy(store, KEY, first, NOW, "day", zone))


def ask(what: str, question: Callable[[], object]) -> None:
    """Ask some times, and print the median."""
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        question()
        times.append(time.perf_counter() - begin)
    print(f"asked    {what}: {median(times) * 1000:.1f} ms")


def comparing(folder: str) -> None:
    """The same reports in plain tables and here: ten minutes of all packs, a commit for each batch."""
    told = {key: reports for key, reports in hours()[1].items() if key != KEY}
    size = sum(len(columns(told, key).packed()) for key in told) / HOUR / len(told)
    store, batch = Store(Path(folder, "ours.db")), int(EVERY)
    spent = 0.0
    for start in range(0, PLAIN, batch):
        samples = [
            Sample(key, (NOW + second) * 1000, reports[second])
            for key, reports in told.items()
            for second in range(start, start + batch)
        ]
        begin = time.perf_counter()
        store.write(samples)
        spent += time.perf_counter() - begin
    begin = time.perf_counter()
    read(store, "pack_3", "cell_voltage_2", NOW, NOW + PLAIN, None)
    asked = time.perf_counter() - begin
    rate = PLAIN * len(told) / spent
    print(
        f"ours     {size:.1f} bytes a report, {rate:,.0f} reports/s, ten minutes of one {asked * 1e3:.1f} ms"
    )
    for name, wide in (("narrow", False), ("wide", True)):
        each, inserted, read_in = plain(Path(folder, f"{name}.db"), wide, told, PLAIN, batch)
        print(f"{name:8} {each / size:.0f} times the bytes, {inserted / rate:.2f} times the rate", end=", ")
        print(f"{read_in / asked:.2f} times the wait")


def main() -> None:
    packed()
    with TemporaryDirectory() as folder:
        asyncio.run(writing(folder))
        asking(folder)
        comparing(folder)


if __name__ == "__main__":
    main()
