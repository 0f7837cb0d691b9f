"""The command for who comes from an ESP32 with ESPHome: arguments and help only, as in `commands`."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from .commands import command
from .service_commands import app as app


@command(
    ("jkbus import-esphome esp-rs485-gw.yaml", "writes jkbus.yaml and the old names beside it"),
    ("jkbus import-esphome esp-rs485-gw.yaml --link /dev/ttyUSB0", "and the wires end at a USB adapter"),
)
def import_esphome(
    file: Annotated[Path, Parameter(help="The YAML of the ESP32, with its secrets.yaml beside it.")],
    /,
    *,
    output: Annotated[Path, Parameter(help="The file to write; jkbus.yaml.")] = Path("jkbus.yaml"),
    link: Annotated[
        tuple[str, ...],
        Parameter(help="Where the wires end now; once for each line of the old node, in its order."),
    ] = (),
) -> None:
    """Take the place of an ESP32 with jk_rs485_bms: same node, same entities, same history.

    Nothing is overwritten. What does not come along is told in a sentence each; without --link the new file
    expects the ESP32 as a remote port. `jkbus run OLD.yaml --link LINK` tries it without writing a file.
    """
    from .importing import import_esphome

    import_esphome(file, output, link)
