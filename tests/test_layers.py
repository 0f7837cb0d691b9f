"""Imports point one way; what shall run on MicroPython imports nothing that it lacks."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "jkbus"
FILES = sorted(SOURCE.rglob("*.py"))

# layer: what it may import beside itself
MAY_IMPORT: dict[str, set[str]] = {
    "protocol": set(),
    "errors": set(),
    "database": set(),
    "config": {"errors"},
    "bus": {"protocol"},
    "model": {"protocol", "bus", "config", "errors"},
    "history": {"protocol", "bus", "model", "config", "database", "errors"},
    "alarms": {"protocol", "bus", "model", "config", "database", "errors"},
    "health": {"protocol", "history", "errors"},
    "simulator": {"protocol", "errors"},
    "transport": {"protocol", "simulator", "config", "errors"},
    "control": {"protocol", "bus", "model", "alarms", "config", "errors"},
    "outputs": {"protocol", "bus", "model", "history", "alarms", "health", "control", "config", "errors"},
}
MAY_IMPORT["wiring"] = {"protocol", "bus", "config", "errors"}
MAY_IMPORT["web"] = {*MAY_IMPORT} - {"simulator", "transport"}
MAY_IMPORT["esphome"] = MAY_IMPORT["web"] - {"web", "wiring"}
MAY_IMPORT["dashboards"] = MAY_IMPORT["outputs"] | {"outputs"}
MAY_IMPORT["importing"] = {"config", "outputs", "errors"}
MAY_IMPORT["doctor"] = {"config", "errors"}
MAY_IMPORT["app"] = {*MAY_IMPORT}
MAY_IMPORT["cli"] = {*MAY_IMPORT, "cli"}
ON_MICROPYTHON = {"math", "struct"}
TYPES_ONLY = {"collections.abc", "typing"}


def layer_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def is_for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def imports(path: Path, node: ast.AST, for_types: bool = False) -> Iterator[tuple[str, bool]]:
    """Full names of all modules (and names in packages) imported below `node`, and whether only for types."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from ((alias.name, for_types) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            above = ("jkbus", *path.relative_to(SOURCE).parts)[: -child.level] if child.level else ()
            module = ".".join([*above, *([child.module] if child.module else [])])
            yield from ((f"{module}.{alias.name}", for_types) for alias in child.names)
        else:
            yield from imports(path, child, for_types or is_for_types_only(child))


def imported_by(path: Path) -> list[tuple[str, bool]]:
    return list(imports(path, ast.parse(path.read_text())))


def ids(path: Path) -> str:
    return str(path.relative_to(SOURCE))


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.parent != SOURCE or path.stem in MAY_IMPORT], ids=ids
)
def test_an_arrow_points_left(path: Path) -> None:
    layer = layer_of(path)
    targets = {name.split(".")[1] for name, _ in imported_by(path) if name.startswith("jkbus.")}
    layers = targets & MAY_IMPORT.keys()
    assert layers - {layer} <= MAY_IMPORT[layer]


def test_every_folder_has_its_place_among_the_layers() -> None:
    assert {layer_of(path) for path in FILES} - {"__init__", "__main__"} <= MAY_IMPORT.keys()


@pytest.mark.parametrize("path", [path for path in FILES if layer_of(path) in ("protocol", "bus")], ids=ids)
def test_what_runs_on_micropython_imports_only_what_is_there(path: Path) -> None:
    for name, for_types in imported_by(path):
        module = name.rpartition(".")[0] or name
        if module.split(".")[0] != "jkbus":
            assert module in ON_MICROPYTHON or (for_types and module in TYPES_ONLY), name


def test_an_arrow_that_turned_would_be_seen(tmp_path: Path) -> None:
    turned = SOURCE / "bus" / "turned.py"
    text = "from ..model.pack import Pack\nfrom .. import cli\ndef f():\n    import asyncio\n"
    text += "if TYPE_CHECKING:\n    from typing import Any\n"
    found = list(imports(turned, ast.parse(text)))
    assert found == [
        ("jkbus.model.pack.Pack", False),
        ("jkbus.cli", False),
        ("asyncio", False),
        ("typing.Any", True),
    ]
