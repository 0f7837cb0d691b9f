"""`run` and `check`: everything around the gateway itself."""

import functools
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from .. import app
from ..app.esphome import INSTALL, is_installed
from ..config import BusConfig, Config, MqttConfig, dump, ports_missing
from ..config.urls import SecretUrl, parse_broker
from ..errors import UsageError
from ..outputs import terminal
from . import logs
from .importing import any_configuration, on_trial
from .stopping import until_stopped


def places() -> list[Path]:
    """Where a configuration is looked for, in this order."""
    home = Path(os.environ.get("XDG_CONFIG_HOME") or "~/.config").expanduser()
    return [Path("jkbus.yaml"), home / "jkbus/jkbus.yaml", Path("/etc/jkbus/jkbus.yaml")]


def find() -> Path | None:
    """The configuration to use when none is named; None if there is none."""
    return next((place for place in places() if _is_file(place)), None)


def _is_file(place: Path) -> bool:
    """Whether a file is there; a folder that is closed to this user, as with `sudo -u jkbus`, has none."""
    try:
        return place.is_file()
    except OSError:
        return False


def needed() -> Path:
    """The configuration to use when none is named. Raises UsageError if there is none."""
    found = find()
    if found is None:
        looked = ", ".join(map(str, places()))
        raise UsageError(
            f"no configuration found in {looked}; `jkbus init` writes one, `jkbus demo` needs none"
        )
    return found


def place() -> Path:
    """Where the first configuration is written: for everybody if this is root, else for this user."""
    _, own, everybody = places()
    return everybody if os.geteuid() == 0 and not os.environ.get("XDG_CONFIG_HOME") else own


def run(path: Path | None, view: bool, listen: str, links: tuple[str, ...] = ()) -> None:
    """Run the gateway until it is stopped; without any configuration begin with the wizard of the page."""
    if view and not sys.stdout.isatty():
        raise UsageError("--view needs a terminal; leave it away where there is none")
    found = path or find()
    if found is None:
        from .first import first

        until_stopped(first(place(), listen, view))
        return
    config = any_configuration(found, links, must_run=True)
    logs.at_least(config.log.level)
    if trial := on_trial(config, links):
        _passing(trial, view)
    else:
        until_stopped(running(config, view))


def show_recording(file: Path, speed: float) -> None:
    """Run the gateway on a recording and show it."""
    _passing(Config(buses=(BusConfig(link=SecretUrl(f"replay:{file}?speed={speed}"), read_only=True),)))


def _passing(config: Config, view: bool = True) -> None:
    """Run without keeping anything on disk."""
    with TemporaryDirectory(prefix="jkbus-") as state:
        until_stopped(running(config.model_copy(update={"state": Path(state)}), view))


def broker(url: str) -> MqttConfig:
    """The broker at a URL, with the defaults for everything else. Raises ConfigError."""
    parse_broker(url)
    return MqttConfig(url=SecretUrl(url))


async def running(config: Config, view: bool) -> None:
    """The gateway, shown in this terminal if that is wanted."""
    screen = None
    if view:
        notes = logs.Notes().instead() if sys.stdout.isatty() else logs.Notes()
        screen = functools.partial(terminal.show, notes=notes.lines)
    await app.run(config, view=screen)


def check(path: Path) -> None:
    """Say that a configuration is right and what it means; with -v all of it.

    Raises ConfigError, or UsageError for what is not in the tables of entities.
    """
    config = any_configuration(path)
    if config.mqtt is not None:
        from ..outputs.groups import policies

        policies(config.mqtt.groups)  # knows which values there are
    if config.esphome is not None and config.esphome.entities and is_installed():
        from ..esphome.chosen import chosen

        chosen(config.esphome, config.buses)  # knows which entities there were
    print(f"{path} is right: {meaning(config)}")
    for sentence in ports_missing(config):
        print(f"but {sentence}")
    if config.esphome is not None and not is_installed():
        print(f"but the libraries of the native API are not installed; {INSTALL}")
    if logs.verbosity():
        print(f"\n{dump(config)}", end="")


def meaning(config: Config) -> str:
    """What a configuration makes the gateway do, in a sentence."""
    named = sum(len(bus.packs) for bus in config.buses)
    links = " and ".join(f"{bus.name} at {bus.link.shown}" for bus in config.buses)
    packs = f"{named} named pack{'s' * (named != 1)}, others are added as they are found"
    if config.mqtt is None:
        return f"{links}; {packs}; no MQTT broker"
    where = f"{config.mqtt.broker.host}:{config.mqtt.broker.port}"
    found = "with" if config.discovery else "without"
    return f"{links}; {packs}; MQTT at {where}, {found} Home Assistant's discovery"
