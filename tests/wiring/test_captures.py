"""What the wiring check says of real buses."""

import json
from pathlib import Path

import pytest

from jkbus.transport.captures import SAID, read_capture
from jkbus.wiring import Verdict, check, replayed

CAPTURES = Path(__file__).parents[1] / "captures"
HEALTHY = sorted(path for path in CAPTURES.glob("*.*") if path.suffix != ".md" and "noise" not in path.name)


def judged(path: Path) -> Verdict:
    """A stream is read as the bytes came, a table of messages in the order of its lines."""
    if path.suffix == ".hex":
        return check(
            replayed((chunk.data, chunk.at, chunk.direction == SAID) for chunk in read_capture(path))
        )
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return check(replayed((bytes.fromhex(line["hex"]), None, False) for line in lines))


@pytest.mark.parametrize("path", HEALTHY, ids=lambda path: path.name)
def test_a_healthy_bus_is_good_or_too_short_to_tell(path: Path) -> None:
    found = judged(path)
    assert (found.state in ("good", "unsure"), found.findings) == (True, [])


@pytest.mark.parametrize(
    "name", ["mpp-solar_utils_20240222_114810.stream.hex", "txubelaxu_replay_test_yaml_short.stream.hex"]
)
def test_a_long_recording_of_a_healthy_bus_is_good(name: str) -> None:
    assert judged(CAPTURES / name).state == "good"


def test_the_noisy_bus_is_named_as_one_that_floats() -> None:
    found = judged(CAPTURES / "issue_syssi_464_bus_noise.jsonl")
    assert [finding.kind for finding in found.findings] == ["floating"]
