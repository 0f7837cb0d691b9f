"""The alarms of a gateway that runs: written soon, told to who listens, there again after a restart."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from jkbus.alarms import Alarms, keeping, pack_subject
from jkbus.alarms.feed import Feed
from jkbus.alarms.findings import SHARE_WRONG
from jkbus.alarms.store import Store
from jkbus.alarms.summary import summary
from jkbus.config import AlarmsConfig
from jkbus.model.alarms import Alarm, Severity
from jkbus.model.battery import Battery
from jkbus.model.identity import Identities
from outputs.support import until

WORN = Alarm("worn", "a cable is worn", Severity.WARNING, "mend it")
ONE, TWO = pack_subject("one", "One"), pack_subject("two", "Two")


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Alarms]:
    kept = Alarms(Battery(Identities([], {})), [], AlarmsConfig(), folder)
    task = asyncio.create_task(kept.run(every=0.01))
    await asyncio.sleep(0)
    try:
        yield kept
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_what_comes_is_on_disk_at_once_and_what_stands_is_there_again(tmp_path: Path) -> None:
    async with running(tmp_path) as kept:
        kept.found(ONE, SHARE_WRONG, "it takes 12 %")
        await until(lambda: bool(Store(tmp_path / "alarms.sqlite").load().standing))
    async with running(tmp_path) as again:
        assert [entry.sentence for entry in again.standing("one")] == ["it takes 12 %"]
        assert again.standing("two") == []


async def test_who_listens_hears_everything_in_order(tmp_path: Path) -> None:
    async with running(tmp_path) as kept:
        feed, other = kept.subscribe(), kept.subscribe()
        kept.found(ONE, SHARE_WRONG)
        await kept.acknowledge(1, "anna")
        await kept.close(1, "anna")
        assert [change.kind for change in await feed.wait()] == ["came", "acknowledged", "went"]
        feed.close()
        kept.happened(ONE, SHARE_WRONG)
        assert feed.take() == []
        assert [change.kind for change in other.take()] == ["came", "acknowledged", "went", "came"]


async def test_a_listener_that_sleeps_loses_the_oldest(tmp_path: Path) -> None:
    feed: Feed
    async with running(tmp_path) as kept:
        feed = kept.subscribe()
        for number in range(1100):
            kept.happened(ONE, SHARE_WRONG, str(number))
        changes = feed.take()
    assert (len(changes), changes[-1].entry.sentence) == (1000, "1099")


async def test_the_summary_tells_the_worst_and_how_many_more(tmp_path: Path) -> None:
    async with running(tmp_path) as kept:
        kept.found(ONE, SHARE_WRONG)
        kept.found(TWO, Alarm("broken", "it broke", Severity.FAULT, "mend it"))
        kept.found(TWO, WORN)
        kept.found(TWO, Alarm("remark", "all is full", Severity.INFO, ""))
        whole, one = kept.summary(), kept.summary("one")
        assert (whole.severity, whole.text) == ("fault", "it broke and 2 more")
        assert (whole.standing, whole.remarks, whole.unacknowledged) == (3, 1, 3)
        assert whole.by_severity == {"info": 1, "warning": 2, "protection": 0, "fault": 1}
        assert (one.severity, one.text, one.standing) == ("warning", "share of current is wrong", 1)
        assert summary([]).by_severity["fault"] == 0


async def test_entries_are_listed_of_one_pack_or_all(tmp_path: Path) -> None:
    async with running(tmp_path) as kept:
        kept.found(ONE, SHARE_WRONG)
        kept.found(TWO, SHARE_WRONG)
        kept.happened(ONE, WORN)
        assert [entry.id for entry in await kept.entries()] == [3, 2, 1]
        assert [entry.id for entry in await kept.entries(1)] == [3]
        assert [entry.id for entry in await kept.entries(key="one")] == [3, 1]


async def test_a_file_that_could_not_be_used_is_used_when_it_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(keeping, "_AGAIN", 0.0)
    caplog.set_level(logging.INFO)
    state = tmp_path / "state"
    async with running(state) as before:
        before.found(ONE, SHARE_WRONG)
    state.rename(tmp_path / "away")
    state.write_text("a file where the folder was")
    async with running(state) as kept:
        kept.found(TWO, WORN)
        await asyncio.sleep(0.1)
        assert [entry.subject for entry in await kept.entries()] == [TWO]
        state.unlink()
        (tmp_path / "away").rename(state)
        await until(lambda: bool(kept.standing("one")))
        kept.found(TWO, WORN)
        assert [(entry.id, entry.subject) for entry in await kept.entries()] == [(2, TWO), (1, ONE)]
    assert caplog.text.count("cannot be used") == 1 and caplog.text.count("can be used now") == 1


async def test_before_the_start_nothing_is_opened(tmp_path: Path) -> None:
    kept = Alarms(Battery(Identities([], {})), [], AlarmsConfig(), tmp_path / "state")
    kept.tick()
    kept.stop()
    assert kept.standing() == []
    assert not (tmp_path / "state").exists()
