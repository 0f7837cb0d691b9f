"""What the YAML of an old node says: its name, its packs, and what Home Assistant knows of them."""

from __future__ import annotations

import re
from pathlib import Path

from ..config.esphome import NODE
from ..config.faults import Place
from ..config.values import parse_address
from ..config.words import BadValue, shown
from .entities import COMPONENT, Reading
from .files import Reader
from .node import Node, Pack
from .packages import whole
from .remarks import tell_sections, tell_wire
from .written import Report, Section, Text, Value, is_true, sections, text_of

SNIFFER = "jk_rs485_sniffer"
_OTHERS = ("jk_bms", "jk_bms_ble", "jk_balancer", "jk_modbus", "heltec_balancer_ble", "jk_bms_display")
_NAME = "esp-rs485-gw"


def read(file: Path) -> tuple[Node, Report]:
    """The node of a file, and what is to be told. Raises ConfigError for what is no such file."""
    report = Report(str(file))
    tree = Reader(file, report).read()
    refuse_others(tree, report)
    report.settle()
    if not isinstance(tree, Section):
        raise report.stop(Place(str(file)), "", "keys with values are expected")
    tree = whole(tree, report)
    node = _node(tree, report)
    node.sniffers += dict.fromkeys(
        filter(None, (text_of(one.get("id")) for one in sections(tree.get(SNIFFER))))
    )
    for pack in sections(tree.get(COMPONENT)):
        _pack(node, pack, report)
    report.settle()
    node.sniffers = [one for one in node.sniffers if any(pack.sniffer == one for pack in node.packs)]
    if not node.packs:
        where = tree.places.get(COMPONENT, tree.place)
        raise report.stop(where, COMPONENT, "there is no pack with id and rs485_address to take over")
    Reading(node, report).read(tree)
    tell_sections(tree, report)
    tell_wire(tree, report)
    report.settle()
    return node, report


def is_old(file: Path) -> bool:
    """Whether this is YAML of the ESP32 and none of ours; False for what cannot be read."""
    try:
        text = file.read_bytes()[:1_000_000].decode("utf-8-sig", "replace")
    except (OSError, ValueError):
        return False
    keys = set(re.findall(r"^([A-Za-z0-9_]+):", text, re.MULTILINE))
    return "buses" not in keys and bool(keys & {COMPONENT, SNIFFER, "packages"} or {"api", "esp32"} <= keys)


def refuse_others(tree: Value, report: Report) -> None:
    """Raises ConfigError for files of another kind."""
    start = Place(report.file, 1)
    if not isinstance(tree, Section):
        raise report.stop(start, "", f"this is no YAML of an ESP32; one with {COMPONENT}: is expected")
    if COMPONENT in tree or "packages" in tree:
        return
    if "buses" in tree:
        raise report.stop(
            start, "", f"this is a configuration of jkbus already; `jkbus run {report.file}` runs it"
        )
    other = next((key for key in _OTHERS if key in tree), None)
    if other:
        why = f"{other} reads packs another way, not on the RS485 bus of JK-PB packs"
        raise report.stop(tree.places[other], other, f"{why}; {COMPONENT}: is expected")
    raise report.stop(start, "", f"{COMPONENT}: is missing, so there are no packs here to take over")


def _node(tree: Section, report: Report) -> Node:
    about = next(iter(sections(tree.get("esphome"))), Section(tree.place))
    name = text_of(about.get("name")) or _NAME
    node = Node(name.lower(), text_of(about.get("friendly_name")))
    place = about.places.get("name", about.place)
    if is_true(about.get("name_add_mac_suffix")):
        text = f"the node is called {shown(name)} and six letters of its MAC; write that name in the new file"
        report.remark(about.places["name_add_mac_suffix"], "esphome name_add_mac_suffix", text)
    if not NODE.fullmatch(node.name):
        report.fault(
            place,
            "esphome name",
            f"a name of 1 to 31 letters, digits, - and _ is expected, not {shown(name)}",
        )
    elif node.name != name:
        report.remark(place, "esphome name", f"{shown(name)} is {node.name} here, in small letters")
    if "api" not in tree and not report.faults:
        text = "it spoke no native API, so Home Assistant meets a new device; see docs/moving.md on MQTT"
        report.remark(tree.place, "api", text)
    _api(node, next(iter(sections(tree.get("api"))), Section(tree.places.get("api", tree.place))), report)
    return node


def _api(node: Node, api: Section, report: Report) -> None:
    if re.fullmatch(r"[0-9]{1,5}", port := text_of(api.get("port"))):
        node.port = int(port)
    if "encryption" in api:
        said = next(iter(sections(api["encryption"])), None)
        key = said.get("key") if said is not None else None
        if not isinstance(key, Text):
            text = "Home Assistant gave it a key that stands in no file; write key: with one of your own"
            report.fault(api.places["encryption"], "api encryption", text)
        else:
            node.key = key
    else:
        text = "is not encrypted; encryption_key: in the new file, in place of plaintext: true, changes that"
        report.remark(api.place, "api", text)
    if "password" in api:
        text = "is of old versions and no help; use encryption_key: in the new file"
        report.remark(api.places["password"], "api password", text)


def _pack(node: Node, section: Section, report: Report) -> None:
    id = text_of(section.get("id")) or f"bms{len(node.packs)}"
    sniffer = text_of(section.get(f"{SNIFFER}_id")) or next(iter(node.sniffers), "")
    place = section.places.get("rs485_address", section.place)
    if section.get("rs485_address") is None:
        report.fault(place, id, "rs485_address: is missing; add it with what the DIP switch says, 0 to 15")
        return
    try:
        address = parse_address(text_of(section.get("rs485_address")))
    except BadValue as bad:
        report.fault(place, f"{id} rs485_address", str(bad))
        return
    if any(pack.id == id for pack in node.packs):
        report.fault(section.place, COMPONENT, f"two packs have the id {shown(id)}; give each its own")
        return
    if any((pack.sniffer, pack.address) == (sniffer, address) for pack in node.packs):
        report.fault(place, id, f"another pack has address {address} too; mend one of them")
    if sniffer not in node.sniffers:
        node.sniffers.append(sniffer)
    node.packs.append(Pack(id, address, sniffer, section.place))
