"""What we ask a running Home Assistant, over its own REST and WebSocket API (standard library only)."""

import base64
import json
import re
import secrets
import socket
import struct
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any, TypeVar

Json = Any  # as Home Assistant answers: what is in it is checked where it is used
T = TypeVar("T")
USER, PASSWORD = "acceptance", "acceptance"


class Refused(Exception):
    """Home Assistant answered with an error, or not at all."""


def eventually(ask: Callable[[], T], seconds: float, what: str) -> T:
    """The first true answer of `ask`; raises `Refused` with `what` when there is none within `seconds`."""
    end = time.monotonic() + seconds
    while not (answer := ask()):
        if time.monotonic() > end:
            raise Refused(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.3)
    return answer


class WebSocket:
    """The little of RFC 6455 that Home Assistant's API needs: text messages, one at a time."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._input = self._socket.makefile("rb")
        self._socket.sendall(
            b"GET /api/websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %b\r\n\r\n"
            % base64.b64encode(secrets.token_bytes(16))
        )
        if b" 101 " not in self._input.readline():
            raise Refused("no WebSocket at this port")
        while self._input.readline().strip():
            pass

    def send(self, message: Json) -> None:
        """Send one text message; masked, as a client must."""
        data, mask = json.dumps(message).encode(), secrets.token_bytes(4)
        size = bytes([0x80 | len(data)]) if len(data) < 126 else struct.pack(">BQ", 0xFF, len(data))
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(data))
        self._socket.sendall(b"\x81" + size + mask + masked)

    def receive(self) -> Json:
        """The next text message; pings are answered on the way."""
        text = b""
        while True:
            head = self._input.read(2)
            if len(head) < 2 or head[0] & 15 == 8:
                raise Refused("Home Assistant closed the WebSocket")
            size = head[1]
            if size > 125:
                width = 2 if size == 126 else 8
                size = int.from_bytes(self._input.read(width), "big")
            data = self._input.read(size)
            if head[0] & 15 == 9:
                self._socket.sendall(b"\x8a\x80" + secrets.token_bytes(4))
                continue
            text += data
            if head[0] & 0x80:
                return json.loads(text)

    def close(self) -> None:
        """End the connection."""
        self._input.close()
        self._socket.close()


class HomeAssistant:
    """A Home Assistant on this machine; `onboard` first, then ask.

    Each WebSocket command has a connection of its own, so a restart in between needs no care.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._token = ""

    def rest(self, path: str, body: Json = None, form: dict[str, str] | None = None) -> Json:
        """GET without a body, else POST of JSON or of a form; the answer's JSON. Raises `Refused`."""
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        data = urllib.parse.urlencode(form).encode() if form else None
        if body is not None:
            data, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        request = urllib.request.Request(self.url + path, data, headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise Refused(f"{path}: {error.code} {error.read(300)!r}") from None
        except OSError as error:
            raise Refused(f"{path}: {error}") from None

    def connect(self) -> WebSocket:
        """A WebSocket that is logged in."""
        connection = WebSocket(self.port)
        connection.receive()
        connection.send({"type": "auth", "access_token": self._token})
        if connection.receive()["type"] != "auth_ok":
            raise Refused("the token was refused")
        return connection

    def command(self, name: str, **arguments: Json) -> Json:
        """The result of one WebSocket command. Raises `Refused`."""
        connection = self.connect()
        try:
            connection.send({"id": 1, "type": name, **arguments})
            answer = connection.receive()
        finally:
            connection.close()
        if not answer["success"]:
            raise Refused(f"{name}: {answer['error']}")
        return answer["result"]

    def onboard(self) -> None:
        """Make the first user of a new Home Assistant and log in as that user."""
        eventually(self._answers, 120, "Home Assistant starts")
        client = {"client_id": self.url + "/"}
        person = {"name": "Acceptance", "username": USER, "password": PASSWORD, "language": "en"}
        code = self.rest("/api/onboarding/users", {**client, **person})["auth_code"]
        form = {**client, "grant_type": "authorization_code", "code": code}
        self._token = self.rest("/auth/token", form=form)["access_token"]
        self.wait_until_running()
        # Home Assistant takes an `http:` block as a trial of five minutes, unless it is confirmed.
        self.command("http/config/promote")

    def _answers(self) -> bool:
        try:
            self.rest("/manifest.json")
        except Refused:
            return False
        return True

    def wait_until_running(self) -> None:
        """Until every integration is set up."""
        eventually(self._answers, 120, "Home Assistant answers")
        eventually(lambda: self.rest("/api/config")["state"] == "RUNNING", 120, "Home Assistant runs")

    def add_broker(self, port: int) -> None:
        """Walk through the form by which a user adds MQTT."""
        step = self.rest("/api/config/config_entries/flow", {"handler": "mqtt"})
        given = {"broker": "127.0.0.1", "port": port}
        step = self.rest(
            f"/api/config/config_entries/flow/{step['flow_id']}", fill(step["data_schema"], given)
        )
        if step["type"] != "create_entry":
            raise Refused(f"Home Assistant does not take the broker: {step}")

    def call(self, service: str, entity_id: str, **data: Json) -> None:
        """Call a service such as `switch.turn_on` for an entity. Raises `Refused`."""
        self.rest(f"/api/services/{service.replace('.', '/')}", {"entity_id": entity_id, **data})

    def states(self) -> dict[str, Json]:
        """Every state by entity id."""
        return {state["entity_id"]: state for state in self.rest("/api/states")}

    def render(self, template: str) -> str:
        """What Home Assistant makes of a template. Raises `Refused`."""
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        data = json.dumps({"template": template}).encode()
        request = urllib.request.Request(f"{self.url}/api/template", data, headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as error:
            raise Refused(f"a template: {error.code} {error.read(300)!r}") from None

    def complaints(self, pattern: str) -> list[str]:
        """Warnings and errors in Home Assistant's log whose logger or text matches the pattern."""
        entries = self.command("system_log/list")
        lines = [f"{entry['level']} {entry['name']}: {' | '.join(entry['message'])}" for entry in entries]
        return [line for line in lines if re.search(pattern, line, re.IGNORECASE)]

    def changes(self, entity_ids: list[str], seconds: float) -> float:
        """How many state changes a second Home Assistant tells a page that shows these entities."""
        connection = self.connect()
        connection.send({"id": 1, "type": "subscribe_entities", "entity_ids": entity_ids})
        start, count = time.monotonic(), 0
        while (elapsed := time.monotonic() - start) < seconds:
            count += len(connection.receive().get("event", {}).get("c", {}))
        connection.close()
        return count / elapsed


def fill(schema: list[Json], given: dict[str, Json]) -> dict[str, Json]:
    """The answers to a form: what is given, else for what is required its default, first choice, or no."""
    answers = {}
    for field in schema:
        name = field["name"]
        if field.get("type") == "expandable":
            answers[name] = fill(field["schema"], given)
        elif name in given:
            answers[name] = given[name]
        elif field.get("required"):
            choices = field.get("selector", {}).get("select", {}).get("options", [False])
            first = choices[0]["value"] if isinstance(choices[0], dict) else choices[0]
            answers[name] = field.get("default", first)
    return answers
