"""The door of the page: other pages, other names and other people stay outside."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from jkbus.config import WebConfig
from jkbus.web.accounts import Accounts
from jkbus.web.guard import LARGEST, Guard
from jkbus.web.origins import host_of, is_ours, is_strange
from jkbus.web.visitors import visitor_of

TOKEN = "a-token-that-is-long-enough"
READER = "another-token-that-is-long"
USERS: Any = {
    "users": [{"name": "anna", "password": "correct horse"}],
    "tokens": [
        {"name": "evcc", "token": TOKEN, "role": "full"},
        {"name": "wall", "token": READER, "role": "read"},
    ],
}
JSON = {"content-type": "application/json"}


class Answer:
    """What came back, and whether a route was called at all."""

    def __init__(self, sent: list[Any], visitor: str | None) -> None:
        self.status = sent[0]["status"]
        self.headers = Headers(raw=sent[0]["headers"])
        self.body = b"".join(part.get("body", b"") for part in sent[1:])
        self.visitor = visitor

    @property
    def error(self) -> str:
        told = json.loads(self.body)
        assert set(told) == {"error", "asked_wrong"}
        return str(told["error"])


class Door:
    """A guard before a route that tells who comes and how long the body was."""

    def __init__(self, fault: Exception | None = None, **web: Any) -> None:
        config = WebConfig.model_validate(web)
        self.accounts = Accounts(config, lambda: 0.0)
        self.guard = Guard(self._route, config, self.accounts, "jkbus-8090")
        self._fault = fault
        self._visitor: str | None = None

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._fault is not None:
            raise self._fault
        self._visitor = visitor_of(scope).name
        length, more = 0, True
        while more:
            message = await receive()
            length, more = length + len(message.get("body", b"")), message.get("more_body", False)
        headers = [(b"content-type", b"text/plain")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": str(length).encode()})

    async def ask(
        self,
        path: str = "/api/battery",
        method: str = "GET",
        headers: dict[str, str] | None = None,
        client: str = "127.0.0.1",
        body: tuple[bytes, ...] = (b"",),
    ) -> Answer:
        """Send a request."""
        given = {"host": "127.0.0.1:8090", **(headers or {})}
        raw = [(name.encode(), value.encode("latin-1")) for name, value in given.items()]
        scope = {"type": "http", "method": method, "path": path, "headers": raw, "client": (client, 1)}
        parts = [{"type": "http.request", "body": part, "more_body": True} for part in body]
        parts[-1]["more_body"] = False
        sent: list[Any] = []
        self._visitor = None

        async def receive() -> Any:
            return parts.pop(0)

        async def send(message: Any) -> None:
            sent.append(message)

        await self.guard(scope, receive, send)
        return Answer(sent, self._visitor)


async def test_on_loopback_without_users_everybody_may_do_everything() -> None:
    door = Door()
    assert (await door.ask()).status == 200
    assert (await door.ask("/api/plan", "POST", JSON)).status == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8090", 200),
        ("[::1]:8090", 200),
        ("192.168.1.5", 200),
        ("localhost:8090", 200),
        ("battery.home.arpa", 200),
        ("evil.example:8090", 403),
        ("127.0.0.1.evil.example", 403),
        ("localhost.evil.example", 403),
        ("", 403),
        ("[::1", 403),
    ],
)
async def test_a_name_that_is_not_ours_is_refused(host: str, status: int) -> None:
    found = await Door(**USERS, hosts=["battery.home.arpa"]).ask("/", headers={"host": host})
    assert found.status == status
    if status != 200:
        assert "hosts: below web:" in found.error


@pytest.mark.parametrize(
    ("headers", "is_let_in"),
    [
        ({}, True),
        ({"origin": "http://127.0.0.1:8090"}, True),
        ({"origin": "http://127.0.0.1:8090", "sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "http://127.0.0.1:8091"}, False),
        ({"origin": "null"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site", "origin": "http://127.0.0.1:8090"}, False),
    ],
)
async def test_another_page_neither_changes_nor_reads_anything(
    headers: dict[str, str], is_let_in: bool
) -> None:
    for path, method in (("/api/apply", "POST"), ("/api/stream", "GET"), ("/api/login", "POST")):
        found = await Door().ask(path, method, {**JSON, **headers})
        assert (found.status == 200) is is_let_in
        assert (found.visitor is not None) is is_let_in


async def test_a_link_on_another_page_may_lead_here() -> None:
    assert (await Door().ask("/", headers={"sec-fetch-site": "cross-site"})).status == 200


@pytest.mark.parametrize(
    "kind", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
async def test_what_a_form_can_send_is_refused(kind: str | None) -> None:
    headers = {} if kind is None else {"content-type": kind}
    found = await Door().ask("/api/apply", "POST", headers)
    assert (found.status, found.visitor) == (415, None)


async def test_json_may_name_its_letters() -> None:
    headers = {"content-type": "Application/JSON; charset=utf-8"}
    assert (await Door().ask("/api/apply", "POST", headers)).status == 200


async def test_a_body_has_an_end() -> None:
    told = await Door().ask("/api/apply", "POST", {**JSON, "content-length": str(LARGEST + 1)})
    assert (told.status, told.visitor) == (413, None)
    streamed = await Door().ask("/api/apply", "POST", JSON, body=(b"x" * LARGEST, b"x"))
    assert streamed.status == 413
    whole = await Door().ask("/api/apply", "POST", JSON, body=(b"x" * 1000, b"x" * 1000))
    assert (whole.status, whole.body) == (200, b"2000")


async def test_where_there_are_users_nobody_else_gets_anything_but_the_page() -> None:
    door = Door(**USERS)
    for path, method, status in (
        ("/", "GET", 200),
        ("/js/main.js", "GET", 200),
        ("/api/me", "GET", 200),
        ("/api/login", "POST", 200),
        ("/api/battery", "GET", 401),
        ("/api/stream", "GET", 401),
        ("/api/openapi.json", "GET", 401),
        ("/api/apply", "POST", 401),
        ("/api/meow", "GET", 401),
        ("/api/login/x", "POST", 401),
    ):
        assert (await door.ask(path, method, JSON)).status == status, path


async def test_a_session_opens_the_door_and_another_cookie_does_not() -> None:
    door = Door(**USERS)
    session = await door.accounts.log_in("anna", "correct horse", "10.0.0.7")
    found = await door.ask(headers={"cookie": f"other=1; jkbus-8090={session}"})
    assert (found.status, found.visitor) == (200, "anna")
    for cookie in (f"jkbus-8091={session}", "jkbus-8090=", "jkbus-8090=wrong", "=;=;\x7f", "a" * 5000):
        assert (await door.ask(headers={"cookie": cookie})).status == 401


async def test_a_token_opens_the_door_as_far_as_its_role() -> None:
    door = Door(**USERS)
    for token, changes in ((TOKEN, 200), (READER, 403)):
        headers = {**JSON, "authorization": f"Bearer {token}"}
        assert (await door.ask(headers=headers)).status == 200
        assert (await door.ask("/api/plan", "POST", headers)).status == changes
    wrong = await door.ask(headers={"authorization": "Bearer wrong"})
    assert (wrong.status, wrong.visitor) == (401, None)
    assert "wrong" not in wrong.error


async def test_who_only_reads_may_log_out() -> None:
    headers = {**JSON, "authorization": f"Bearer {READER}"}
    assert (await Door(**USERS).ask("/api/logout", "POST", headers)).status == 200


async def test_a_trusted_proxy_has_asked_already_and_may_be_called_anything() -> None:
    door = Door(listen="0.0.0.0:8090", trusted=["172.30.32.2"])
    headers = {
        **JSON,
        "host": "homeassistant.local:8123",
        "x-forwarded-host": "ha.example",
        "origin": "https://ha.example",
        "x-remote-user-name": "anna\x07",
    }
    found = await door.ask("/api/plan", "POST", headers, client="172.30.32.2")
    assert (found.status, found.visitor) == (200, "anna")
    strange = await door.ask(
        "/api/plan", "POST", {**headers, "origin": "https://evil.example"}, "172.30.32.2"
    )
    assert strange.status == 403
    assert (await door.ask(client="172.30.32.3")).status == 401


async def test_what_a_stranger_says_of_a_proxy_is_not_believed() -> None:
    headers = {**JSON, "x-forwarded-host": "evil.example", "origin": "http://evil.example"}
    assert (await Door(**USERS).ask("/api/login", "POST", headers)).status == 403


async def test_a_proxy_on_this_computer_does_not_let_the_world_in() -> None:
    found = await Door().ask(headers={"x-forwarded-for": "203.0.113.9"})
    assert (found.status, found.visitor) == (403, None)
    assert "trusted:" in found.error


@pytest.mark.parametrize(
    ("path", "status"), [("/", 200), ("/api/battery", 200), ("/api/battery", 401), ("/", 403)]
)
async def test_every_answer_is_safe_to_show(path: str, status: int) -> None:
    web = USERS if status == 401 else {}
    found = await Door(**web).ask(path, headers={"host": "evil.example"} if status == 403 else {})
    assert found.status == status
    policy = found.headers["content-security-policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'self'" in policy
    assert "unsafe" not in policy
    assert found.headers["x-content-type-options"] == "nosniff"
    assert found.headers["referrer-policy"] == "no-referrer"
    assert "camera=()" in found.headers["permissions-policy"]
    assert found.headers.get("cache-control") == ("no-store" if path.startswith("/api/") else None)
    assert "server" not in found.headers


async def test_what_nobody_foresaw_is_told_without_its_cause(caplog: pytest.LogCaptureFixture) -> None:
    found = await Door(ValueError("hunter2")).ask()
    assert (found.status, found.error) == (500, "the gateway could not answer; its log tells more")
    assert "GET /api/battery failed" in caplog.text


@given(st.text())
def test_no_host_makes_the_guard_fail(host: str) -> None:
    assert not is_ours(host, ()) or host_of(host)


@given(st.text(), st.text(), st.booleans())
def test_no_origin_makes_the_guard_fail(origin: str, host: str, trusted: bool) -> None:
    raw = [(b"origin", origin.encode("utf-8")), (b"host", host.encode("utf-8"))]
    assert is_strange(Headers(raw=raw), (), trusted) in (True, False)
