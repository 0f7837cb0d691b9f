"""`wiring`: the same verdict from a link, from a recording, and from a gateway that runs."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from shell import JKBUS, Ended

Command = Callable[..., Ended]
CAPTURES = Path(__file__).parents[1] / "captures"


def test_a_good_line_is_called_good_and_the_command_succeeds(hurried: Command) -> None:
    done = hurried("wiring", "sim:3")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("The wiring is good: 3 packs, 0 damaged of ")


@pytest.mark.parametrize(
    "fault, kind",
    [
        ("swapped", "swapped"),
        ("silent", "silent"),
        ("foreign", "wrong_protocol"),
        ("masters", "two_masters"),
        ("floating", "floating"),
    ],
)
def test_a_fault_is_named_and_the_command_fails(hurried: Command, fault: str, kind: str) -> None:
    link = f"sim:{1 if fault == 'foreign' else 4}?fault={fault}"
    done = hurried("wiring", link, "--seconds", "60", "--json")
    verdict = json.loads(done.out)
    assert (done.code, verdict["state"]) == (1, "bad")
    assert kind in [finding["kind"] for finding in verdict["findings"]]
    assert "the wiring has a fault" in done.err


def test_for_people_a_fault_is_a_sentence_a_remedy_and_how_sure_that_is(hurried: Command) -> None:
    sentence, remedy, sure = hurried("wiring", "sim:4?fault=swapped").out.splitlines()[:3]
    assert sentence == "A and B are swapped."
    assert remedy.startswith("Exchange the two wires") and sure.startswith("sure: ")


def test_one_who_may_not_speak_says_nothing(hurried: Command) -> None:
    done = hurried("wiring", "sim:3?master=no", "--read-only", "--json")
    (finding,) = json.loads(done.out)["findings"]
    assert (finding["kind"], finding["confidence"]) == ("silent", "possible")


def test_a_recording_is_judged_without_a_link(hurried: Command) -> None:
    name = CAPTURES / "mpp-solar_utils_20240222_114810.stream.hex"
    done = hurried("wiring", f"replay:{name}")
    assert (done.code, "The wiring is good" in done.out) == (0, True)


def test_a_file_that_is_not_there_is_told_in_a_sentence(hurried: Command) -> None:
    done = hurried("wiring", "replay:/nowhere")
    assert done.code == 2
    assert "cannot be read" in done.err


def test_a_fault_that_nobody_knows_is_refused(hurried: Command) -> None:
    assert hurried("wiring", "sim:3?fault=rust").code == 2


def test_a_gateway_that_has_the_link_is_asked(tmp_path: Path) -> None:
    file = tmp_path / "jkbus.yaml"
    text = f"buses: [{{name: garage, link: 'sim:3'}}]\nstate: {tmp_path}/state\nweb: {{enabled: false}}\n"
    file.write_text(text)
    with subprocess.Popen([JKBUS, "run", str(file)], stderr=subprocess.PIPE, text=True) as gateway:
        assert gateway.stderr is not None
        for line in gateway.stderr:
            if "is heard" in line:
                break
        try:
            asked = [JKBUS, "wiring", "sim:3", "--json", "--config", str(file)]
            done = subprocess.run(asked, capture_output=True, text=True, timeout=30)
            assert json.loads(done.stdout)["bus"] == "garage"
        finally:
            gateway.terminate()
