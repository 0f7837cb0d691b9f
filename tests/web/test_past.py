"""The routes that tell what was."""

import asyncio
import csv
import io
import time
from collections.abc import Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from controlling import hurry, three
from jkbus.alarms import pack_subject
from jkbus.alarms.findings import SHARE_WRONG
from jkbus.history.store import Sample, Store
from jkbus.web.sheet import sheet
from remembering import HOUR, NOON, keep, settings, settle, steady
from visiting import Visit, visiting

SPAN: dict[str, Any] = {"start": NOON - HOUR, "end": NOON}


def remember(folder: Path, until: float) -> Path:
    """Let pack a have charged with 520 W for two hours."""
    store = Store(folder / "history.sqlite")
    keep(store, steady(30, until - 2 * HOUR, until, key="a", amperes=10.0))
    store.write([Sample("a", round(until * 1000) - 1000, settings(design_capacity=280.0))], {"a": "a"})
    settle(store, until)
    store.close()
    return folder


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A folder with a past."""
    return remember(tmp_path, NOON)


def visit(state: Path, look: Any) -> None:
    async def work() -> None:
        async with visiting(three(), state) as (visit, _):
            await look(visit)

    work_: Coroutine[Any, Any, None] = work()
    hurry(work_)


def test_the_history_tells_who_has_a_past_and_which_values(state: Path) -> None:
    async def look(visit: Visit) -> None:
        sources = (await visit.get("/api/history")).json["sources"]
        assert "a" in [source["key"] for source in sources]
        names = (await visit.get("/api/history/names", key="a")).json["names"]
        assert {"power", "cell_voltage_1", "charge_current_limit"} <= set(names)

    visit(state, look)


def test_a_curve_and_the_energy_of_a_pack_are_told(state: Path) -> None:
    async def look(visit: Visit) -> None:
        curve = (await visit.get("/api/history/curve", key="a", name="power", **SPAN, points=60)).json[
            "curve"
        ]
        assert (curve["level"], curve["unit"], set(curve["mean"])) == ("minute", "W", {520.0})
        rows = (await visit.get("/api/history/energy", key="a", by="hour", zone="UTC", **SPAN)).json["rows"]
        assert rows[0]["charged"] == pytest.approx(0.52, rel=0.01)

    visit(state, look)


@pytest.mark.parametrize(
    ("path", "asked", "sentence"),
    [
        ("curve", {"key": "a", "name": "powr", **SPAN}, "did you mean power?"),
        ("curve", {"key": "z", "name": "power", **SPAN}, "a"),
        ("curve", {"key": "a", "name": "power", "start": NOON, "end": NOON}, "the end must be later"),
        ("curve", {"key": "a", "name": "power", "start": "nan", "end": NOON}, "start: a number is expected"),
        ("curve", {"key": "a", "name": "power", **SPAN, "points": 0}, "points: 1 or more is expected"),
        ("energy", {"key": "a", **SPAN, "zone": "Mars/X"}, "no time zone 'Mars/X'"),
        ("csv", {"series": "power", **SPAN}, "series: key:name is expected"),
        ("csv", {**SPAN}, "series: this is missing"),
    ],
)
def test_what_cannot_be_told_is_a_sentence(
    state: Path, path: str, asked: dict[str, Any], sentence: str
) -> None:
    async def look(visit: Visit) -> None:
        answer = await visit.get(f"/api/history/{path}", **asked)
        assert answer.status in (400, 409) and sentence in answer.json["error"]

    visit(state, look)


def test_what_a_chart_shows_comes_as_a_table(state: Path) -> None:
    async def look(visit: Visit) -> None:
        answer = await visit.get(
            "/api/history/csv", series=["a:power", "a:cell_voltage_1", "a:state_of_charge"], **SPAN, points=30
        )
        assert answer.headers["content-type"].startswith("text/csv")
        assert answer.headers["content-disposition"].startswith("attachment; filename=")
        lines = list(csv.reader(io.StringIO(answer.body.decode())))
        assert lines[0] == ["time", "unix", "a power (W)", "a cell_voltage_1 (V)", "a state_of_charge (%)"]
        assert len(lines) == 31 and {line[2] for line in lines[1:]} == {"520"}
        for line in lines[1:]:
            assert datetime.fromisoformat(line[0]).timestamp() == float(line[1])

    visit(state, look)


def test_a_curve_without_a_point_at_a_time_leaves_its_column_empty() -> None:
    one = {"unit": "A", "times": [1.0, 2.5], "mean": [-3.25, None]}
    other = {"unit": "", "times": [2.5, 3.0], "mean": [1e-9, 4000000.0]}
    lines = b"".join(sheet([("x", one), ("y", other)])).decode().splitlines()
    assert lines[0] == "time,unix,x (A),y"
    assert [line.split(",", 1)[1] for line in lines[1:]] == ["1,-3.25,", "2.5,,0", "3,,4000000"]


async def test_health_is_told_of_the_packs_that_are_asked_for(tmp_path: Path) -> None:
    """In real time: another process finds out, which virtual time would not wait for."""
    remember(tmp_path, time.time())
    async with visiting(three(), tmp_path, after=0.1) as (visit, _):
        health = (await visit.get("/api/health", packs=["a"])).json
        assert [pack["key"] for pack in health["packs"]] == ["a"]
        assert (await visit.get("/api/health", packs=["zz"])).status == 400


def test_alarms_are_told_taken_note_of_and_ended(state: Path) -> None:
    async def look(visit: Visit) -> None:
        for _ in range(2):
            visit.shown.alarms.found(pack_subject("a", "a"), SHARE_WRONG, "it took 3 %")
            await asyncio.sleep(1)
        (entry,) = (await visit.get("/api/alarms", standing=True, packs=["a"])).json["entries"]
        assert (entry["alarm"], entry["acknowledged"]) == (SHARE_WRONG.name, None)
        noted = await visit.post("/api/alarms/acknowledge", ids=[entry["id"]])
        assert noted.json == {"acknowledged": [entry["id"]]}
        assert (await visit.get("/api/packs/a")).json["recent"][0]["acknowledged_by"] == "web"
        assert (await visit.post("/api/alarms/close", ids=[entry["id"]])).json == {"closed": [entry["id"]]}
        assert (await visit.get("/api/alarms", standing=True)).json["entries"] == []
        again = await visit.post("/api/alarms/close", ids=[entry["id"]])
        assert (again.status, again.json["asked_wrong"]) == (400, True)

    visit(state, look)


def test_a_body_that_is_no_list_of_numbers_is_refused(state: Path) -> None:
    async def look(visit: Visit) -> None:
        for body in ({"ids": [-1]}, {"ids": ["x"]}, {}, {"ids": [], "more": 1}, {"ids": [1 << 62]}):
            answer = await visit.post("/api/alarms/close", **body)
            assert answer.status == 400 and "error" in answer.json

    visit(state, look)
