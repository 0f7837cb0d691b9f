"""The past of packs out of a history file is the past they had."""

from pathlib import Path

import pytest

from biography import PLATE, START, Diary, packs
from jkbus.health import Estimate
from jkbus.health.gather import gather, nameplate, past
from jkbus.history.schema import HistoryError
from jkbus.history.store import Sample, Store
from jkbus.simulator import SunnyDay
from remembering import settings, status

EVERY, HOURS = 20, 30


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, dict[str, Diary]]:
    """Two packs of which a report was kept every 20 s, the older hours sealed; one has a loose cable."""
    store = Store(tmp_path_factory.mktemp("state") / "history.sqlite")
    world = SunnyDay(packs(2), hour=0.0, seed=3)
    world.leads[world.packs[1]] += 0.015
    diaries = {f"pack-{pack.address}": Diary(pack) for pack in world.packs}
    samples = [Sample(key, int(START) * 1000, diary.pack.report(1)[:300]) for key, diary in diaries.items()]
    samples.append(Sample("battery", int(START) * 1000, status()))
    world.run(0.0)
    for tick in range(1, HOURS * 3600 // EVERY + 1):
        now = START + (tick - 1) * EVERY
        world.run(tick * EVERY)
        for key, diary in diaries.items():
            diary.note(now)
            samples.append(Sample(key, int(now * 1000), diary.pack.report(2)[:300]))
    for first in range(0, len(samples), 2000):
        store.write(samples[first : first + 2000])
    while store.tend(START + 20 * 3600):
        pass
    return store, diaries


def test_minutes_of_a_history_are_those_that_were_lived(kept: tuple[Store, dict[str, Diary]]) -> None:
    store, diaries = kept
    for key, diary in diaries.items():
        read, lived = past(store, key, START, START + HOURS * 3600), diary.past()
        assert read.times == lived.times
        assert len(read.cells) == 16
        assert list(read.temperature) == pytest.approx(list(lived.temperature), abs=0.7)  # of four probes
        for name in ("current", "voltage", "soc", "remaining", "charge_on", "balancing"):
            assert list(getattr(read, name)) == pytest.approx(list(getattr(lived, name)), abs=0.06), name
        for one, other in zip(read.cells, lived.cells, strict=True):
            assert one == pytest.approx(other, abs=2e-4)


def test_what_is_asked_for_is_what_is_given(kept: tuple[Store, dict[str, Diary]]) -> None:
    store, _ = kept
    part = past(store, "pack-1", START + 3600, START + 7200)
    assert (part.times[0], part.times[-1], len(part)) == (START + 3600, START + 7140, 60)
    assert len(past(store, "pack-1", START + 86400 * 9, START + 86400 * 10)) == 0


def test_the_health_of_a_battery_comes_out_of_its_history(kept: tuple[Store, dict[str, Diary]]) -> None:
    store, _ = kept
    found = gather(store, START + HOURS * 3600, days=2)
    assert found.figures.keys() == {"pack-1", "pack-2"}
    assert found.sharing["pack-2"].contact == "carries"
    excess = found.sharing["pack-2"].excess
    assert isinstance(excess, Estimate)
    assert excess.value == pytest.approx(0.015, abs=0.006)
    assert found.findings["pack-2"][0].topic == "cable"
    assert nameplate(store, "pack-1", START + 9999) == PLATE


def test_a_pack_without_settings_or_of_long_ago_is_left_out(tmp_path: Path) -> None:
    store = Store(tmp_path / "history.sqlite")
    store.write(
        [
            Sample("old", int(START) * 1000, status()),
            Sample("old", int(START) * 1000, settings(design_capacity=280)),
            Sample("new", int(START + 50 * 86400) * 1000, status()),
            Sample("zero", int(START + 50 * 86400) * 1000, status()),
            Sample("zero", int(START + 50 * 86400) * 1000, settings(design_capacity=0)),
        ]
    )
    found = gather(store, START + 51 * 86400)
    assert (dict(found.figures), dict(found.sharing), dict(found.findings)) == ({}, {}, {})


def test_no_history_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match="history"):
        gather(Store(tmp_path / "history.sqlite"), START)
