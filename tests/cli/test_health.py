"""`health`: what is fine, what to watch, what to do."""

import json
from collections.abc import Callable
from io import BytesIO, StringIO, TextIOWrapper

import pytest
from rich.console import Console

from jkbus.cli import examining
from keepsakes import lived
from living import Site, site
from shell import Ended

Command = Callable[..., Ended]

CABLE = {
    "kind": "act",
    "topic": "cable",
    "subject": "cable",
    "sentence": "takes 13.3 ± 0.1 % of a step of the load, expected are 32.0 %",
    "todo": "switch off and check lugs, fuse holder and breaker of this pack: tight, clean, cool under load",
}
CELL = {
    "kind": "watch",
    "topic": "trend",
    "subject": "cell 7",
    "sentence": "cell 7 drifts",
    "todo": "watch it",
}
COUNT = {
    "kind": "fine",
    "topic": "count",
    "subject": "balancer",
    "sentence": "the balancer works",
    "todo": "",
}
EARLY = {"kind": "unknown", "topic": "capacity", "subject": "capacity", "sentence": "needs a day", "todo": ""}


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Two packs with a past of two days."""
    return lived(tmp_path_factory.mktemp("past"))


def shown(width: int, *packs: tuple[str, list[dict[str, str]]]) -> list[str]:
    """What is printed of packs in a terminal of that width."""
    file = StringIO()
    examining.show(
        Console(file=file, width=width), [{"name": name, "findings": findings} for name, findings in packs]
    )
    return [line.rstrip() for line in file.getvalue().splitlines()]


def test_first_comes_who_wants_something_done_and_who_is_fine() -> None:
    lines = shown(100, ("one", [CABLE, COUNT]), ("two", [CELL]), ("three", [COUNT, EARLY]))
    assert lines[:3] == ["✖ something to do: one", "▲ something to watch: two", "✔ fine: three"]


def test_each_finding_is_a_sentence_and_says_what_to_do() -> None:
    lines = shown(100, ("one", [CABLE, CELL, EARLY, COUNT]))
    assert lines[2:5] == ["one", f"✖ cable: {CABLE['sentence']}", f"  → {CABLE['todo']}"]
    assert lines[5:] == [
        "▲ cell 7 drifts",
        "  → watch it",
        "? capacity: needs a day",
        "✔ the balancer works",
        "",
    ]


def test_of_many_packs_what_asks_for_nothing_is_only_named() -> None:
    file = StringIO()
    packs = [{"name": "one", "findings": [CABLE, EARLY, COUNT]}]
    examining.show(Console(file=file, width=100), packs, brief=True)
    lines = [line.rstrip() for line in file.getvalue().splitlines()]
    assert lines[3].startswith("✖ cable: takes") and lines[5:7] == [
        "? not known yet: capacity",
        "✔ fine: balancer",
    ]


def test_a_pack_of_which_little_is_known_is_not_called_fine() -> None:
    lines = shown(100, ("one", [EARLY, EARLY, COUNT]), ("two", [COUNT]))
    assert lines[:2] == ["✔ fine: two", "? nothing wrong so far, but much is not known yet: one"]


def test_a_terminal_without_such_signs_gets_plain_ones() -> None:
    file = TextIOWrapper(BytesIO(), encoding="latin-1", errors="replace")
    examining.show(Console(file=file, width=80), [{"name": "one", "findings": [CABLE, EARLY, COUNT]}])
    file.seek(0)
    lines = file.read().splitlines()
    assert lines[3].startswith("!! cable: takes") and lines[-2].startswith("+  the balancer works")


def test_long_sentences_stay_beside_their_sign() -> None:
    lines = shown(50, ("one", [CABLE]))
    assert max(map(len, lines)) <= 50
    assert all(line.startswith("  ") for line in lines[4:-1])


def test_a_short_past_is_told_as_not_known_yet(past: Site, hurried: Command) -> None:
    done = hurried("health", "--config", str(past.config))
    assert (done.code, done.err) == (0, "")
    assert "\nrs485-bms1\n" in done.out and "\nrs485-bms2\n" in done.out
    assert "? capacity: " in done.out or "? the capacity needs" in done.out


def test_programs_get_an_object_a_pack(past: Site, hurried: Command) -> None:
    done = hurried("health", "rs485-bms1", "--json", "--config", str(past.config))
    packs = [json.loads(line) for line in done.out.splitlines()]
    assert done.code == 0 and [pack["name"] for pack in packs] == ["rs485-bms1"]
    assert {"kind", "topic", "subject", "sentence", "todo"} <= packs[0]["findings"][0].keys()


def test_a_pack_that_is_not_known_is_told(past: Site, hurried: Command) -> None:
    done = hurried("health", "bms9", "--config", str(past.config))
    assert done.code == 2 and done.err.startswith("jkbus: bms9: has no history; ")


def test_before_the_first_pack_was_heard_nothing_is_judged(
    tmp_path_factory: pytest.TempPathFactory, hurried: Command
) -> None:
    done = hurried("health", "--config", str(site(tmp_path_factory.mktemp("new")).config))
    assert done.code == 1 and "history" in done.err
