"""From an old node to a configuration of ours that presents the same node."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..config.faults import Fault, Loc, Place, dotted, faulty
from ..config.places import Places
from ..config.reader import UNPRINTABLE
from ..config.tree import Config
from ..config.validate import faults, validate
from ..errors import UsageError
from ..outputs.reference import FAULTS, counterparts
from .naming import names
from .node import Node
from .reading import read
from .written import Report

SETTABLE = ("number", "switch")
_WRITES = "settings can be changed from Home Assistant as before; writes: false in the new file forbids it"


@dataclass(frozen=True, slots=True)
class Converted:
    """The configuration of an old node, as plain data with the key in it, and what its owner is told.

    `is_link_known` is False while `link` is only where the ESP32 would be as a remote port. `secret` is the
    name of the key in secrets.yaml, empty without encryption.
    """

    file: Path
    node: Node
    data: dict[str, Any]
    remarks: Sequence[Fault]
    is_link_known: bool
    secret: str

    @property
    def entities(self) -> dict[str, Any]:
        """The old names, by pack, platform and key."""
        found: dict[str, Any] = self.data["esphome"].get("entities", {})
        return found

    def config(self) -> Config:
        """The same as the gateway takes it. Raises ConfigError for what cannot be."""
        _refuse_unwritable(self.data, str(self.file))
        found, wrong = validate(self.data, self.file.parent)
        if found is None:
            raise faulty(list(faults(wrong, Places(str(self.file)))), str(self.file))
        return found


def convert(file: Path, links: Sequence[str] = ()) -> Converted:
    """The node of a file at these links, one for each sniffer. Raises ConfigError or UsageError."""
    node, report = read(file)
    if links and len(links) != len(node.sniffers):
        raise UsageError(f"{file}: {_links_needed(node.sniffers, len(links))}")
    called = names(node.packs)
    entities: dict[str, Any] = {}
    for pack in node.packs:
        for one in pack.entities:
            entities.setdefault(called[pack.id], {}).setdefault(one.platform, {})[one.key] = one.said
    esphome: dict[str, Any] = {"name": node.name, "friendly_name": node.friendly_name, "api_port": node.port}
    esphome |= {"plaintext": True} if node.key is None else {"encryption_key": str(node.key)}
    esphome |= {"layout": "flat", "entities": entities}
    if node.broadcast is not None and entities:
        esphome["broadcast"] = node.broadcast
    data = {"buses": _buses(node, called, links), "esphome": esphome}
    told = [*report.remarks, *_now_right(node, report)]
    secret = "" if node.key is None else node.key.secret or "api_key"
    converted = Converted(file, node, data, told, bool(links), secret)
    if node.key is None or node.key:  # else the secret is missing, which is told when it is needed
        converted.config()
    return converted


def _links_needed(lines: Sequence[str], given: int) -> str:
    one = len(lines) == 1
    said = f"{given} link{'s' * (given != 1)} for {len(lines)} line{'s' * (not one)} ({' and '.join(lines)})"
    return f"{said}; write --link {'once' if one else 'once for each, in this order'}"


def link_of(node: Node, sniffer: str) -> str:
    """Where a line of the ESP32 would be if it stays as a remote port."""
    several = len(node.sniffers) > 1
    return "esphome://jkbus-port.local" + (f"/?port_name={sniffer}" if several else "")


def _refuse_unwritable(value: Any, file: str, loc: Loc = ()) -> None:
    """Raises ConfigError for a text that no configuration can hold."""
    if isinstance(value, str) and ("${" in value or UNPRINTABLE.search(value)):
        text = "holds ${...} that is in no substitutions, or a control character; mend it"
        raise faulty([Fault(Place(file), dotted(loc), text)], file)
    if isinstance(value, dict):
        for key, item in value.items():
            _refuse_unwritable(item, file, (*loc, key))
    if isinstance(value, list):
        for index, item in enumerate(value):
            _refuse_unwritable(item, file, (*loc, index))


def _buses(node: Node, called: Any, links: Sequence[str]) -> list[dict[str, Any]]:
    buses = []
    for number, sniffer in enumerate(node.sniffers):
        packs = [pack for pack in node.packs if pack.sniffer == sniffer]
        settable = any(one.platform in SETTABLE for pack in packs for one in pack.entities)
        bus: dict[str, Any] = {"link": links[number] if links else link_of(node, sniffer)}
        bus |= {"writes": True} if settable else {}
        bus["packs"] = [{"name": called[pack.id], "address": pack.address} for pack in packs]
        buses.append(bus)
    return buses


def _now_right(node: Node, report: Report) -> list[Fault]:
    """What was wrong under an old name and is right now; and that settings can be changed."""
    shown = {(one.platform, one.key): one.place for pack in node.packs for one in pack.entities}
    told = [
        Fault(place, key, FAULTS[fault])
        for (platform, key), place in shown.items()
        if (fault := counterparts()[(platform, key)].fault)
    ]
    if any(platform in SETTABLE for platform, _ in shown):
        told.append(Fault(Place(report.file), "numbers and switches", _WRITES))
    return told
