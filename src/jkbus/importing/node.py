"""An old node: what its YAML says about the packs, in our words."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..config.faults import Place
from .written import Text

Sensor = dict[str, str | float | bool]  # an entity as `esphome: entities:` takes it


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity that Home Assistant knows; `said` is what is kept of how it is shown."""

    platform: str
    key: str
    name: str
    said: Sensor
    place: Place


@dataclass(slots=True)
class Pack:
    """A pack by the id it has there; `sniffer` is the id of the line it is on."""

    id: str
    address: int
    sniffer: str
    place: Place
    entities: list[Entity] = field(default_factory=list)


@dataclass(slots=True)
class Node:
    """All of it. `key` is the key of the native API, None without encryption."""

    name: str
    friendly_name: str = ""
    port: int = 6053
    key: Text | None = None
    sniffers: list[str] = field(default_factory=list)
    packs: list[Pack] = field(default_factory=list)
    broadcast: Sensor | None = None
