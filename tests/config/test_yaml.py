"""YAML that is none, and YAML that cannot be meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.conftest import Faults, Write

BUS = "buses: [{link: sim:2}]\n"
QUOTE = "put the text in 'single quotes'"
COLON = f"a colon too many; mend indentation or the space after a colon, or {QUOTE}"
UNCLOSED = "the bracket that opens here is not closed as it should; add , or } or ]"
MISFIT = f"this line does not fit those above; mend its indentation, or {QUOTE}"
BRACKET = f"this bracket or comma opens nothing; {QUOTE}, or remove it"
KEY = "a key is one word; if a text begins with a bracket or ?, put it in 'single quotes'"
ENDLESS = "lists and sections nest without end here; an anchor may hold itself"
TAG = "if the text itself begins with !, put it in 'single quotes'"
UNKNOWN = "a % directive or a \\U escape that YAML does not know; remove it"


@pytest.mark.parametrize("text", ["", "\n\n", "# only a remark\n", "---\n", "\ufeff"])
def test_an_empty_file(faults: Faults, text: str) -> None:
    assert faults(text) == ["jkbus.yaml: the file is empty; `jkbus init` writes one"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("buses:\n\t- link: x", "2: column 1: a tab cannot indent; use spaces"),
        (
            "log:\n  level:info\n  x: y",
            f"3: column 4: {COLON}",
        ),
        (
            "a: b: c",
            f"1: column 5: {COLON}",
        ),
        ("a: b\nc", "2: column 2: a colon and a space are missing after the key; write key: value"),
        ("a: [1, 2", f"1: column 4: {UNCLOSED}"),
        (
            "a: {b: 1\nc: 2}",
            f"1: column 4: {UNCLOSED}",
        ),
        (
            "a: 'b\nc: d",
            "1: column 4: the quote that opens here is never closed; add it at the end of the text",
        ),
        ('a: "C:\\dev"', f"1: column 8: a backslash in double quotes must be doubled; or {QUOTE}"),
        ("a: 'b'c", f"1: column 7: {MISFIT}"),
        (
            "a:\n  - b\n c: 1",
            f"3: column 2: {MISFIT}",
        ),
        ("{a: 1}}", f"1: column 7: {BRACKET}"),
        ("a: ,b", f"1: column 4: {BRACKET}"),
        ("a: @b", f"1: column 4: text cannot begin with % @ ` & or *; {QUOTE}"),
        ("a: %b", f"1: column 4: text cannot begin with % @ ` & or *; {QUOTE}"),
        ("a: *b", f"1: column 4: no anchor has this name; if the text itself begins with *, {QUOTE}"),
        ("a: |b", f"1: column 5: only | or > alone may begin a block of lines; {QUOTE}"),
        ("a: -\n", "1: column 4: a list begins on a line of its own; break the line before the dash"),
        (
            "a: !b!c d",
            f"1: column 4: text cannot begin with !, unless with !secret, !include or !env_var; {QUOTE}",
        ),
        (
            "a: 1\n---\nb: 2",
            "2: column 1: a second document begins; keep one, without a line --- or ... between",
        ),
        ("a: 1\nb: \x07", "2: column 4: an invisible control character; delete it"),
    ],
)
def test_yaml_that_is_none(faults: Faults, text: str, fault: str) -> None:
    assert faults(text) == [f"jkbus.yaml:{fault}"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("%YAML 1.9\n---\na: 1", UNKNOWN),
        ('a: "\\UFFFFFFFF"', UNKNOWN),
        ("[" * 5000, "brackets or lists nest too deeply"),
        (
            "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
            "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
            "e: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]",
            "anchors and includes multiply it beyond 100 000 values; write fewer of them",
        ),
        ("#" * 1_000_001, "the file is larger than 1 MB, so it is no configuration"),
    ],
)
def test_yaml_that_is_too_much(faults: Faults, text: str, fault: str) -> None:
    assert faults(text) == [f"jkbus.yaml: {fault}"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "log:\n  level: info\n  level: info",
            "4: log.level: the key stands in line 3 too; remove one of them",
        ),
        ("[a]: b", f"2: {KEY}"),
        (
            "state: {{ x }}",
            f"2: state: {KEY}",
        ),
        ('state: "a\\0b"', "2: state: the text holds the control character U+0000; remove it"),
        ('state: "\\ud800"', "2: state: the text holds the control character U+D800; remove it"),
        (
            "log: &a {level: *a}",
            f"2: log.level: {ENDLESS}",
        ),
        ("log: &a {<<: *a}", f"2: log: {ENDLESS}"),
        ("log: {<<: info}", "2: log: << takes over the keys of a section; write <<: *anchor"),
        (
            "state: !secrets x",
            f"2: state: unknown tag; did you mean !secret?; {TAG}",
        ),
        (
            "state: !lambda x",
            f"2: state: unknown tag; known here: !secret, !include, !env_var; {TAG}",
        ),
        ("state: !secret", "2: state: nothing follows !secret; write !secret name"),
        ("state: !include [a]", "2: state: nothing follows !include; write !include file.yaml"),
        ("state: !env_var", "2: state: nothing follows !env_var; write !env_var NAME [default]"),
        (
            "state: !env_var JKBUS_IS_NOT_SET",
            "2: state: the environment has no variable JKBUS_IS_NOT_SET; set it, or write "
            "!env_var JKBUS_IS_NOT_SET DEFAULT",
        ),
    ],
)
def test_yaml_that_cannot_be_meant(faults: Faults, text: str, fault: str) -> None:
    told = faults(BUS + text)
    assert f"jkbus.yaml:{fault}" in told
    assert len(told) == 1 or "{{" in text


def test_a_variable_of_the_environment_or_its_default(config: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JKBUS_LINK", "sim:3")
    tree = config("buses: [{link: !env_var JKBUS_LINK}]\nstate: !env_var JKBUS_IS_NOT_SET /some where\n")
    assert tree.buses[0].link == "sim:3"
    assert tree.state == Path("/some where")
