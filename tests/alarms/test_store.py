"""The journal's file: power cuts, damage, full disks, older and newer versions, many entries."""

import json
import logging
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from jkbus.alarms.entry import Entry, Subject
from jkbus.alarms.store import Store
from jkbus.model.alarms import ALARMS

WALL = 1_790_000_000.0
PACKS = {"one": ("One", "bus1", 1)}

WRITER = """
import sys
from pathlib import Path
from jkbus.alarms.entry import Entry, Subject
from jkbus.alarms.store import Store
from jkbus.model.alarms import ALARMS
store = Store(Path(sys.argv[1]))
number = store.load().next_id
while True:
    subject, at = Subject("pack", "one", "One"), 1e9 + number
    store.put([Entry(number, subject, ALARMS[number % 29], "x" * 200, at, at)], {})
    store.save()
    print(number, flush=True)
    number += 1
"""


def entry(number: int, went: float | None = None, key: str = "one") -> Entry:
    alarm = ALARMS[number % len(ALARMS)]
    came = WALL + number
    return Entry(number, Subject("pack", key, key.title()), alarm, "", came, came, went=went)


def opened(file: Path, **options: int) -> Store:
    store = Store(file, **options)
    store.load()
    return store


def keep(store: Store, *entries: Entry) -> None:
    store.put(entries, PACKS)
    store.save()


def test_what_was_kept_is_there_again(tmp_path: Path) -> None:
    store = opened(tmp_path / "deep" / "alarms.sqlite")
    keep(store, entry(1), entry(2, went=WALL + 9), entry(3, key="two"))
    store.close()
    known = Store(store.file).load()
    assert known.standing == [entry(1), entry(3, key="two")]
    assert (known.next_id, known.packs) == (4, PACKS)


def test_entries_are_listed_newest_first(tmp_path: Path) -> None:
    store = opened(tmp_path / "alarms.sqlite")
    keep(store, *(entry(number, WALL + 99 if number % 2 else None) for number in range(1, 8)))
    keep(store, entry(8, key="two"))
    assert [e.id for e in store.entries(3)] == [8, 7, 6]
    assert [e.id for e in store.entries(key="one", standing=True)] == [6, 4, 2]
    assert store.entry(5) == entry(5, WALL + 99)
    assert store.entry(99) is None


def test_the_oldest_that_went_make_room(tmp_path: Path) -> None:
    store = opened(tmp_path / "alarms.sqlite", limit=100)
    keep(store, entry(1), *(entry(number, WALL + 999) for number in range(2, 301)))
    assert [e.id for e in store.entries(1000)] == [*range(300, 200, -1), 1]


@pytest.mark.parametrize("damage", ["nonsense", "torn", "emptied", "scribbled"])
def test_a_damaged_file_is_set_aside_and_a_new_one_begun(
    tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "alarms.sqlite"
    store = opened(file)
    keep(store, *(entry(number) for number in range(1, 400)))
    store.close()
    data = file.read_bytes()
    broken = {
        "nonsense": b"this is no database" * 100,
        "torn": data[: len(data) // 2],
        "emptied": data[:100] + bytes(len(data) - 100),
        "scribbled": data[:5000] + random.Random(1).randbytes(20000) + data[25000:],
    }[damage]
    file.write_bytes(broken)
    again = Store(file)
    with caplog.at_level(logging.WARNING):
        assert again.load().standing == []
    keep(again, entry(1))
    assert again.entries() == [entry(1)]
    (aside,) = tmp_path.glob("alarms.sqlite.damaged-*")
    assert aside.read_bytes() == broken
    assert f"is damaged; it was set aside as {aside.name} and a new one begun" in caplog.text


def test_a_file_that_is_damaged_under_our_hands_is_replaced(tmp_path: Path) -> None:
    file = tmp_path / "alarms.sqlite"
    store = opened(file)
    long = [replace(entry(number), sentence="x" * 1000) for number in range(1, 5000)]
    keep(store, *long)
    store.close()
    store.load()
    with file.open("r+b") as disk:
        disk.seek(8192)
        disk.write(random.Random(1).randbytes(file.stat().st_size - 8192))
    keep(store, entry(1))
    store.close()
    assert Store(file).load().standing == [entry(1)]
    assert len(list(tmp_path.glob("alarms.sqlite.damaged-*[0-9]"))) == 1


def test_many_may_open_a_new_file_at_the_same_moment(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for turn in range(10):
        stores = [Store(tmp_path / f"{turn}.sqlite") for _ in range(4)]
        with ThreadPoolExecutor(len(stores)) as threads:
            list(threads.map(Store.load, stores))
        for store in stores:
            store.close()
    assert caplog.messages == []


def test_an_entry_that_nobody_understands_is_passed_over(tmp_path: Path) -> None:
    store = opened(tmp_path / "alarms.sqlite")
    keep(store, entry(1), entry(2), entry(3))
    store.close()
    with sqlite3.connect(store.file) as db:
        db.execute("UPDATE entry SET body = '{}' WHERE id = 2")
    assert [e.id for e in Store(store.file).load().standing] == [1, 3]


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "alarms.sqlite"
    with sqlite3.connect(file) as db:
        db.execute("PRAGMA user_version = 99")
    before = file.read_bytes()
    store = opened(file)
    keep(store, entry(1))
    assert store.entries() == [entry(1)]
    store.close()
    assert file.read_bytes() == before
    assert "a newer jkbus wrote it" in caplog.text


def test_a_folder_that_cannot_be_made_costs_the_memory_and_not_the_gateway(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "state").write_text("a file")
    store = Store(tmp_path / "state" / "alarms.sqlite")
    assert store.load().standing == []
    for number in range(1, 4):
        keep(store, entry(number))
    assert [e.id for e in store.entries()] == [3, 2, 1]
    assert caplog.text.count("a restart will forget the alarms") == 1


def _no_room(file: str) -> None:
    """In a process of its own: no file may grow beyond 50 kB, until it may again."""
    store = opened(Path(file))
    keep(store, entry(1))
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    for number in range(2, 200):
        keep(store, entry(number))
    assert len(store.entries(1000)) == 199
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    keep(store, entry(200))
    store.close()


def test_a_full_disk_is_told_once_and_nothing_is_lost_when_there_is_room_again(tmp_path: Path) -> None:
    file = tmp_path / "alarms.sqlite"
    script = (
        "import logging, test_store; logging.basicConfig(); test_store._no_room(__import__('sys').argv[1])"
    )
    path = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    ended = subprocess.run(
        [sys.executable, "-c", script, str(file)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr.count("make room or allow it") == 1
    assert [e.id for e in Store(file).load().standing] == list(range(1, 201))


def test_a_power_cut_at_any_moment_loses_nothing_that_was_kept(tmp_path: Path) -> None:
    file = tmp_path / "alarms.sqlite"
    chance, kept = random.Random(7), 0
    for _ in range(6):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(file)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(chance.uniform(0.0, 0.15))
        writer.kill()
        told = [int(line) for line in writer.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
        writer.wait()
        kept = max([kept, *told])
        store = Store(file)
        ids = [e.id for e in store.load().standing]
        store.close()
        assert ids == list(range(1, len(ids) + 1))
        assert len(ids) >= kept
    assert kept > 5
    assert list(tmp_path.glob("*.damaged-*")) == []


def test_the_file_is_no_riddle(tmp_path: Path) -> None:
    store = opened(tmp_path / "alarms.sqlite")
    keep(store, entry(1))
    store.close()
    with sqlite3.connect(store.file) as db:
        ((key, body),) = db.execute("SELECT key, body FROM entry")
    assert key == "one"
    assert json.loads(body)["alarm"]["name"] == ALARMS[1].name
