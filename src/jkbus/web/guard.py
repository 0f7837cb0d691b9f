"""The door of the page: a request is looked at before a route sees it, an answer before it leaves."""

import asyncio
import logging
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..config import WebConfig
from .accounts import Accounts
from .origins import FORWARDED, is_ours, is_strange, own_names
from .problems import Refused, problem
from .visitors import NOBODY, OWNER, Visitor

log = logging.getLogger("jkbus.web")

LARGEST = 2**20  # bytes of a body
PATIENCE = 15.0  # s for a whole body
API = "/api/"
FREE = ("/api/me", "/api/login", "/api/logout")  # before anybody has logged in
POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",  # Home Assistant's ingress shows the page in a frame of its own origin
    )
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """Lets a request through to `app` if it comes from our page or a program, and by whom it may.

    Whatever a route raises becomes an answer without a word about its cause, which is in the log.
    """

    def __init__(self, app: ASGIApp, config: WebConfig, accounts: Accounts, cookie: str) -> None:
        self._app = app
        self._accounts = accounts
        self._cookie = cookie
        self._trusted = frozenset(config.trusted)
        self._given = frozenset(config.hosts)
        self._names = own_names() | self._given
        self._turn = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request of ASGI."""
        if scope["type"] != "http":
            return
        send = _dressed(send, _path(scope).startswith(API))
        try:
            scope.setdefault("state", {})["visitor"] = self._let_in(scope)
            async with (
                self._turn
            ):  # one request begins each time the loop comes round, and buses come between
                await asyncio.sleep(0)
            await self._app(scope, _measured(receive), send)
        except Refused as error:
            await problem(error)(scope, receive, send)
        except Exception:
            log.exception("%s %s failed; please report this", scope["method"], _path(scope))
            sentence = "the gateway could not answer; its log tells more"
            await problem(Refused(500, sentence, asked_wrong=False))(scope, receive, send)

    def _let_in(self, scope: Scope) -> Visitor:
        """Who asks. Raises Refused if nobody may, or not this one, or not this way."""
        headers, path = Headers(scope=scope), _path(scope)
        address = scope["client"][0] if scope.get("client") else ""
        trusted = address in self._trusted
        if not trusted and not is_ours(headers.get("host", ""), self._names):
            raise Refused(403, f"this name is not known here; {REMEDY}")
        changes = scope["method"] not in ("GET", "HEAD")
        if (changes or path.startswith(API)) and is_strange(headers, self._given, trusted):
            raise Refused(403, "this was sent by another page, so nothing was done; open the page itself")
        if changes:
            _is_readable(headers)
        visitor = self._visitor(headers, address, trusted)
        if path.startswith(API) and path not in FREE:
            _may(visitor, changes)
        return visitor

    def _visitor(self, headers: Headers, address: str, trusted: bool) -> Visitor:
        if trusted:
            return Visitor(_printable(headers.get("x-remote-user-name", "")), "full")
        kind, _, token = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            found = self._accounts.by_token(token.strip())
            if found is None:
                raise Refused(401, "the token is not known; see tokens: below web: in the configuration")
            return found
        found = self._accounts.by_session(self._session(headers))
        if found is not None:
            return found
        if self._accounts.is_open:
            if any(name in headers for name in FORWARDED):
                raise Refused(403, f"this came by a proxy, so it must be known who asks; {USERS}")
            return OWNER
        return NOBODY

    def _session(self, headers: Headers) -> str:
        try:
            found = SimpleCookie(headers.get("cookie", "")).get(self._cookie)
        except CookieError:
            return ""
        return found.value if found is not None else ""


REMEDY = "add it to hosts: below web: in the configuration, or ask by address"
USERS = "add users: or trusted: below web: in the configuration"


def _may(visitor: Visitor, changes: bool) -> None:
    if visitor.role is None:
        raise Refused(401, "log in first", WWW_Authenticate="Bearer")
    if changes and visitor.role != "full":
        raise Refused(403, f"{visitor.name or 'you'} may look and not change anything")


def _is_readable(headers: Headers) -> None:
    """A form of another page can send neither JSON nor a length that is too large."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Refused(415, "an object in JSON is expected, with Content-Type: application/json")
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > LARGEST:
        raise Refused(413, f"at most {LARGEST} bytes are taken", Connection="close")


def _measured(receive: Receive) -> Receive:
    """The same; raises Refused for a body that is too large or takes too long."""
    loop = asyncio.get_running_loop()
    got, until, ended = 0, loop.time() + PATIENCE, False

    async def measured() -> Message:
        nonlocal got, ended
        if ended:
            return await receive()
        try:
            async with asyncio.timeout_at(until):
                message = await receive()
        except TimeoutError:
            raise Refused(408, "the request took too long", Connection="close") from None
        got += len(message.get("body", b""))
        ended = not message.get("more_body", False)
        if got > LARGEST:
            raise Refused(413, f"at most {LARGEST} bytes are taken", Connection="close")
        return message

    return measured


def _dressed(send: Send, is_api: bool) -> Send:
    async def dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if is_api:
                headers["Cache-Control"] = "no-store"
        await send(message)

    return dressed


def _path(scope: Scope) -> str:
    path: str = scope["path"]
    return path


def _printable(name: str) -> str:
    return "".join(letter for letter in name if letter.isprintable())[:64]
