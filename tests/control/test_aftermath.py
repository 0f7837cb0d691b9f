"""Whatever ends a gateway in the middle of a change: what was done is known afterwards."""

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from controlling import at_hand, hurry, running, three
from jkbus.control.audit import Audit
from jkbus.control.local import Client
from living import gateway, site
from shell import PATIENCE, started

WISHES: dict[str, Any] = {"charge_current_limit": 80, "charge_overcurrent_delay": 4, "heating_enabled": True}


def entries(state: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (state / "changes.jsonl").read_text().splitlines()]


def results(state: Path) -> list[str]:
    return [entry["result"] for entry in entries(state)]


def cut_off(state: Path, lines: int) -> None:
    """The power was cut when the log had so many lines, and in the middle of the next."""
    log = state / "changes.jsonl"
    whole = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(whole[:lines]) + b"".join(whole[lines : lines + 1])[:40])


@pytest.mark.parametrize("lines", range(7))
@pytest.mark.parametrize("took", [True, False], ids=["taken", "not taken"])
def test_a_power_cut_after_any_line_of_the_log_leaves_nothing_unknown(
    tmp_path: Path, lines: int, took: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async def work() -> None:
        async with at_hand(three(), tmp_path) as bench:
            await bench.set("a", **WISHES)
        whole = results(tmp_path)
        assert whole == ["begun", "done"] * 3
        cut_off(tmp_path, lines)
        line = three()
        if took:
            line.packs[0].settings = bench.pack(1).settings
        caplog.clear()
        async with at_hand(line, tmp_path) as later:
            await later.desk.refresh(await later.desk.select(["all"]), [1])
            await asyncio.sleep(1)
            told = [entry["result"] for entry in later.desk.audit.entries()]
            ended = [] if lines % 2 == 0 else ["done" if took else "unlike"]
            closed = ["stopped"] if 0 < lines < 5 else []
            assert told == whole[:lines] + ended + closed
            assert not later.desk.audit.unfinished()
            if ended:
                last = later.desk.audit.entries()[lines]
                assert "was under way when jkbus was stopped; the pack " in last["message"]
                assert last["message"] in caplog.text
            if closed:
                done = lines // 2 + bool(ended and took)
                message = later.desk.audit.entries()[-1]["message"]
                assert message == f"{done} of 3 writes done: jkbus was stopped"
        async with at_hand(three(), tmp_path) as once_more:
            await asyncio.sleep(1)
            assert [entry["result"] for entry in once_more.desk.audit.entries()] == told
        assert ("torn by a power cut" in caplog.text) == (lines < 6)

    hurry(work())


def test_an_action_that_was_under_way_stays_unknown(tmp_path: Path) -> None:
    async def work() -> None:
        async with at_hand(three(), tmp_path) as bench:
            await bench.apply(await bench.ask("action", packs=["a"], action="set_clock"))
        cut_off(tmp_path, 1)
        async with at_hand(three(), tmp_path) as later:
            await asyncio.sleep(1)
            last = later.desk.audit.entries()[-1]
            assert last["result"] == "unknown"
            assert last["message"].endswith("nobody knows whether the pack took it")

    hurry(work())


STRANGE: tuple[dict[str, Any], ...] = (
    {"plan": ["p"], "step": {}},
    {"changes": [{"name": "charge_enabled"}, {"name": "a_setting_of_tomorrow"}]},
    {"changes": [{"name": "charge_enabled"}, {"name": "requested_float_voltage_time"}]},
    {"changes": [{"name": ["charge_enabled"]}], "key": ["a"]},
    {"changes": {"name": "charge_enabled"}},
    {"changes": []},
    {"data": "0110"},
)


@pytest.mark.parametrize("strange", STRANGE, ids=str)
def test_a_line_that_another_version_wrote_does_not_end_the_gateway(
    tmp_path: Path, strange: dict[str, Any]
) -> None:
    step = {"key": "a", "changes": [{"name": "charge_enabled"}], "data": "01101070000204000000013a4b"}
    line = {"plan": "p", "step": 1, "result": "begun", "pack": "a", "action": "", **step, **strange}
    Audit(tmp_path).note(line)

    async def work() -> None:
        async with running(three(), tmp_path) as bench:
            await asyncio.sleep(40)
            assert "packs" in (await bench.ask("get", packs=["a"], names=["charge_enabled"]))[0]
            assert results(tmp_path) == ["begun", "done" if "step" in strange else "unknown"]

    hurry(work())


@pytest.mark.parametrize("mishaps", [[], ["deaf"] * 3], ids=["it answers", "it is deaf"])
def test_a_gateway_that_is_stopped_ends_the_step_under_way_and_begins_no_other(
    tmp_path: Path, mishaps: list[Any]
) -> None:
    async def work() -> None:
        clock = asyncio.get_running_loop().time
        async with running(three(), tmp_path) as bench:
            plans = await bench.desk.plan(["a"], WISHES)
            bench.pack(1).mishaps = list(mishaps)
            task = asyncio.create_task(bench.carry_out(plans))
            await bench.tapped.wrote.wait()
            start = clock()
        assert clock() - start < 2.6
        assert [result.result for result in await task] == (["unanswered"] if mishaps else ["done", "unsent"])
        assert results(tmp_path) == ["begun", "unanswered" if mishaps else "done", "stopped"]
        assert entries(tmp_path)[-1]["message"].startswith(f"{0 if mishaps else 1} of 3 writes done")
        assert len(set(bench.tapped.writes)) == 1

    hurry(work())


def test_a_link_that_comes_back_in_time_loses_no_write(tmp_path: Path) -> None:
    async def work() -> None:
        async with running(three(), tmp_path) as bench:
            plans = await bench.desk.plan(["a"], {"charge_current_limit": 80})
            task = asyncio.create_task(bench.carry_out(plans))
            await bench.tapped.wrote.wait()
            await bench.tapped.links[-1].close()
            assert [result.result for result in await task] == ["done"]
            assert len(bench.tapped.links) == 2

    hurry(work())


def test_a_gateway_that_is_killed_between_two_steps_knows_after_its_restart_what_was_done(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    at = site(tmp_path)
    process = started("run", str(at.config))
    try:
        until((at.state / "jkbus.sock").exists)
        asyncio.run(first_step(at.state))
        until(lambda: len(results(at.state)) >= 3)
    finally:
        process.kill()
        process.communicate(timeout=PATIENCE)
    begun = [entry["step"] for entry in entries(at.state) if entry["result"] == "begun"]
    done = [entry["step"] for entry in entries(at.state) if entry["result"] == "done"]
    assert begun == [1, 2]
    assert done == [1]
    with gateway(at):
        until(lambda: len(results(at.state)) >= 5)
    last, closed = entries(at.state)[-2:]
    assert (last["step"], last["result"]) == (2, "unlike")  # the new virtual packs know nothing of it
    assert "the pack did not take it: it shows charge_overcurrent_delay" in last["message"]
    assert (closed["result"], closed["done"], closed["steps"]) == ("stopped", 1, 3)


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < end:
        time.sleep(0.001)


async def first_step(state: Path) -> None:
    """Begin a change and go away after its first step."""
    client = Client(state)
    async with asyncio.timeout(PATIENCE):
        plan = {"do": "plan", "packs": ["rs485-bms1"], "wishes": WISHES}
        answer = await anext(aiter(client.ask(plan)))
        async for each in client.ask({"do": "apply", "plans": answer["plans"]}):
            assert each["result"]["ok"]
            return
