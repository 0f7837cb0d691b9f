"""A node's YAML with all it includes, as ESPHome reads it: tags, anchors, `<<`, several files."""

from __future__ import annotations

import os
from pathlib import Path

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ..config.faults import Place
from ..config.reader import DEEPEST, MOST_VALUES, NOTHING, is_merge, merged_nodes
from ..config.secrets import Secrets
from ..config.syntax import MissingFile, UnreadableFile, compose
from ..config.words import BadValue, shown
from .substituting import Substitutions
from .written import Items, Report, Section, Text, Value

Trail = tuple[Path, ...]  # the main file, the one it includes, ... and last the one that is being read


class Reader:
    """Reads the files of one node once. Raises ConfigError for what cannot be read at all."""

    def __init__(self, main: Path, report: Report) -> None:
        self._main, self._report = main, report
        self._secrets = Secrets(main.parent)
        self._open: list[Node] = []
        self._count = 0

    def read(self) -> Value:
        """The main file with everything that it includes."""
        return self._file(self._main, (), Place(str(self._main)))

    def _file(self, path: Path, trail: Trail, asked: Place) -> Value:
        if any(path.resolve() == file.resolve() for file in trail):
            raise self._report.stop(asked, "", f"{path.name} includes itself; remove one !include")
        try:
            root = compose(path)
        except MissingFile as bad:
            text = f"there is no file {path.name}; copy it beside {trail[-1].name}" if trail else bad.why
            raise self._report.stop(asked, "", text) from None
        except UnreadableFile as bad:
            raise self._report.stop(Place(str(path), bad.line), bad.about, bad.why) from None
        return self._value(root, (*trail, path))

    def _value(self, node: Node, trail: Trail) -> Value:
        self._count += 1
        place = Place(str(trail[-1]), node.start_mark.line + 1)
        if self._count > MOST_VALUES or len(self._open) > DEEPEST or any(node is one for one in self._open):
            raise self._report.stop(place, "", "anchors and lists nest without end; write fewer of them")
        self._open.append(node)
        try:
            if str(node.tag).startswith("!"):
                return self._tagged(node, trail, place)
            return self._plain(node, trail, place)
        finally:
            self._open.pop()

    def _plain(self, node: Node, trail: Trail, place: Place, tag: str = "") -> Value:
        if isinstance(node, ScalarNode):
            return None if not node.style and node.value in NOTHING else Text.at(node.value, place, tag=tag)
        if isinstance(node, SequenceNode):
            items = Items(place)
            items.extend(self._value(item, trail) for item in node.value)
            return items
        return self._section(node, trail, place) if isinstance(node, MappingNode) else None

    def _section(self, node: MappingNode, trail: Trail, place: Place) -> Section:
        section = Section(place)
        for merged in merged_nodes(node):
            found = self._value(merged, trail)
            if isinstance(found, Section):
                for name, value, where in found.pairs():
                    section.put(name, value, where)
        written: dict[str, int] = {}
        for key, item in node.value:
            here = Place(str(trail[-1]), key.start_mark.line + 1)
            if not isinstance(key, ScalarNode):
                self._report.fault(here, "", "a key is one word; mend the line, or remove it")
            elif key.value in written:
                text = f"the key stands in line {written[key.value]} too; remove one of them"
                self._report.fault(here, shown(key.value), text)
            elif not is_merge(key):
                written[key.value] = here.line or 0
                section.put(key.value, self._value(item, trail), here)
        return section

    def _tagged(self, node: Node, trail: Trail, place: Place) -> Value:
        tag = str(node.tag)
        if tag == "!include":
            return self._include(node, trail, place)
        text = node.value.strip() if isinstance(node, ScalarNode) else ""
        if tag == "!secret":
            return Text.at(self._secret(text, trail), place, secret=text or "?")
        if tag == "!env_var":
            name, _, default = text.partition(" ")
            return Text.at(os.environ.get(name, default.strip()), place, hidden=True)
        if tag.startswith("!include_dir"):
            self._report.remark(place, tag, "whole folders are not read; name each file with !include")
            return None
        return self._plain(node, trail, place, tag)

    def _secret(self, name: str, trail: Trail) -> str:
        """The secret, empty where there is none: most of them are for what stays on the ESP32."""
        try:
            return self._secrets.find(name, trail[-1])[0]
        except (BadValue, UnreadableFile):
            return ""

    def _include(self, node: Node, trail: Trail, place: Place) -> Value:
        asked = self._plain(node, trail, place)
        given = asked.get("vars") if isinstance(asked, Section) else None
        name = asked.get("file") if isinstance(asked, Section) else asked
        if not isinstance(name, Text) or not name.strip():
            raise self._report.stop(place, "!include", "a file is expected; write !include file.yaml")
        found = self._file(trail[-1].parent / name.strip(), trail, place)
        names: dict[str, Value] = {}
        if isinstance(found, Section) and isinstance(defaults := found.get("defaults"), Section):
            del found["defaults"]
            names |= defaults
        names |= given if isinstance(given, Section) else {}
        return Substitutions(names, self._report).fill(found) if names else found
