"""The demo: its past is written by itself, in the shape in which a gateway would have written it."""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from jkbus.alarms.store import Store as Journal
from jkbus.app import incidents
from jkbus.app.demo import with_free_port
from jkbus.app.inventing import Inventor, stages
from jkbus.app.pretence import DAYS, household, key_of
from jkbus.cli.demoing import page
from jkbus.config import WebConfig
from jkbus.errors import JkbusError
from jkbus.history.energies import energy
from jkbus.history.query import curves, sources
from jkbus.history.store import Store
from shell import JKBUS, PATIENCE, environment, jkbus

NOW = 1_780_317_045.0  # unix s: half past noon UTC, the first of June 2026
DAY, TODAY = 86400, 1_780_272_000
HOUSE = household(4, 0, NOW, 0.0)


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Today and yesterday in minutes, two days before that in hours."""
    folder = tmp_path_factory.mktemp("demo")
    inventor = Inventor(folder, household(4, 0, NOW, 0.0))
    inventor.present()
    for back in range(2):
        inventor.fine_day(TODAY - back * DAY)
        inventor.coarse_day(TODAY - (2 + back) * DAY)
    inventor.close()
    return Store(folder / "history.sqlite")


def test_every_pack_and_the_battery_have_a_past_up_to_now(history: Store) -> None:
    found = sources(history)
    assert [one.key for one in found] == ["battery", *map(key_of, range(4))]
    assert all(NOW - one.last < 60 and one.first == TODAY - 3 * DAY for one in found)


@pytest.mark.parametrize("key", ["battery", key_of(2)])
def test_the_minutes_have_no_gap_up_to_now(history: Store, key: str) -> None:
    start = NOW - 1.2 * DAY
    curve = curves(history, key, ["battery_voltage"], start, NOW, None, "minute")["battery_voltage"]
    steps = [after - before for before, after in zip(curve.times, curve.times[1:], strict=False)]
    assert set(steps) == {60.0} and NOW - curve.times[-1] < 61
    assert all(
        44 < low <= mean <= high < 60
        for low, mean, high in zip(curve.low, curve.mean, curve.high, strict=True)
    )


def test_energy_in_hours_is_about_that_in_minutes(history: Store) -> None:
    rows = energy(history, "battery", TODAY - 3 * DAY, NOW, "day", ZoneInfo("UTC"))
    assert [row.known for row in rows[:3]] == [DAY] * 3
    assert all(8 < row.discharged < 50 for row in rows[:3])


def test_the_course_and_the_history_tell_the_same_energy(history: Store) -> None:
    rows = energy(history, key_of(1), TODAY - DAY, TODAY, "day", ZoneInfo("UTC"))
    course = HOUSE.course
    steps = [course.at(at + 900) - course.at(at) for at in range(TODAY - DAY, TODAY, 900)]
    expected = sum(step for step in steps if step > 0) * course.capacity * 53 / 1000
    assert rows[0].charged == pytest.approx(expected, rel=0.15)


def test_all_days_are_made_once_or_made_finer() -> None:
    made = [day for _, days in stages(TODAY) for day in days]
    fine = {day for kind, days in stages(TODAY) for day in days if kind == "fine"}
    assert len(set(made)) == DAYS and len(fine) == 31
    assert made[0] == TODAY


def test_a_past_beside_a_gateway_that_writes_loses_nothing_of_either(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "history.sqlite")
    inventor = Inventor(tmp_path, household(1, 0, NOW, 0.0))
    inventor.present()
    inventor.present()
    assert db.execute("SELECT count(*) FROM source").fetchone() == (2,)
    inventor.close()
    db.close()


def test_the_journal_has_alarms_that_came_and_went(tmp_path: Path) -> None:
    incidents.write(tmp_path, HOUSE)
    store = Journal(tmp_path / "alarms.sqlite")
    assert store.load().next_id == 6
    entries = store.entries()
    assert all(entry.went and entry.came < entry.went < NOW for entry in entries)
    assert [entry.acknowledged is None for entry in entries] == [True, False, False, False, False]
    assert all(entry.before for entry in entries if entry.subject.kind == "pack")
    json.dumps([entry.public() for entry in entries])
    store.close()


def test_a_single_pack_was_never_silent() -> None:
    single = household(1, 0, NOW, 0.0)
    assert incidents.silences(single) == {}
    assert "pack_silent" not in [entry.alarm.name for entry in incidents.journal(single)]


def test_the_next_free_port_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        found = with_free_port(WebConfig(listen=f"127.0.0.1:{port}"))
        assert port < found.address[1] <= port + 50


def test_a_host_that_is_not_ours_is_told() -> None:
    with pytest.raises(JkbusError, match=r"listen 192\.0\.2\.1:8090: .*--listen"):
        with_free_port(page("192.0.2.1:8090"))


def test_where_others_reach_the_demo_it_asks_for_a_password() -> None:
    assert not page("127.0.0.1:8090").users and not page("[::1]:8090").users
    (one,) = page("0.0.0.0:8090").users
    assert one.name == "demo" and len(one.password.get_secret_value()) >= 8


def test_the_demo_says_where_its_page_is_and_leaves_nothing(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        done = jkbus(
            *("demo", "--packs", "2", "--no-view", "--seconds", "4", "--listen", where), TMPDIR=str(tmp_path)
        )
    assert done.code == 0
    assert re.match(r"The page is at http://127\.0\.0\.1:\d+ until Ctrl-C ends this\.", done.out)
    assert where not in done.out
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_ends_the_demo_and_who_writes_its_past_without_a_word(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [JKBUS, "demo", "--packs", "2", "--no-view"],
        env=environment(TMPDIR=str(tmp_path)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    end = time.monotonic() + PATIENCE
    while not list(tmp_path.glob("*/history.sqlite")):
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    _, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0 and "Traceback" not in told.decode()
    assert list(tmp_path.iterdir()) == []
