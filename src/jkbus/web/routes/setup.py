"""The first start: ports, what is heard, a broker, and the file that is written."""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from typing_extensions import TypedDict

from ...errors import JkbusError, UsageError
from ..accounts import ABSOLUTE, Accounts
from ..documents.numbers import encoded
from ..problems import NDJSON
from ..visitors import visitor_of
from ..wizard import USER, Steps
from .account import Done, Login, Me
from .answers import BODY, content, faults, told


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, strict=True)


class Listening(_Asked):
    """Where to listen, and whether the packs may be asked."""

    link: Annotated[str, Field(min_length=1, max_length=512)]
    baudrate: Annotated[int, Field(ge=300, le=4_000_000)] = 115200
    ask: bool = False


class Broker(_Asked):
    """A broker; user and password may be empty."""

    url: Annotated[str, Field(min_length=1, max_length=512)]
    username: Annotated[str, Field(max_length=256)] = ""
    password: Annotated[str, Field(max_length=1024)] = ""


class Named(_Asked):
    """A pack's name; the address is that of its DIP switch."""

    name: Annotated[str, Field(min_length=1, max_length=64)]
    address: Annotated[int, Field(ge=0, le=15)]


class Person(_Asked):
    """Who may log in to the page from now on."""

    name: Annotated[str, Field(min_length=1, max_length=64)]
    password: Annotated[str, Field(min_length=8, max_length=1024)]


class Wanted(_Asked):
    """The configuration that is wanted. `user` is needed where others reach the page."""

    link: Annotated[str, Field(min_length=1, max_length=512)]
    baudrate: Annotated[int, Field(ge=300, le=4_000_000)] = 115200
    packs: Annotated[list[Named], Field(max_length=16)]
    mqtt: Broker | None = None
    writes: bool = False
    user: Person | None = None


class Port(TypedDict):
    """A serial port, what it is, and why it cannot be used."""

    link: str
    title: str
    problem: str | None


class Start(TypedDict):
    """What there is to begin with; `remote`: others reach the page, so it needs a user."""

    ports: list[Port]
    file: str
    remote: bool


class Tried(TypedDict):
    """Whether the broker lets us in."""

    ok: bool
    sentence: str


class Written(TypedDict):
    """The file and its text; passwords are not in it."""

    file: str
    text: str


def router(steps: Steps, accounts: Accounts, cookie: str) -> APIRouter:
    """The routes of the wizard; `cookie` is the name of the one for those who know the code."""
    api = APIRouter(tags=["first start"])

    @api.get("/api/me", response_model=Me, responses=faults(), summary="That this is the first start")
    async def me(request: Request) -> Response:
        """Answered to everybody."""
        return told(_me(request))

    @api.post("/api/login", response_model=Done, responses=faults(*BODY), summary="Tell the code")
    async def login(request: Request, login: Login) -> Response:
        """The code stands in the terminal; each wrong one must wait longer."""
        address = request.client.host if request.client is not None else ""
        session = await accounts.log_in(USER, login.password.strip(), address)
        answer = JSONResponse({"ok": True})
        answer.set_cookie(cookie, session, max_age=int(ABSOLUTE), httponly=True, samesite="strict")
        return answer

    @api.get("/api/setup", response_model=Start, responses=faults(), summary="The ports that are there")
    async def begin() -> Response:
        """With what is wrong with them, as far as that is known."""
        return told(await steps.begin())

    listened = content(
        NDJSON, '{"progress": {"seconds": 1.2, "of": 6.0, "bytes": 900, "packs": [1, 2]}}\n', "Lines"
    )

    @api.post("/api/setup/listen", responses={**listened, **faults(409, *BODY)}, summary="Listen to a bus")
    async def listening(asked: Listening) -> Response:
        """Lines of progress, at last what was found."""
        return await _lines(steps.listen(asked.link, asked.baudrate, asked.ask))

    @api.post("/api/setup/broker", response_model=Tried, responses=faults(409, *BODY), summary="Try a broker")
    async def broker(asked: Broker) -> Response:
        """Connects once; nothing is published."""
        return told(await steps.broker(asked.url, asked.username, asked.password))

    @api.post(
        "/api/setup/write", response_model=Written, responses=faults(409, *BODY), summary="Write the file"
    )
    async def write(wanted: Wanted) -> Response:
        """A file that is there is never replaced. The gateway starts after it."""
        packs = [(pack.name.strip(), pack.address) for pack in wanted.packs]
        mqtt, user = wanted.mqtt, wanted.user
        login = None if mqtt is None else (mqtt.url, mqtt.username, mqtt.password)
        person = None if user is None else (user.name.strip(), user.password)
        rate, writes = wanted.baudrate, wanted.writes
        return told(await steps.write(wanted.link, packs, login, person, baudrate=rate, writes=writes))

    return api


def _me(request: Request) -> dict[str, Any]:
    role: Literal["full", "read"] | None = visitor_of(request.scope).role
    return {
        "version": request.app.version,
        "user": None,
        "role": role,
        "login": False,
        "setup": True,
        "writes": False,
        "history": False,
        "title": "jkbus",
    }


async def _lines(objects: AsyncGenerator[dict[str, Any], None]) -> StreamingResponse:
    """The objects as they come, a line each; a fault that comes later is the last line."""
    first = await anext(objects)

    async def lines() -> AsyncIterator[bytes]:
        yield encoded(first) + b"\n"
        try:
            async for found in objects:
                yield encoded(found) + b"\n"
        except JkbusError as error:
            wrong = isinstance(error, UsageError)
            yield encoded({"error": str(error), "asked_wrong": wrong}) + b"\n"
        finally:
            await objects.aclose()

    return StreamingResponse(lines(), media_type=NDJSON)
