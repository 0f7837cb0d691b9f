"""`esphome-port`: one of the node files that come with us, with the pins and the name of the owner."""

import re
import sys
from importlib.resources import files
from pathlib import Path

from ..config.esphome import check_node
from ..config.words import BadValue, shown
from ..errors import JkbusError, UsageError

_PIN = re.compile(r"(GPIO)?(\d{1,2})", re.IGNORECASE)
_TALKS = {"esp8266": "output:"}  # what drives the talk pin, and nothing else behind it; else flow_control_pin


def port_file(board: str, name: str, pins: dict[str, str | None], output: Path | None) -> None:
    """Write the file for a board; `pins` are tx, rx and talk, None for the usual one, "none" for no talk pin.

    Raises UsageError for a name or pin that cannot be and for a file that is there, JkbusError for one that
    cannot be written.
    """
    text = filled(board, name, pins)
    if output is None:
        sys.stdout.write(text)
        return
    try:
        with output.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{output} is there already; choose another name, or remove it first") from None
    except OSError as error:
        raise JkbusError(f"{output} cannot be written: {error.strerror}; choose another place") from None
    print(f"{output} is written; its first lines say what comes next.")


def filled(board: str, name: str, pins: dict[str, str | None]) -> str:
    """The file of a board with another name and other pins. Raises UsageError."""
    text = (files("jkbus") / "share" / "esphome" / f"jkbus-port-{board}.yaml").read_text(encoding="utf-8")
    try:
        check_node(name)
    except BadValue as fault:
        raise UsageError(f"--name: {fault}") from None
    text = text.replace("://jkbus-port.local", f"://{name}.local")
    text = _substituted(text, "name", name)
    for key, pin in pins.items():
        if pin is not None and pin.lower() == "none" and key == "talk":
            text = _without_talk(text, board)
        elif pin is not None:
            text = _substituted(text, key, _pin(key, pin))
    return text


def _pin(key: str, given: str) -> str:
    found = _PIN.fullmatch(given)
    if found is None:
        raise UsageError(f"--{key}: a pin such as GPIO17 is expected, not {shown(given)}")
    return f"GPIO{int(found[2])}"


def _substituted(text: str, key: str, value: str) -> str:
    return re.sub(rf"^(  {key}:) \S+", rf"\1 {value}", text, count=1, flags=re.MULTILINE)


def _without_talk(text: str, board: str) -> str:
    """The file for a converter that has no talk pin."""
    if board in _TALKS:
        text = text[: text.index(f"\n{_TALKS[board]}")]
    return "".join(
        line for line in text.splitlines(True) if not re.match(r"\s+(talk|flow_control_pin):", line)
    )
