"""The page of the first start: the same files and the same guard, with the routes of the wizard alone."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Callable, Sequence
from importlib.metadata import version
from typing import Any, Protocol

from fastapi import FastAPI
from starlette.types import ASGIApp

from ..config import WebConfig
from .accounts import Accounts
from .files import Files
from .guard import Guard
from .problems import tell_problems
from .server import listen, served

USER = "setup"  # who has typed the code
Json = dict[str, Any]


class Steps(Protocol):
    """What the wizard does; see `app.setup.Setup`."""

    async def begin(self) -> Json:
        """Ports, file, and whether others reach the page."""

    def listen(self, link: str, baudrate: int, ask: bool) -> AsyncGenerator[Json, None]:
        """Progress, at last what was found."""

    async def broker(self, url: str, username: str, password: str) -> Json:
        """Whether a broker lets us in."""

    async def write(
        self,
        link: str,
        packs: Sequence[tuple[str, int]],
        mqtt: tuple[str, str, str] | None,
        user: tuple[str, str] | None,
        *,
        baudrate: int = 115200,
        writes: bool = False,
    ) -> Json:
        """Write the configuration."""


def new_code() -> str:
    """A code that somebody at the terminal reads, and somebody at the page types."""
    digits = f"{secrets.randbelow(10**8):08}"
    return f"{digits[:4]}-{digits[4:]}"


class Wizard:
    """Serves the wizard; `run` until cancelled. A user in `web` is one who knows the code.

    Raises OSError if nobody can be listened to there.
    """

    def __init__(self, steps: Steps, web: WebConfig) -> None:
        self._steps = steps
        self._web = web

    async def run(self, ready: Callable[[], None]) -> None:
        """Serve it; `ready` is called when it can be opened."""
        listening = await asyncio.to_thread(listen, *self._web.address)
        app = await asyncio.to_thread(wizard_site, self._steps, self._web, asyncio.get_running_loop().time)
        async with served(app, listening) as serving:
            ready()
            await asyncio.wait([serving])
            serving.result()


def wizard_site(steps: Steps, web: WebConfig, clock: Callable[[], float]) -> ASGIApp:
    """The application. `clock` gives seconds for sessions and never goes back."""
    from .routes import setup

    accounts = Accounts(web, clock)
    cookie = f"jkbus-setup-{web.address[1]}"
    app = FastAPI(
        title="jkbus: the first start",
        version=version("jkbus"),
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    tell_problems(app)
    app.include_router(setup.router(steps, accounts, cookie))
    app.mount("/", Files())
    return Guard(app, web, accounts, cookie)
