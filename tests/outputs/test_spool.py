"""Batches on disk: in order, within their size, through full disks, damage and our own end."""

import logging
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from jkbus.outputs import spool as spool_module
from jkbus.outputs.spool import BLOCK, GRACE, Spool


def spool(folder: Path, size: int = 1_000_000) -> Spool:
    return Spool(folder / "nas", size, "nas")


def emptied(box: Spool, now: float = 0.0) -> list[bytes]:
    """Everything that waits, taken in order."""
    found = []
    while batch := box.first():
        found.append(batch.data)
        box.done(batch.number, now)
    return found


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "nas").iterdir() if path.is_file())


def test_batches_come_out_in_the_order_they_went_in(tmp_path: Path) -> None:
    box = spool(tmp_path)
    for number in range(20):
        box.put(b"%d" % number)
    assert len(box) == 20
    assert emptied(box) == [b"%d" % number for number in range(20)]
    assert box.first() is None


def test_what_waits_is_there_after_a_restart_and_new_ones_come_behind(tmp_path: Path) -> None:
    first = spool(tmp_path)
    first.put(b"a")
    first.put(b"b")
    second = spool(tmp_path)
    second.put(b"c")
    assert emptied(second) == [b"a", b"b", b"c"]


def test_what_a_server_has_just_taken_waits_again_when_it_goes_away(tmp_path: Path) -> None:
    box = spool(tmp_path)
    for at, data in ((0.0, b"old"), (GRACE, b"a"), (GRACE + 5, b"b")):
        box.put(data)
        batch = box.first()
        assert batch is not None
        box.done(batch.number, at)
    box.put(b"c")
    box.secure()
    assert emptied(box) == [b"a", b"b", b"c"]


def test_what_was_taken_long_ago_leaves_nothing_behind(tmp_path: Path) -> None:
    box = spool(tmp_path)
    for number in range(100):
        box.put(b"x")
        emptied(box, now=10.0 * number)
    assert len(files(tmp_path)) <= 3


def test_beyond_the_size_the_oldest_go_and_are_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    box = spool(tmp_path, size=10 * BLOCK)
    for number in range(25):
        box.put(b"%d" % number)
    assert box.dropped == 15 and box.waiting == 10 * BLOCK and len(files(tmp_path)) == 10
    told = [record.getMessage() for record in caplog.records]
    assert [text.partition("(")[2][:9] for text in told] == ["1 batch s", "10 batche"]
    assert emptied(box) == [b"%d" % number for number in range(15, 25)]


def test_one_batch_is_kept_whatever_its_size(tmp_path: Path) -> None:
    box = spool(tmp_path, size=BLOCK)
    box.put(bytes(100_000))
    assert emptied(box) == [bytes(100_000)]


def test_a_refused_batch_is_set_aside_and_can_be_moved_back(tmp_path: Path) -> None:
    box = spool(tmp_path)
    for data in (b"a", b"bad", b"c"):
        box.put(data)
    box.done(1, 0.0)
    box.refuse(2)
    assert emptied(box) == [b"c"]
    (aside,) = (tmp_path / "nas" / "refused").iterdir()
    assert aside.read_bytes() == b"bad"
    aside.rename(tmp_path / "nas" / aside.name)
    again = spool(tmp_path)
    assert again.first() is not None and b"bad" in emptied(again)


def test_refused_batches_are_bounded_too_over_restarts(tmp_path: Path) -> None:
    for _ in range(3):
        box = spool(tmp_path, size=4 * BLOCK)
        for _ in range(5):
            box.put(b"bad")
            batch = box.first()
            assert batch is not None
            box.refuse(batch.number)
    kept = sorted(path.name for path in (tmp_path / "nas" / "refused").iterdir())
    assert kept == [f"{number:012d}.lp.gz" for number in range(12, 16)]


def test_a_disk_that_fails_is_told_once_and_batches_wait_in_memory(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool_module, "HELD", 10)
    (tmp_path / "nas").write_text("a file where the folder should be")
    box = spool(tmp_path)
    for data in (b"aaaa", b"bbbb", b"cccc"):
        box.put(data)
    (told, dropped) = [
        record.getMessage() for record in caplog.records if "cannot be read" not in record.getMessage()
    ]
    assert "cannot be written" in told and "wait in memory" in told and "the oldest are dropped" in dropped
    (tmp_path / "nas").unlink()
    box.put(b"dddd")
    assert emptied(box) == [b"bbbb", b"cccc", b"dddd"]


def test_a_full_disk_is_survived(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("needs /dev/full")
    box = spool(tmp_path)
    (tmp_path / "nas").mkdir()
    (tmp_path / "nas" / "000000000001.lp.new").symlink_to(full)
    box.put(b"a")
    assert "No space left on device" in caplog.text
    box.put(b"b")
    assert emptied(box) == [b"a", b"b"]


def test_files_that_vanish_or_were_never_finished_harm_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    box = spool(tmp_path)
    box.put(b"a")
    box.put(b"b")
    (tmp_path / "nas" / "000000000001.lp.gz").unlink()
    assert emptied(box) == [b"b"] and "a batch was lost" in caplog.text
    (tmp_path / "nas" / "000000000009.lp.new").write_bytes(b"torn")
    (tmp_path / "nas" / "notes.txt").write_bytes(b"mine")
    assert len(spool(tmp_path)) == 1  # the one that was just taken: it is sent twice rather than not at all
    assert files(tmp_path) == ["000000000002.lp.gz", "notes.txt"]


def test_killed_at_any_moment_no_file_is_broken(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from jkbus.outputs.spool import Spool\n"
        "box = Spool(Path(sys.argv[1]) / 'nas', 10**8, 'nas')\n"
        "print('ready', flush=True)\n"
        "for number in range(10**6):\n"
        "    box.put(b'%d' % number * 1000)\n"
        "    if number % 9 == 0: box.secure()\n"
    )
    before = 0
    for attempt in range(3):
        process = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE)
        assert process.stdout is not None and process.stdout.readline()
        time.sleep(0.05 + 0.03 * attempt)
        process.kill()
        process.wait()
        process.stdout.close()
        box = spool(tmp_path, size=10**8)
        found = [(tmp_path / "nas" / name).read_bytes() for name in files(tmp_path)]
        assert len(box) == len(found) > before
        assert found[before:] == [b"%d" % number * 1000 for number in range(len(found) - before)]
        before = len(found)


class AnyOrder(RuleBasedStateMachine):
    """Whatever is done in whatever order: what comes out is the newest that fit, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.home = TemporaryDirectory()
        self.folder = Path(self.home.name)
        self.size = 5 * BLOCK
        self.box = spool(self.folder, self.size)
        self.expected: list[bytes] = []
        self.count = 0

    def teardown(self) -> None:
        self.home.cleanup()

    @rule(length=st.integers(1, 2 * BLOCK))
    def put(self, length: int) -> None:
        self.count += 1
        data = b"%6d" % self.count + bytes(length)
        self.box.put(data)
        self.expected.append(data)
        while sum(-(-len(one) // BLOCK) * BLOCK for one in self.expected) > self.size:
            del self.expected[0]

    @rule()
    def take(self) -> None:
        batch = self.box.first()
        assert (batch.data if batch else None) == (self.expected.pop(0) if self.expected else None)
        if batch:
            self.box.done(batch.number, 0.0)
            self.box.done(batch.number + 10**6, GRACE)  # time passes

    @rule()
    def refuse(self) -> None:
        if batch := self.box.first():
            assert batch.data == self.expected.pop(0)
            self.box.refuse(batch.number)

    @rule()
    def go_away(self) -> None:
        self.box.secure()

    @rule()
    def restart(self) -> None:
        self.box = spool(self.folder, self.size)

    @invariant()
    def the_disk_has_what_waits(self) -> None:
        assert len(self.box) == len(self.expected)
        assert self.box.waiting <= self.size


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)


def test_messages_come_from_our_logger(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    box = spool(tmp_path, size=BLOCK)
    box.put(b"a")
    box.put(b"b")
    assert {record.name for record in caplog.records} == {"jkbus.export"}
