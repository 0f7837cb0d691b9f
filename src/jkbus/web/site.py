"""The page as an ASGI application: the guard, the routes of the API, and the files.

    request -> Guard -> FastAPI: routes/*.py, stream.py -> the files of static/

How a module of routes gets at what it needs: it has `router(shown: Shown) -> APIRouter`, a function whose
inner functions are the routes and close over `shown` (see `shown.Shown`: battery, buses, doings, alarms,
permits, config, clocks). Who asks is `asking.asker(request)`; a request of the local API is
`await asking.only(shown.doings, {"do": ...})` or, for an answer of many lines, `await asking.lines(...)`.
A fault is raised: `problems.Refused(status, sentence)`, `problems.not_there(sentence)`, or any JkbusError
(409; UsageError: 400). The guard has checked Host, Origin, login and role before a route is called, and that
a body is JSON of at most 1 MiB; it puts the headers of security on every answer.
"""

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from pkgutil import iter_modules
from typing import Any

from fastapi import APIRouter
from starlette.types import ASGIApp

from . import routes, stream
from .accounts import Accounts
from .describing import Api
from .files import Files
from .guard import Guard
from .live import Live
from .problems import tell_problems
from .routes import account
from .shown import Shown

APART = ("account", "answers", "setup")  # need more than what is shown, or are none


def site(shown: Shown, live: Live, clock: Callable[[], float]) -> ASGIApp:
    """The application, to be made in a thread. `clock` gives seconds for sessions and never goes back."""
    web = shown.config.web
    accounts = Accounts(web, clock)
    cookie = f"jkbus-{web.address[1]}"  # a browser sends the cookies of all ports of a host
    app = Api(version("jkbus"))
    tell_problems(app)
    app.include_router(account.router(shown, accounts, cookie))
    app.include_router(stream.router(live, accounts))
    for router in _routers(shown):
        app.include_router(router)
    app.router.default = Files()  # a mount would hide that a path knows other methods
    _work_out(app)
    return Guard(app, web, accounts, cookie)


def _work_out(app: Api) -> None:
    """Let FastAPI work its routes out now, in a thread; at the first request a bus would wait for that."""
    scope = {"type": "http", "method": "GET", "path": "/", "root_path": "", "headers": []}
    for route in app.routes:
        route.matches(scope)


def _routers(shown: Shown) -> list[APIRouter]:
    names = [module.name for module in iter_modules(routes.__path__) if module.name not in APART]
    found: list[Any] = [import_module(f"{routes.__name__}.{name}") for name in names]
    return [module.router(shown) for module in found]
