"""The entities of the old node: those of packs come along under their names, others are told of."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from ..config.faults import Place
from ..config.words import nearest, shown
from ..outputs.reference import counterparts
from .node import Entity, Node, Pack, Sensor
from .remarks import EMERGENCY, FILTERS, INTERNAL, OF_OTHERS, OFF_AT_FIRST, UNKNOWN, UNSAID, WITHOUT
from .written import Report, Section, Text, Value, is_true, sections, text_of

PLATFORMS = ("sensor", "binary_sensor", "text_sensor", "number", "switch")
COMPONENT = "jk_rs485_bms"
_OF_THE_BLOCK = {"platform", f"{COMPONENT}_id", "id", "update_interval"}
_KEPT = {"name", "icon", "unit_of_measurement", "accuracy_decimals", "disabled_by_default", "filters"}
_SILENT = {"id", "internal", "force_update", "mode", "restore_mode"}  # no owner misses them
_LOST = re.compile(r"\$\{[^}]*\}?")
_BROADCAST = re.compile(r"set_broadcast_changes_to_all_bms\s*\(\s*true\s*\)")


class Reading:
    """Takes the entities of a node over from the sections of its YAML."""

    def __init__(self, node: Node, report: Report) -> None:
        self._node, self._report = node, report
        self._packs = {pack.id: pack for pack in node.packs}

    def read(self, tree: Section) -> None:
        """All of them, of the platforms that the firmware's component has."""
        for platform in PLATFORMS:
            for block in sections(tree.get(platform)):
                if text_of(block.get("platform")) == COMPONENT:
                    self._block(platform, block)
                elif platform == "switch" and _broadcasts(block) and self._node.broadcast is None:
                    self._node.broadcast = self._said(platform, "switch", block)
                    self._report.remark(block.place, "switch for all packs", OFF_AT_FIRST)
                else:
                    self._other(platform, block)
        self._refuse_twins()

    def _block(self, platform: str, block: Section) -> None:
        pack = self._pack(block)
        if pack is None:
            return
        for key, value, place in block.pairs():
            if key in _OF_THE_BLOCK:
                continue
            entity = self._entity(platform, key, value, place)
            if entity is not None:
                pack.entities = [one for one in pack.entities if (one.platform, one.key) != (platform, key)]
                pack.entities.append(entity)

    def _pack(self, block: Section) -> Pack | None:
        id = block.get(f"{COMPONENT}_id")
        if id is None and len(self._packs) == 1:
            return next(iter(self._packs.values()))
        pack = self._packs.get(text_of(id))
        if pack is None:
            known = ", ".join(self._packs) or "none"
            said = f"{COMPONENT}_id is missing" if id is None else f"no pack has the id {shown(id)}"
            self._report.fault(block.place, COMPONENT, f"{said}; those below {COMPONENT}: are {known}")
        return pack

    def _entity(self, platform: str, key: str, value: Value, place: Place) -> Entity | None:
        about = f"{platform} {key}"
        if isinstance(value, Section) and (is_true(value.get("internal")) or not value.get("name")):
            self._report.remark(place, about, INTERNAL)
            return None
        name = text_of(value.get("name") if isinstance(value, Section) else value)
        if not name:
            self._report.fault(place, about, "a name is expected; write a text, or a section with name:")
            return None
        row = counterparts().get((platform, key))
        if row is None or row.get is None:
            likely = None if row else nearest(key, (known for of, known in counterparts() if of == platform))
            hint = f"; the key was {likely} in later versions: rename it to take it along" if likely else ""
            why = WITHOUT.get(key, WITHOUT[""]) if row else UNKNOWN + hint
            self._report.remark(place, f"{about} ({name})" if not _hidden(value) else about, why)
            return None
        if (platform, key) == ("switch", "emergency"):
            self._report.remark(place, about, EMERGENCY)
        for lost in _LOST.findall(name):
            text = "is in no substitutions; add it there, or write out what it stands for"
            self._report.fault_once(place, shown(lost), text)
        section = value if isinstance(value, Section) else Section(place)
        said: Sensor = {"name": str(name)}
        return Entity(platform, key, str(name), said | self._said(platform, key, section), place)

    def _said(self, platform: str, key: str, section: Section) -> Sensor:
        """How it is shown, as far as it was said there."""
        said: Sensor = {"name": str(name)} if (name := text_of(section.get("name"))) else {}
        for ours, theirs in (("unit", "unit_of_measurement"), ("icon", "icon")):
            if isinstance(text := section.get(theirs), Text):
                said[ours] = str(text)
        if is_true(section.get("disabled_by_default")):
            said["disabled"] = True
        if (decimals := _whole(section.get("accuracy_decimals"))) is not None:
            said["accuracy_decimals"] = decimals
        if platform == "sensor":
            self._filters(key, section, said)
        elif platform != "switch" and section.get("filters") is not None:
            self._report.remark(section.places["filters"], f"{platform} {key}", FILTERS[""])
        for name, _, place in section.pairs():
            if platform in PLATFORMS and name in UNSAID:
                self._report.remark(place, f"{platform} {key} {name}", UNSAID[name])
        return said

    def _filters(self, key: str, section: Section, said: Sensor) -> None:
        """Filters that scale are kept, those that throttle are not needed, others are told of."""
        for filter in sections(section.get("filters")):
            for name, value, place in filter.pairs():
                number = _number(value)
                if name == "multiply" and number is not None:
                    said["multiply"] = float(said.get("multiply", 1.0)) * number
                elif name == "round" and (decimals := _whole(value)) is not None:
                    said["accuracy_decimals"] = decimals
                else:
                    about = f"sensor {key} filter {name}"
                    self._report.remark(place, about, FILTERS.get(name, FILTERS[""]))

    def _other(self, platform: str, block: Section) -> None:
        kind = text_of(block.get("platform")) or "?"
        name = text_of(block.get("name"))
        if name and not is_true(block.get("internal")):
            about = f"{platform} {kind} ({name})" if not _hidden(block.get("name")) else f"{platform} {kind}"
            self._report.remark(block.place, about, OF_OTHERS.get(kind, OF_OTHERS[""]))

    def _refuse_twins(self) -> None:
        seen: dict[tuple[str, str], Entity] = {}
        for entity in (one for pack in self._node.packs for one in pack.entities):
            twin = seen.setdefault((entity.platform, entity.name), entity)
            if twin is not entity:
                about = f"{entity.platform} {entity.key}"
                text = f"{shown(entity.name)} is {twin.key} in {twin.place} too; give each a name of its own"
                self._report.fault(entity.place, about, text)


def _broadcasts(block: Section) -> bool:
    """Whether this is the switch that lets a change be for all packs."""
    return any(_BROADCAST.search(text) for text in _texts(block.get("turn_on_action"), 0))


def _texts(value: Value, depth: int) -> Iterator[str]:
    if isinstance(value, Text):
        yield value
    elif value is not None and depth < 20:
        for item in value.values() if isinstance(value, Section) else value:
            yield from _texts(item, depth + 1)


def _hidden(value: Value) -> bool:
    name = value.get("name") if isinstance(value, Section) else value
    return isinstance(name, Text) and name.hidden


def _number(value: Value) -> float | None:
    try:
        number = float(text_of(value))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _whole(value: Value) -> int | None:
    """Decimals, 0 to 6."""
    text = text_of(value).strip()
    return min(int(text), 6) if re.fullmatch(r"[0-9]{1,3}", text) else None
