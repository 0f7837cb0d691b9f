"""A configuration and all it includes, as dicts, lists and texts that know where they were written.

Scalars stay text, or None where nothing is written: which of them are numbers is known to the tree alone,
so a serial number keeps its leading zeros. A value that cannot be read is `BROKEN`; its fault is noted.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from jkbus.config.faults import Fault, Loc, Place, dotted, faulty
from jkbus.config.places import Places
from jkbus.config.secrets import Secrets
from jkbus.config.substitutions import Substitutions
from jkbus.config.syntax import EmptyFile, MissingFile, UnreadableFile, compose
from jkbus.config.words import BadValue, suggestion

BROKEN: Final = object()
NOTHING = {"", "~", "null", "Null", "NULL"}
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
MOST_VALUES = 100_000
DEEPEST = 40
TAGS = {"!secret": "!secret name", "!include": "!include file.yaml", "!env_var": "!env_var NAME [default]"}
Files = tuple[Path, ...]  # the main file, the one it includes, ... and last the one that is being read


class Reader:
    """Reads a configuration once; `faults` and `places` are complete after `read`."""

    def __init__(self, main: Path) -> None:
        self.main = main
        self.faults: list[Fault] = []
        self.places = Places(str(main))
        self._secrets = Secrets(main.parent)
        self._substitutions = Substitutions({})
        self._open: list[Node] = []
        self._count = 0

    def read(self) -> object:
        """The tree as plain data, or BROKEN if nothing of the main file can be used."""
        files = (self.main,)
        try:
            root = compose(self.main)
        except UnreadableFile as bad:
            remedy = "; `jkbus init` writes one" if isinstance(bad, MissingFile | EmptyFile) else ""
            self.faults.append(Fault(Place(str(self.main), bad.line), bad.about, bad.why + remedy))
            return BROKEN
        for key, value in root.value if isinstance(root, MappingNode) else ():
            if key.value == "substitutions":
                texts = self._value(value, ("substitutions",), files)
                self._substitutions = Substitutions(texts if isinstance(texts, dict) else {})
        return self._value(root, (), files)

    def _value(self, node: Node, loc: Loc, files: Files) -> object:
        self._count += 1
        if self._count > MOST_VALUES:
            text = "anchors and includes multiply it beyond 100 000 values; write fewer of them"
            raise faulty([Fault(Place(str(self.main)), "", text)], str(self.main))
        place = Place(str(files[-1]), node.start_mark.line + 1)
        self.places.note_value(loc, place)
        try:
            if str(node.tag).startswith("!"):
                return self._tagged(node, loc, files, place)
            if isinstance(node, ScalarNode):
                return self._text(node, loc, place)
            return self._collection(node, loc, files, place)
        except BadValue as bad:
            self.faults.append(Fault(place, dotted(loc), str(bad)))
        except UnreadableFile as bad:
            if bad.line is None:
                self.faults.append(Fault(place, dotted(loc), f"{bad.file}: {bad.why}"))
            else:
                self.faults.append(Fault(Place(str(bad.file), bad.line), bad.about, bad.why))
        return BROKEN

    def _text(self, node: ScalarNode, loc: Loc, place: Place) -> str | None:
        if not node.style and node.value in NOTHING:
            return None
        text = clean(node.value)
        if loc[:1] == ("substitutions",):
            return text
        inserted = self._substitutions if "${" in text else ()
        if any(self.places.value(("substitutions", name)).secret for name in inserted):
            self.places.note_value(loc, replace(place, secret=True))
        return self._substitutions.fill(text)

    def _collection(self, node: Node, loc: Loc, files: Files, place: Place) -> object:
        if len(self._open) >= DEEPEST or any(node is outer for outer in self._open):
            raise BadValue("lists and sections nest without end here; an anchor may hold itself")
        self._open.append(node)
        try:
            if isinstance(node, MappingNode):
                return self._section(node, loc, files)
            return [self._value(item, (*loc, index), files) for index, item in enumerate(node.value)]
        finally:
            self._open.pop()
            self.places.note_value(loc, place)

    def _section(self, node: MappingNode, loc: Loc, files: Files) -> dict[str, object]:
        data: dict[str, object] = {}
        for merged in merged_nodes(node):
            section = self._value(merged, loc, files)
            if isinstance(section, dict):
                data.update(section)
            elif section is not BROKEN:
                raise BadValue("<< takes over the keys of a section; write <<: *anchor")
        lines: dict[str, int] = {}
        for key, item in node.value:
            line = key.start_mark.line + 1
            here = Place(str(files[-1]), line)
            if not isinstance(key, ScalarNode):
                text = "a key is one word; if a text begins with a bracket or ?, put it in 'single quotes'"
                self.faults.append(Fault(here, dotted(loc), text))
            elif key.value in lines:
                text = f"the key stands in line {lines[key.value]} too; remove one of them"
                self.faults.append(Fault(here, dotted((*loc, key.value)), text))
            elif not is_merge(key):
                lines[key.value] = line
                name = UNPRINTABLE.sub("?", key.value)
                self.places.note_key((*loc, name), here)
                data[name] = self._value(item, (*loc, name), files)
        return data

    def _tagged(self, node: Node, loc: Loc, files: Files, place: Place) -> object:
        tag = str(node.tag)
        if tag not in TAGS:
            quotes = "if the text itself begins with !, put it in 'single quotes'"
            raise BadValue(f"unknown tag; {suggestion(tag, TAGS)}; {quotes}")
        if not isinstance(node, ScalarNode) or not node.value.strip():
            raise BadValue(f"nothing follows {tag}; write {TAGS[tag]}")
        argument = self._substitutions.fill(clean(node.value.strip()))
        if tag == "!include":
            return self._include(argument, loc, files)
        if tag == "!env_var":
            self.places.note_value(loc, replace(place, secret=True))
            return environment(argument)
        secret, found = self._secrets.find(argument, files[-1])
        self.places.note_value(loc, found)
        return clean(secret)

    def _include(self, name: str, loc: Loc, files: Files) -> object:
        target = files[-1].parent / name
        try:
            root = compose(target)
        except MissingFile:
            text = f"there is no file {name}; write its path as seen from {files[-1].name}"
            raise BadValue(text) from None
        if any(target.resolve() == file.resolve() for file in files):
            circle = " -> ".join(file.name for file in (*files, target))
            raise BadValue(f"a file cannot include itself: {circle}; remove one !include")
        return self._value(root, loc, (*files, target))


def clean(text: str) -> str:
    """The text, if it holds nothing that disturbs terminals, logs and topics; otherwise raise `BadValue`."""
    if found := UNPRINTABLE.search(text):
        raise BadValue(f"the text holds the control character U+{ord(found[0]):04X}; remove it")
    return text


def environment(argument: str) -> str:
    """The variable of `NAME [default]`, the default if it is not set; without either raise `BadValue`."""
    name, _, default = argument.partition(" ")
    text = os.environ.get(name, default.strip() or None)
    if text is None:
        raise BadValue(f"the environment has no variable {name}; set it, or write !env_var {name} DEFAULT")
    return clean(text)


def is_merge(key: Node) -> bool:
    """Whether this key is YAML's <<, which takes over the keys of other sections."""
    return isinstance(key, ScalarNode) and key.value == "<<" and not key.style


def merged_nodes(node: MappingNode) -> Iterator[Node]:
    """The sections behind <<, the weakest first."""
    for key, value in node.value:
        if is_merge(key):
            yield from reversed(value.value) if isinstance(value, SequenceNode) else (value,)
