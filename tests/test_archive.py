"""What can be asked about the past: of a gateway that runs, and of its files where none does."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jkbus.alarms import Alarms, pack_subject
from jkbus.alarms.findings import PACK_GONE, PACK_SILENT, SHARE_WRONG
from jkbus.app import archive_for
from jkbus.config import AlarmsConfig, BusConfig, Config, HistoryConfig, PackConfig, SecretUrl, WebConfig
from jkbus.control.local import AtHand
from jkbus.history.store import Sample, Store
from jkbus.history.whole import Whole
from jkbus.model.battery import Battery
from jkbus.model.identity import Identities
from remembering import DAY, HOUR, NOON, keep, settle, steady
from remembering import settings as settings_of

GARAGE, BARN = pack_subject("garage", "Garage left"), pack_subject("barn", "Barn")
BERLIN = "Europe/Berlin"


def config(state: Path) -> Config:
    """A configuration whose link cannot be opened, so that whoever tried would be seen."""
    packs = (PackConfig(name="Garage left", address=1), PackConfig(name="Barn", address=2))
    bus = BusConfig(link=SecretUrl("/dev/there-is-none"), name="bus1", packs=packs)
    return Config(buses=(bus,), state=state, web=WebConfig(enabled=False))


def remember(state: Path) -> None:
    """Two days of two packs that charge with 520 W and 260 W, the first of them sealed."""
    store = Store(state / "history.sqlite")
    for key, name, amperes in (("garage", "Garage left", 10.0), ("barn", "Barn", 5.0)):
        keep(store, steady(30, NOON - DAY, NOON + 60, key=key, amperes=amperes))
        store.write([Sample(key, NOON * 1000, settings_of(design_capacity=280.0))], {key: name})
    whole = Whole.blank()
    whole.power = 780.0
    store.write([Sample("battery", NOON * 1000, bytes(whole.sealed()))])
    settle(store, NOON)
    store.close()


def alarm(state: Path) -> None:
    """A journal as a gateway leaves it: two alarms that stand, one that went."""
    clock = count(0.0, 60.0)
    battery = Battery(Identities([], {}))
    alarms = Alarms(battery, [], AlarmsConfig(), state, lambda: next(clock), lambda: NOON)
    alarms.start()
    alarms.happened(GARAGE, SHARE_WRONG, "it took 3 %")
    for _ in range(2):
        alarms.found(BARN, PACK_SILENT, "address 2 on bus1 does not answer")
    for _ in range(2):
        alarms.found(BARN, PACK_GONE)
    alarms.stop()


@pytest.fixture
def state(tmp_path: Path) -> Path:
    remember(tmp_path)
    alarm(tmp_path)
    return tmp_path


async def ask(state: Path, do: str, **request: Any) -> dict[str, Any]:
    """The one object of an answer; it is plain JSON."""
    async with archive_for(config(state), lambda: NOON + 60.0) as archive:
        assert isinstance(archive, AtHand)
        (answer,) = [each async for each in archive.ask({"do": do, **request})]
    return dict(json.loads(json.dumps(answer)))


async def test_the_files_tell_who_has_a_past_and_which_values(state: Path) -> None:
    sources = (await ask(state, "history"))["sources"]
    assert [(source["key"], source["name"]) for source in sources] == [
        ("barn", "Barn"),
        ("battery", "battery"),
        ("garage", "Garage left"),
    ]
    assert sources[0]["last"] == NOON + 30
    names = (await ask(state, "names", key="garage"))["names"]
    assert {"battery_voltage", "cell_voltage_16", "power", "charge_current_limit"} <= set(names)
    assert "packs_heard" in (await ask(state, "names", key="battery"))["names"]


async def test_a_curve_is_as_fine_as_its_points_allow(state: Path) -> None:
    asked = {"key": "garage", "name": "power", "start": NOON - HOUR, "end": NOON}
    for points, level, step in ((500, "raw", 0.0), (60, "minute", 60.0), (1, "hour", 3600.0)):
        curve = (await ask(state, "curve", **asked, points=points))["curve"]
        assert (curve["level"], curve["step"], curve["unit"]) == (level, step, "W")
        assert len(curve["times"]) == len(curve["low"]) == len(curve["mean"]) == min(points, 120)
        assert set(curve["mean"]) == {520.0}
    whole = (await ask(state, "curve", key="battery", name="power", start=NOON, end=NOON + 60))["curve"]
    assert whole["mean"] == [780.0]


async def test_energy_is_told_by_the_clocks_of_a_zone(state: Path) -> None:
    asked = {"key": "battery", "start": NOON - DAY, "end": NOON + HOUR}
    days = (await ask(state, "energy", **asked, by="day", zone=BERLIN))["rows"]
    assert [(day["start"] + 2 * HOUR) % DAY for day in days] == [0, 0]
    assert sum(day["charged"] for day in days) == pytest.approx(24 * 0.78, rel=0.01)
    assert {day["discharged"] for day in days} == {0.0}
    hours = (await ask(state, "energy", **asked, by="hour"))["rows"]
    assert len(hours) in (25, 26)
    assert hours[3]["charged"] == pytest.approx(0.78)
    assert hours[3]["known"] == 3600.0


async def test_health_comes_from_a_process_of_its_own(state: Path) -> None:
    found = await ask(state, "health", packs=["Barn"])
    assert (found["at"], found["battery"]) == (NOON + 60, [])
    (barn,) = found["packs"]
    assert (barn["key"], barn["name"]) == ("barn", "Barn")
    assert barn["findings"][0].keys() == {"kind", "topic", "subject", "sentence", "todo"}
    assert [pack["name"] for pack in (await ask(state, "health"))["packs"]] == ["Barn", "Garage left"]
    assert (await ask(state, "health", packs=["battery"]))["packs"] == []


async def test_alarms_are_told_the_newest_first_and_those_that_stand_the_worst(state: Path) -> None:
    entries = (await ask(state, "alarms"))["entries"]
    assert [entry["alarm"] for entry in entries] == ["pack_gone", "pack_silent", "current_share_wrong"]
    assert entries[1]["message"].startswith("Barn: pack is silent; address 2 on bus1 does not answer")
    assert [entry["id"] for entry in (await ask(state, "alarms", count=1))["entries"]] == [3]
    standing = (await ask(state, "alarms", standing=True))["entries"]
    assert [entry["severity"] for entry in standing] == ["fault", "warning"]
    mine = (await ask(state, "alarms", packs=["Garage left"]))["entries"]
    assert [entry["alarm"] for entry in mine] == ["current_share_wrong"]
    assert (await ask(state, "alarms", packs=["garage"], standing=True))["entries"] == []


async def test_alarms_are_acknowledged_and_closed_in_the_file(state: Path) -> None:
    who = {"via": "command line", "user": "pi"}
    assert await ask(state, "acknowledge", ids=[1, 2], who=who) == {"acknowledged": [1, 2]}
    assert await ask(state, "close", ids=[2], who=who) == {"closed": [2]}
    by_id = {entry["id"]: entry for entry in (await ask(state, "alarms"))["entries"]}
    assert by_id[1]["acknowledged_by"] == by_id[2]["closed_by"] == "pi (command line)"
    assert by_id[2]["went"] is not None
    again = await ask(state, "close", ids=[2])
    assert again["error"].startswith("no alarm 2 stands")


@pytest.mark.parametrize(
    ("do", "request_", "sentence"),
    [
        ("curve", {}, "start: unix seconds are expected"),
        ("curve", {"key": 1, "start": 0, "end": 1}, "key: a name is expected"),
        ("curve", {"key": "garage", "start": 0, "end": 1}, "name: a name is expected"),
        ("curve", {"key": "garage", "name": "power", "start": 5, "end": 5}, "the end must be later"),
        ("curve", {"key": "garage", "name": "powr", "start": 0, "end": 5}, "did you mean power?"),
        ("curve", {"key": "garag", "name": "power", "start": 0, "end": 5}, "did you mean garage?"),
        ("curve", {"key": "g", "name": "p", "start": 0, "end": 5, "points": 0}, "points: a number from 1"),
        ("curve", {"key": "g", "name": "p", "start": 0, "end": 5, "points": 10**9}, "points: a number"),
        ("curve", {"key": "g", "name": "p", "start": float("nan"), "end": 5}, "start: unix seconds"),
        ("energy", {"key": "garage", "start": 0, "end": 1, "by": "week"}, "by: one of day, hour, month"),
        ("energy", {"key": "garage", "start": 0, "end": 1, "zone": "Mars/X"}, "no time zone 'Mars/X'"),
        ("energy", {"key": "garage", "start": 0, "end": 1, "zone": "../x"}, "no time zone '../x'"),
        ("energy", {"key": "garage", "start": 0, "end": 1, "zone": "Europe"}, "no time zone 'Europe'"),
        ("names", {}, "key: a name is expected"),
        ("health", {"packs": "Barn"}, "packs: a list of names is expected"),
        ("alarms", {"count": True}, "count: a number from 1"),
        ("alarms", {"packs": ["Bran"]}, "nothing is known of 'Bran'; did you mean Barn?"),
        ("acknowledge", {}, "ids: a list of numbers is expected"),
        ("acknowledge", {"ids": [10**30]}, "ids: a list of numbers is expected"),
        ("acknowledge", {"ids": [77]}, "there is no alarm 77"),
        ("close", {"ids": [1], "who": 3}, "who: an object is expected"),
        ("packs", {}, "a request says what to do: one of history, names, curve"),
    ],
)
async def test_what_cannot_be_asked_is_answered_with_a_sentence(
    state: Path, do: str, request_: dict[str, Any], sentence: str
) -> None:
    answer = await ask(state, do, **request_)
    assert sentence in answer["error"]


ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
KEYS = ("key", "name", "start", "end", "points", "by", "zone", "count", "standing", "packs", "ids", "who")


@settings(max_examples=150)
@given(
    st.sampled_from(["history", "names", "curve", "energy", "alarms", "acknowledge", "close"]),
    st.dictionaries(st.sampled_from(KEYS), ANYTHING),
)
def test_whatever_is_asked_is_answered(
    tmp_path_factory: pytest.TempPathFactory, do: str, request_: dict[str, Any]
) -> None:
    folder = tmp_path_factory.getbasetemp() / "asked"
    if not folder.exists():
        folder.mkdir()
        remember(folder)
        alarm(folder)
    answer = asyncio.run(ask(folder, do, **request_))
    assert "could not be carried out" not in answer.get("error", "")


def test_without_any_file_it_is_said_when_they_begin_and_none_is_made(tmp_path: Path) -> None:
    for do, more in (
        ("history", {}),
        ("curve", {"key": "a", "name": "power", "start": 0, "end": 1}),
        ("health", {}),
        ("alarms", {}),
    ):
        assert "when the gateway runs" in asyncio.run(ask(tmp_path, do, **more))["error"], do
    assert list(tmp_path.iterdir()) == []


async def test_a_history_that_is_turned_off_is_told_and_an_old_one_can_be_read(
    tmp_path: Path,
) -> None:
    off = config(tmp_path).model_copy(update={"history": HistoryConfig(enabled=False)})
    for do in ("history", "health"):
        async with archive_for(off) as archive:
            (answer,) = [each async for each in archive.ask({"do": do})]
        assert answer["error"].startswith("there is no history: history: has enabled: false")
    remember(tmp_path)
    async with archive_for(off) as archive:
        (answer,) = [each async for each in archive.ask({"do": "history"})]
    assert len(answer["sources"]) == 3


async def test_a_journal_that_cannot_be_read_is_not_told_to_be_empty(state: Path) -> None:
    with closing(sqlite3.connect(state / "alarms.sqlite")) as db:
        db.execute("PRAGMA user_version = 99")
    for do, more in (("alarms", {}), ("alarms", {"standing": True}), ("acknowledge", {"ids": [1]})):
        assert "alarms.sqlite: cannot be read" in (await ask(state, do, **more))["error"]


async def test_a_change_that_is_not_written_is_not_told_to_be_made(state: Path) -> None:
    with closing(sqlite3.connect(state / "alarms.sqlite")) as db:
        db.execute("CREATE TRIGGER full BEFORE INSERT ON entry BEGIN SELECT raise(ABORT, 'full'); END")
    assert "alarms.sqlite: cannot be written" in (await ask(state, "acknowledge", ids=[1]))["error"]


@asynccontextmanager
async def reported(state: Path) -> AsyncIterator[Store]:
    """A history that is being written to meanwhile."""
    store = Store(state / "history.sqlite")
    samples = steady(1, NOON + 60, NOON + 1800, key="one")
    writing = asyncio.create_task(asyncio.to_thread(keep, store, samples, 20))
    yield store
    await writing
    store.close()


async def test_files_can_be_read_while_somebody_writes(state: Path) -> None:
    async with reported(state):
        for _ in range(5):
            curve = await ask(state, "curve", key="garage", name="power", start=NOON - HOUR, end=NOON)
            assert len(curve["curve"]["times"]) == 120
