"""Asking the history: the same values whichever level answers, and clear words where there is nothing."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkbus.history.curves import WIDTHS, Level, Point, level_for, reduced
from jkbus.history.query import curves, latest, names, read, reports, sources
from jkbus.history.schema import HistoryError
from jkbus.history.store import FORGET_EVERY, Sample, Store
from jkbus.history.whole import Whole
from jkbus.protocol import About, Settings, Status
from jkbus.simulator import SunnyDay, VirtualPack
from remembering import HOUR, NOON, keep, settings, settle, status, steady

HOURS = 4
VALUES = (
    "battery_voltage",
    "battery_current",
    "power",
    "cell_voltage_3",
    "cell_voltage_max",
    "state_of_charge",
)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, list[tuple[float, Status]]]:
    """A pack that lived for some hours, all of it sealed but the last one; and what it told."""
    store, pack = Store(tmp_path_factory.mktemp("state") / "history.db"), VirtualPack(1, seed=3)
    world, told = SunnyDay([pack], seed=3, hour=12), []
    for place in range(HOURS * HOUR // 5):
        at = NOON + 5 * place + (place % 7) * 0.05
        world.run(5.0 * place)
        told.append((at, Status(pack.frame(Status.type).sealed())))
    keep(store, [Sample("one", round(at * 1000), bytes(report.data)) for at, report in told], 7)
    settle(store, NOON + (HOURS - 1) * HOUR + 100)
    return store, told


Lived = tuple[Store, list[tuple[float, Status]]]


def value(report: Status, name: str) -> float:
    cells = [volts for volts in report.cell_voltage if volts is not None]
    derived = {
        "power": report.battery_voltage * report.battery_current,
        "cell_voltage_max": max(cells),
        "cell_voltage_3": cells[2],
    }
    return derived[name] if name in derived else float(getattr(report, name))


def test_reports_come_out_as_they_were_told(lived: Lived) -> None:
    store, told = lived
    found = list(reports(store, "one", Status))
    assert [(at, report.data) for at, report in found] == [(at, report.data) for at, report in told]
    part = list(reports(store, "one", Status, told[700][0], told[900][0]))
    assert [at for at, _ in part] == [at for at, _ in told[700:900]]


@pytest.mark.parametrize("name", VALUES)
def test_every_level_tells_the_same(lived: Lived, name: str) -> None:
    store, told = lived
    end = NOON + HOURS * HOUR
    raw, minute, hour = (
        read(store, "one", name, NOON, end, None, level) for level in ("raw", "minute", "hour")
    )
    step = 0.06 if name == "power" else 1e-9
    assert raw.times == tuple(at for at, _ in told)
    assert raw.mean == pytest.approx([value(report, name) for _, report in told], abs=step)
    for curve, width in ((minute, 60), (hour, HOUR)):
        assert curve.times == tuple(range(NOON, end, width))
        for at, low, mean, high in zip(curve.times, curve.low, curve.mean, curve.high, strict=True):
            part = [one for time, one in zip(raw.times, raw.mean, strict=True) if at <= time < at + width]
            assert (low, high) == (min(part), max(part))
            assert mean == pytest.approx(
                sum(part) / len(part), abs=0.0051 if raw.unit in ("%", "W") else 6e-5
            )
    assert {raw.unit, minute.unit} == {hour.unit}


@pytest.mark.parametrize("level", WIDTHS)
@pytest.mark.parametrize("points", [1, 3, 50, 1000])
def test_fewer_points_keep_the_extremes_and_the_mean(lived: Lived, level: Level, points: int) -> None:
    store, told = lived
    end = NOON + HOURS * HOUR
    curve = read(store, "one", "battery_current", NOON, end, points, level)
    amperes = [report.battery_current for _, report in told]
    assert len(curve.times) <= points
    assert (min(curve.low), max(curve.high)) == (min(amperes), max(amperes))
    assert all(low <= mean <= high for low, mean, high in zip(curve.low, curve.mean, curve.high, strict=True))
    if points == 1:
        assert curve.mean[0] == pytest.approx(sum(amperes) / len(amperes), abs=1e-3)


def test_the_level_follows_from_how_many_points_are_wanted() -> None:
    assert [level_for(step) for step in (0, 59, 60, 3599, 3600, 86400)] == ["raw"] * 2 + ["minute"] * 2 + [
        "hour"
    ] * 2


@given(
    st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 9), st.floats(-9, 9)), max_size=40),
    st.floats(0.5, 300),
)
def test_reducing_is_the_weighted_mean_of_each_step(found: list[tuple[int, int, float]], step: float) -> None:
    points: list[Point] = [(at, count, mean - 1, mean, mean + 1) for at, count, mean in sorted(found)]
    result = list(reduced(points, 0, step))
    assert sum(point[1] for point in result) == sum(point[1] for point in points)
    for at, count, low, mean, high in result:
        part = [point for point in points if point[0] // step == round(at / step)]
        assert (low, high) == (min(point[2] for point in part), max(point[4] for point in part))
        assert mean == pytest.approx(sum(point[3] * point[1] for point in part) / count)


def test_many_values_are_read_at_once(lived: Lived) -> None:
    store, _ = lived
    found = curves(store, "one", VALUES, NOON, NOON + HOUR, 100)
    assert list(found) == list(VALUES)
    assert found["power"] == read(store, "one", "power", NOON, NOON + HOUR, 100)


def test_every_value_there_is_can_be_read(lived: Lived) -> None:
    store, _ = lived
    found = curves(store, "one", names("one"), NOON, NOON + HOUR, None, "hour")
    assert len(found) == len(names("one")) > 250
    assert {"battery_voltage", "cell_voltage_16", "alarm_cell_undervoltage", "runtime"} <= {
        name for name, curve in found.items() if curve.times
    }


def test_what_is_forgotten_is_filled_in_by_what_is_coarser(tmp_path: Path) -> None:
    store = Store(tmp_path / "history.db", raw_days=0.1, minute_days=0.15)
    keep(store, steady(10, NOON, NOON + 6 * HOUR))
    settle(store, NOON + 7 * HOUR)
    for _ in range(10 * FORGET_EVERY):
        store.tend(NOON + 7 * HOUR)
    curve = read(store, "one", "battery_voltage", NOON, NOON + 6 * HOUR, None, "raw")
    steps = [after - before for before, after in zip(curve.times, curve.times[1:], strict=False)]
    assert steps == sorted(steps, reverse=True)
    assert set(steps) == {3600, 60, 10}
    assert curve.times[0] == NOON


def test_where_nothing_was_heard_there_is_no_point(tmp_path: Path) -> None:
    store = Store(tmp_path / "history.db")
    keep(store, [*steady(10, NOON, NOON + 600), *steady(10, NOON + 5 * HOUR, NOON + 5 * HOUR + 600)])
    settle(store, NOON + 6 * HOUR)
    minutes = read(store, "one", "battery_voltage", NOON, NOON + 6 * HOUR, None, "minute").times
    assert minutes == (*range(NOON, NOON + 600, 60), *range(NOON + 5 * HOUR, NOON + 5 * HOUR + 600, 60))
    assert read(store, "one", "battery_voltage", NOON, NOON + 6 * HOUR, None, "hour").times == (
        NOON,
        NOON + 5 * HOUR,
    )


def test_a_setting_has_a_point_at_the_start_and_where_it_changed(tmp_path: Path) -> None:
    store = Store(tmp_path / "history.db")
    for at, amperes, delay in ((0, 50.0, 3), (100, 50.0, 5), (200, 80.0, 5), (900, 20.0, 5)):
        report = settings(charge_current_limit=amperes, charge_overcurrent_delay=delay)
        store.write([Sample("one", (NOON + at) * 1000, report)])
    curve = read(store, "one", "charge_current_limit", NOON + 150, NOON + 900)
    assert (curve.times, curve.mean, curve.unit) == ((NOON + 150, NOON + 200), (50.0, 80.0), "A")
    times = [at - NOON for at, _ in reports(store, "one", Settings, NOON + 150, NOON + 900)]
    assert times == [100, 200]
    assert list(reports(store, "one", About)) == []


def test_the_last_report_is_the_one_written_last(tmp_path: Path) -> None:
    store = Store(tmp_path / "history.db")
    store.write(steady(1, NOON + 99 * HOUR, NOON + 99 * HOUR + 3))  # of a clock that was ahead
    store.write(steady(1, NOON, NOON + 3, volts=48.0))
    found = latest(store, "one")
    assert found is not None
    assert (found[0], found[1].battery_voltage) == (NOON + 2, 48.0)
    settle(store, NOON + 500 * HOUR)
    assert latest(store, "one") is not None


def test_sources_tell_from_when_to_when(tmp_path: Path) -> None:
    store = Store(tmp_path / "history.db")
    store.write(steady(60, NOON, NOON + 2 * HOUR), {"one": "Garage left", "empty": "Never heard"})
    settle(store, NOON + 3 * HOUR)
    (source,) = sources(store)
    assert (source.key, source.name) == ("one", "Garage left")
    assert (source.first, source.last) == (NOON, NOON + 2 * HOUR - 60)


def test_a_name_that_is_not_known_gets_a_suggestion(tmp_path: Path) -> None:
    store = Store(tmp_path / "history.db")
    with pytest.raises(HistoryError, match="there is no history yet; it begins when the gateway runs"):
        sources(store)
    store.write([Sample("garage", NOON * 1000, status())])
    with pytest.raises(HistoryError, match=r"garge: has no history; did you mean garage\?"):
        latest(store, "garge")
    with pytest.raises(HistoryError, match="did you mean battery_voltage"):
        read(store, "garage", "batery_voltage", NOON, NOON + 60)


def test_the_battery_has_names_of_its_own() -> None:
    assert "packs_heard" in names("battery")
    assert "packs_heard" not in names("one")
    assert set(names("battery")) >= {"state_of_charge", "power", "battery_voltage", "battery_current"}


def test_a_reader_sees_what_was_there_when_it_began(tmp_path: Path) -> None:
    store = Store(tmp_path / "history.db")
    keep(store, steady(10, NOON, NOON + HOUR))
    reading = reports(store, "one", Status)
    next(reading)
    keep(store, steady(10, NOON + HOUR, NOON + 2 * HOUR))
    settle(store, NOON + 3 * HOUR)
    assert sum(1 for _ in reading) == 359
    assert list(reports(store, "one", Whole)) == []
