"""${name} in any text becomes the text that stands under `substitutions`, as ESPHome does it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from jkbus.config.words import BadValue, suggestion

PLACEHOLDER = re.compile(r"(\$?)\$\{([^{}]*)(\}?)")
LONGEST = 10_000
INSTEAD = "write ${name}, or keep a text that needs ${ under !secret"


class Substitutions:
    """The texts to insert; they may hold others."""

    def __init__(self, texts: Mapping[str, object]) -> None:
        self._texts = texts
        self._filled: dict[str, str] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def fill(self, text: str, outer: tuple[str, ...] = ()) -> str:
        """The text with every ${name} replaced. Raises `BadValue`, which never shows the text."""
        filled = PLACEHOLDER.sub(lambda found: self._inserted(found[1], found[2], found[3], outer), text)
        if outer and len(filled) > LONGEST:
            raise BadValue("the substitutions make a text without end; shorten them")
        return filled

    def _inserted(self, escape: str, name: str, end: str, outer: tuple[str, ...]) -> str:
        name = name.strip()
        if escape:
            raise BadValue(f"$${{ inserts nothing; {INSTEAD}")
        if not end:
            raise BadValue(f"${{ is not closed; {INSTEAD}")
        if name in outer:
            raise BadValue(f"the substitutions {', '.join(outer)} hold each other; write one of them out")
        if name not in self._texts:
            known = suggestion(name, self._texts) if self._texts else "add it under substitutions:"
            raise BadValue(f"no substitution has this name; {known}")
        if name not in self._filled:
            text = self._texts[name]
            if not isinstance(text, str):
                raise BadValue(f"the substitution {name} is no text, so it cannot be inserted")
            self._filled[name] = self.fill(text, (*outer, name))
        return self._filled[name]
