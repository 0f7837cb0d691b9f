"""!secret name: the texts of secrets.yaml, beside the file that asks or in a folder above it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

from jkbus.config.faults import Place
from jkbus.config.syntax import MissingFile, UnreadableFile, compose
from jkbus.config.words import BadValue, shown, suggestion

Table = dict[str, tuple[str, Place]]  # by name: the text, and where it stands


class Secrets:
    """All secrets of a configuration; above `top`, the folder of its main file, none are looked for."""

    def __init__(self, top: Path) -> None:
        self._top = top
        self._tables: dict[Path, Table | None] = {}

    def find(self, name: str, asking: Path) -> tuple[str, Place]:
        """The secret and where it stands. Raises `BadValue` or `UnreadableFile`."""
        tables = [table for folder in self._folders(asking) if (table := self._table(folder)) is not None]
        for table in tables:
            if name in table:
                return table[name]
        if not tables:
            raise BadValue(
                f"there is no secrets.yaml beside {asking.name}; write one with a line {name}: ..."
            )
        known = [name for table in tables for name in table]
        raise BadValue(f"secrets.yaml has no {shown(name)}; {suggestion(name, known)}")

    def _folders(self, asking: Path) -> Iterator[Path]:
        folder = asking.parent
        yield folder
        while folder != self._top and self._top in folder.parents:
            folder = folder.parent
            yield folder

    def _table(self, folder: Path) -> Table | None:
        if folder not in self._tables:
            try:
                self._tables[folder] = read_secrets(folder / "secrets.yaml")
            except MissingFile:
                self._tables[folder] = None
        return self._tables[folder]


def read_secrets(file: Path) -> Table:
    """The secrets of one file by name. Raises `UnreadableFile`."""
    root = compose(file)
    pairs: list[tuple[Node, Node]] = root.value if isinstance(root, MappingNode) else [(root, root)]
    table: Table = {}
    for key, value in pairs:
        line = key.start_mark.line + 1
        plain = isinstance(key, ScalarNode) and isinstance(value, ScalarNode) and key is not value
        if not plain or str(value.tag).startswith("!"):
            raise UnreadableFile(
                file, "each line is name: text; put a text that begins with ! { [ in 'quotes'", line
            )
        if key.value in table:
            first = table[key.value][1].line
            raise UnreadableFile(
                file, f"{shown(key.value)} stands in line {first} too; remove one of them", line
            )
        table[key.value] = value.value, Place(str(file), value.start_mark.line + 1, secret=True)
    return table
