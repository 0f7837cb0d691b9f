"""Plans for packs that are found, allowed and freshly read, over virtual packs in virtual time."""

import asyncio
from pathlib import Path

import pytest

from controlling import at_hand, config, hurry, three
from jkbus.config import PackConfig


def test_what_all_have_of_their_own_leaves_out_who_can_never_be_written(tmp_path: Path) -> None:
    """As a profile for all is applied where a JK master is one of them."""

    async def work() -> None:
        async with at_hand(three(master=True), tmp_path) as bench:
            await asyncio.sleep(10)
            each = {name: {"charge_current_limit": 80} for name in ("bus1 pack 0", "a", "b", "c")}
            (planned,) = await bench.ask("plan", packs=["all"], each=each)
            assert [plan["pack"] for plan in planned["plans"]] == ["a", "b", "c"]
            (why,) = planned["left_out"]
            assert why.startswith("bus1 pack 0: a pack at address 0 is the master")
            assert not any(plan["warnings"] for plan in planned["plans"])
            (told,) = await bench.ask("plan", packs=["a"], each=each)
            assert "bus1 pack 0: a pack at address 0 is the master" in told["error"]

    hurry(work())


def test_one_reason_for_many_packs_is_said_once(tmp_path: Path) -> None:
    async def work() -> None:
        packs = [PackConfig(name=name, address=n) for n, name in enumerate("abc", 1)]
        async with at_hand(three(), tmp_path, config(tmp_path, *packs, writes=False)) as bench:
            for selection in (["all"], ["a", "b", "c"]):
                (told,) = await bench.ask("plan", packs=selection, wishes={"precharge_time": 3})
                assert told["error"].startswith("a, b, c: changes are switched off; add writes: true")
                assert told["error"].count("switched off") == 1

    hurry(work())


@pytest.mark.parametrize(
    "name, value, sentence",
    [
        ("balancing_current_limit", "5 A", "balancing_current_limit: 5 A is not within 0.3 A to 2 A"),
        ("charge_current_limit", "250 A", "a JK_PB2A16S20P is made for 200 A"),
    ],
)
def test_what_a_board_is_made_for_is_asked_before_it_is_judged(
    tmp_path: Path, name: str, value: str, sentence: str
) -> None:
    """A command without a gateway has not heard the model yet."""

    async def work() -> None:
        async with at_hand(three(), tmp_path) as bench:
            (told,) = await bench.ask("plan", packs=["b"], wishes={name: value})
            warnings = [text for plan in told.get("plans", ()) for text in plan["warnings"]]
            assert any(sentence in text for text in (told.get("error", ""), *warnings)), told

    hurry(work())
