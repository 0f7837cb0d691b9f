"""The routes that plan and change: the same checks as on the command line, and nothing that cannot be."""

import asyncio
import os
import re
from pathlib import Path
from typing import Any

import pytest

from controlling import Bench, config, hurry, three
from jkbus.config import PackConfig
from jkbus.errors import UsageError
from jkbus.web import profiles
from visiting import Visit, visiting

OVP = "cell_overvoltage_protection_voltage"


def visit(state: Path, look: Any, **options: Any) -> None:
    async def work() -> None:
        async with visiting(three(), state, **options) as (visit, bench):
            await look(visit, bench)

    hurry(work())


def test_a_plan_is_shown_and_carried_out_line_by_line(tmp_path: Path) -> None:
    async def look(visit: Visit, bench: Bench) -> None:
        planned = (await visit.post("/api/plan", packs=["a", "b"], wishes={OVP: "3.60 V"})).json
        assert bench.tapped.writes == []
        assert [plan["steps"][0]["changes"][0]["new_text"] for plan in planned["plans"]] == ["3.600 V"] * 2
        answer = await visit.post("/api/apply", plans=planned["plans"])
        assert answer.headers["content-type"].startswith("application/x-ndjson")
        *results, end = answer.lines
        assert [one["result"]["pack"] for one in results] == ["a", "b"]
        assert (end["end"]["ok"], end["end"]["message"]) == (True, "2 of 2 writes are done")
        assert [bench.pack(n).settings.cell_overvoltage_protection_voltage for n in (1, 2)] == [3.6, 3.6]
        log = (await visit.get("/api/log")).json["entries"]
        assert {entry["who"]["via"] for entry in log} == {"web"}

    visit(tmp_path, look)


def test_a_change_goes_on_when_whoever_asked_for_it_hangs_up(tmp_path: Path) -> None:
    async def look(visit: Visit, bench: Bench) -> None:
        planned = (await visit.post("/api/plan", packs=["all"], wishes={OVP: 3.6})).json
        answer = await visit.post("/api/apply", hang_up_after=1, plans=planned["plans"])
        assert len(answer.lines) < 4
        await asyncio.sleep(60)
        assert [bench.pack(n).settings.cell_overvoltage_protection_voltage for n in (1, 2, 3)] == [3.6] * 3

    visit(tmp_path, look)


def test_what_switches_a_house_off_needs_its_word(tmp_path: Path) -> None:
    async def look(visit: Visit, bench: Bench) -> None:
        planned = (await visit.post("/api/plan", packs=["a"], wishes={"discharge_enabled": False})).json
        assert planned["plans"][0]["word"] == "off"
        assert any("goes dark at once" in warning for warning in planned["plans"][0]["warnings"])
        refused = await visit.post("/api/apply", plans=planned["plans"])
        assert (refused.status, bench.tapped.writes) == (400, [])
        assert "this needs the word off" in refused.json["error"]
        assert (await visit.post("/api/apply", plans=planned["plans"], word="off")).lines[-1]["end"]["ok"]

    visit(tmp_path, look)


def test_a_plan_that_is_not_what_was_shown_is_refused(tmp_path: Path) -> None:
    async def look(visit: Visit, bench: Bench) -> None:
        (plan,) = (await visit.post("/api/plan", packs=["a"], wishes={OVP: 3.6})).json["plans"]
        forged = {**plan, "wishes": {"discharge_enabled": False}}
        answer = await visit.post("/api/apply", plans=[forged])
        assert (answer.status, bench.tapped.writes) == (409, [])

    visit(tmp_path, look)


@pytest.mark.parametrize(
    ("path", "body", "sentence"),
    [
        ("plan", {"packs": ["d"], "wishes": {OVP: 3.6}}, "there is no pack 'd'"),
        ("plan", {"packs": ["a"], "wishes": {OVP: 55.2}}, "did you mean the pack?"),
        ("plan", {"packs": ["a"], "wishes": {"ovp": 3.6}}, f"did you mean {OVP}?"),
        ("plan", {"packs": "a", "wishes": {}}, "packs: a list is expected"),
        ("plan", {"packs": ["a"], "wishes": {OVP: [3.6]}}, "wishes"),
        ("plan", {"packs": ["a"], "wishes": {}, "eich": {}}, "eich: this is not known here"),
        ("action", {"packs": ["a"], "action": "explode"}, "explode"),
        ("apply", {"plans": [{}]}, "this is no plan"),
        ("profile", {"text": "settings: {charge_enabled: perhaps}", "packs": ["a"]}, "neither on nor off"),
        ("profile", {"text": "settings: [", "packs": ["a"]}, "the profile"),
    ],
)
def test_what_is_wrong_is_a_sentence(tmp_path: Path, path: str, body: dict[str, Any], sentence: str) -> None:
    async def look(visit: Visit, bench: Bench) -> None:
        answer = await visit.post(f"/api/{path}", **body)
        assert (answer.status, answer.json["asked_wrong"], bench.tapped.writes) == (400, True, [])
        assert sentence in answer.json["error"]

    visit(tmp_path, look)


def test_a_pack_that_may_not_be_written_to_says_why(tmp_path: Path) -> None:
    async def look(visit: Visit, bench: Bench) -> None:
        answer = await visit.post("/api/plan", packs=["a"], wishes={OVP: 3.6})
        assert answer.status in (400, 409)
        assert "changes are switched off; add writes: true to the bus bus1" in answer.json["error"]

    visit(tmp_path, look, given=config(tmp_path, writes=False, listen=0.1))


def test_an_action_is_planned(tmp_path: Path) -> None:
    async def look(visit: Visit, bench: Bench) -> None:
        planned = (await visit.post("/api/action", packs=["a"], action="set_clock")).json
        assert planned["plans"][0]["steps"][0]["action"] == "set_clock"

    visit(tmp_path, look)


def test_a_profile_that_was_written_is_what_the_pack_is_set_to(tmp_path: Path) -> None:
    async def look(visit: Visit, bench: Bench) -> None:
        answer = await visit.get("/api/packs/b/profile")
        assert answer.headers["content-type"].startswith("text/yaml")
        text = answer.body.decode()
        assert f"{OVP}: {bench.pack(2).settings.cell_overvoltage_protection_voltage:.3f} V\n" in text
        planned = (await visit.post("/api/profile", text=text, packs=["b"])).json
        assert [plan["steps"] for plan in planned["plans"]] == [[]]
        other = re.sub(rf"{OVP}: .*", f"{OVP}: 3.600 V", text)
        (plan,) = (await visit.post("/api/profile", text=other, packs=["b"])).json["plans"]
        assert [change["name"] for step in plan["steps"] for change in step["changes"]] == [OVP]
        assert (await visit.get("/api/packs/d/profile")).status == 404

    visit(tmp_path, look)


def test_a_profile_for_a_pack_with_a_slip_in_its_name_is_refused(tmp_path: Path) -> None:
    async def look(visit: Visit, bench: Bench) -> None:
        text = "settings: {charge_enabled: on}\npacks: {Garagge: {charge_current_limit: 50 A}}\n"
        answer = await visit.post("/api/profile", text=text, packs=["Garage"])
        assert answer.status == 400 and "did you mean Garage?" in answer.json["error"]

    packs = [PackConfig(name=name, address=n) for n, name in enumerate(("Garage", "Barn", "Attic"), 1)]
    visit(tmp_path, look, given=config(tmp_path, *packs, listen=0.1))


@pytest.mark.parametrize(
    "text",
    [
        "settings: !include /etc/hostname",
        "settings: {charge_enabled: !env_var HOME}",
        "settings: {charge_enabled: !secret mqtt}",
        "packs: {? !include secrets.yaml : {}}",
        "packs: &x {a: {charge_enabled: !<!include> /etc/hostname}, b: *x}",
        "a: &a [*a, !include /etc/hostname]",
    ],
)
def test_a_profile_that_was_sent_inserts_nothing_of_this_computer(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        profiles.read(text)
    told = str(refused.value)
    assert "/tmp" not in told and os.uname().nodename not in told


@pytest.mark.parametrize("text", ["", "\0", "\ud800: x", "[" * 60_000, "a: b: c", "- 1", "&a [*a]", "x"])
def test_a_profile_may_be_any_text(text: str) -> None:
    with pytest.raises(UsageError, match="the profile"):
        profiles.read(text)
