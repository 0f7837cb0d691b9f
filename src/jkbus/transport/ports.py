"""The serial ports of this machine, for people who look for theirs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from serialx import SerialPortInfo


@dataclass(frozen=True, slots=True)
class PortInfo:
    """A serial port: the path to configure, stable across reboots where there is one, and what it is."""

    path: str
    description: str


def ports() -> list[PortInfo]:
    """The serial ports that are there, USB adapters first."""
    from serialx import list_serial_ports

    return described(list_serial_ports())


def described(found: Iterable[SerialPortInfo]) -> list[PortInfo]:
    """What serialx found, in our words: maker, product, short name, as in `QinHeng USB Serial, ttyUSB0`."""
    infos = sorted(found, key=lambda info: (info.vid is None, info.resolved_device))
    return [PortInfo(info.device, _description(info)) for info in infos]


def _description(info: SerialPortInfo) -> str:
    product = " ".join(filter(None, (info.manufacturer, info.product)))
    if not product:
        product = "built-in port" if info.vid is None else f"USB {info.vid:04x}:{info.pid or 0:04x}"
    return f"{product}, {PurePath(info.resolved_device).name}"
