"""The stream of changes, from a real server: everything first, then what changes, soon after it was heard."""

import http.client
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from staging import Stage, stage

SECONDS = 20.0  # at most, for what comes within one
USERS = {"users": [{"name": "anna", "password": "correct horse"}]}


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Stage]:
    """Three packs that we ask ourselves."""
    with stage(tmp_path, 3, master=False) as found:
        yield found


class Stream:
    """A program that reads the stream."""

    def __init__(self, running: Stage, query: str = "", headers: dict[str, str] | None = None) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=SECONDS)
        self._connection.request("GET", f"/api/stream{query}", headers=headers or {})
        self.answer = self._connection.getresponse()

    def next(self) -> tuple[str, Any]:
        """The next event; comments are passed over. ("", None) at the end."""
        name = ""
        while line := self.answer.readline():
            if line.startswith(b"event: "):
                name = line[7:].decode().strip()
            elif line.startswith(b"data: "):
                return name, json.loads(line[6:])
        return "", None

    def until(self, wanted: str) -> Any:
        """The next event of that name."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            name, data = self.next()
            assert name, "the stream ended"
            if name == wanted:
                return data
        raise AssertionError(f"no {wanted}")

    def close(self) -> None:
        self._connection.close()


def test_everything_comes_first(running: Stage) -> None:
    stream = Stream(running)
    assert stream.answer.headers["Content-Type"].startswith("text/event-stream")
    assert stream.answer.headers["Cache-Control"] == "no-store"
    seen = [stream.next() for _ in range(7)]
    assert [name for name, _ in seen] == ["hello", "alarms", "bus", "battery", "pack", "pack", "pack"]
    assert [data["name"] for name, data in seen if name == "pack"] == [f"rs485-bms{n}" for n in (1, 2, 3)]
    assert seen[3][1]["packs"] == 3
    stream.close()


def test_a_pack_is_told_of_while_its_report_is_fresh(running: Stage) -> None:
    stream = Stream(running)
    for _ in range(4):
        stream.until("pack")
    ages = [stream.until("pack")["age_s"] for _ in range(20)]
    assert sorted(ages)[len(ages) // 2] <= 0.2
    stream.close()


def test_a_pack_that_is_looked_at_is_told_of_in_full(running: Stage) -> None:
    stream = Stream(running, "?pack=rs485-bms2")
    for _ in range(2):
        detail = stream.until("detail")
        assert detail["key"] == "rs485-bms2"
        assert len(detail["cells"]) == 16
    stream.close()


def test_a_pack_that_falls_silent_and_an_alarm_are_told(running: Stage) -> None:
    stream = Stream(running)
    running.silence(2)
    running.alarm(1)
    told: set[str] = set()
    end = time.monotonic() + 60
    while told != {"silent", "alarm"} and time.monotonic() < end:
        name, data = stream.next()
        if name == "pack" and data["name"] == "rs485-bms2" and not data["available"]:
            told.add("silent")
        if name == "alarms" and any(entry["key"] == "rs485-bms1" for entry in data["standing"]):
            told.add("alarm")
    assert told == {"silent", "alarm"}
    stream.close()


def test_nothing_is_made_while_nobody_looks(running: Stage) -> None:
    stream = Stream(running)
    stream.until("pack")
    listening = running.call(lambda: len(running.gateway.battery._subscriptions))
    stream.close()
    end = time.monotonic() + SECONDS
    while running.call(lambda: len(running.gateway.battery._subscriptions)) >= listening:
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_stream_ends_where_its_session_ends(tmp_path: Path) -> None:
    with stage(tmp_path, 3, master=False, web=USERS) as guarded:
        assert Stream(guarded).answer.status == 401
        ask = http.client.HTTPConnection("127.0.0.1", guarded.port, timeout=SECONDS)
        body, headers = (
            json.dumps({"name": "anna", "password": "correct horse"}),
            {"Content-Type": "application/json"},
        )
        ask.request("POST", "/api/login", body, headers)
        answer = ask.getresponse()
        assert json.loads(answer.read()) == {"ok": True}
        cookie = str(answer.headers["Set-Cookie"])
        assert "HttpOnly" in cookie and "SameSite=strict" in cookie
        headers["Cookie"] = cookie.partition(";")[0]
        stream = Stream(guarded, headers=headers)
        stream.until("pack")
        ask.request("POST", "/api/logout", "{}", headers)
        assert ask.getresponse().status == 200
        end = time.monotonic() + SECONDS
        while stream.next()[0]:
            assert time.monotonic() < end


def test_the_gateway_ends_soon_although_pages_are_open(running: Stage) -> None:
    streams = [Stream(running) for _ in range(5)]
    for stream in streams:
        stream.until("pack")
    start = time.monotonic()
    running.stop()
    assert time.monotonic() - start < 3.0
    for stream in streams:
        while stream.next()[0]:
            pass
    running.start()
