"""Packages become part of the node as ESPHome merges them: the node itself has the last word."""

from __future__ import annotations

from collections.abc import Iterator

from .substituting import Substitutions
from .written import Items, Report, Section, Text, Value, said

_DEEPEST = 20
_REMOTE = "packages from the internet are not read; download the file and name it with !include"


def whole(tree: Section, report: Report) -> Section:
    """The node with substitutions inserted and packages merged. Raises ConfigError for what has no end."""
    filled = Substitutions(_substitutions(tree), report).fill(tree)
    return _merged_packages(filled, report, 0) if isinstance(filled, Section) else tree


def _parts(packages: Value) -> Iterator[Value]:
    """The packages in their order, whether they have names or not."""
    if isinstance(packages, Section) and "url" not in packages:
        yield from packages.values()
    elif isinstance(packages, Items):
        yield from packages
    elif packages is not None:
        yield packages


def _substitutions(tree: Section, depth: int = 0) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for part in _parts(tree.get("packages")):
        if isinstance(part, Section) and depth < _DEEPEST:
            found |= _substitutions(part, depth + 1)
    own = tree.get("substitutions")
    return found | (own if isinstance(own, Section) else {})


def _merged_packages(tree: Section, report: Report, depth: int) -> Section:
    base: Value = Section(tree.place)
    for part in _parts(tree.get("packages")):
        if isinstance(part, Section) and "url" not in part and depth < _DEEPEST:
            base = merged(base, _merged_packages(part, report, depth + 1))
        elif part is not None:
            about = f"packages {said(part)}" if isinstance(part, Text) else "packages"
            report.remark(part.place, about, _REMOTE)
    own = Section(tree.place)
    for key, value, place in tree.pairs():
        if key not in ("packages", "substitutions"):
            own.put(key, value, place)
    result = merged(base, own)
    return result if isinstance(result, Section) else own


def merged(old: Value, new: Value) -> Value:
    """Sections key by key, lists item after item (those of one id become one), anything else anew."""
    if isinstance(old, Section) and isinstance(new, Section):
        both = Section(new.place)
        for key, value, place in old.pairs():
            both.put(key, value, place)
        for key, value, place in new.pairs():
            if isinstance(value, Text) and value.tag == "!remove":
                both.pop(key, None)
            else:
                both.put(key, merged(both[key], value) if key in both else value, place)
        return both
    if isinstance(old, Items) and isinstance(new, Items):
        return _appended(old, new)
    if isinstance(old, Items) and isinstance(new, Section):
        one = Items(new.place)
        one.append(new)
        return _appended(old, one)
    return new


def _appended(old: Items, new: Items) -> Items:
    both = Items(new.place)
    both.extend(old)
    for item in new:
        id = item.get("id") if isinstance(item, Section) else None
        at = next((at for at, other in enumerate(both) if id and _id(other) == id), None)
        if isinstance(id, Text) and id.tag == "!remove":
            both[:] = [other for other in both if _id(other) != id]
        elif at is None:
            both.append(item)
        else:
            both[at] = merged(both[at], item)
    return both


def _id(item: Value) -> Value:
    return item.get("id") if isinstance(item, Section) else None
