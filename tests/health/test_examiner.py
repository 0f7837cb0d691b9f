"""Health is found out in a process of its own: nobody waits for it, and nothing is left of it."""

import asyncio
import logging
import sys
from pathlib import Path

import pytest

from jkbus.errors import JkbusError
from jkbus.health import examiner as examining
from jkbus.health.examiner import Examiner
from jkbus.health.gather import gather
from jkbus.health.report import Health
from jkbus.health.verdict import Verdict
from jkbus.history.schema import HistoryError
from jkbus.history.store import Sample, Store
from remembering import HOUR, NOON, keep, settings, steady

NOW = NOON + HOUR


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Two packs for an hour."""
    store = Store(tmp_path / "history.sqlite")
    for key in ("one", "two"):
        keep(store, steady(10, NOON, NOW, key=key, amperes=20.0))
        store.write([Sample(key, NOON * 1000, settings(design_capacity=280.0))], {key: key.title()})
    store.close()
    return store


def is_there(number: int) -> bool:
    """Whether there is a process of that number."""
    return Path(f"/proc/{number}").exists()


def examiner(store: Store, now: float = NOW) -> Examiner:
    return Examiner(store.file, lambda: now)


async def test_the_verdict_is_what_would_be_found_here(store: Store) -> None:
    found = await examiner(store).fresh()
    assert found.health.findings == gather(store, NOW).findings
    assert found.health.figures.keys() == {"one", "two"}
    assert found.names == {"one": "One", "two": "Two"}
    assert (found.at, found.took > 0) == (NOW, True)


async def test_who_asks_together_is_answered_together_and_again_within_the_hour(store: Store) -> None:
    told: list[Verdict] = []
    one = examiner(store)
    one.listeners.append(told.append)
    first, second = await asyncio.gather(one.fresh(), one.fresh())
    assert first is second is await one.fresh() is one.latest
    assert told == [first]


async def test_a_verdict_on_nobody_is_not_kept_for_an_hour(tmp_path: Path) -> None:
    store, now = Store(tmp_path / "history.sqlite"), [float(NOON)]
    keep(store, steady(10, NOON - 60, NOON - 30, key="one", amperes=20.0))
    store.close()
    one = Examiner(store.file, lambda: now[0])
    one.latest = Verdict(NOON, 0.1, {}, Health({}, {}, {}))
    now[0] += examining.EMPTY - 1
    assert await one.fresh() is one.latest
    now[0] += 2
    assert (await one.fresh()).at == now[0]


async def test_a_history_that_is_not_there_is_told_as_everywhere(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match="there is no history yet; it begins when the gateway runs"):
        await Examiner(tmp_path / "history.sqlite").fresh()


async def test_who_cannot_wait_hears_so_or_gets_what_was_known_before(store: Store) -> None:
    one = examiner(store)
    with pytest.raises(JkbusError, match="are being examined"):
        await one.fresh(0.001)
    before = await one.fresh()
    later = Examiner(store.file, lambda: NOW + 2 * HOUR)
    later.latest = before
    assert await later.fresh(0.001) is before
    assert (await later.fresh()).at == NOW + 2 * HOUR


async def test_nothing_is_left_of_an_examination_that_nobody_waits_for(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, pid = tmp_path / "python", tmp_path / "pid"
    slow.write_text(f"#!/bin/sh\necho $$ > {pid}.new; mv {pid}.new {pid}; exec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(slow))
    monkeypatch.setattr(examining, "FIRST", 0.0)
    running = asyncio.create_task(examiner(store).run())
    for _ in range(1000):
        if pid.exists():
            break
        await asyncio.sleep(0.01)
    number = int(pid.read_text())
    assert is_there(number)
    running.cancel()
    for _ in range(1000):
        if not is_there(number):
            break
        await asyncio.sleep(0.01)
    assert not is_there(number)


async def test_a_process_that_fails_is_told_once_and_the_gateway_goes_on(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    monkeypatch.setattr(examining, "FIRST", 0.0)
    monkeypatch.setattr(examining, "EVERY", 0.01)
    with pytest.raises(JkbusError, match=r"could not be examined \(exit code 1\)"):
        await examiner(store).fresh()
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    running = asyncio.create_task(examiner(store).run())
    await asyncio.sleep(0.5)
    assert not running.done()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert caplog.text.count("the packs cannot be examined (No such file or directory)") == 1
