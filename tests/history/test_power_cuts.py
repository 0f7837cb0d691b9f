"""The power is cut while history is written: what was safe is safe, and the file is whole."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from jkbus.history.query import read, reports
from jkbus.history.schema import HistoryError
from jkbus.history.store import Store
from jkbus.protocol import Status
from remembering import HOUR, NOON, keep, rows, settle, steady
from scribe import STEP

SCRIBE = Path(__file__).parent.parent / "scribe.py"
LOST_AT_MOST = 10.0  # s


def begun(what: str, file: Path, number: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(SCRIBE), what, str(file), str(number)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def killed(process: subprocess.Popen[str]) -> list[str]:
    """Kill it, and what it has printed."""
    process.send_signal(signal.SIGKILL)
    printed, _ = process.communicate(timeout=30)
    return [line for line in printed.splitlines(keepends=True) if line.endswith("\n")]


def check(file: Path, safe: int) -> int:
    """Whether everything up to `safe` is there, once, and all tables agree; returns how much there is."""
    assert rows(file, "PRAGMA integrity_check") == [("ok",)]
    found = []
    for key in ("one", "two"):
        store = Store(file)
        there = [(at, report.runtime) for at, report in reports(store, key, Status)]
        numbers = [number for _, number in there]
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
        assert all(at == NOON + number * STEP for at, number in there)
        assert numbers[-1] + 1 >= safe
        found.append(numbers[-1] + 1)
        hours = read(store, key, "battery_voltage", 0, 1e11, None, "hour").times
        minutes = read(store, key, "battery_voltage", NOON, NOON + found[-1] * STEP, None, "minute").times
        assert list(hours) == list(range(NOON, int(NOON + found[-1] * STEP), HOUR))
        assert minutes[-1] == NOON + (found[-1] - 1) * STEP
    assert found[0] == found[1]  # a batch is all or nothing
    return found[0]


def test_a_writer_that_is_killed_at_any_moment_leaves_a_whole_file_and_all_that_was_safe(
    tmp_path: Path,
) -> None:
    random, file, number = Random(os.urandom(4)), tmp_path / "history.db", 0
    for _ in range(12):
        process = begun("batches", file, number)
        assert process.stdout is not None
        printed = [process.stdout.readline()]
        time.sleep(random.uniform(0.0, 0.4))
        printed += killed(process)
        number = check(file, int(printed[-1]))
    assert number > 500


def test_a_power_cut_costs_at_most_ten_seconds(tmp_path: Path) -> None:
    random = Random(os.urandom(4))
    running = [(begun("gateway", tmp_path / f"{name}.db", NOON), tmp_path / f"{name}.db") for name in "abc"]
    time.sleep(4)
    for process, file in running:
        time.sleep(random.uniform(0.2, 1.5))
        last = float(killed(process)[-1])
        kept = [at for at, _ in reports(Store(file), "bus1_0", Status)]
        assert last - kept[-1] <= LOST_AT_MOST
        assert rows(file, "PRAGMA integrity_check") == [("ok",)]


@pytest.mark.parametrize("seed", range(8))
def test_a_write_ahead_log_that_is_torn_anywhere_gives_the_batches_before_it(
    tmp_path: Path, seed: int
) -> None:
    random, store = Random(seed), Store(tmp_path / "live" / "history.db")
    for at in range(0, 2 * HOUR, 80):
        keep(store, steady(8, NOON + at, NOON + at + 80))
        settle(store, NOON + at)
    torn = tmp_path / "torn"
    shutil.copytree(tmp_path / "live", torn)
    (torn / "history.db-shm").unlink()
    log = torn / "history.db-wal"
    data = bytearray(log.read_bytes())
    if seed % 2:
        del data[random.randrange(len(data)) :]
    else:
        place = random.randrange(len(data))
        data[place : place + 4096] = random.randbytes(4096)
    log.write_bytes(data)
    found = Store(torn / "history.db")
    try:
        found.write([])
        times = [at for at, _ in reports(found, "one", Status)]
    except HistoryError as error:  # the very first pages were in that log
        assert "no history" in str(error)
        times = []
    assert rows(found.file, "PRAGMA integrity_check") == [("ok",)]
    assert times == [NOON + 8 * place for place in range(len(times))]
    assert len(times) % 10 == 0


FULL = """
import sys
from pathlib import Path
from random import Random
from jkbus.history.schema import HistoryError
from jkbus.history.store import Sample, Store
from remembering import NOON, status

folder, random = Path(sys.argv[1]), Random(1)
store, waste = Store(folder / "history.db"), folder / "waste"
waste.write_bytes(bytes(1_500_000))
written = 0
try:
    while True:
        store.write([Sample("one", (NOON + written) * 1000, status()[:6] + random.randbytes(294))] * 50)
        written += 50
except HistoryError as error:
    print(error)
waste.unlink()
store.write([Sample("one", (NOON + written) * 1000, status())])
from jkbus.history.query import reports
from jkbus.protocol import Status
print(len(list(reports(store, "one", Status))) - written)
"""


def test_a_disk_that_is_really_full_is_told_and_recovered_from(tmp_path: Path) -> None:
    mount = f'mount -t tmpfs -o size=2m tmpfs "{tmp_path}"'
    enter = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    if not shutil.which("unshare") or subprocess.run([*enter, mount], capture_output=True).returncode:
        pytest.skip("this system does not let us mount a small disk")
    script = f'{mount} && exec "$@"'
    paths = {**os.environ, "PYTHONPATH": str(SCRIBE.parent)}
    command = [*enter, script, "sh", sys.executable, "-c", FULL, str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, env=paths)
    assert ended.returncode == 0, ended.stderr
    told, more = ended.stdout.splitlines()
    assert told.endswith("history.db: the disk is full; make room, it goes on by itself")
    assert more == "1"
