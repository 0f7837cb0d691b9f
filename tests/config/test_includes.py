"""!include and ${substitutions}: a configuration in several files, of several texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.conftest import Faults, Write

BUS = "buses: [{link: sim:2}]\n"


def test_an_included_file_is_a_part_of_the_tree(config: Write) -> None:
    tree = config(
        "buses:\n  - {link: sim:1, packs: !include packs.yaml}\n"
        "state: !include state.yaml\n<<: !include common.yaml\n",
        packs="- {name: a, address: 1}\n- !include other.yaml\n",
        other="{name: b, address: 2}",
        state="/kept",
        common="log: {level: debug}\nstate: /lost",
    )
    assert [pack.name for pack in tree.buses[0].packs] == ["a", "b"]
    assert (tree.state, tree.log.level) == (Path("/kept"), "debug")


def test_a_fault_in_an_included_file_stands_there(faults: Faults) -> None:
    told = faults(
        "buses:\n  - link: sim:1\n    packs: !include packs.yaml\n    nam: x\nlog: !include log.yaml\n",
        packs="- {name: a, address: 1}\n\n- {name: b, adress: 2}\n- {name: c, address: 1}\n",
        log="- a\n",
    )
    assert told == [
        "jkbus.yaml:4: buses[0].nam: unknown key; did you mean name?",
        "log.yaml:1: log: a section (lines of key: value) is expected, not a list",
        "packs.yaml:3: buses[0].packs[1].adress: unknown key; did you mean address?",
        "packs.yaml:4: buses[0].packs[2].address: address 1 is also that of buses[0].packs[0] (line 1); "
        "give each pack its own on its DIP switch",
    ]


def test_the_same_name_in_two_files_tells_the_other_file(faults: Faults) -> None:
    assert faults(
        "buses:\n  - {link: sim:1, packs: [{name: a, address: 1}]}\n  - !include barn.yaml\n",
        barn="link: sim:2\npacks: [{name: a, address: 1}]\n",
    ) == [
        "barn.yaml:2: buses[1].packs[0].name: name 'a' is also that of buses[0].packs[0] (jkbus.yaml 2); "
        "give each pack its own"
    ]


@pytest.mark.parametrize(
    ("included", "fault"),
    [
        (
            "gone.yaml",
            "jkbus.yaml:2: log: there is no file gone.yaml; write its path as seen from jkbus.yaml",
        ),
        ("../..", "jkbus.yaml:2: log: ../..: this is a directory, not a file"),
        ("empty.yaml", "jkbus.yaml:2: log: empty.yaml: the file is empty"),
        ("bad.yaml", "bad.yaml:2: column 1: a tab cannot indent; use spaces"),
        (
            "jkbus.yaml",
            "jkbus.yaml:2: log: a file cannot include itself: jkbus.yaml -> jkbus.yaml; remove one !include",
        ),
        (
            "a.yaml",
            "b.yaml:1: log.level: a file cannot include itself: jkbus.yaml -> a.yaml -> b.yaml -> a.yaml; "
            "remove one !include",
        ),
        ('"\\0"', "jkbus.yaml:2: log: the text holds the control character U+0000; remove it"),
    ],
)
def test_files_that_cannot_be_included(faults: Faults, included: str, fault: str) -> None:
    others = {"empty": "", "bad": "a:\n\tb: 1", "a": "level: !include b.yaml", "b": "!include a.yaml"}
    assert faults(f"{BUS}log: !include {included}", **others) == [fault]


def test_substitutions_are_inserted_in_any_text(config: Write) -> None:
    tree = config(
        "buses:\n  - {link: 'sim:${count}', name: '${house}-${count}', packs: !include '${house}.yaml'}\n"
        "substitutions: {house: barn, count: 4, dir: '/x/${house}', none: ''}\nstate: ${dir}/a${ none }\n",
        barn="- {name: '${house}', address: '${count}'}",
    )
    bus = tree.buses[0]
    assert (bus.link, bus.name, bus.packs[0].name, bus.packs[0].address) == ("sim:4", "barn-4", "barn", 4)
    assert tree.state == Path("/x/barn/a")


@pytest.mark.parametrize(
    ("texts", "used", "faults_told"),
    [
        ("{house: barn}", "${hose}", ["2: state: no substitution has this name; did you mean house?"]),
        ("{house: barn}", "${x}", ["2: state: no substitution has this name; known here: house"]),
        ("", "${house}", ["2: state: no substitution has this name; add it under substitutions:"]),
        (
            "{house: barn}",
            "$${house}",
            ["2: state: $${ inserts nothing; write ${name}, or keep a text that needs ${ under !secret"],
        ),
        (
            "{house: barn}",
            "${house",
            ["2: state: ${ is not closed; write ${name}, or keep a text that needs ${ under !secret"],
        ),
        (
            "{a: '${b}', b: '${a}'}",
            "${a}",
            ["2: state: the substitutions a, b hold each other; write one of them out"],
        ),
        (
            "{a: [1]}",
            "${a}",
            [
                "1: substitutions.a: a text is expected, not a list",
                "2: state: the substitution a is no text, so it cannot be inserted",
            ],
        ),
        (
            "{" + "".join(f"a{n}: '${{a{n + 1}}}${{a{n + 1}}}', " for n in range(40)) + "a40: xxxxx}",
            "${a0}",
            ["2: state: the substitutions make a text without end; shorten them"],
        ),
        ("barn", "x", ["1: substitutions: a section (lines of key: value) is expected, not 'barn'"]),
    ],
)
def test_substitutions_that_cannot_be_inserted(
    faults: Faults, texts: str, used: str, faults_told: list[str]
) -> None:
    told = faults(f"substitutions: {texts}\nstate: '{used}'\n{BUS}")
    assert told == [f"jkbus.yaml:{fault}" for fault in faults_told]
