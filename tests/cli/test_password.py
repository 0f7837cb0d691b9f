"""`jkbus password`: what it prints lets in, and tells nobody the password."""

import io

import pytest

from jkbus import cli
from jkbus.config import WebConfig
from jkbus.web.passwords import matches
from keyboard import typing


def run(monkeypatch: pytest.MonkeyPatch, text: str) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    return cli.run(["password"])


def test_a_password_from_a_pipe_becomes_a_hash_for_the_configuration(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "correct horse\n") == cli.WORKED
    (line,) = capsys.readouterr().out.splitlines()
    assert matches("correct horse", line)
    assert WebConfig.model_validate({"users": [{"name": "anna", "password": line}]})


@pytest.mark.parametrize("text", ["", "short\n", "scrypt$14$8$5$c2FsdHNhbHQ=$aGFzaGhhc2hoYXNo\n"])
def test_what_is_no_password_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    assert run(monkeypatch, text) == cli.ASKED_WRONG
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("jkbus: ")


def test_what_is_typed_does_not_appear_on_the_screen() -> None:
    ended = typing(["password"], "the password: ", "secret7")
    assert ended.code == cli.ASKED_WRONG
    assert "secret7" not in ended.out
    assert "take a longer one" in ended.out
