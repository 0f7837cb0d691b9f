"""`demo`: the gateway on a simulated bus that has a past, in the terminal and as a page."""

import functools
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import SecretStr

from ..app.demo import demo as demonstrate
from ..app.demo import with_free_port
from ..app.gateway import View
from ..app.pretence import bus_config
from ..config import UserConfig, WebConfig, demo_config
from ..config.export import parse_listen
from ..outputs import terminal
from . import logs
from .gateway import broker
from .stopping import until_stopped

_USER = "demo"


def demo(
    packs: int, mqtt: str | None, listen: str, seed: int, trouble: bool, view: bool, seconds: float | None
) -> None:
    """Run the gateway on a simulated bus until it is stopped; nothing of it is left behind."""
    told = None if mqtt is None else broker(mqtt)
    logs.at_least("info")
    web = with_free_port(page(listen))
    where = f"http://{web.listen}"
    with TemporaryDirectory(prefix="jkbus-", ignore_cleanup_errors=True) as state:
        given = {"buses": (bus_config(packs),), "mqtt": told, "web": web, "state": Path(state)}
        config = demo_config(packs).model_copy(update=given)
        with _shown(view, where, web) as screen:
            until_stopped(demonstrate(config, seed=seed, trouble=trouble, view=screen), seconds)


def page(listen: str) -> WebConfig:
    """The page at HOST:PORT; where others can reach it, for one who knows a password made now."""
    where = parse_listen(listen)
    local = WebConfig(enabled=False, listen=where).is_local
    known = UserConfig(name=_USER, password=SecretStr(secrets.token_urlsafe(9)))
    return WebConfig(listen=where, users=() if local else (known,))


@contextmanager
def _shown(view: bool, where: str, web: WebConfig) -> Iterator[View | None]:
    for user in web.users:
        print(f"The page asks who you are: {user.name}, {user.password.get_secret_value()}", flush=True)
    if not view:
        print(f"The page is at {where} until Ctrl-C ends this.", flush=True)
        yield None
        return
    notes = logs.Notes().instead() if sys.stdout.isatty() else logs.Notes()
    yield functools.partial(terminal.show, notes=notes.lines, page=where)
