"""The application as a whole: what is not there, and what its document says of it."""

import http.client
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from controlling import hurry, three
from staging import Stage, stage
from visiting import visiting


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Two packs."""
    with stage(tmp_path_factory.mktemp("site"), 2, before=5.0) as found:
        yield found


def ask(running: Stage, method: str, path: str, body: str | None = None) -> Any:
    """Status, headers and what was told."""
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=20)
    headers = {"Content-Type": "application/json"}
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    told = answer.read()
    connection.close()
    return answer.status, answer.headers, json.loads(told) if told else None


@pytest.mark.parametrize(
    ("method", "path", "status", "allowed"),
    [
        ("GET", "/api/nothing", 404, None),
        ("GET", "/api/", 404, None),
        ("GET", "/api", 404, None),
        ("GET", "/api/login", 405, "POST"),
        ("POST", "/api/battery", 405, "GET"),
        ("DELETE", "/api/battery", 405, "GET"),
        ("PUT", "/", 405, "GET, HEAD"),
        ("BREW", "/api/me", 405, "GET"),
    ],
)
def test_what_is_not_there_is_told_in_a_sentence(
    running: Stage, method: str, path: str, status: int, allowed: str | None
) -> None:
    found, headers, told = ask(running, method, path)
    assert (found, headers["Allow"]) == (status, allowed)
    assert set(told) == {"error", "asked_wrong"}


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "null", '{"name": 1, "password": ""}', '{"name": "a"}', "\x00"]
)
def test_a_body_that_is_not_understood_is_told_without_repeating_it(running: Stage, body: str) -> None:
    status, _, told = ask(running, "POST", "/api/login", body)
    assert status == 400
    assert "is expected" in told["error"] or "is missing" in told["error"] or "is not JSON" in told["error"]


def test_who_comes_is_told_what_there_is(running: Stage) -> None:
    status, headers, told = ask(running, "GET", "/api/me")
    assert status == 200
    assert (told["user"], told["role"], told["login"], told["writes"]) == (None, "full", False, False)
    assert headers["Cache-Control"] == "no-store"


def test_the_first_request_keeps_no_bus_waiting(tmp_path: Path) -> None:
    async def look() -> None:
        async with visiting(three(), tmp_path) as (visit, _):
            for path in ("/", "/api/me"):
                start = time.thread_time()
                assert (await visit.get(path)).status == 200
                assert time.thread_time() - start < 0.05, path

    hurry(look())


def test_every_route_tells_its_faults_as_they_are(running: Stage) -> None:
    _, _, document = ask(running, "GET", "/api/openapi.json")
    assert {"/api/battery", "/api/stream", "/api/login", "/api/apply"} <= document["paths"].keys()
    assert "HTTPValidationError" not in document["components"]["schemas"]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            answers = operation["responses"]
            assert "422" not in answers, path
            assert {"400", "401", "403"} <= answers.keys(), path
            assert method == "get" or {"413", "415"} <= answers.keys(), path
            assert operation["summary"] and operation["description"], path
