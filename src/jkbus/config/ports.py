"""Serial ports that a configuration names and the machine does not have."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from jkbus.config.tree import Config
from jkbus.config.words import printable


def ports_missing(config: Config) -> list[str]:
    """A sentence for each serial port that is not there or may not be opened.

    Worth a warning, never a stop: a stick may be plugged in later.
    """
    return [
        f"{where}: {why}"
        for where, link in links(config)
        if link.startswith("/")
        for why in trouble(Path(link))
    ]


def links(config: Config) -> Iterator[tuple[str, str]]:
    """Every link with its path in the configuration: those of the buses, and the own links of packs."""
    for index, bus in enumerate(config.buses):
        yield f"buses[{index}].link", bus.link
        for number, pack in enumerate(bus.packs):
            if pack.link is not None:
                yield f"buses[{index}].packs[{number}].link", pack.link


def trouble(port: Path) -> Iterator[str]:
    """What keeps this port from being opened, in at most one sentence."""
    shown = printable(str(port))
    try:
        serial = stat.S_ISCHR(port.stat().st_mode)
    except OSError:
        yield f"{shown} is not there; {ports_there()}"
        return
    if not serial:
        yield f"{shown} is not a serial port; {ports_there()}"
    elif not os.access(port, os.R_OK | os.W_OK):
        yield f"{shown} may not be opened; `sudo usermod -aG dialout $USER` and a new login allow it"


def ports_there() -> str:
    """The serial ports of this machine, as the end of a sentence."""
    from serialx import list_serial_ports

    found = [
        f"{port.device} ({port.product})" if port.product else port.device for port in list_serial_ports()
    ]
    if not found:
        return "no serial port was found; plug the adapter in"
    return f"found are {', '.join(sorted(found))}"
