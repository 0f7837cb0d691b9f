"""The history on disk: what it keeps and for how long, old files, damaged files, full disks, wrong clocks."""

import errno
import logging
import sqlite3
from pathlib import Path
from random import Random

import pytest

from jkbus.history import schema
from jkbus.history import store as storing
from jkbus.history.query import latest, read, reports, sources
from jkbus.history.schema import VERSION, HistoryError
from jkbus.history.store import FORGET_EVERY, Sample, Store
from jkbus.protocol import About, Settings, Status
from remembering import DAY, HOUR, NOON, keep, rows, settings, settle, status, steady

SECRET = "135790"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "state" / "history.db")


def hours_in(store: Store, table: str) -> list[int]:
    name = "day" if table in ("hour", "energy") else "hour"
    return [hour for (hour,) in rows(store.file, f"SELECT {name} FROM {table} ORDER BY 1")]


def test_what_was_written_can_be_read_at_once(store: Store) -> None:
    store.write([Sample("one", NOON * 1000 + 250, status(volts=51.2))], {"one": "Garage"})
    ((at, report),) = reports(store, "one", Status)
    assert (at, report.battery_voltage) == (NOON + 0.25, 51.2)
    assert latest(store, "one") is not None
    (source,) = sources(store)
    assert (source.key, source.name, source.last) == ("one", "Garage", NOON + 0.25)


def test_the_folder_is_made(store: Store) -> None:
    store.write([])
    assert store.file.exists()


def test_a_batch_is_kept_whole_or_not_at_all(store: Store) -> None:
    store.write(steady(1, NOON, NOON + 5))
    with pytest.raises(ValueError, match="300 bytes"):
        store.write([*steady(1, NOON + 5, NOON + 8), Sample("zzz", NOON * 1000, b"\0\0\0\0\x01")])
    assert len(list(reports(store, "one", Status))) == 5
    store.write(steady(1, NOON + 5, NOON + 8))
    assert len(list(reports(store, "one", Status))) == 8


def test_an_hour_that_is_over_becomes_one_piece_of_everything(store: Store) -> None:
    keep(store, steady(10, NOON, NOON + HOUR + 120, amperes=10.0))
    settle(store, NOON + HOUR + 60)
    assert hours_in(store, "raw") == []  # the next report may still be on its way
    settle(store, NOON + HOUR + 120)
    assert hours_in(store, "raw") == hours_in(store, "minute") == [NOON]
    assert hours_in(store, "hour") == hours_in(store, "energy") == [NOON - 12 * HOUR]
    assert {hour for (hour,) in rows(store.file, "SELECT hour FROM tail")} == {NOON + HOUR}
    assert len(list(reports(store, "one", Status))) == 372


def test_reports_and_minutes_are_forgotten_in_their_time_and_hours_never(tmp_path: Path) -> None:
    store = Store(tmp_path / "history.db", raw_days=1, minute_days=3)
    keep(store, steady(600, NOON, NOON + 5 * DAY), batch=144)
    now = NOON + 5 * DAY
    for _ in range(7 * 24 * FORGET_EVERY):
        store.tend(now)
    assert min(hours_in(store, "raw")) == now - DAY
    assert min(hours_in(store, "minute")) == now - 3 * DAY
    assert len(hours_in(store, "hour")) == 6
    assert len(read(store, "one", "battery_voltage", NOON, now, None, "hour").times) == 5 * 24


def test_a_clock_that_is_years_ahead_for_a_minute_costs_no_history(store: Store) -> None:
    keep(store, steady(60, NOON, NOON + 10 * HOUR))
    settle(store, NOON + 11 * HOUR)
    before = len(list(reports(store, "one", Status)))
    for at in range(8):  # a minute of turns
        store.write(steady(8, NOON + 9999 * DAY + 8 * at, NOON + 9999 * DAY + 8 * at + 8))
        store.tend(NOON + 9999 * DAY + 8 * at)
    settle(store, NOON + 11 * HOUR)
    assert len(list(reports(store, "one", Status))) >= before + 8 - 60
    assert len(hours_in(store, "raw")) >= 10


def test_settings_are_kept_when_they_change_and_only_then(store: Store) -> None:
    low, high = settings(charge_current_limit=50.0), settings(charge_current_limit=80.0)
    for second, report in enumerate([low, low, high, high, low]):
        store.write([Sample("one", (NOON + second) * 1000, report)])
    again = Store(store.file)
    again.write([Sample("one", (NOON + 9) * 1000, low)])
    found = [(at - NOON, report.charge_current_limit) for at, report in reports(store, "one", Settings)]
    assert found == [(0, 50.0), (2, 80.0), (4, 50.0)]


def test_a_running_time_that_grows_is_no_change(store: Store) -> None:
    for second in range(3):
        about = About.blank()
        about.total_runtime, about.power_on_count = 1000 + 300 * second, 7
        store.write([Sample("one", (NOON + second) * 1000, about.sealed())])
    assert len(list(reports(store, "one", About))) == 1


def test_no_secret_is_written_to_the_file(store: Store) -> None:
    about = About.blank()
    about.serial_number, about.device_name = f"40123\0{SECRET}", "Garage"
    about.device_password = about.setup_password = SECRET
    store.write([Sample("one", NOON * 1000, about.sealed())])
    store.close()
    assert SECRET.encode() not in store.file.read_bytes()
    ((_, kept),) = reports(store, "one", About)
    assert (kept.serial_number, kept.device_name, kept.setup_password) == ("40123", "Garage", "")
    assert kept.data == kept.sealed()


VERSION_1 = """
    CREATE TABLE source (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL);
    CREATE TABLE series (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL, unit TEXT NOT NULL, per INTEGER NOT NULL,
        fine INTEGER NOT NULL, UNIQUE (name, unit, per, fine)
    );
    CREATE TABLE tail (source INTEGER NOT NULL, hour INTEGER NOT NULL, blob BLOB NOT NULL);
    CREATE TABLE raw (
        source INTEGER NOT NULL, hour INTEGER NOT NULL, blob BLOB NOT NULL, PRIMARY KEY (source, hour)
    );
    CREATE TABLE minute (
        source INTEGER NOT NULL, hour INTEGER NOT NULL, blob BLOB NOT NULL, PRIMARY KEY (source, hour)
    );
    CREATE TABLE hour (
        source INTEGER NOT NULL, day INTEGER NOT NULL, blob BLOB NOT NULL, PRIMARY KEY (source, day)
    );
    CREATE TABLE change (
        source INTEGER NOT NULL, type INTEGER NOT NULL, at INTEGER NOT NULL, report BLOB NOT NULL,
        PRIMARY KEY (source, type, at)
    );
    INSERT INTO source VALUES (3, 'one', 'Garage');
    PRAGMA user_version = 1;
"""


def older_file(file: Path) -> None:
    db = sqlite3.connect(file)
    db.executescript(VERSION_1)
    change = (3, Settings.type, NOON * 1000, settings(charge_current_limit=50.0))
    db.execute("INSERT INTO change VALUES (?, ?, ?, ?)", change)
    db.commit()
    db.close()


def test_a_file_of_version_1_is_brought_up_to_date_with_all_that_is_in_it(tmp_path: Path) -> None:
    older_file(tmp_path / "history.db")
    store = Store(tmp_path / "history.db")
    with pytest.raises(HistoryError, match="older jkbus; start the gateway"):
        sources(store)
    keep(store, steady(60, NOON, NOON + HOUR))
    settle(store, NOON + 2 * HOUR)
    assert rows(store.file, "PRAGMA user_version") == [(VERSION,)]
    assert rows(store.file, "SELECT id, name FROM source") == [(3, "Garage")]
    assert [report.charge_current_limit for _, report in reports(store, "one", Settings)] == [50.0]
    assert len(hours_in(store, "energy")) == 1


def test_an_upgrade_that_is_interrupted_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older_file(tmp_path / "history.db")
    monkeypatch.setattr(schema, "STEPS", (schema.STEPS[0], "CREATE TABLE early (a); CREATE TABLE early (a);"))
    with pytest.raises(HistoryError, match="already exists"):
        Store(tmp_path / "history.db").write([])
    monkeypatch.undo()
    assert rows(tmp_path / "history.db", "PRAGMA user_version") == [(1,)]
    Store(tmp_path / "history.db").write([])
    assert rows(tmp_path / "history.db", "PRAGMA user_version") == [(VERSION,)]


def test_a_new_file_and_an_upgraded_one_have_the_same_tables(tmp_path: Path) -> None:
    older_file(tmp_path / "old.db")
    tables = "SELECT type, name, tbl_name FROM sqlite_master ORDER BY name"
    for name in ("old.db", "new.db"):
        Store(tmp_path / name).write([])
    assert rows(tmp_path / "old.db", tables) == rows(tmp_path / "new.db", tables)


def test_a_file_of_a_newer_jkbus_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "history.db"
    db = sqlite3.connect(file)
    db.executescript("PRAGMA journal_mode = WAL; CREATE TABLE later (a); PRAGMA user_version = 99;")
    db.close()
    before = file.read_bytes()
    store = Store(file)
    for use in (lambda: store.write([]), lambda: sources(store)):
        with pytest.raises(HistoryError, match="newer jkbus; update this one"):
            use()
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if "damaged" in path.name] == []


def test_a_file_that_is_none_of_ours_is_set_aside_and_a_new_one_begun(tmp_path: Path) -> None:
    file = tmp_path / "history.db"
    file.write_bytes(b"my tax return" * 1000)
    store = Store(file)
    with pytest.raises(HistoryError, match=r"is damaged .* set aside as history\.db\.damaged-"):
        store.write(steady(1, NOON, NOON + 3))
    (aside,) = (path for path in tmp_path.iterdir() if "damaged" in path.name)
    assert aside.read_bytes() == b"my tax return" * 1000
    store.write(steady(1, NOON, NOON + 3))
    assert len(list(reports(store, "one", Status))) == 3


def test_a_file_cut_short_is_set_aside(store: Store) -> None:
    keep(store, steady(10, NOON, NOON + 3 * HOUR))
    settle(store, NOON + 4 * HOUR)
    store.close()
    data = store.file.read_bytes()
    store.file.write_bytes(data[: len(data) // 2])
    with pytest.raises(HistoryError, match="damaged"):
        store.write(steady(1, NOON + 4 * HOUR, NOON + 4 * HOUR + 3))
    store.write(steady(1, NOON + 4 * HOUR, NOON + 4 * HOUR + 3))
    assert len(list(reports(store, "one", Status))) == 3


def test_pages_that_rot_while_we_run_cost_the_file_and_not_the_gateway(store: Store) -> None:
    keep(store, steady(10, NOON, NOON + 3 * HOUR))
    settle(store, NOON + 4 * HOUR)
    store.close()
    data = bytearray(store.file.read_bytes())
    for page in range(1, len(data) // 4096):
        data[page * 4096 : page * 4096 + 200] = b"\xee" * 200
    store.file.write_bytes(data)
    with pytest.raises(HistoryError):
        list(reports(store, "one", Status))
    told = ""
    for at in range(3):
        try:
            store.write(steady(1, NOON + 4 * HOUR + at, NOON + 4 * HOUR + at + 1))
        except HistoryError as error:
            told = str(error)
    assert "set aside" in told
    assert len(list(reports(store, "one", Status))) == 2


def test_a_damaged_piece_is_a_gap_and_the_rest_is_there(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    keep(store, steady(60, NOON, NOON + 2 * HOUR))
    settle(store, NOON + 3 * HOUR)
    store.close()
    db = sqlite3.connect(store.file)
    for table in ("raw", "minute"):
        db.execute(f"UPDATE {table} SET blob = substr(blob, 1, 50) WHERE hour = ?", (NOON,))
    db.execute("UPDATE energy SET blob = x'00'")
    db.commit()
    db.close()
    with caplog.at_level(logging.WARNING):
        assert next(at for at, _ in reports(store, "one", Status)) == NOON + HOUR
    assert "it counts as a gap" in caplog.text
    assert len(read(store, "one", "battery_voltage", NOON, NOON + 2 * HOUR, None, "minute").times) == 61


def test_a_full_disk_is_told_and_writing_goes_on_when_there_is_room(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, random = 40, Random(1)

    def limited(file: Path) -> sqlite3.Connection:
        db = schema.open_for_writing(file)
        db.execute(f"PRAGMA max_page_count = {room}")
        return db

    monkeypatch.setattr(storing, "open_for_writing", limited)
    written, told = 0, ""
    for at in range(200):
        try:
            store.write([Sample("one", (NOON + at) * 1000, status()[:6] + random.randbytes(294))] * 30)
            written += 30
        except HistoryError as error:
            told = str(error)
            break
    assert "the disk is full; make room, it goes on by itself" in told
    with pytest.raises(HistoryError, match="full"):
        store.write([Sample("one", NOON * 1000, status()[:6] + random.randbytes(294)) for _ in range(900)])
    assert len(list(reports(store, "one", Status))) == written
    room = 4000
    store.write(steady(1, NOON + HOUR, NOON + HOUR + 5))
    assert len(list(reports(store, "one", Status))) == written + 5


def test_a_folder_that_may_not_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HistoryError, match=r"file: cannot be made"):
        Store(tmp_path / "file" / "history.db").write([])


def test_a_card_that_dies_is_told_in_a_sentence(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.write(steady(1, NOON, NOON + 1))

    def dead(self: Path) -> bool:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "exists", dead)
        with pytest.raises(HistoryError, match=r"cannot be used \(Input/output error\); check the disk"):
            store.write(steady(1, NOON + 1, NOON + 2))
    store.write(steady(1, NOON + 1, NOON + 2))


def test_another_program_that_keeps_the_file_locked_is_named(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "_PATIENCE", 0.05)
    store.write([])
    other = sqlite3.connect(store.file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(HistoryError, match="another program keeps it locked"):
        store.write(steady(1, NOON, NOON + 3))
    other.close()
    store.write(steady(1, NOON, NOON + 3))


def test_a_file_that_is_moved_away_while_we_run_is_begun_anew(store: Store) -> None:
    store.write(steady(1, NOON, NOON + 3))
    for path in store.file.parent.iterdir():
        path.unlink()
    store.write(steady(1, NOON, NOON + 2))
    assert len(list(reports(store, "one", Status))) == 2


def test_two_gateways_on_one_file_break_nothing(store: Store) -> None:
    other = Store(store.file)
    for at in range(0, HOUR, 60):
        store.write(steady(30, NOON + at, NOON + at + 60, key="one"))
        other.write(steady(30, NOON + at, NOON + at + 60, key="two"))
    again = Store(store.file)
    settle(again, NOON + 2 * HOUR)
    settle(store, NOON + 2 * HOUR)
    assert len(list(reports(store, "one", Status))) == len(list(reports(store, "two", Status))) == 120
    assert rows(store.file, "PRAGMA integrity_check") == [("ok",)]


def test_reports_that_come_while_their_hour_is_rolled_up_are_kept_once(store: Store) -> None:
    keep(store, [*steady(60, NOON, NOON + HOUR), *steady(60, NOON, NOON + HOUR, key="two")])
    for turn in range(3):  # two packs, then all is written
        assert store.tend(NOON + 2 * HOUR)
        store.write(steady(60, NOON + 1 + turn, NOON + 600 + turn, volts=40.0))
    settle(store, NOON + 2 * HOUR)
    times = [at for at, _ in reports(store, "one", Status)]
    assert len(times) == len(set(times)) == 60 + 3 * 10
    assert rows(store.file, "SELECT count(*) FROM tail") == [(0,)]
    assert read(store, "one", "battery_voltage", NOON, NOON + HOUR, None, "hour").low == (40.0,)


def test_an_hour_that_was_being_rolled_up_when_the_power_failed_is_rolled_up_later(store: Store) -> None:
    keep(store, [*steady(60, NOON, NOON + HOUR), *steady(60, NOON, NOON + HOUR, key="two")])
    assert store.tend(NOON + 2 * HOUR)
    store.close()
    settle(store, NOON + 2 * HOUR)
    for key in ("one", "two"):
        assert len(list(reports(store, key, Status))) == 60
    assert hours_in(store, "raw") == [NOON, NOON]


def test_of_two_gateways_that_roll_up_the_same_hour_the_second_gives_way(store: Store) -> None:
    keep(store, steady(60, NOON, NOON + HOUR))
    slow = Store(store.file)
    assert slow.tend(NOON + 2 * HOUR)
    settle(store, NOON + 2 * HOUR)
    store.write(steady(60, NOON + 1, NOON + HOUR))
    settle(store, NOON + 2 * HOUR)
    settle(slow, NOON + 2 * HOUR)
    assert len(list(reports(store, "one", Status))) == 120
    settle(Store(store.file), NOON + 2 * HOUR)
    assert len(list(reports(store, "one", Status))) == 120


@pytest.mark.parametrize("jump", [-3 * DAY, -HOUR - 100, -HOUR, -100, 100, HOUR, 3 * DAY])
def test_a_clock_that_jumps_breaks_nothing(store: Store, jump: int) -> None:
    clock, written = float(NOON), 0
    for turn in range(900):
        clock += 8 + (jump if turn == 300 else -jump if turn == 600 else 0)
        store.write(steady(1, clock, clock + 8))
        store.tend(clock)
        written += 8
    settle(store, clock + 2 * HOUR)
    times = [at for at, _ in reports(store, "one", Status)]
    assert len(times) == written
    assert times == sorted(times)
    assert rows(store.file, "PRAGMA integrity_check") == [("ok",)]
    counted = read(store, "one", "battery_voltage", 0, 1e11, None, "hour")
    assert list(counted.times) == sorted(set(counted.times))


def test_late_reports_of_an_hour_whose_reports_are_forgotten_do_not_replace_its_memory(
    tmp_path: Path,
) -> None:
    store = Store(tmp_path / "history.db", raw_days=0.1)
    keep(store, steady(10, NOON, NOON + HOUR, volts=52.0))
    for _ in range(2 * FORGET_EVERY):
        store.tend(NOON + 5 * HOUR)
    assert hours_in(store, "raw") == []
    store.write(steady(10, NOON + 600, NOON + 700, volts=40.0))  # the clock was set back for a moment
    settle(store, NOON + 5 * HOUR)
    assert set(read(store, "one", "battery_voltage", NOON, NOON + HOUR, None, "minute").low) == {52.0}
    assert read(store, "one", "battery_voltage", NOON, NOON + HOUR, None, "hour").low == (52.0,)
