"""The routes that tell what is now."""

import asyncio
from pathlib import Path

from controlling import config, hurry, three
from jkbus.model.pack import GONE
from visiting import visiting


def test_the_battery_and_its_packs_are_told_as_they_are(tmp_path: Path) -> None:
    async def look() -> None:
        async with visiting(three(), tmp_path) as (visit, _):
            battery = (await visit.get("/api/battery")).json
            assert (battery["packs"], battery["heard"]) == (3, 3)
            packs = (await visit.get("/api/packs")).json["packs"]
            assert [(pack["key"], pack["role"], pack["settable"]) for pack in packs] == [
                ("a", "slave", True),
                ("b", "slave", True),
                ("c", "slave", True),
            ]
            assert battery["power"] == round(sum(pack["values"]["power"] for pack in packs), 1)

    hurry(look())


def test_a_pack_is_found_by_key_by_name_and_by_place(tmp_path: Path) -> None:
    async def look() -> None:
        async with visiting(three(), tmp_path) as (visit, bench):
            bench.gateway.battery.packs[0].name = "Garage left"
            for name in ("a", "Garage left"):
                pack = (await visit.get(f"/api/packs/{name}")).json
                assert (pack["key"], len(pack["cells"]), pack["recent"]) == ("a", 16, [])
            bench.gateway.battery.packs[0].key = None
            assert (await visit.get("/api/packs/bus1/1")).json["key"] == "bus1/1"

    hurry(look())


def test_a_pack_that_is_not_there_is_told_with_what_was_probably_meant(tmp_path: Path) -> None:
    async def look() -> None:
        async with visiting(three(), tmp_path) as (visit, _):
            answer = await visit.get("/api/packs/d")
            assert answer.status == 404
            assert "there is no pack of that name" in answer.json["error"]
            assert (await visit.get("/api/packs/bus1/9")).status == 404
            assert (await visit.get("/api/packs/bus1/x")).status == 400

    hurry(look())


def test_settings_are_told_without_a_word_on_the_bus(tmp_path: Path) -> None:
    async def look() -> None:
        async with visiting(three(), tmp_path, config(tmp_path, writes=False, listen=0.1)) as (visit, bench):
            said = len(bench.tapped.said)
            fleet = (await visit.get("/api/settings")).json
            assert len(bench.tapped.said) == said
            assert [pack["settable"] for pack in fleet["packs"]] == [False] * 3
            assert "changes are switched off; add writes: true" in fleet["packs"][0]["why"]
            rows = {row["name"]: row for row in fleet["rows"]}
            assert rows["charge_enabled"]["values"] == {"a": True, "b": True, "c": True}

    hurry(look())


def test_a_pack_that_falls_silent_is_told_with_old_values(tmp_path: Path) -> None:
    async def look() -> None:
        async with visiting(three(), tmp_path) as (visit, bench):
            bench.pack(2).silent = True
            await asyncio.sleep(120)
            told = (await visit.get("/api/packs/b")).json
            assert (told["available"], told["values"]["state_of_charge"] is None) == (False, False)
            assert told["age_s"] > 100 or told["state"] == GONE

    hurry(look())


def test_every_route_says_what_it_is_and_how_it_may_fail(tmp_path: Path) -> None:
    async def look() -> None:
        async with visiting(three(), tmp_path, after=0.1) as (visit, _):
            document = (await visit.get("/api/openapi.json")).json
            for path, operations in document["paths"].items():
                for method, operation in operations.items():
                    assert operation["summary"] and operation["description"] and operation["tags"], path
                    answers = operation["responses"]
                    assert answers["200"]["content"], (method, path)
                    assert {"400", "401", "403"} <= answers.keys(), (method, path)
                    for given in operation.get("parameters", ()):
                        assert given.get("description"), (path, given["name"])

    hurry(look())
