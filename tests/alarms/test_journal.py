"""When an alarm counts: it rises, stands, falls and goes."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from jkbus.alarms.entry import CAME, WENT, Change, Entry, Subject, restored
from jkbus.alarms.journal import Journal, Look, Patience, Sighting
from jkbus.alarms.store import Store
from jkbus.model.alarms import ALARMS, Alarm

PACK = Subject("pack", "one", "One")
COLD, HOT, FULL = ALARMS[9], ALARMS[8], ALARMS[4]
WALL = 1_800_000_000.0


def patience(alarm: Alarm) -> Patience:
    return Patience(10.0, 60.0)


class Diary:
    """A journal that is looked at with times alone."""

    def __init__(self, standing: tuple[Entry, ...] = (), next_id: int = 1) -> None:
        self.journal = Journal(patience, standing, next_id)
        self.changes: list[Change] = []

    def look(self, at: float, *seen: Alarm, values: float = 0.0, wall: float | None = None) -> None:
        look = Look(
            at,
            WALL + at if wall is None else wall,
            lambda: {"battery_voltage": values},
            lambda: {"battery_voltage": values - 1},
        )
        self.journal.look(
            PACK, [Sighting(alarm, lambda: f"{values} V") for alarm in seen], look, lambda _: True
        )
        self.changes += self.journal.take()

    def tick(self, at: float) -> None:
        self.journal.tick(at)
        self.changes += self.journal.take()

    def told(self) -> list[tuple[str, str]]:
        return [(change.kind, change.entry.alarm.name) for change in self.changes]


def test_an_alarm_comes_once_and_goes_once_with_what_was_measured() -> None:
    diary = Diary()
    for at in range(30):
        diary.look(at, COLD, values=at)
    for at in range(30, 100):
        diary.look(at, values=at)
    assert diary.told() == [(CAME, COLD.name), (WENT, COLD.name)]
    entry = diary.changes[-1].entry
    assert (entry.came - WALL, entry.seen - WALL, (entry.went or 0) - WALL) == (0, 29, 30)
    assert (entry.before, entry.during, entry.after) == (
        {"battery_voltage": -1},
        {"battery_voltage": 0},
        {"battery_voltage": 30},
    )
    assert entry.message == "One: too cold to charge; 0 V; warm the cells"
    assert diary.journal.standing == []


def test_an_alarm_that_does_not_stay_never_came() -> None:
    diary = Diary()
    for at in range(9):
        diary.look(at, COLD)
    diary.look(9)
    assert diary.told() == []
    assert diary.journal.unsaved() == []


def test_a_single_report_is_not_believed_however_little_patience_there_is() -> None:
    journal = Journal(lambda alarm: Patience(0.0, 0.0))
    look = Look(0.0, WALL)
    journal.look(PACK, [Sighting(COLD)], look, lambda _: True)
    assert journal.take() == []
    journal.look(PACK, [Sighting(COLD)], look._replace(at=1.0), lambda _: True)
    assert [change.kind for change in journal.take()] == [CAME]


def test_two_reports_far_apart_are_no_stay() -> None:
    diary = Diary()
    diary.look(0, COLD)
    diary.look(1000, COLD)
    assert diary.told() == []


def test_an_alarm_that_returns_soon_is_the_same_one() -> None:
    diary = Diary()
    for at in range(20):
        diary.look(at, COLD)
    diary.look(20)
    diary.look(60, COLD)
    assert diary.told() == [(CAME, COLD.name)]
    (entry,) = diary.journal.standing
    assert (entry.count, entry.fell, entry.after) == (2, None, {})


def test_an_alarm_that_flaps_for_a_day_fills_few_entries() -> None:
    diary = Diary()
    for at in range(86400):
        diary.look(at, *([COLD] if at % 300 < 100 else []))
    assert len(diary.told()) < 10
    assert sum(change.entry.count for change in diary.changes if change.kind == WENT) <= 288
    (entry,) = diary.journal.standing
    assert entry.count > 200


def test_a_flapping_alarm_goes_within_the_hour() -> None:
    diary = Diary()
    for at in range(86400):
        diary.look(at, *([COLD] if at < 80000 and at % 300 < 100 else []))
    assert diary.journal.standing == []
    assert (diary.changes[-1].entry.went or 0) < WALL + 80000


def test_what_is_not_looked_at_keeps_standing() -> None:
    diary = Diary()
    for at in range(20):
        diary.look(at, COLD)
    diary.tick(5000)
    assert len(diary.journal.standing) == 1
    diary.look(5000)
    diary.tick(5060)
    assert diary.told() == [(CAME, COLD.name), (WENT, COLD.name)]
    assert diary.changes[-1].entry.unwatched
    assert diary.changes[-1].entry.went == WALL + 5000


def test_what_went_under_our_eyes_is_not_unwatched() -> None:
    diary = Diary()
    for at in range(0, 200, 60):
        diary.look(at, COLD)
    diary.look(240)
    diary.tick(300)
    assert diary.told()[-1] == (WENT, COLD.name)
    assert not diary.changes[-1].entry.unwatched


def test_what_went_while_we_were_off_says_so() -> None:
    diary = Diary()
    for at in range(20):
        diary.look(at, COLD)
    later = Diary(tuple(diary.journal.standing))
    later.look(5, wall=WALL + 500)
    later.tick(65)
    assert later.told() == [(WENT, COLD.name)]
    entry = later.changes[0].entry
    assert (entry.id, entry.unwatched, entry.seen, entry.went) == (1, True, WALL + 19, WALL + 500)


def test_what_stood_before_the_restart_and_still_stands_is_the_same() -> None:
    diary = Diary()
    for at in range(20):
        diary.look(at, COLD)
    later = Diary(tuple(diary.journal.standing))
    for at in range(20):
        later.look(at, COLD, wall=WALL + 500 + at)
    assert later.told() == []
    assert [(entry.id, entry.count) for entry in later.journal.standing] == [(1, 1)]


def test_what_fell_before_the_restart_went_when_it_fell() -> None:
    diary = Diary()
    for at in range(20):
        diary.look(at, COLD)
    diary.look(20)
    later = Diary(tuple(diary.journal.standing))
    later.look(1, wall=WALL + 500)
    later.look(61, wall=WALL + 560)
    assert later.told() == [(WENT, COLD.name)]
    assert later.changes[0].entry.went == WALL + 20
    assert not later.changes[0].entry.unwatched


def test_a_clock_that_jumps_back_makes_no_alarm_go_before_it_came() -> None:
    diary = Diary()
    for at in range(20):
        diary.look(at, COLD)
    diary.look(20, wall=WALL - 1e6)
    diary.tick(100)
    entry = diary.changes[-1].entry
    assert entry.went == entry.came == WALL


def test_who_takes_note_first_is_remembered() -> None:
    diary = Diary()
    for at in range(20):
        diary.look(at, COLD)
    assert diary.journal.acknowledge(7, "anna", WALL) is None
    first = diary.journal.acknowledge(1, "anna", WALL + 5)
    second = diary.journal.acknowledge(1, "otto", WALL + 9)
    assert first is not None and second is not None
    assert (second.acknowledged, second.acknowledged_by) == (WALL + 5, "anna")
    assert [change.kind for change in diary.journal.take()] == ["acknowledged"]


def test_what_is_closed_by_hand_comes_again_while_it_is_seen() -> None:
    diary = Diary()
    for at in range(20):
        diary.look(at, COLD)
    closed = diary.journal.close(1, "anna", WALL + 30)
    assert closed is not None and closed.closed_by == "anna" and closed.went == WALL + 30
    for at in range(31, 50):
        diary.look(at, COLD)
    assert diary.told() == [(CAME, COLD.name), (WENT, COLD.name), (CAME, COLD.name)]
    assert [entry.id for entry in diary.journal.standing] == [2]


def test_the_worst_stands_first() -> None:
    diary = Diary()
    for at in range(20):
        diary.look(at, FULL, ALARMS[0], ALARMS[16], HOT)
    severities = [entry.alarm.severity for entry in diary.journal.standing]
    assert severities == sorted(severities, reverse=True)


def test_something_that_happened_is_noted_and_over() -> None:
    journal = Journal(patience)
    entry = journal.happened(PACK, Sighting(COLD, lambda: "once"), Look(5.0, WALL))
    assert (entry.id, entry.came, entry.went) == (1, WALL, WALL)
    assert journal.standing == []
    assert [change.kind for change in journal.take()] == [CAME]
    assert journal.unsaved() == [entry]


def test_an_entry_is_read_again_as_it_was_kept() -> None:
    diary = Diary()
    for at in range(20):
        diary.look(at, COLD, values=50.0)
    diary.journal.acknowledge(1, "anna", WALL)
    (entry,) = diary.journal.standing
    assert restored(entry.kept()) == entry
    older = {name: value for name, value in entry.kept().items() if name not in ("count", "closed_by")}
    assert restored({**older, "unknown": 1}) == entry
    assert entry.public()["severity"] == "protection"
    assert entry.public()["pack"] == "One"


# What hypothesis is asked: a few bits, steps of a few seconds, now and then a restart.
BITS = [COLD, HOT, FULL]
STEP = st.tuples(
    st.floats(0.1, 45.0), st.sets(st.sampled_from(BITS)), st.sampled_from(["", "", "", "", "crash", "stop"])
)


class World:
    """Bits that are looked at, and a journal that is restarted at random: stopped, or killed."""

    def __init__(self, file: Path) -> None:
        self.changes: list[Change] = []
        self.at = 0.0
        self._file = file
        self._begin()

    def _begin(self) -> None:
        self.store = Store(self._file)
        known = self.store.load()
        self.journal = Journal(patience, known.standing, known.next_id)

    def step(self, seconds: float, seen: set[Alarm], end: str) -> None:
        self.at += seconds
        look = Look(self.at, WALL + self.at)
        self.journal.look(PACK, [Sighting(alarm) for alarm in seen], look, lambda _: True)
        self.journal.tick(self.at)
        news = self.journal.take()
        self.changes += news
        if news or end == "stop":
            self.store.put(self.journal.unsaved(all_standing=end == "stop"), {})
            self.store.save()
        if end:
            self.store.close()
            self._begin()

    def stands(self, alarm: Alarm) -> int:
        """How many entries of an alarm stand, in memory; on disk there are as many."""
        on_disk = [e.id for e in self.store.entries(1000, standing=True) if e.alarm == alarm]
        standing = [e.id for e in self.journal.standing if e.alarm == alarm]
        assert on_disk == standing
        return len(standing)


@given(st.lists(STEP, max_size=100))
@settings(max_examples=150, deadline=None)
def test_whatever_the_bits_do_and_whenever_we_restart(steps: list[tuple[float, set[Alarm], str]]) -> None:
    with TemporaryDirectory() as folder:
        world = World(Path(folder) / "alarms.sqlite")
        since: dict[str, float] = {}  # since when each bit is seen in this run
        for seconds, seen, end in steps:
            world.step(seconds, seen, end)
            since = {alarm.name: since.get(alarm.name, world.at) for alarm in seen}
            for alarm in BITS:
                stayed = alarm.name in since and world.at - since[alarm.name] >= 10.0
                assert world.stands(alarm) <= 1
                assert world.stands(alarm) == 1 or not stayed, "what stays long enough has an entry"
            since = {} if end else since
        check(world)
        world.store.close()


def check(world: World) -> None:
    """Every entry came once, went once at most, and stood for long enough."""
    came = Counter(change.entry.id for change in world.changes if change.kind == CAME)
    went = Counter(change.entry.id for change in world.changes if change.kind == WENT)
    entries = world.store.entries(10000)
    assert set(came.values()) <= {1} >= set(went.values())
    assert set(came) == {entry.id for entry in entries}
    assert set(went) == {entry.id for entry in entries if not entry.stands}
    for entry in entries:
        assert entry.came <= entry.seen
        assert entry.went is None or (entry.seen <= entry.went and entry.went - entry.came >= 10.0)


@given(st.lists(st.tuples(st.floats(0.1, 400.0), st.floats(-1e5, 1e5), st.booleans()), max_size=80))
@settings(max_examples=200, deadline=None)
def test_no_clock_makes_an_entry_that_ends_before_it_begins(steps: list[tuple[float, float, bool]]) -> None:
    diary, at = Diary(), 0.0
    for seconds, off, seen in steps:
        at += seconds
        diary.look(at, *([COLD] if seen else []), wall=WALL + at + off)
    for entry in (*(change.entry for change in diary.changes), *diary.journal.standing):
        assert entry.came <= entry.seen
        assert entry.went is None or entry.came <= entry.went
