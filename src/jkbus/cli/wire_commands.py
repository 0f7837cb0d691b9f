"""The command that judges the wires: arguments and help only, as in `commands`."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from .commands import Baudrate, Json, Link, command
from .dashboard_commands import app as app


@command(
    ("jkbus wiring /dev/ttyUSB0", "listens and asks for half a minute, then judges"),
    ("jkbus wiring replay:night.jkc", "judges a recording"),
    ("jkbus wiring /dev/ttyUSB0 --read-only", "only listens"),
)
def wiring(
    link: Link,
    /,
    *,
    seconds: Annotated[float, Parameter(help="How long to listen; 30.", validator=Number(gt=0))] = 30.0,
    read_only: Annotated[bool, Parameter(help="Never send a byte.")] = False,
    json: Json = False,
    baudrate: Baudrate = 115200,
    config: Annotated[
        Path | None, Parameter(help="The configuration, instead of where `run` finds it.")
    ] = None,
) -> None:
    """How good the wires are: names the fault and the remedy.

    No bytes, only an echo, A and B swapped, a wrong rate, termination, two masters, another protocol. A
    gateway that runs and has the link is asked for what it has heard; the exit code is 1 for a fault.
    """
    from .wiring import wiring

    wiring(link, seconds, read_only, json, baudrate, config)
