"""The broker that Home Assistant's Supervisor tells of, over real HTTP."""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from jkbus.app.supervisor import TRIES, broker
from jkbus.errors import JkbusError

TOKEN = "0123456789abcdef"
ENVIRONMENT = {"SUPERVISOR_TOKEN": TOKEN}
MOSQUITTO = {  # as the Supervisor tells of the add-on Mosquitto broker
    "addon": "core_mosquitto",
    "host": "core-mosquitto",
    "port": 1883,
    "ssl": False,
    "protocol": "3.1.1",
    "username": "addons",
    "password": "a-password-nobody-typed",
}
Answer = tuple[int, Any]


@contextmanager
def supervisor(*answers: Answer) -> Iterator[tuple[str, list[str]]]:
    """Gives these answers, the last one again and again; its address, and what was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            known = self.headers.get("Authorization") == f"Bearer {TOKEN}"
            code, body = answers[min(len(asked), len(answers)) - 1] if known else (401, {})
            text = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(code)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


def at_once(slept: list[float]) -> Callable[[float], None]:
    return slept.append


def test_it_tells_the_broker_with_its_login() -> None:
    with supervisor((200, {"result": "ok", "data": MOSQUITTO})) as (base, asked):
        assert broker(base, ENVIRONMENT) == {
            "url": "mqtt://core-mosquitto:1883",
            "username": "addons",
            "password": "a-password-nobody-typed",
        }
    assert asked == ["/services/mqtt"]


def test_a_broker_with_tls_is_spoken_to_with_tls() -> None:
    with supervisor((200, {"data": {**MOSQUITTO, "ssl": True, "port": 8883}})) as (base, _):
        found = broker(base, ENVIRONMENT)
    assert found is not None and found["url"] == "mqtts://core-mosquitto:8883"


def test_where_there_is_no_broker_the_page_is_left(caplog: pytest.LogCaptureFixture) -> None:
    with supervisor((400, {"result": "error", "message": "Service not enabled"})) as (base, _):
        assert broker(base, ENVIRONMENT) is None
    assert "Mosquitto broker" in caplog.text


def test_a_supervisor_that_is_starting_is_waited_for() -> None:
    slept: list[float] = []
    starting: Answer = (502, {})
    half: Answer = (200, b"{")
    with supervisor(starting, half, (200, {"data": {}}), (200, {"data": MOSQUITTO})) as (base, asked):
        assert broker(base, ENVIRONMENT, at_once(slept)) is not None
    assert (len(asked), len(slept)) == (4, 3)


def test_one_that_never_answers_is_told_of() -> None:
    slept: list[float] = []
    with supervisor((200, {})) as (gone, _):
        pass
    with pytest.raises(JkbusError, match="cannot be asked for its MQTT broker"):
        broker(gone, ENVIRONMENT, at_once(slept))
    assert len(slept) == TRIES - 1


def test_a_wrong_token_is_told_of_without_the_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with supervisor((200, {})) as (base, _), pytest.raises(JkbusError) as told:
        broker(base, {"SUPERVISOR_TOKEN": "wrong-token-wrong"})
    assert "wrong-token-wrong" not in str(told.value) + caplog.text


def test_outside_of_home_assistant_there_is_no_supervisor() -> None:
    with pytest.raises(JkbusError, match="jkbus run"):
        broker(environment={})
