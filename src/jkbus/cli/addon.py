"""`addon`: the gateway as Home Assistant's Supervisor starts it."""

from pathlib import Path

from ..app import supervisor
from ..config import Config, load
from ..config.addon import from_file, from_options, read_options, wants_service
from . import logs
from .gateway import meaning, running
from .stopping import until_stopped


def addon(options: Path, config: Path, state: Path) -> None:
    """Run the gateway until it is stopped. Raises JkbusError."""
    found = _config(options, config, state)
    logs.at_least(found.log.level)
    until_stopped(_running(found))


async def _running(config: Config) -> None:
    """Say what it is only here: whoever has read it may stop us, and we end cleanly."""
    print(meaning(config), flush=True)
    await running(config, False)


def _config(file: Path, own: Path, state: Path) -> Config:
    """From a file of the owner, else from the options; the Supervisor is asked for its broker if need be."""
    options = read_options(file)
    known = own.is_file() and load(own).mqtt is not None
    service = supervisor.broker() if wants_service(options) and not known else None
    if own.is_file():
        return from_file(own, options, service, state)
    return from_options(options, service, state)
