"""The first start: from nothing to a gateway that runs, over HTTP as the page does it."""

import json
import re
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from firststart import First
from jkbus.config import load
from shell import PATIENCE
from staging import free_port


@pytest.fixture
def first(tmp_path: Path) -> Iterator[First]:
    """The wizard on loopback."""
    found = First(tmp_path)
    yield found
    found.end()


def test_it_says_where_the_wizard_is_and_the_other_way(first: First) -> None:
    assert f"Open http://127.0.0.1:{first.port} in a browser" in first.said
    assert "`jkbus init`" in first.said
    assert first.ask("me")[1]["setup"] and first.ask("me")[1]["role"] == "full"
    _, begin = first.ask("setup")
    assert begin["file"] == str(first.file) and begin["remote"] is False
    assert all(set(port) == {"link", "title", "problem"} for port in begin["ports"])


def test_from_a_link_to_a_gateway_that_runs(first: First) -> None:
    status, lines = first.ask("setup/listen", {"link": "sim:3"})
    assert status == 200
    found = lines[-1]["found"]
    assert [pack["address"] for pack in found["packs"]] == [0, 1, 2]
    assert found["verdict"].startswith("A JK master (pack 0) polls this bus")
    assert found["wiring"]["state"] in ("good", "unsure") and not found["wiring"]["findings"]
    assert found["can_ask"] is False
    assert all(line["progress"]["of"] > 0 for line in lines[:-1])
    named = [{"name": "cellar", "address": 0}, {"name": "garage", "address": 1}]
    status, written = first.ask("setup/write", {"link": "sim:3", "packs": named, "writes": True})
    assert (status, written["file"]) == (200, str(first.file))
    assert written["text"] == first.file.read_text()
    config = load(first.file)
    assert [pack.name for pack in config.buses[0].packs] == ["cellar", "garage"]
    assert config.buses[0].writes and config.mqtt is None
    assert config.web.listen == f"127.0.0.1:{first.port}"
    assert _runs(first), "the gateway does not start"
    assert len(first.ask("packs")[1]["packs"]) >= 1


def _runs(first: First) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if not first.ask("me")[1]["setup"] and first.ask("packs")[1]["packs"]:
                return True
        except OSError:
            pass
        time.sleep(0.1)
    return False


def test_only_with_consent_packs_are_asked(first: First) -> None:
    _, lines = first.ask("setup/listen", {"link": "sim:1?master=no", "ask": True})
    found = lines[-1]["found"]
    assert [pack["address"] for pack in found["packs"]] == [1]
    assert found["packs"][0]["model"].startswith("JK") and found["packs"][0]["serial"]


def test_what_cannot_be_listened_to_is_explained(first: First) -> None:
    status, said = first.ask("setup/listen", {"link": "/dev/ttyNOTHING"})
    assert status == 409 and "there is no such device" in said["error"]
    status, said = first.ask("setup/listen", {"link": "scoket://x:1"})
    assert status == 400 and "socket" in said["error"]
    status, said = first.ask("setup/listen", {"link": "socket://127.0.0.1:1"})
    assert status == 409 and "nothing listens on that port" in said["error"]


@pytest.mark.parametrize(
    ("packs", "sentence"),
    [
        ([("cellar", 1), ("Cellar", 2)], "address 2: another pack is called Cellar"),
        ([("  ", 1)], "address 1: "),
    ],
)
def test_names_that_cannot_be_are_explained(
    first: First, packs: list[tuple[str, int]], sentence: str
) -> None:
    named = [{"name": name, "address": address} for name, address in packs]
    status, said = first.ask("setup/write", {"link": "sim:3", "packs": named})
    assert status == 400 and sentence in said["error"]
    assert not first.file.exists()


def test_a_broker_that_is_not_there_is_told(first: First) -> None:
    status, said = first.ask("setup/broker", {"url": f"mqtt://127.0.0.1:{free_port()}"})
    assert status == 200 and not said["ok"] and "nobody listens there" in said["sentence"]
    status, said = first.ask("setup/broker", {"url": "http://127.0.0.1"})
    assert status == 400 and "mqtt://" in said["error"]


def test_a_file_that_somebody_made_meanwhile_is_kept(first: First) -> None:
    first.file.parent.mkdir(parents=True)
    first.file.write_text("buses: []\n")
    status, said = first.ask("setup/write", {"link": "sim:3", "packs": []})
    assert status == 400 and "is there already" in said["error"]
    assert first.file.read_text() == "buses: []\n"
    assert [one.name for one in first.file.parent.iterdir()] == ["jkbus.yaml"]


def test_passwords_go_into_a_file_of_their_own_and_into_no_answer(first: First) -> None:
    mqtt = {"url": "mqtt://127.0.0.1:1", "username": "me", "password": "geheim-geheim"}
    status, written = first.ask("setup/write", {"link": "sim:1", "packs": [], "mqtt": mqtt})
    assert status == 200 and "geheim" not in json.dumps(written)
    secrets = first.file.with_name("secrets.yaml")
    assert "geheim-geheim" in secrets.read_text() and "geheim" not in first.file.read_text()
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    assert load(first.file).mqtt is not None


def test_where_others_reach_it_a_code_is_asked_for_and_then_a_user(tmp_path: Path) -> None:
    first = First(tmp_path, "0.0.0.0")
    try:
        found = re.search(r"The page will ask for this code: (\d{4}-\d{4})", first.said)
        assert found
        assert first.ask("me")[1]["role"] is None
        assert first.ask("setup")[0] == 401
        assert first.ask("login", {"name": "setup", "password": "0000-0000"})[0] == 401
        assert first.ask("login", {"name": "setup", "password": found[1]})[0] == 200
        assert first.ask("setup")[1]["remote"] is True
        status, said = first.ask("setup/write", {"link": "sim:1", "packs": []})
        assert status == 400 and "needs a name and a password" in said["error"]
        user = {"name": "anna", "password": "correct horse"}
        assert first.ask("setup/write", {"link": "sim:1", "packs": [], "user": user})[0] == 200
        (one,) = load(first.file).web.users
        assert one.name == "anna" and one.password.get_secret_value().startswith("scrypt$")
        assert "correct horse" not in first.file.with_name("secrets.yaml").read_text()
    finally:
        first.end()


def test_a_wrong_code_must_wait(tmp_path: Path) -> None:
    first = First(tmp_path, "0.0.0.0")
    try:
        tries = [first.ask("login", {"name": "setup", "password": f"{n:08}"})[0] for n in range(12)]
        assert 429 in tries
    finally:
        first.end()


def test_requests_that_make_no_sense_change_nothing(first: First) -> None:
    for path, body in [
        ("setup/listen", {}),
        ("setup/listen", {"link": "sim:1", "baudrate": "fast"}),
        ("setup/write", {"link": "sim:1", "packs": [{"name": "a", "address": 99}]}),
        ("setup/write", {"link": "sim:1", "packs": [], "other": 1}),
        ("setup/broker", {"url": ""}),
    ]:
        status, said = first.ask(path, body)
        assert status == 400 and said["asked_wrong"], (path, said)
    assert not first.file.exists()
