"""The commands around a gateway that runs as a service: arguments and help only, as in `commands`."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from .commands import Json, command
from .wire_commands import app as app

DATA = Path("/data")  # of an add-on


@command(
    ("jkbus ping", "exit code 0 if the gateway answers, 1 if not"),
    ("jkbus ping --state /var/lib/jkbus", "without looking into a configuration"),
)
def ping(
    *,
    state: Annotated[
        Path | None, Parameter(help="Its folder for state, instead of asking the configuration.")
    ] = None,
) -> None:
    """Whether the gateway runs and answers, for containers and watchdogs.

    Packs that are silent, or a broker that is away, are told elsewhere: to start the gateway anew would help
    neither.
    """
    from .pinging import ping

    ping(state)


@command(("jkbus addon", "as Home Assistant's Supervisor starts it"))
def addon(
    *,
    options: Annotated[Path, Parameter(help="The options; /data/options.json.")] = DATA / "options.json",
    config: Annotated[Path, Parameter(help="A configuration of one's own; /config/jkbus.yaml.")] = Path(
        "/config/jkbus.yaml"
    ),
    state: Annotated[Path, Parameter(help="The folder for state; /data.")] = DATA,
) -> None:
    """The gateway as an add-on of Home Assistant; elsewhere `jkbus run` is what you want.

    It takes the options of the add-on, or a jkbus.yaml in the add-on's folder, and Home Assistant's own MQTT
    broker with the login that the Supervisor tells.
    """
    from .addon import addon

    addon(options, config, state)


@command(
    ("jkbus doctor", "with the configuration that `run` would find"),
    ("jkbus doctor /etc/jkbus/jkbus.yaml", "with another one"),
)
def doctor(
    config: Annotated[Path | None, Parameter(help="The configuration.")] = None, /, *, json: Json = False
) -> None:
    """Look at all that a gateway needs, and say what to do where something is missing.

    Versions, configuration, clock, disk, port and adapter, other programs, pages, broker; and the wires,
    where the gateway runs. It sends nothing to a pack. The exit code is 1 if something must be mended.
    """
    from .doctoring import doctor

    doctor(config, json)
