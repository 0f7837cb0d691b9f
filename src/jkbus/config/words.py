"""The words of a fault: values as people may see them, and the word that was probably meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping

from jkbus.errors import ConfigError

PASSWORD = re.compile(r"(:/+[^:@\s]*:).*@", re.DOTALL)
NUMERIC = re.compile(r"-?[0-9][0-9A-Za-z.:]{,15}")
SECRET_PARAMETER = re.compile(r"([?&](?:key|password|noise_psk)=)[^&\s]*", re.IGNORECASE)


class BadValue(ConfigError, ValueError):
    """A single value that cannot be; the text says what is expected instead."""


def redact(text: str) -> str:
    """The text with the passwords and keys of its URLs replaced by ****."""
    return SECRET_PARAMETER.sub(r"\1****", PASSWORD.sub(r"\1****@", text))


def printable(text: str) -> str:
    """The text with everything that could disturb a terminal or a log escaped."""
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)


def shown(value: object) -> str:
    """A value in human words for a sentence: 'abc', nothing, a list, a section."""
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        return "a section"
    if isinstance(value, list | tuple):
        return "a list"
    text = printable(redact(str(value)))
    if NUMERIC.fullmatch(text):
        return text
    return f"'{text[:40]}…'" if len(text) > 40 else f"'{text}'"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, or None."""
    folded = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(word.casefold()[:60], folded, n=1)
    return folded[found[0]] if found else None


def suggestion(word: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown word: the likely one, otherwise all there are."""
    names = list(known)
    likely = nearest(word, names)
    return f"did you mean {likely}?" if likely else f"known here: {', '.join(names)}"


def reason(error: OSError) -> str:
    """Why a file cannot be read, in lower case and without its name."""
    if isinstance(error, PermissionError):
        return "permission denied; `ls -l` shows who may read it"
    return (error.strerror or "it is out of reach").lower()
