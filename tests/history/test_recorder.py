"""From what a gateway hears to the file: every report, nothing waits, nothing breaks."""

import asyncio
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jkbus.bus.bus import Bus
from jkbus.bus.events import Heard, NodeChanged
from jkbus.history import recorder as recording
from jkbus.history.query import read, reports, sources
from jkbus.history.recorder import Recorder
from jkbus.history.schema import HistoryError
from jkbus.history.store import Store
from jkbus.history.whole import Whole
from jkbus.model.battery import IDENTIFY_WITHIN, Battery
from jkbus.model.identity import Identities
from jkbus.protocol import About, Settings, Status
from jkbus.simulator import bank
from jkbus.simulator.virtual import drive
from remembering import HOUR, NOON, heard, rows, settings, status


class Desk:
    """A battery, a recorder and a clock that stands still until it is turned."""

    def __init__(self, file: Path) -> None:
        self.now = float(NOON)
        self.steady = 0.0
        self.battery = Battery(Identities([], {}))
        self.recorder = Recorder(Store(file), self.battery, clock=lambda: self.now)

    def hear(self, report: bytes, address: int = 0, seconds: float = 1.0) -> None:
        """A report of the pack at that address; then time passes."""
        event = heard(report, address, self.steady)
        self.battery.apply("bus1", event)
        self.recorder.take("bus1", event)
        self.now += seconds
        self.steady += seconds


def is_begun(store: Store) -> bool:
    try:
        return bool(sources(store))
    except HistoryError:
        return False


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "history.db")


async def test_a_whole_bus_is_kept_report_by_report(desk: Desk) -> None:
    line, bus, heard_by = bank(5, seed=1), Bus(), []
    for event in drive(bus, line, 0.0, 300.0):
        desk.now = NOON + event.at
        desk.battery.apply("bus1", event)
        desk.recorder.take("bus1", event)
        if isinstance(event, Heard) and event.report.type == Status.type:
            heard_by.append((event.address, event.report.data))
    await desk.recorder.write()
    store = desk.recorder.store
    keys = {pack.address: pack.key for pack in desk.battery.packs}
    for address, key in keys.items():
        assert key is not None
        kept = [bytes(report.data) for _, report in reports(store, key, Status)]
        assert kept == [data for place, data in heard_by if place == address]
        assert len(list(reports(store, key, Settings))) >= 1
    assert len(list(reports(store, "battery", Whole))) >= 60
    names = {source.key: source.name for source in sources(store)}
    assert names == {pack.key: pack.name for pack in desk.battery.packs} | {"battery": "battery"}


async def test_what_is_heard_before_a_pack_is_known_is_kept_under_its_key(desk: Desk) -> None:
    for _ in range(5):
        desk.hear(status(), 3)
    await desk.recorder.write()
    assert [source.key for source in sources(desk.recorder.store)] == ["battery"]
    about = About.blank()
    about.serial_number = "40123456789"
    desk.hear(about.sealed(), 3)
    await desk.recorder.write()
    assert len(list(reports(desk.recorder.store, "jk_40123456789", Status))) == 5
    assert next(at for at, _ in reports(desk.recorder.store, "jk_40123456789", Status)) == NOON


async def test_a_pack_that_never_tells_who_it_is_is_kept_under_its_place(desk: Desk) -> None:
    for _ in range(int(IDENTIFY_WITHIN) + 3):
        desk.hear(status(), 3)
        await desk.recorder.write()
    assert len(list(reports(desk.recorder.store, "bus1_3", Status))) == int(IDENTIFY_WITHIN) + 3


async def test_the_battery_is_kept_once_a_second_however_fast_its_packs_are(desk: Desk) -> None:
    for _ in range(100):
        desk.hear(status(), 0, 0.1)
    await desk.recorder.write()
    assert len(list(reports(desk.recorder.store, "battery", Whole))) in (10, 11)


async def test_a_pack_called_battery_is_not_taken_for_the_whole(desk: Desk) -> None:
    desk.hear(status())
    desk.battery.packs[0].key = "battery"
    desk.hear(status(volts=48.0))
    await desk.recorder.write()
    assert [report.battery_voltage for _, report in reports(desk.recorder.store, "battery_pack", Status)] == [
        48.0
    ]


async def test_other_events_are_none_of_its_business(desk: Desk) -> None:
    desk.recorder.take("bus1", NodeChanged(3, "silent", 0.0, "heard"))
    desk.recorder.take("bus2", heard(status(), 3))  # the battery knows no such pack
    await desk.recorder.write()
    assert not is_begun(desk.recorder.store)


async def test_it_writes_by_itself_and_at_the_end(tmp_path: Path) -> None:
    battery = Battery(Identities([], {}))
    recorder = Recorder(Store(tmp_path / "history.db"), battery, every=0.05)
    running = asyncio.create_task(recorder.run())
    event = heard(status(), 0, 1.0)
    battery.apply("bus1", event)
    recorder.take("bus1", event)
    end = time.monotonic() + 20
    while not is_begun(recorder.store):
        assert time.monotonic() < end
        await asyncio.sleep(0.02)
    recorder.take("bus1", event)
    recorder.take("bus1", event)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert not recorder.store.file.with_name("history.db-wal").exists()
    assert len(list(reports(recorder.store, "bus1_0", Status))) == 3


@contextmanager
def full(store: Store) -> Iterator[None]:
    """A disk on which nothing can be written for a while."""
    store.close()
    folder = store.file.parent
    aside = folder.with_name("elsewhere")
    folder.rename(aside)
    folder.write_text("a file where the folder was")
    yield
    folder.unlink()
    aside.rename(folder)


async def test_what_cannot_be_written_waits_and_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk(tmp_path / "state" / "history.db")
    caplog.set_level(logging.INFO)
    desk.hear(status())
    await desk.recorder.write()
    with full(desk.recorder.store):
        for _ in range(20):
            desk.hear(status())
            await desk.recorder.write()
        assert len(caplog.records) == 1
        assert "cannot be made" in caplog.text
    await desk.recorder.write()
    assert len(list(reports(desk.recorder.store, "bus1_0", Status))) == 21
    assert caplog.messages[-1].endswith("history.db: is written again")


async def test_housework_that_fails_is_told_once_though_reports_are_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(now: float) -> bool:
        raise HistoryError("history.db: the disk is full")

    caplog.set_level(logging.INFO)
    with monkeypatch.context() as patched:
        patched.setattr(desk.recorder.store, "tend", fails)
        for _ in range(5):
            desk.hear(status())
            await desk.recorder.write()
    assert caplog.messages == ["history.db: the disk is full"]
    await desk.recorder.write()
    monkeypatch.setattr(desk.recorder.store, "tend", fails)
    await desk.recorder.write()
    assert caplog.messages == ["history.db: the disk is full"] * 2


async def test_while_nothing_can_be_written_memory_is_bounded_and_the_newest_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(recording, "MOST", 30)
    desk = Desk(tmp_path / "state" / "history.db")
    caplog.set_level(logging.INFO)
    desk.hear(status())
    await desk.recorder.write()
    with full(desk.recorder.store):
        for _ in range(40):
            desk.hear(status())  # the pack's and the whole battery's
            await desk.recorder.write()
    await desk.recorder.write()
    kept = [at for at, _ in reports(desk.recorder.store, "bus1_0", Status)]
    assert kept[1:] == [NOON + 41 - 15 + place for place in range(15)]
    assert "50 reports of the time between found no room in memory" in caplog.messages[-1]


async def test_a_damaged_file_is_set_aside_and_nothing_that_was_heard_is_lost(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.recorder.store.file.write_bytes(b"not a database, " * 500)
    for _ in range(3):
        desk.hear(status())
    await desk.recorder.write()
    assert "set aside as history.db.damaged-" in caplog.text
    desk.hear(status())
    await desk.recorder.write()
    assert len(list(reports(desk.recorder.store, "bus1_0", Status))) == 4


async def test_hours_are_sealed_while_it_runs(desk: Desk) -> None:
    for turn in range(2 * HOUR // 60):
        desk.hear(status(), 0, 60.0)
        if turn % 7 == 0:
            desk.hear(settings(charge_current_limit=float(turn // 50)), 0, 0.0)
        await desk.recorder.write()
    file = desk.recorder.store.file
    assert rows(file, "SELECT DISTINCT hour FROM raw") == [(NOON,)]
    assert rows(file, "SELECT count(*) FROM raw") == [(2,)]  # the pack and the battery
    curve = read(desk.recorder.store, "battery", "packs_heard", NOON, NOON + HOUR, None, "minute")
    assert (len(curve.times), set(curve.mean)) == (60, {1.0})


async def test_the_bus_never_waits_for_the_disk(desk: Desk) -> None:
    event = heard(status(), 0, 0.0)
    desk.battery.apply("bus1", event)
    begin = time.perf_counter()
    for _ in range(2000):
        desk.recorder.take("bus1", event)
    assert (time.perf_counter() - begin) / 2000 < 0.001
