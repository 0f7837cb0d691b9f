"""`run` where there is no configuration: the wizard, and then the gateway."""

import sys
from pathlib import Path

from pydantic import SecretStr

from ..app.setup import Setup, first_start
from ..config import UserConfig, WebConfig, load
from ..config.export import parse_listen
from ..web.server import address
from ..web.wizard import USER, new_code
from . import logs
from .gateway import running


async def first(file: Path, listen: str, view: bool) -> None:
    """Serve the wizard until it has written `file`, then run the gateway. Raises JkbusError."""
    web = door(listen)

    def ready() -> None:
        print(
            f"There is no configuration yet. Open {address(web)} in a browser to make one, or end this with"
            " Ctrl-C and type `jkbus init`.",
            file=sys.stderr,
            flush=True,
        )
        for user in web.users:
            code = user.password.get_secret_value()
            print(f"The page will ask for this code: {code}", file=sys.stderr, flush=True)

    await first_start(Setup(file, web), ready)
    print(f"{file} is written; the gateway starts.", file=sys.stderr, flush=True)
    config = load(file)
    logs.at_least(config.log.level)
    await running(config, view)


def door(listen: str) -> WebConfig:
    """Where the wizard is served; where others reach it, a code must be known."""
    where = parse_listen(listen)
    if WebConfig(enabled=False, listen=where).is_local:
        return WebConfig(listen=where)
    return WebConfig(listen=where, users=(UserConfig(name=USER, password=SecretStr(new_code())),))
