"""How the command line looks, and how it ends: 0 worked, 1 failed, 2 asked for something wrong."""

import subprocess
import sys
from pathlib import Path
from typing import Literal

import pytest

from jkbus import cli
from jkbus.cli import commands
from jkbus.errors import JkbusError, LinkError, UsageError
from shell import JKBUS, environment, jkbus

READING = ["run", "demo", "init", "check", "scan", "sniff", "decode", "capture", "replay", "simulate"]
CONTROL = ["get", "set", "action", "settings"]
COMMANDS = READING + CONTROL


def test_help_lists_every_command_in_the_order_an_owner_needs_them() -> None:
    done = jkbus("--help", COLUMNS="100")
    places = [done.out.index(f"│ {name} ") for name in COMMANDS]
    assert (done.code, done.err) == (0, "")
    assert places == sorted(places)
    assert "--install-completion" in done.out and "--version" in done.out


def test_nothing_at_all_shows_the_help() -> None:
    assert jkbus().out == jkbus("--help").out


@pytest.mark.parametrize(
    "name",
    [
        *READING,
        "get",
        "set",
        "action",
        *(f"settings {name}" for name in ("export", "diff", "apply", "undo", "log")),
    ],
)
def test_the_help_of_each_command_has_examples(name: str) -> None:
    done = jkbus(*name.split(), "--help", COLUMNS="120")
    assert (done.code, done.err) == (0, "")
    assert "Examples" in done.out
    assert f"jkbus {name}" in done.out.partition("Examples")[2]
    assert "--verbose" in done.out


def test_the_version_is_that_of_the_package() -> None:
    assert jkbus("--version").out.strip() == "0.1.0"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_can_complete_commands_and_options(shell: Literal["bash", "zsh", "fish"]) -> None:
    script = commands.app.generate_completion(shell=shell)
    assert "decode" in script and "json" in script


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (["scn"], 'unknown command "scn". Did you mean "scan"?'),
        (["scan"], "LINK is missing; `jkbus scan --help` says more"),
        (["capture", "sim:3"], "FILE is missing"),
        (["scan", "sim:3", "--secnds", "3"], "--secnds"),
        (["sniff", "sim:3", "--seconds", "soon"], 'invalid value for --seconds: unable to convert "soon"'),
        (["sniff", "sim:3", "--seconds", "-1"], "--seconds"),
        (["demo", "--packs", "17"], "--packs"),
        (["decode", "a", "b"], "nothing more was expected after the arguments, but there is: b"),
        (["sniff", "ttyUSB0"], "'ttyUSB0' is no link; write the path of a serial port such as /dev/ttyUSB0"),
        (["scan", "tcp://host:1"], "did you mean socket://host:port?"),
        (["sniff", "sim:99"], "1 to 16 packs"),
        (["replay", "nothing.hex"], "nothing.hex cannot be read"),
        (["demo", "--mqtt", "http://host"], "a broker's URL begins with mqtt://"),
        (["simulate", "--packs", "16", "--no-master"], "16 packs"),
        (["simulate", "--tcp", "nowhere"], "a port is missing"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(arguments: list[str], sentence: str) -> None:
    done = jkbus(*arguments)
    assert (done.code, done.out) == (2, "")
    assert sentence in done.err
    assert done.err.startswith("jkbus: ") and len(done.err.splitlines()) == 1


def test_a_link_that_does_not_work_is_a_failure() -> None:
    done = jkbus("sniff", "/dev/ttyNOTHING")
    assert done.code == 1
    assert "link /dev/ttyNOTHING: there is no such device" in done.err


@pytest.mark.parametrize("arguments", [["--help"], ["decode", "-"], ["decode", "--help"]])
def test_help_and_decode_load_nothing_heavy(arguments: list[str]) -> None:
    program = (
        "import sys; from jkbus.cli import run; run(sys.argv[1:]); "
        "print([name for name in ('pydantic', 'ruamel', 'serialx', 'aiomqtt') if name in sys.modules],"
        " file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], input=b"01", capture_output=True, timeout=60
    )
    assert done.stderr.decode().strip() == "[]"


def test_a_terminal_that_knows_no_arrows_is_no_fault() -> None:
    request = bytes.fromhex("0110162000010200 00D6F1")
    done = subprocess.run(
        [JKBUS, "decode"],
        input=request,
        capture_output=True,
        env=environment(PYTHONIOENCODING="ascii", PYTHONUTF8="0"),
        timeout=60,
    )
    assert (done.returncode, done.stdout.split()) == (0, [b"?", b"1", b"request", b"status"])


def _ends(monkeypatch: pytest.MonkeyPatch, error: BaseException, *more: str) -> int:
    def broken(*arguments: object) -> None:
        raise error

    monkeypatch.setattr("jkbus.cli.decoding.decode", broken)
    return cli.run(["decode", *more])


@pytest.mark.parametrize(
    "error, code, told",
    [
        (LinkError("link a: lost"), 1, "jkbus: link a: lost\n"),
        (UsageError("no such thing"), 2, "jkbus: no such thing\n"),
        (
            ExceptionGroup("", [LinkError("one"), ExceptionGroup("", [JkbusError("two")])]),
            1,
            "jkbus: one\njkbus: two\n",
        ),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_each_fault_has_its_exit_code(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
    told: str,
) -> None:
    assert _ends(monkeypatch, error) == code
    assert capsys.readouterr().err == told


def test_what_nobody_expected_asks_for_a_report(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _ends(monkeypatch, RuntimeError("secret")) == 1
    told = capsys.readouterr().err
    assert "this should not have happened (RuntimeError); please report it" in told
    assert "secret" not in told and "Traceback" not in told


def test_v_shows_what_developers_need(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _ends(monkeypatch, RuntimeError("inside"), "-v") == 1
    assert "RuntimeError: inside" in capsys.readouterr().err


@pytest.mark.parametrize(
    "line, code, told",
    [
        ("'{jkbus}' --help >&-", 0, ""),
        ("'{jkbus}' scn 2>&-", 2, ""),
        ("'{jkbus}' decode --json <&-", 0, ""),
        (
            "'{jkbus}' init --link sim:2 <&-",
            2,
            "jkbus: nobody answers; give --link and --yes to be asked nothing\n",
        ),
        ("'{jkbus}' --help > /dev/full", 1, "jkbus: the output: No space left on device\n"),
        ("'{jkbus}' sniff sim:3 --seconds 9 | head -1; exit ${{PIPESTATUS[0]}}", 0, ""),
    ],
)
def test_an_output_that_is_closed_or_full_is_met_quietly(line: str, code: int, told: str) -> None:
    done = subprocess.run(
        ["bash", "-c", line.format(jkbus=JKBUS)], capture_output=True, env=environment(), timeout=60
    )
    assert (done.returncode, done.stderr.decode()) == (code, told)


def test_completion_installs_itself_where_the_shell_looks(tmp_path: Path) -> None:
    done = jkbus("--install-completion", "--shell", "bash", HOME=str(tmp_path))
    assert done.code == 0
    assert "decode" in (tmp_path / ".local/share/bash-completion/completions/jkbus").read_text()
