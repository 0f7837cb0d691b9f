"""Who looks: what the page must know first, and the way in and out."""

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from typing_extensions import TypedDict

from ..accounts import ABSOLUTE, Accounts
from ..problems import Refused
from ..shown import Shown
from ..visitors import visitor_of
from .answers import faults


class Me(TypedDict):
    """What the page must know before anything else.

    `user` is null where nobody had to log in; `role` is null and `login` true where somebody must. `setup`:
    there is no configuration yet. `writes`: a pack may be changed from here, by a role that is full.
    """

    version: str
    user: str | None
    role: Literal["full", "read"] | None
    login: bool
    setup: bool
    writes: bool
    history: bool
    title: str


class Login(BaseModel):
    """A user and a password, as they are typed."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: Annotated[str, Field(max_length=64)]
    password: Annotated[str, Field(max_length=1024)]


class Done(TypedDict):
    """It was done."""

    ok: Literal[True]


def router(shown: Shown, accounts: Accounts, cookie: str) -> APIRouter:
    """The routes of accounts; `cookie` is the name of the one that holds the session."""
    api = APIRouter(tags=["account"])
    secure = shown.config.web.cert is not None

    @api.get("/api/me", response_model=Me, responses=faults(), summary="Who asks, and what is there")
    async def me(request: Request) -> Response:
        """Answered to everybody, also before a login."""
        return JSONResponse(_me(shown, request))

    @api.post("/api/login", response_model=Done, responses=faults(413, 415), summary="Log in")
    async def login(request: Request, login: Login) -> Response:
        """Answers with a cookie for the session; the next wrong password must wait longer each time."""
        if not accounts.asks_for_login:
            raise Refused(400, "there are no users here; see web: in the configuration")
        address = request.client.host if request.client is not None else ""
        session = await accounts.log_in(login.name, login.password, address)
        answer = JSONResponse({"ok": True})
        answer.set_cookie(
            cookie, session, max_age=int(ABSOLUTE), httponly=True, samesite="strict", secure=secure
        )
        return answer

    @api.post("/api/logout", response_model=Done, responses=faults(413, 415), summary="Log out")
    async def logout(request: Request) -> Response:
        """Forgets the session, if there is one."""
        accounts.log_out(visitor_of(request.scope).session)
        answer = JSONResponse({"ok": True})
        answer.delete_cookie(cookie, httponly=True, samesite="strict", secure=secure)
        return answer

    return api


def _me(shown: Shown, request: Request) -> Me:
    visitor, writable = visitor_of(request.scope), shown.permits.allows
    return {
        "version": request.app.version,
        "user": visitor.name or None,
        "role": visitor.role,
        "login": visitor.role is None,
        "setup": False,
        "writes": visitor.role == "full" and any(writable(bus.name) for bus in shown.buses),
        "history": shown.config.history.enabled,
        "title": "jkbus",
    }
