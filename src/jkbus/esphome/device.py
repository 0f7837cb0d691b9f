"""Who the node is: its hardware address, and what it tells about itself and the devices below it."""

import secrets
from importlib.metadata import version
from typing import Any

from ..config import EsphomeConfig
from .frames import Message
from .listing import Listing
from .messages import message, part

PROJECT = "jkbus.JK-PB gateway"  # becomes manufacturer and model in Home Assistant


def mac_of(config: EsphomeConfig, known: dict[str, Any]) -> str:
    """The address by which Home Assistant knows the node: given, or made up once and remembered."""
    made_up = [0x02, *secrets.token_bytes(5)]  # locally administered, as no card has it
    kept = known.setdefault("mac", ":".join(f"{byte:02X}" for byte in made_up))
    return config.mac or str(kept)


def info(config: EsphomeConfig, mac: str, catalogue: Listing, web_port: int) -> Message:
    """The node and its devices; `web_port` is that of its page, 0 where only this computer may see it."""
    devices = [part("DeviceInfo", device_id=number, name=name) for number, name in catalogue.devices.items()]
    return message(
        "DeviceInfoResponse",
        name=config.name,
        friendly_name=config.friendly_name,
        mac_address=mac,
        esphome_version=version("jkbus"),
        project_name=PROJECT,
        project_version=version("jkbus"),
        webserver_port=web_port,
        api_encryption_supported=config.encryption_key is not None,
        devices=devices,
    )
