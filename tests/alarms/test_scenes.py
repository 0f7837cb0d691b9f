"""Virtual packs that are driven into trouble: each alarm comes once and goes once, with the right values."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from alarming import Scene, pack
from jkbus.alarms import CAME, WENT, Subject
from jkbus.alarms.findings import SHARE_WRONG
from jkbus.config import AlarmsConfig, DebounceConfig
from jkbus.errors import UsageError
from jkbus.model.alarms import ALARMS, Severity


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Packs count local time; here it is UTC."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def names(scene: Scene) -> list[str]:
    return [change.entry.alarm.name for change in scene.changes]


def test_a_healthy_battery_has_no_alarm(tmp_path: Path) -> None:
    scene = Scene(tmp_path, pack(1), pack(2))
    scene.pass_(300)
    assert scene.changes == []
    assert (scene.alarms.summary().severity, scene.alarms.summary().text) == ("none", "none")


def test_an_overvoltage_comes_once_and_goes_once_with_the_cell(tmp_path: Path) -> None:
    one = pack(1, soc=0.99)
    scene = Scene(tmp_path, one, pack(2))
    scene.pass_(40)
    one.wanted = 90.0
    scene.pass_(400)
    limit = one.settings.cell_overvoltage_protection_voltage
    entry = scene.came("cell_overvoltage")
    assert entry.alarm.severity == Severity.PROTECTION
    assert entry.during["cell_voltage_max"] >= limit - 0.002
    assert entry.before["battery_current"] == pytest.approx(90, abs=1)
    assert (entry.before["charge_mosfet_on"], entry.during["charge_mosfet_on"]) == (1, 0)
    assert f"cell {entry.during['cell_voltage_max_cell']} has" in entry.message
    one.wanted = -60.0
    scene.pass_(400)
    gone = scene.once("cell_overvoltage")
    assert gone.after["cell_voltage_max"] < one.settings.cell_overvoltage_release_voltage
    assert gone.id == entry.id
    assert {change.entry.subject.key for change in scene.changes} == {scene.key(1)}


def test_a_full_battery_is_a_remark_and_no_fault(tmp_path: Path) -> None:
    one = pack(1)
    one.guard.reminders = 1 << 4
    scene = Scene(tmp_path, one)
    scene.pass_(120)
    assert scene.came("alarm_cell_overvoltage_or_full").alarm.severity == Severity.INFO
    assert names(scene) == ["alarm_cell_overvoltage_or_full"]
    summary = scene.alarms.summary(scene.key(1))
    assert (summary.worst, summary.standing, summary.remarks) == (None, 0, 1)


def test_a_default_password_is_a_remark_for_ever(tmp_path: Path) -> None:
    one = pack(1)
    one.guard.reminders = 1 << 19
    scene = Scene(tmp_path, one)
    scene.pass_(120)
    entry = scene.came("alarm_change_password")
    scene.restart(off=600)
    scene.pass_(120)
    assert scene.came("alarm_change_password").id == entry.id
    assert scene.alarms.summary().severity == "none"


def test_cold_cells_come_and_go_with_their_temperatures(tmp_path: Path) -> None:
    one = pack(1)
    scene = Scene(tmp_path, one)
    scene.pass_(40)
    scene.line.world = None
    one.settings.heating_enabled = False
    for temperature in (-25.0, 25.0):
        one.ambient = temperature
        for _ in range(60):
            one.step(0.0, temperature, 3600)
        scene.pass_(100)
    entry = scene.once("alarm_charge_undertemperature")
    assert entry.alarm.severity == Severity.PROTECTION
    assert entry.before["battery_temperature_1"] == pytest.approx(22, abs=1)
    assert entry.during["battery_temperature_1"] == pytest.approx(-25, abs=1)
    assert entry.after["battery_temperature_1"] == pytest.approx(25, abs=1)
    assert "°C" in entry.message


def test_a_bad_wire_is_named(tmp_path: Path) -> None:
    one = pack(1)
    scene = Scene(tmp_path, one)
    scene.pass_(40)
    good, one.wire_resistance[6] = one.wire_resistance[6], 0.35
    scene.pass_(40)
    assert "that of cell 7 has 0.350 Ω" in scene.came("alarm_wire_resistance").message
    assert scene.alarms.summary(scene.key(1)).text == "balance wire resistance high"
    one.wire_resistance[6] = good
    scene.pass_(70)
    assert scene.once("alarm_wire_resistance").went is not None


def test_a_trip_tells_the_current_that_was_cut_off(tmp_path: Path) -> None:
    one = pack(1)
    scene = Scene(tmp_path, one)
    scene.pass_(40)
    one.wanted = -one.settings.current_range - 50.0
    scene.pass_(5)
    one.wanted = 0.0
    scene.pass_(200)
    entry = scene.once("alarm_discharge_short_circuit")
    assert entry.during["battery_current"] == 0.0
    assert entry.during["discharge_mosfet_on"] == 0


def test_a_pack_that_falls_silent_is_missed_and_welcomed_back(tmp_path: Path) -> None:
    one, two = pack(1), pack(2)
    scene = Scene(tmp_path, one, two)
    scene.pass_(60)
    two.silent = True
    scene.pass_(60)
    entry = scene.came("pack_silent")
    assert (entry.subject.key, entry.alarm.severity) == (scene.key(2), Severity.WARNING)
    assert entry.before["state_of_charge"] == 60
    assert entry.during == {}
    assert names(scene) == ["pack_silent"]
    scene.pass_(700)
    assert scene.came("pack_gone").alarm.severity == Severity.FAULT
    two.silent = False
    scene.pass_(120)
    assert scene.once("pack_silent").after["state_of_charge"] == 60
    assert not scene.once("pack_gone").unwatched


def test_a_bus_that_falls_silent_is_one_alarm_and_not_one_per_pack(tmp_path: Path) -> None:
    scene = Scene(tmp_path, pack(1), pack(2), pack(3))
    scene.pass_(60)
    for one in scene.packs:
        one.silent = True
    scene.pass_(150)
    assert names(scene) == ["bus_silent"]
    for one in scene.packs:
        one.silent = False
    scene.pass_(150)
    assert scene.once("bus_silent").subject == Subject("bus", "bus1", "bus1")
    assert names(scene) == ["bus_silent"] * 2


def test_a_noisy_bus_is_noticed_and_calms_down(tmp_path: Path) -> None:
    scene = Scene(tmp_path, pack(1), pack(2))
    scene.pass_(60)
    scene.line.faults.flip = 0.0005
    scene.pass_(120)
    entry = scene.came("bus_noisy")
    assert entry.during["bad_sums"] >= 5
    assert "in the last minute" in entry.sentence
    scene.line.faults.flip = 0.0
    scene.pass_(200)
    assert scene.once("bus_noisy").after["bad_sums_share"] < 2


def test_cells_far_apart_are_a_warning(tmp_path: Path) -> None:
    scene = Scene(tmp_path, pack(1), config=AlarmsConfig(cell_spread=0.005))
    scene.packs[0].cells.move(4, 9, 50.0)
    scene.pass_(120)
    entry = scene.came("cell_spread_high")
    assert entry.sentence.startswith("cell 10 has 3.")
    assert "and cell 5 " in entry.sentence


def test_a_pack_that_lives_in_another_year_is_told_once(tmp_path: Path) -> None:
    one = pack(1)
    one.rtc -= 2 * 365 * 86400
    scene = Scene(tmp_path, one)
    scene.pass_(120)
    assert "it is 730 days behind" in scene.came("pack_clock_off").message
    one.rtc += 2 * 365 * 86400
    scene.pass_(90)
    scene.once("pack_clock_off")


def test_a_pack_that_died_while_the_gateway_was_off_is_missed(tmp_path: Path) -> None:
    scene = Scene(tmp_path, pack(1), pack(2))
    scene.pass_(150)
    scene.packs[1].silent = True
    scene.restart(off=3600)
    scene.pass_(170)
    assert names(scene) == []
    scene.pass_(60)
    assert "has not been heard since the gateway started" in scene.came("pack_silent").message
    assert scene.came("pack_silent").subject.kind == "pack"


def test_an_alarm_that_went_while_the_gateway_was_off_says_so(tmp_path: Path) -> None:
    one = pack(1)
    one.wire_resistance[2] = 0.4
    scene = Scene(tmp_path, one)
    scene.pass_(60)
    entry = scene.came("alarm_wire_resistance")
    one.wire_resistance[2] = 0.08
    scene.restart(off=1000)
    scene.pass_(120)
    gone = scene.once("alarm_wire_resistance")
    assert (gone.id, gone.unwatched) == (entry.id, True)
    assert "went while nobody watched" in gone.ending
    assert gone.seen < gone.came + 100 < (gone.went or 0) - 900


def test_an_alarm_of_before_the_restart_that_stands_is_the_same(tmp_path: Path) -> None:
    one = pack(1)
    one.wire_resistance[2] = 0.4
    scene = Scene(tmp_path, one)
    scene.pass_(60)
    scene.restart(off=1000)
    scene.pass_(120)
    assert [entry.id for entry in scene.alarms.standing()] == [scene.came("alarm_wire_resistance").id]


async def test_an_alarm_is_acknowledged_while_it_stands_and_after(tmp_path: Path) -> None:
    one = pack(1)
    one.wire_resistance[2] = 0.4
    scene = Scene(tmp_path, one)
    scene.pass_(60)
    assert scene.alarms.summary().unacknowledged == 1
    entry = await scene.alarms.acknowledge(1, "anna")
    assert (entry.acknowledged_by, scene.alarms.summary().unacknowledged) == ("anna", 0)
    one.wire_resistance[2] = 0.08
    scene.pass_(90)
    one.wire_resistance[2] = 0.4
    scene.pass_(60)
    one.wire_resistance[2] = 0.08
    scene.pass_(300)
    later = await scene.alarms.acknowledge(2, "otto")
    assert (later.acknowledged_by, later.stands) == ("otto", False)
    scene.restart()
    assert [(e.id, e.acknowledged_by) for e in await scene.alarms.entries()] == [(2, "otto"), (1, "anna")]
    with pytest.raises(UsageError, match="there is no alarm 3"):
        await scene.alarms.acknowledge(3, "anna")


async def test_a_pack_that_was_taken_away_is_missed_no_more_after_its_alarm_was_closed(
    tmp_path: Path,
) -> None:
    scene = Scene(tmp_path, pack(1), pack(2))
    scene.pass_(60)
    scene.packs[1].silent = True
    scene.pass_(800)
    silent = next(e for e in scene.alarms.standing() if e.alarm.name == "pack_silent")
    await scene.alarms.close(silent.id, "anna")
    assert scene.alarms.standing() == []
    scene.pass_(100)
    scene.restart(off=60)
    scene.pass_(400)
    assert scene.alarms.standing() == []
    with pytest.raises(UsageError, match="no alarm"):
        await scene.alarms.close(silent.id, "anna")


def test_a_pack_under_another_name_leaves_no_alarm_behind(tmp_path: Path) -> None:
    one = pack(1)
    one.wire_resistance[2] = 0.4
    scene = Scene(tmp_path, one, pack(2))
    scene.pass_(60)
    other = pack(1)
    other.wire_resistance[2] = 0.4
    scene.packs[0] = scene.line.packs[0] = other
    other.about.serial_number = "40999999999"
    scene.known.clear()
    scene.restart()
    scene.pass_(300)
    standing = [(e.subject.key, e.alarm.name) for e in scene.alarms.standing()]
    assert standing == [("jk_40999999999", "alarm_wire_resistance")]
    assert scene.told(WENT)[0].entry.closed_by == "another pack in its place"


def test_what_others_find_counts_at_once_and_stands_until_it_is_cleared(tmp_path: Path) -> None:
    scene = Scene(tmp_path, pack(1))
    scene.pass_(60)
    subject = Subject("pack", scene.key(1), "One")
    scene.alarms.found(subject, SHARE_WRONG, "it takes 12 % where 50 % are due", {"share": 12.0})
    scene.pass_(100)
    entry = scene.came("current_share_wrong")
    assert entry.during == {"share": 12.0}
    assert entry.before["state_of_charge"] == 60
    scene.alarms.cleared(subject, SHARE_WRONG)
    scene.pass_(100)
    assert scene.once("current_share_wrong").went is not None


def test_what_happened_is_noted(tmp_path: Path) -> None:
    scene = Scene(tmp_path, pack(1))
    scene.pass_(5)
    entry = scene.alarms.happened(Subject("gateway", "gateway", "gateway"), SHARE_WRONG, "once")
    assert not entry.stands
    assert scene.alarms.standing() == []


def test_alarms_before_a_pack_is_known_are_not_lost(tmp_path: Path) -> None:
    one = pack(1)
    scene = Scene(tmp_path, one)
    one.wire_resistance[2] = 0.4
    while scene.battery.pack("bus1", 1) is None:
        scene.pass_(1)
    begun = scene.wall
    scene.pass_(120)
    assert scene.came("alarm_wire_resistance").came <= begun + 2


def test_patience_is_as_configured(tmp_path: Path) -> None:
    config = AlarmsConfig(debounce=DebounceConfig(warning=100.0, gone=10.0))
    one = pack(1)
    scene = Scene(tmp_path, one, config=config)
    scene.pass_(30)
    one.wire_resistance[2] = 0.4
    scene.pass_(95)
    assert scene.told() == []
    scene.pass_(10)
    scene.came("alarm_wire_resistance")
    one.wire_resistance[2] = 0.08
    scene.pass_(14)
    scene.once("alarm_wire_resistance")


def test_every_bit_comes_once_and_goes_once(tmp_path: Path) -> None:
    one = pack(1)
    scene = Scene(tmp_path, one)
    scene.pass_(30)
    one.guard.reminders = (1 << 30) - 1
    scene.pass_(80)
    one.guard.reminders = 0
    scene.pass_(80)
    expected = {alarm.name: alarm for alarm in ALARMS}
    assert {name: scene.once(name).alarm for name in expected} == expected
    assert scene.once("unknown 29").alarm.severity == Severity.WARNING
    assert len(scene.changes) == 2 * 30
    assert {change.kind for change in scene.changes} == {CAME, WENT}
