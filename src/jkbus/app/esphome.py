"""What the native API is given of the gateway; its libraries come with the extra `esphome`."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from ..config import EsphomeConfig
from ..config.values import slug
from ..errors import UsageError
from ..outputs.controls import permitted
from ..outputs.health_rows import Examined

if TYPE_CHECKING:
    from ..esphome.output import Esphome
    from .gateway import Gateway

INSTALL = f"type `{sys.executable} -m pip install 'jkbus[esphome]'`, or remove esphome:"


def is_installed() -> bool:
    """Whether the libraries of the native API are there."""
    return find_spec("aioesphomeapi") is not None


def esphome(gateway: Gateway, config: EsphomeConfig) -> Esphome:
    """The native API of a gateway; to be called in a thread, since its libraries take long to load.

    Raises UsageError if they are not installed.
    """
    if not is_installed():
        raise UsageError(f"esphome: its libraries are not installed; {INSTALL}")
    from ..esphome.output import Esphome, Expected
    from ..esphome.states import Sources

    sources = Sources(gateway.buses, Examined(gateway.health), gateway.energy.whole, gateway.alarms)
    writes = permitted(gateway.desk, gateway.config.homeassistant.buttons)
    web, known, buses = gateway.config.web, gateway.remembered("esphome"), gateway.config.buses
    page = web.address[1] if web.enabled and not web.is_local else 0
    configured = {slug(pack.name) for bus in buses for pack in bus.packs}
    keys = configured | gateway.remembered("packs").keys()
    expected = Expected(buses, keys, gateway.config.names)
    return Esphome(config, gateway.battery, gateway.desk, sources, writes, known, expected, page)
