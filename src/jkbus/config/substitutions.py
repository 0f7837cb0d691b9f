"""${name} in any text becomes the text that stands under `substitutions`, as ESPHome does it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from jkbus.config.words import BadValue, suggestion

PLACEHOLDER = re.compile(r"(\$?)\$\{([^{}]*)(\}?)")


class Substitutions:
    """The texts to insert; they may hold others."""

    def __init__(self, texts: Mapping[str, object]) -> None:
        self._texts = texts

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def fill(self, text: str, outer: tuple[str, ...] = ()) -> str:
        """The text with every ${name} replaced. Raises `BadValue`, which never shows the text."""

        def inserted(found: re.Match[str]) -> str:
            escaped, name, closed = found.groups()
            if escaped:
                raise BadValue(
                    "$${ inserts nothing; write ${name}, or keep a text that needs ${ under !secret"
                )
            if not closed:
                raise BadValue("${ is not closed; write ${name}, or keep a text that needs ${ under !secret")
            if name.strip() in outer:
                raise BadValue(f"the substitutions {', '.join(outer)} hold each other; write one of them out")
            if name.strip() not in self._texts:
                known = suggestion(name, self._texts) if self._texts else "add it under substitutions:"
                raise BadValue(f"no substitution has this name; {known}")
            inner = self._texts[name.strip()]
            if not isinstance(inner, str):
                raise BadValue(f"the substitution {name.strip()} is no text, so it cannot be inserted")
            return self.fill(inner, (*outer, name.strip()))

        return PLACEHOLDER.sub(inserted, text)
