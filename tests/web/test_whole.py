"""What the battery did today, and the current that its outlook goes by."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from jkbus.alarms import Alarms
from jkbus.config import AlarmsConfig
from jkbus.control.requests import Request
from jkbus.model.battery import Battery
from jkbus.model.energy import Energy
from jkbus.model.identity import Identities
from jkbus.web.whole import Whole
from planning import known_pack

NOON = datetime.fromisoformat("2026-06-01T12:00").astimezone().timestamp()


class House:
    """A battery of one pack, its counters and clocks, and a history that tells of today what is in `rows`."""

    def __init__(self, folder: Path) -> None:
        self.battery = Battery(Identities([], {}))
        self.energy, self.now, self.wall = Energy(50.0, 40.0), 100.0, NOON
        self.rows: list[dict[str, float]] = []
        self.asked = 0
        alarms = Alarms(self.battery, [], AlarmsConfig(), folder)
        self.whole = Whole(
            self.battery,
            lambda: self.energy,
            alarms,
            {"energy": self._tell},
            lambda: self.now,
            lambda: self.wall,
        )

    async def _tell(self, request: Request) -> AsyncIterator[dict[str, Any]]:
        self.asked += 1
        assert ((request["start"] - NOON) % 86400, request["by"]) == (12 * 3600, "day")
        yield {"rows": self.rows}

    def pass_(self, seconds: float) -> None:
        self.now += seconds
        self.wall += seconds

    async def today(self) -> Any:
        return (await self.whole.settled())["today"]

    def charge(self, amperes: float) -> None:
        pack = known_pack(battery_current=amperes, remaining_capacity=140.0, full_charge_capacity=280.0)
        self.battery._packs["bus1", 1] = pack


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


async def test_today_is_what_the_history_knows_and_what_was_counted_since(house: House) -> None:
    house.rows = [{"charged": 3.0, "discharged": 1.0, "known": 43000.0}]
    assert await house.today() == {"charged": 3.0, "discharged": 1.0, "known": 43000.0}
    house.energy = Energy(52.5, 40.25)
    house.pass_(600)
    assert await house.today() == {"charged": 5.5, "discharged": 1.25, "known": 43600.0}
    assert house.asked == 1


async def test_today_is_not_known_as_long_as_nobody_knows_it(house: House) -> None:
    assert await house.today() is None
    house.pass_(10)
    assert await house.today() is None
    assert house.asked == 1
    house.pass_(60)
    house.rows = [{"charged": 3.0, "discharged": 1.0, "known": 3600.0}]
    assert await house.today() == {"charged": 3.0, "discharged": 1.0, "known": 3600.0}


async def test_a_midnight_that_was_seen_begins_a_new_day(house: House) -> None:
    house.rows = [{"charged": 3.0, "discharged": 1.0, "known": 43200.0}]
    await house.today()
    house.pass_(12 * 3600 - 5)
    await house.today()
    house.energy = Energy(60.0, 45.0)
    house.pass_(10)
    assert await house.today() == {"charged": 0.0, "discharged": 0.0, "known": 5.0}
    house.energy = Energy(61.0, 45.0)
    assert (await house.today())["charged"] == 1.0
    assert house.asked == 1


async def test_after_a_midnight_that_nobody_looked_at_the_history_is_asked_again(house: House) -> None:
    house.rows = [{"charged": 3.0, "discharged": 1.0, "known": 43200.0}]
    await house.today()
    house.wall += 86400
    house.now += 86400
    found = house.whole.document()
    assert found["today"] is None
    await asyncio.sleep(0)


async def test_a_midnight_that_was_seen_is_enough_without_a_history(house: House) -> None:
    house.pass_(12 * 3600 - 5)
    assert await house.today() is None
    house.pass_(10)
    assert await house.today() == {"charged": 0.0, "discharged": 0.0, "known": 5.0}


@pytest.mark.parametrize("days", [-1, 1])
async def test_a_clock_that_is_set_is_no_midnight(house: House, days: int) -> None:
    house.rows = [{"charged": 3.0, "discharged": 1.0, "known": 43200.0}]
    await house.today()
    house.wall += 86400 * days
    house.now += 1
    assert house.whole.document()["today"] is None
    await asyncio.sleep(0)


async def test_the_outlook_follows_the_current_within_a_minute_and_a_turn_at_once(house: House) -> None:
    house.charge(10.0)
    assert house.whole.document()["outlook"] == {"to": "full", "seconds": 14 * 3600}
    house.charge(20.0)
    house.pass_(60)
    outlook = house.whole.document()["outlook"]
    assert outlook is not None and 7 * 3600 < outlook["seconds"] < 10 * 3600
    house.pass_(600)
    settled = house.whole.document()["outlook"]
    assert settled is not None and settled["seconds"] == pytest.approx(7 * 3600, rel=0.01)
    house.charge(-14.0)
    assert house.whole.document()["outlook"] == {"to": "empty", "seconds": 10 * 3600}


async def test_without_a_pack_there_is_no_outlook(house: House) -> None:
    assert house.whole.document()["outlook"] is None
