"""$name and ${name} become what stands under `substitutions`, as ESPHome does it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..config.faults import Place
from ..config.substitutions import LONGEST
from .written import Items, Report, Section, Text, Value

Names = Mapping[str, Value]

_FOUND = re.compile(r"\$(?:([A-Za-z0-9_]+)|\{([^{}]*)\})")
_NAMED = re.compile(r"""\s*([A-Za-z0-9_]+)\s*(?:\|\s*default\(\s*(?:"([^"]*)"|'([^']*)')\s*\))?\s*""")
_DEEPEST = 20
_MOST = 200_000  # values after everything is inserted
_ENDLESS = "the substitutions hold each other, or make a text without end; write one of them out"


class Substitutions:
    """Inserts texts; what has no such name stays as it is, as in ESPHome."""

    def __init__(self, names: Names, report: Report) -> None:
        self._names, self._report = names, report
        self._count = 0

    def fill(self, value: Value, depth: int = 0) -> Value:
        """The same with everything inserted, in keys too. Raises ConfigError for what has no end."""
        self._count += 1
        if isinstance(value, Text):
            return self._text(value, depth)
        if depth > _DEEPEST * 2 or self._count > _MOST:
            place = value.place if value is not None else Place(self._report.file)
            raise self._report.stop(place, "", _ENDLESS)
        if isinstance(value, Items):
            items = Items(value.place)
            items.extend(self.fill(item, depth + 1) for item in value)
            return items
        if isinstance(value, Section):
            section = Section(value.place)
            for key, item, place in value.pairs():
                name = self._text(Text.at(key, place), depth)
                section.put(name if isinstance(name, Text) else key, self.fill(item, depth + 1), place)
            return section
        return value

    def _text(self, text: Text, depth: int) -> Value:
        if "$" not in text or text.tag == "!lambda" or text.secret:
            return text
        if depth > _DEEPEST * 2 or self._count > _MOST:
            raise self._report.stop(text.place, "", _ENDLESS)
        whole = _FOUND.fullmatch(text)
        if whole and not text.tag:
            found = self._named(whole)
            return text if found is None else self._again(found, text, depth)
        hidden = text.hidden

        def inserted(match: re.Match[str]) -> str:
            nonlocal hidden
            found = self._named(match)
            if not isinstance(found, Text):
                return match[0]
            one = self._again(found, text, depth)
            hidden = hidden or (isinstance(one, Text) and one.hidden)
            return one if isinstance(one, Text) else match[0]

        made = _FOUND.sub(inserted, text)
        if len(made) > LONGEST:
            raise self._report.stop(text.place, "", _ENDLESS)
        return Text.at(made, text.place, tag=text.tag, hidden=hidden)

    def _again(self, found: Value, asked: Text, depth: int) -> Value:
        if not isinstance(found, Text):
            return self.fill(found, depth + 1)
        inner = self._text(found, depth + 1) if "$" in found else found
        if not isinstance(inner, Text):
            return inner
        return Text.at(inner, asked.place, inner.secret, inner.tag, inner.hidden)

    def _named(self, match: re.Match[str]) -> Value:
        """What is inserted here; None for what has no such name or is an expression."""
        named = _NAMED.fullmatch(match[1] or match[2])
        if not named:
            return None
        name, default = named[1], named[2] if named[2] is not None else named[3]
        if name in self._names:
            value = self._names[name]
            return Text.at("", Place(self._report.file)) if value is None else value
        return None if default is None else Text.at(default, Place(self._report.file))
