"""`dashboard`: YAML for Home Assistant, on the screen or in a file."""

import asyncio
import sys
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from .. import app
from ..config import Config
from ..config.words import reason, shown
from ..dashboards.home import home
from ..dashboards.ids import ESPHOME, MQTT, PREFIX
from ..dashboards.lovelace import dashboard as made
from ..dashboards.lovelace import written
from ..errors import JkbusError, UsageError
from .talking import configuration


def dashboard(
    path: Path | None, via: str | None, their: bool, prefixes: Iterable[str], output: Path | None
) -> None:
    """Write a dashboard for what a gateway publishes. Raises JkbusError."""
    config = configuration(path)
    way = chosen(config, via)
    wanted = dict(map(prefix, prefixes))
    found = home(config, asyncio.run(app.published_by(config)), way, wanted)
    text = written(made(found, their), found)
    put(text, output, f"holds a dashboard of {len(found.packs)} packs, for their entities over {way}")


def write_blueprint(output: Path | None) -> None:
    """Write the automation blueprint for alarms. Raises JkbusError."""
    source = files("jkbus") / "share" / "homeassistant" / "jkbus-alarm.yaml"
    put(source.read_text("utf-8"), output, "belongs into blueprints/automation/jkbus/ of Home Assistant")


def chosen(config: Config, via: str | None) -> str:
    """The way by which Home Assistant gets its entities. Raises UsageError if that is not configured."""
    ways = [way for way, there in ((MQTT, config.discovery), (ESPHOME, config.esphome is not None)) if there]
    if via is not None and via not in ways:
        raise UsageError(f"--via {via}: there is no {via}: in the configuration, so nothing is told that way")
    if not ways:
        raise UsageError("neither mqtt: nor esphome: is there, so Home Assistant knows nothing; add one")
    return via or ways[0]


def prefix(given: str) -> tuple[str, str]:
    """PACK=PREFIX in two. Raises UsageError."""
    name, _, begins = given.partition("=")
    if not name or not PREFIX.fullmatch(begins):
        raise UsageError(f"--prefix {shown(given)}: write PACK=PREFIX, such as rs485-bms1=cellar_battery")
    return name, begins


def put(text: str, output: Path | None, told: str) -> None:
    """Write a text to the screen, or into a file that is not there yet. Raises JkbusError."""
    if output is None:
        sys.stdout.write(text)
        return
    try:
        with output.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{output}: is there already; nothing was changed") from None
    except OSError as error:
        raise JkbusError(f"{output}: cannot be written ({reason(error)})") from None
    print(f"{output} {told}")
