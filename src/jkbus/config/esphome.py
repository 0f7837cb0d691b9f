"""The gateway as an ESPHome device: its name, its key, and which entities it has."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from jkbus.config.fields import NothingIsAnEmptySection, Secret, Section
from jkbus.config.words import BadValue, shown

KEY = 32  # bytes of an encryption key
NODE = re.compile(r"[a-z0-9]([a-z0-9_-]{0,29}[a-z0-9])?")  # with _ as ESPHome lets it be
MAC = re.compile(r"[0-9A-F]{2}(:[0-9A-F]{2}){5}")

Platform = Literal["sensor", "binary_sensor", "text_sensor", "number", "switch"]


def check_node(name: str) -> str:
    """The name of a node, as ESPHome takes it: it becomes a host name."""
    if not NODE.fullmatch(name):
        raise BadValue(f"a name of 1 to 31 letters a-z, digits, - and _ is expected, not {shown(name)}")
    return name


def check_key(key: SecretStr) -> SecretStr:
    """An encryption key as ESPHome writes it."""
    try:
        length = len(base64.b64decode(key.get_secret_value(), validate=True))
    except (binascii.Error, ValueError):
        length = 0
    if length != KEY:
        raise BadValue(f"a key is {KEY} bytes in base64, 44 characters; make one: openssl rand -base64 32")
    return key


def check_mac(mac: str) -> str:
    """The hardware address of a node."""
    if not MAC.fullmatch(mac.upper()):
        raise BadValue(f"an address such as 24:6F:28:AB:CD:EF is expected, not {shown(mac)}")
    return mac.upper()


NodeName = Annotated[str, AfterValidator(check_node)]
Key = Annotated[Secret, AfterValidator(check_key)]
Mac = Annotated[str, AfterValidator(check_mac)]


class OldEntityConfig(Section):
    """An entity of the node whose place is taken, under its old name.

    What is not said is as the old firmware declares it; `multiply` and `accuracy_decimals` are for sensors.
    """

    name: str = Field(min_length=1, max_length=120, description="as it was, so that history goes on")
    accuracy_decimals: int | None = Field(default=None, ge=0, le=6, description="decimals that are shown")
    multiply: float | None = Field(default=None, allow_inf_nan=False, description="a filter that only scales")
    unit: str | None = Field(default=None, max_length=20, description="instead of the usual one")
    icon: str | None = Field(default=None, max_length=60, description="instead of the usual one")
    disabled: bool = Field(default=False, description="true: Home Assistant adds it switched off")


Entities = dict[str, dict[Platform, dict[str, OldEntityConfig]]]


class EsphomeConfig(Section):
    """The native API of ESPHome, for Home Assistant without a broker."""

    name: NodeName = Field(default="jkbus", description="the node's name, as it was if it takes a place")
    friendly_name: str = Field(default="", max_length=120, description="the name that people see")
    listen: str = Field(
        default="0.0.0.0", min_length=1, description="the address of this computer to listen at"
    )
    api_port: int = Field(default=6053, ge=1, le=65535, description="the port, in ESPHome always 6053")
    encryption_key: Key | None = Field(
        default=None, examples=["!secret api_key"], description="32 bytes in base64, as in ESPHome"
    )
    plaintext: bool = Field(
        default=False, description="true: no encryption; anybody nearby can listen, and set what may be set"
    )
    mac: Mac | None = Field(
        default=None, description="of the ESP32 whose place it takes; made up and kept if nothing is said"
    )
    layout: Literal["devices", "flat"] = Field(
        default="devices", description="devices: one for each pack; flat: all entities on the node itself"
    )
    entities: Annotated[Entities, NothingIsAnEmptySection] = Field(
        default={},
        description="by pack and platform, the old names of exactly what is shown",
    )
    broadcast: OldEntityConfig | None = Field(
        default=None, description="with entities: the old switch that lets a change be for all packs"
    )

    @model_validator(mode="after")
    def _a_switch_is_with_its_entities(self) -> Self:
        if self.broadcast is not None and not self.entities:
            raise BadValue("broadcast: is for a node whose place is taken; add entities:, or remove it")
        return self

    @model_validator(mode="after")
    def _nobody_speaks_in_the_clear_by_accident(self) -> Self:
        if self.encryption_key is None and not self.plaintext:
            raise BadValue(
                "encryption_key is missing; make one with `openssl rand -base64 32` and put it into"
                " secrets.yaml, or write plaintext: true if everybody in the network may listen, and set what"
                " may be set"
            )
        if self.encryption_key is not None and self.plaintext:
            raise BadValue("plaintext: true and an encryption_key contradict each other; remove one")
        return self
