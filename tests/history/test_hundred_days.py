"""A hundred days of a living battery, with restarts and gaps: everything is there, as long as it shall be."""

import os
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from jkbus.history.energies import energy
from jkbus.history.query import read, reports, sources
from jkbus.history.recorder import Recorder
from jkbus.history.store import FORGET_EVERY, Store
from jkbus.model.battery import Battery
from jkbus.model.energy import Energy
from jkbus.model.identity import Identities
from jkbus.protocol import Status
from jkbus.simulator import SunnyDay, VirtualPack
from remembering import DAY, HOUR, heard, rows

DAYS = 100 if float(os.environ.get("SOAK_HOURS", "0.5")) >= 24 else 8
RAW, MINUTES = DAYS / 8, DAYS / 2  # days they are kept
STEP, TURN = 60, 600  # s between two reports of a pack, and between two writes
BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 10, 20, tzinfo=UTC).timestamp()  # summer time ends five days later


class Life:
    """Two packs that are recorded, and what a plain computation makes of them."""

    def __init__(self, file: Path) -> None:
        self.packs = [VirtualPack(0, seed=1), VirtualPack(1, seed=1)]
        self.world = SunnyDay(self.packs, seed=1, hour=0)
        self.energy = [Energy(), Energy()]
        self.volts: dict[float, list[float]] = defaultdict(list)
        self.told = 0
        self.file = file
        self.now = START
        self.restart()

    def restart(self) -> None:
        """A new process: everything but the file is forgotten."""
        self.battery = Battery(Identities([], {"bus1_1": remembered(1), "bus1_0": remembered(0)}))
        store = Store(self.file, RAW, MINUTES)
        self.recorder = Recorder(store, self.battery, clock=lambda: self.now)

    def hear(self) -> None:
        """What both packs tell now."""
        self.world.run(self.now)
        for pack, counter in zip(self.packs, self.energy, strict=True):
            event = heard(pack.frame(Status.type).sealed(), pack.address, self.now)
            report = event.report.frame
            assert isinstance(report, Status)
            self.battery.apply("bus1", event)
            self.recorder.take("bus1", event)
            counter.add(report.battery_voltage * report.battery_current, self.now)
            if pack.address == 0:
                self.volts[self.now // HOUR * HOUR].append(report.battery_voltage)
                self.told += 1


def remembered(address: int) -> dict[str, object]:
    return {"name": f"Pack {address}", "serial": f"4012345{address}", "bus": "bus1", "address": address}


async def live(life: Life) -> None:
    """All the days: a restart every week, and two hours without a gateway every five days."""
    turn = life.now // (7 * DAY)
    while life.now < START + DAYS * DAY:
        life.now += STEP
        if life.now % (5 * DAY) < 2 * HOUR:
            continue
        life.hear()
        if life.now % TURN == 0:
            await life.recorder.write()
            for _ in range(FORGET_EVERY // 4):
                life.recorder.store.tend(life.now)
        if life.now // (7 * DAY) != turn:
            turn = life.now // (7 * DAY)
            await life.recorder.write()
            life.recorder.store.close()
            life.restart()
    await life.recorder.write()


@pytest.mark.soak
async def test_a_hundred_days_are_kept_as_long_and_as_fine_as_they_should_be(tmp_path: Path) -> None:
    life = Life(tmp_path / "history.db")
    await live(life)
    store, end = life.recorder.store, life.now + 1
    assert rows(life.file, "PRAGMA integrity_check") == [("ok",)]
    assert [source.key for source in sources(store)] == ["battery", "bus1_0", "bus1_1"]

    hours = read(store, "bus1_0", "battery_voltage", START, end, None, "hour")
    assert hours.times == tuple(life.volts)
    for low, mean, high, told in zip(hours.low, hours.mean, hours.high, life.volts.values(), strict=True):
        assert (low, high) == (min(told), max(told))
        assert mean == pytest.approx(sum(told) / len(told), abs=6e-5)

    for key, counter in zip(("bus1_0", "bus1_1"), life.energy, strict=True):
        days = energy(store, key, START, end, "day", BERLIN)
        assert sum(day.charged for day in days) == pytest.approx(counter.charged, rel=1e-5)
        assert sum(day.discharged for day in days) == pytest.approx(counter.discharged, rel=1e-5)
        lengths = {datetime.fromtimestamp(day.start, BERLIN).date(): day.end - day.start for day in days}
        assert {day.isoformat() for day, length in lengths.items() if length != DAY} == {"2026-10-25"}
        assert max(day.charged for day in days) < 60  # no jump: the pack holds 14 kWh

    oldest = next(at for at, _ in reports(store, "bus1_0", Status))
    assert end - (RAW + 0.2) * DAY <= oldest <= end - (RAW - 0.2) * DAY
    minutes = read(store, "bus1_0", "battery_voltage", START, end, None, "minute")
    fine = [at for at, after in zip(minutes.times, minutes.times[1:], strict=False) if after - at == 60]
    assert end - (MINUTES + 0.2) * DAY <= fine[0] <= end - (MINUTES - 0.2) * DAY
    assert life.file.stat().st_size < DAYS * 250_000
