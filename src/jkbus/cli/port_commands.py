"""The command that makes an ESP32 our port: arguments and help only, as in `commands`."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from .commands import command
from .move_commands import app as app


@command(
    ("jkbus esphome-port esp32", "the file for an ESP32, on the screen"),
    ("jkbus esphome-port esp32-s3 --output port.yaml", "for an ESP32-S3, into a file"),
    ("jkbus esphome-port esp32 --tx GPIO1 --rx GPIO3", "with the pins of your own wiring"),
    ("jkbus esphome-port esp32 --talk none", "with a converter that switches its direction by itself"),
)
def esphome_port(
    board: Annotated[Literal["esp32", "esp32-s3", "esp8266"], Parameter(help="Which chip.")],
    /,
    *,
    name: Annotated[str, Parameter(help="The node's name.")] = "jkbus-port",
    tx: Annotated[str | None, Parameter(help="The pin at DI of the RS485 converter.")] = None,
    rx: Annotated[str | None, Parameter(help="The pin at RO of it.")] = None,
    talk: Annotated[str | None, Parameter(help="The pin at DE and /RE of it, or none.")] = None,
    output: Annotated[Path | None, Parameter(help="The file to write, instead of the screen.")] = None,
) -> None:
    """The ESPHome file that makes an ESP32 the serial port of jkbus, over Wi-Fi.

    Its beginning says what to change and how to install it. An ESP32 and an ESP32-S3 are encrypted and switch
    the direction of a converter themselves; an ESP8266 can do neither, which its file explains.
    """
    from .porting import port_file

    port_file(board, name, {"tx": tx, "rx": rx, "talk": talk}, output)
