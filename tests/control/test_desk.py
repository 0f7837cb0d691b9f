"""The desk over virtual packs, in virtual time: what is asked for is done and proved, or nothing is."""

import asyncio
import gc
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controlling import at_hand, config, hurry, running, three
from jkbus.config import Config, PackConfig
from jkbus.control.actions import ACTIONS
from jkbus.control.outcomes import Who
from jkbus.control.plan import present
from jkbus.control.planner import CHANGED
from jkbus.control.settings import SETTINGS
from jkbus.control.values import Value, plain, raw_of
from jkbus.errors import JkbusError
from jkbus.simulator import VirtualPack, bank
from material import table

ROWS = [row["name"] for row in table("writes") if row["name"] in SETTINGS]
PI = Who("command line", "pi")


def nudged(name: str, value: Value) -> Value:
    """A value as near to this one as the board can tell, or the other state of a switch."""
    setting = SETTINGS[name]
    if setting.switch:
        return not value
    raw = raw_of(setting, value)
    return plain(setting, raw - 1 if raw > raw_of(setting, setting.low) else raw + 1)


def shown(pack: VirtualPack, name: str) -> Any:
    return getattr(pack.frame(SETTINGS[name].type), name)


def read(file: str) -> str:
    return Path(file).read_text()


def entries(state: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (state / "changes.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("master", [False, True], ids=["alone", "beside a JK master"])
def test_every_row_of_the_table_is_written_acknowledged_and_read_back(tmp_path: Path, master: bool) -> None:
    async def work() -> None:
        async with at_hand(three("19.27", master=master), tmp_path) as bench:
            await bench.desk.refresh(await bench.desk.select(["a"]), [1, 3])
            old = present(bench.desk.packs(["a"])[0])
            wishes = {name: nudged(name, old[name]) for name in dict.fromkeys(ROWS)}
            results = await bench.set("a", word="off", **wishes)
            assert results[-1].get("end", {}).get("ok"), results[-1]
            read = {
                change["name"]: change["read"]
                for each in results[:-1]
                for change in each["result"]["changes"]
            }
            assert read == wishes
            assert {name: shown(bench.pack(1), name) for name in wishes} == wishes
            assert present(bench.desk.packs(["a"])[0]) == {**old, **wishes}
            assert len(bench.tapped.writes) == len(results) - 1
            assert not bench.pack(1).forbidden_writes

    hurry(work())


@pytest.mark.parametrize("master", [False, True], ids=["alone", "beside a JK master"])
@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_is_carried_out(tmp_path: Path, action: str, master: bool) -> None:
    async def work() -> None:
        async with at_hand(three(master=master), tmp_path) as bench:
            status = bench.pack(1).frame(2)
            value = {"V": f"{status.values()['battery_voltage']}", "A": "0.5"}.get(ACTIONS[action].unit, "")
            planned = await bench.ask("action", packs=["a"], action=action, value=value)
            results = await bench.apply(planned, ACTIONS[action].word)
            assert results[-1]["end"]["ok"], results
            assert [register for register, _ in bench.pack(1).commands] == [ACTIONS[action].register]
            undo = results[-1]["end"]["undo"]
            assert bool(undo) == action.startswith("preset")
            if undo:
                assert "cell_overvoltage_protection_voltage: 3.610 V" in read(undo)

    hurry(work())


def test_one_value_takes_less_than_two_seconds_without_a_master(tmp_path: Path) -> None:
    async def work() -> None:
        clock = asyncio.get_running_loop().time
        start = clock()
        async with at_hand(three(), tmp_path) as bench:
            assert (await bench.set("b", charge_current_limit="80"))[-1]["end"]["ok"]
        assert clock() - start < 2

    hurry(work())


@pytest.mark.parametrize("begin", range(0, 44, 4))
def test_one_value_takes_less_than_ten_seconds_beside_a_master(tmp_path: Path, begin: int) -> None:
    """Wherever in the rhythm of the master the command begins."""

    async def work() -> None:
        clock = asyncio.get_running_loop().time
        start = clock()
        async with at_hand(three(master=True), tmp_path, ahead=begin / 10) as bench:
            assert (await bench.set("b", charge_current_limit="80"))[-1]["end"]["ok"]
        assert clock() - start < 10

    hurry(work())


MISHAPS: list[tuple[list[Any], str, str, bool]] = [
    (["deaf"], "done", "was written and read back", True),
    (["mute"], "done", "was written and read back", True),
    (["deaf", "mute"], "done", "was written and read back", True),
    (["deaf"] * 3, "unanswered", "was sent 3 times and never acknowledged", False),
    (["ignore"], "unlike", "but now shows charge_current_limit = 120 A", False),
    (["other"], "unlike", "but now shows charge_current_limit = 80.001 A", False),
    (["gone"], "unknown", "nobody knows whether it took it; `jkbus get a` tells", False),
    ([("refuse", 1)], "refused", "does not know such a write (exception 1)", False),
    ([("refuse", 2)], "refused", "or it crosses another limit (exception 2)", False),
    ([("refuse", 3)], "refused", "does not take this value (exception 3)", False),
    ([("refuse", 9)], "refused", "no reason that is known (exception 9)", False),
]


@pytest.mark.parametrize("master", [False, True], ids=["alone", "beside a JK master"])
@pytest.mark.parametrize(
    ("mishaps", "result", "message", "taken"), MISHAPS, ids=[str(row[0]) for row in MISHAPS]
)
def test_what_goes_wrong_is_mended_or_told(
    tmp_path: Path, mishaps: list[Any], result: str, message: str, taken: bool, master: bool
) -> None:
    async def work() -> None:
        async with at_hand(three(master=master), tmp_path) as bench:
            bench.pack(1).mishaps = list(mishaps)
            told, end = await bench.set("a", charge_current_limit=80)
            assert told["result"]["result"] == result
            assert message in told["result"]["message"]
            assert end["end"]["ok"] is taken
            assert (shown(bench.pack(1), "charge_current_limit") == 80) is taken
            assert [entry["result"] for entry in entries(tmp_path)] == ["begun", result]

    hurry(work())


def test_the_first_refusal_ends_it_for_all_packs(tmp_path: Path) -> None:
    async def work() -> None:
        async with at_hand(three(), tmp_path) as bench:
            bench.pack(2).mishaps = [("refuse", 2)]
            results = await bench.set("all", charge_current_limit=80, charge_overcurrent_delay=4)
            assert [each["result"]["pack"] for each in results[:-1]] == ["a", "a", "b"]
            assert results[-1]["end"]["message"].startswith("stopped after 2 of 6 writes: b refused")
            assert [shown(pack, "charge_current_limit") for pack in bench.line.packs] == [80, 120, 120]
            assert len(bench.tapped.writes) == 3
            last = entries(tmp_path)[-1]
            assert (last["pack"], last["result"], last["message"]) == ("b", "stopped", "2 of 6 writes done")

    hurry(work())


def test_a_pack_that_goes_in_the_middle_ends_it(tmp_path: Path) -> None:
    async def work() -> None:
        async with at_hand(three(), tmp_path) as bench:
            bench.pack(1).mishaps = ["", "gone"]
            results = await bench.set("all", charge_current_limit=80, charge_overcurrent_delay=4)
            assert [each["result"]["result"] for each in results[:-1]] == ["done", "unknown"]
            assert "stopped after 1 of 6" in results[-1]["end"]["message"]
            again = await bench.ask("plan", packs=["all"], wishes={"charge_current_limit": 80})
            assert "a: it is silent, nothing was heard from it" in again[0]["error"]

    hurry(work())


def test_a_link_that_is_lost_leaves_nothing_sent_later(tmp_path: Path) -> None:
    async def work() -> None:
        async with at_hand(three(), tmp_path) as bench:
            planned = await bench.ask("plan", packs=["a"], wishes={"charge_current_limit": 80})
            await bench.tapped.links[0].close()
            await asyncio.sleep(0)
            told = await bench.apply(planned)
            assert "error" in told[0]
            assert not bench.tapped.writes

    hurry(work())


def test_a_link_that_is_lost_between_two_steps_ends_it(tmp_path: Path) -> None:
    async def work() -> None:
        async with at_hand(three(), tmp_path) as bench:
            plans = await bench.desk.plan(["a", "b"], {"charge_current_limit": 80})
            found = []
            with pytest.raises(JkbusError, match="b: it is silent"):
                async for result in bench.desk.apply(plans, PI):
                    found.append((result.pack, result.result))
                    await bench.tapped.links[0].close()
            assert found == [("a", "done")]
            assert len(bench.tapped.writes) == 1
            assert entries(tmp_path)[-1]["message"].startswith("1 of 2 writes done: b: it is silent")

    hurry(work())


def test_what_ends_a_change_that_nobody_waits_for_is_told_without_a_traceback(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def work() -> None:
        async with at_hand(three(), tmp_path) as bench:
            plans = await bench.desk.plan(["a", "b"], {"charge_current_limit": 80})
            results = bench.desk.apply(plans, PI)
            await anext(results)
            del results
            await bench.tapped.links[0].close()
            await asyncio.sleep(20)
            gc.collect()
        assert "b: it is silent" in caplog.text
        assert "never retrieved" not in caplog.text

    hurry(work())


def test_a_master_that_appears_in_the_middle_is_let_by(tmp_path: Path) -> None:
    async def work() -> None:
        line = three(master=True)
        assert line.master is not None
        line.master.active = False
        async with at_hand(line, tmp_path) as bench:
            plans = await bench.desk.plan(
                ["a"], {"charge_current_limit": 80, "charge_overcurrent_delay": 4, "heating_enabled": True}
            )
            done = []
            async for result in bench.desk.apply(plans, PI):
                done.append(result.result)
                line.master.active = True
            assert done == ["done"] * 3
            assert bench.gateway.buses[0].role == "pseudo-master"

    hurry(work())


def test_two_users_do_not_interleave_and_come_in_order(tmp_path: Path) -> None:
    async def work() -> None:
        async with at_hand(three(), tmp_path) as bench:
            first = {"charge_current_limit": 80, "charge_overcurrent_delay": 4}
            second = {"discharge_current_limit": 90, "discharge_overcurrent_delay": 5}
            plans = [await bench.desk.plan(["a", "b"], wishes) for wishes in (first, second)]
            plans.append(await bench.desk.plan(["b", "a"], {"balancing_enabled": False}))

            await asyncio.gather(*(bench.carry_out(plans[number], str(number)) for number in range(3)))
            done = [entry["who"]["user"] for entry in entries(tmp_path)]
            assert done == ["0"] * 8 + ["1"] * 8 + ["2"] * 4

    hurry(work())


def test_who_waits_too_long_for_another_change_is_told_so(tmp_path: Path) -> None:
    async def work() -> None:
        async with at_hand(three(), tmp_path, config(tmp_path, write=1.0)) as bench:
            long = await bench.desk.plan(["a"], dict.fromkeys(SLOW, 300))
            short = await bench.desk.plan(["a"], {"balancing_enabled": False})
            task = asyncio.create_task(bench.carry_out(long))
            await asyncio.sleep(0.5)
            with pytest.raises(JkbusError, match="a: another change has been under way for 1 s"):
                await bench.carry_out(short)
            assert all(result.ok for result in await task)
            assert not any(data[2:4] == b"\x10\x78" for data in bench.tapped.writes)

    hurry(work())


SLOW = [name for name in ROWS if name.endswith(("_delay", "_time")) and SETTINGS[name].unit in ("s", "µs")]


def test_settings_that_changed_since_the_plan_was_shown_are_looked_at_again(tmp_path: Path) -> None:
    async def work() -> None:
        async with at_hand(three(), tmp_path) as bench:
            planned = await bench.ask("plan", packs=["a"], wishes={"heating_enabled": True})
            plans = await bench.desk.plan(["a"], {"heating_enabled": True})
            bench.pack(1).settings.display_always_on = not bench.pack(1).settings.display_always_on
            await asyncio.sleep(2)
            told = await bench.apply(planned)
            assert told[0]["error"] == f"a: {CHANGED}"
            with pytest.raises(JkbusError, match="look at it again"):
                await bench.carry_out(plans)
            assert not bench.tapped.writes

    hurry(work())


@pytest.mark.parametrize(
    ("packs", "wishes", "word", "message"),
    [
        (["a"], {"charge_current_limit": 6000}, "", "charge_current_limit"),
        (["a"], {"discharge_enabled": False}, "", "this needs the word off to be typed"),
        (["nobody"], {"charge_current_limit": 80}, "", "there is no pack 'nobody'"),
        (["a", "b"], {"charge_curent_limit": 80}, "", "did you mean charge_current_limit?"),
    ],
)
def test_what_cannot_be_is_said_and_not_sent(
    tmp_path: Path, packs: list[str], wishes: dict[str, Any], word: str, message: str
) -> None:
    async def work() -> None:
        async with at_hand(three(), tmp_path) as bench:
            told = await bench.set(*packs, word=word, **wishes)
            assert message in told[0]["error"]
            assert told[0]["asked_wrong"]
            assert not bench.tapped.writes

    hurry(work())


ANY_VALUE = st.one_of(st.floats(), st.integers(-10, 10000), st.booleans(), st.text(max_size=5))
NEAR = {
    name: st.floats(setting.low - 1, setting.high + 1) if not setting.switch else st.booleans()
    for name, setting in SETTINGS.items()
}
WISH = st.sampled_from([*SETTINGS]).flatmap(lambda name: st.tuples(st.just(name), NEAR[name] | ANY_VALUE))


@settings(max_examples=60)
@given(wishes=st.lists(WISH, min_size=1, max_size=6).map(dict))
def test_a_plan_that_is_refused_never_puts_a_write_on_the_wire(
    wishes: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    state = tmp_path_factory.mktemp("state")

    async def work() -> None:
        async with at_hand(three("19.27"), state) as bench:
            told = await bench.set("a", word="off", **wishes)
            if "error" in told[-1]:
                assert not bench.tapped.writes
                assert not (state / "changes.jsonl").exists()
            else:
                assert not bench.pack(1).forbidden_writes
                refused = [each["result"]["message"] for each in told[:-1] if not each["result"]["ok"]]
                assert all(
                    "requested_charge_voltage_time = 0.0 h" in each for each in refused
                )  # by boards too

    hurry(work())


def test_nothing_is_written_unless_the_configuration_says_so(tmp_path: Path) -> None:
    async def work() -> None:
        async with at_hand(three(), tmp_path, config(tmp_path, writes=False)) as bench:
            told = await bench.set("a", charge_current_limit=80)
            assert "add writes: true to the bus bus1" in told[0]["error"]
            plans = await bench.ask("action", packs=["a"], action="set_clock")
            assert "add writes: true" in plans[0]["error"]
            assert not bench.tapped.writes

    hurry(work())


def test_the_line_in_the_log_and_the_old_values_are_on_disk_before_the_first_byte(tmp_path: Path) -> None:
    async def work() -> None:
        async with at_hand(three(), tmp_path) as bench:

            def look(data: bytes) -> None:
                if data in bench.tapped.writes:
                    seen.append((entries(tmp_path)[-1]["data"], len(list((tmp_path / "undo").iterdir()))))

            seen: list[tuple[str, int]] = []
            bench.tapped.watch = look
            await bench.set("a", charge_current_limit=80, charge_overcurrent_delay=4)
            assert seen == [(data.hex(), 1) for data in bench.tapped.writes]

    hurry(work())


def test_without_a_log_nothing_is_sent(tmp_path: Path) -> None:
    async def work() -> None:
        (tmp_path / "changes.jsonl").mkdir()
        async with at_hand(three(), tmp_path) as bench:
            told, end = await bench.set("a", charge_current_limit=80)
            assert "charge_current_limit = 80 A was not sent" in told["result"]["message"]
            assert "the log of changes cannot be written" in end["end"]["message"]
            assert not bench.tapped.writes

    hurry(work())


def test_without_a_place_for_the_old_values_nothing_is_sent(tmp_path: Path) -> None:
    async def work() -> None:
        (tmp_path / "undo").write_text("in the way")
        async with at_hand(three(), tmp_path) as bench:
            told = await bench.set("a", charge_current_limit=80)
            assert "the old values cannot be saved" in told[0]["error"]
            assert not bench.tapped.writes
            assert not (tmp_path / "changes.jsonl").exists()

    hurry(work())


def test_packs_are_asked_in_turn_who_they_are_and_none_runs_out_of_time(tmp_path: Path) -> None:
    async def work() -> None:
        line = bank(7, firmware="15.41", living=False)
        async with at_hand(
            line, tmp_path, config(tmp_path, *(PackConfig(name=f"p{n}", address=n) for n in range(1, 7)))
        ) as bench:
            (planned,) = await bench.ask("plan", packs=["all"], wishes={"heating_start_temperature": -3})
            assert [plan["pack"] for plan in planned["plans"]] == [f"p{n}" for n in range(1, 7)]

    hurry(work())


def test_packs_that_were_only_remembered_are_found_again_by_name(tmp_path: Path) -> None:
    async def work() -> None:
        bus = config(tmp_path).buses[0].model_copy(update={"packs": ()})
        nameless = config(tmp_path).model_copy(update={"buses": (bus,)})
        async with running(three(), tmp_path, nameless) as bench:
            await asyncio.sleep(30)
            names = [pack.name for pack in bench.desk.packs(["all"])]
        clock = asyncio.get_running_loop().time
        start = clock()
        async with at_hand(three(), tmp_path, nameless) as later:
            (told, end) = await later.set(names[1], charge_current_limit=80)
            assert (told["result"]["pack"], end["end"]["ok"]) == (names[1], True)
        assert clock() - start < 2.5

    hurry(work())


def test_of_all_a_pack_that_can_never_be_written_is_left_out_with_a_warning(tmp_path: Path) -> None:
    async def work() -> None:
        async with at_hand(three(master=True), tmp_path) as bench:
            await asyncio.sleep(10)
            (planned,) = await bench.ask("plan", packs=["all"], wishes={"charge_current_limit": 80})
            assert [plan["pack"] for plan in planned["plans"]] == ["a", "b", "c"]
            assert "bus1 pack 0: a pack at address 0 is the master" in planned["left_out"][0]
            (told,) = await bench.ask("plan", packs=["bus1 pack 0"], wishes={"charge_current_limit": 80})
            assert "RS485-1" in told["error"]

    hurry(work())


@pytest.mark.parametrize("master", [False, True], ids=["alone", "beside a JK master"])
def test_a_switch_that_somebody_turned_in_the_middle_of_a_plan_is_not_turned_back(
    tmp_path: Path, master: bool
) -> None:
    """All sixteen are written at once, so the fifteen others must be those of now."""

    async def work() -> None:
        async with at_hand(three(master=master), tmp_path) as bench:
            wishes = {"charge_current_limit": 80, "charge_overcurrent_delay": 4, "heating_enabled": True}
            plans = await bench.desk.plan(["a"], wishes)
            display = not bench.pack(1).settings.display_always_on
            done = []
            async for result in bench.desk.apply(plans, PI):
                bench.pack(1).settings.display_always_on = display
                done.append((result.result, result.message))
            assert [result for result, _ in done[:-1]] == ["done", "done"]
            assert done[-1][0] in ("unsent", "overtaken")
            assert "changed" in done[-1][1]
            assert bench.pack(1).settings.display_always_on is display

    hurry(work())


def test_a_lost_write_of_switches_is_not_repeated_over_one_that_somebody_turned(tmp_path: Path) -> None:
    async def work() -> None:
        async with at_hand(three(), tmp_path) as bench:
            plans = await bench.desk.plan(["a"], {"heating_enabled": True})
            bench.pack(1).mishaps = ["deaf"]
            task = asyncio.create_task(bench.carry_out(plans))
            await bench.tapped.wrote.wait()
            display = bench.pack(1).settings.display_always_on = not bench.pack(1).settings.display_always_on
            (result,) = await task
            assert result.result == "overtaken"
            assert "was sent once, not taken, and not repeated, since somebody else changed" in result.message
            assert bench.pack(1).settings.display_always_on is display

    hurry(work())


LIMIT: dict[str, Any] = {"do": "plan", "wishes": {"charge_current_limit": 80}}
CLOCK: dict[str, Any] = {"do": "action", "action": "set_clock"}


def nameless(state: Path) -> Config:
    """A configuration that leaves it to the packs to say who they are."""
    given = config(state, listen=0.1)
    return given.model_copy(update={"buses": (given.buses[0].model_copy(update={"packs": ()}),)})


@pytest.mark.parametrize("master", [False, True], ids=["alone", "beside a JK master"])
@pytest.mark.parametrize("asked", [LIMIT, CLOCK])
def test_a_pack_in_the_place_of_another_is_not_taken_for_it(
    tmp_path: Path, asked: dict[str, Any], master: bool
) -> None:
    async def work() -> None:
        line = three(master=master)
        async with running(line, tmp_path, nameless(tmp_path)) as bench:
            await asyncio.sleep(80)
            (name,) = [pack.name for pack in bench.desk.packs(["all"]) if pack.address == 1]
            heard = bench.gateway.battery.subscribe()
            old, new = bench.pack(1), VirtualPack(7, firmware="14.20")
            line.packs.remove(old)
            await asyncio.sleep(60)
            heard.take()
            new.address = 1
            line.packs.append(new)
            while not any(pack.address == 1 for pack in await heard.wait()):
                pass
            (told,) = await bench.ask(packs=[name], **asked)
            assert told["error"].startswith(f"{name}: JK ")
            assert "is at its place now (address 1 of bus1)" in told["error"]

    hurry(work())


def test_a_pack_that_went_to_another_address_is_not_written_at_its_old_one(tmp_path: Path) -> None:
    async def work() -> None:
        async with running(three(), tmp_path, nameless(tmp_path)) as bench:
            await asyncio.sleep(30)
            pack = bench.desk.packs(["all"])[0]
            plans = await bench.desk.plan([pack.name], {"charge_current_limit": 80, "heating_enabled": True})
            bench.desk.listeners.append(lambda result, who: setattr(pack, "address", 5))  # by DIP switch
            results = await bench.carry_out(plans)
            assert [result.result for result in results] == ["done", "unsent"]
            assert "it is at address 5 of bus1 by now" in results[1].message
            assert len(bench.tapped.writes) == 1

    hurry(work())


@pytest.mark.parametrize("apart", [10, 20_000], ids=["of one age", "of different ages"])
@pytest.mark.parametrize("master", [False, True], ids=["alone", "beside a JK master"])
def test_packs_that_exchange_their_addresses_without_a_silence_are_told_apart(
    tmp_path: Path, master: bool, apart: int
) -> None:
    async def work() -> None:
        line = three(master=master)
        async with running(line, tmp_path, nameless(tmp_path)) as bench:
            one, two = bench.pack(1), bench.pack(2)
            one.runtime, two.runtime = 1e6 + apart, 1e6
            await asyncio.sleep(80)
            names = {pack.address: pack.name for pack in bench.desk.packs(["all"])}
            one.address, two.address = 2, 1  # by DIP switch
            await asyncio.sleep(40)
            assert {pack.address: pack.name for pack in bench.desk.packs(["all"])} == {
                **names,
                1: names[2],
                2: names[1],
            }
            assert (await bench.set(names[1], charge_current_limit=80))[-1]["end"]["ok"]
            assert [shown(pack, "charge_current_limit") for pack in (one, two)] == [80, 120]

    hurry(work())


def test_a_pack_that_is_not_there_any_more_ends_it_with_a_sentence(tmp_path: Path) -> None:
    async def work() -> None:
        async with running(three(), tmp_path, nameless(tmp_path)) as bench:
            await asyncio.sleep(30)
            pack = bench.desk.packs(["all"])[0]
            plans = await bench.desk.plan([pack.name], {"charge_current_limit": 80, "heating_enabled": True})
            bench.desk.listeners.append(lambda result, who: setattr(pack, "key", "jk_another"))
            results = await bench.carry_out(plans)
            assert [result.result for result in results] == ["done", "unsent"]
            assert "it is not there any more" in results[1].message
            assert len(bench.tapped.writes) == 1

    hurry(work())
