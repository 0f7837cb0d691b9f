"""From plain data to the tree: pydantic checks it, its findings become places and plain sentences."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from jkbus.config.faults import Fault, Loc, Place, dotted
from jkbus.config.fields import Section
from jkbus.config.places import Places
from jkbus.config.reader import BROKEN
from jkbus.config.tree import Config
from jkbus.config.words import nearest, shown, suggestion

A_SECTION = "a section (lines of key: value) is expected"
EXPECTED = {
    "string_type": "a text is expected",
    "bool": "true or false is expected",
    "int": "a whole number is expected",
    "float": "a number is expected",
    "finite_number": "a number is expected",
    "tuple_type": "a list (lines that begin with a dash) is expected",
    "dict_type": A_SECTION,
    "model_type": A_SECTION,
    "path_type": "the name of a file or directory is expected",
    "greater_than": "a number above {gt:.12g} is expected",
    "greater_than_equal": "a number from {ge:.12g} on is expected",
    "less_than_equal": "a number up to {le:.12g} is expected",
}


def validate(data: object, base: Path) -> tuple[Config | None, list[ErrorDetails]]:
    """The tree, or what pydantic has against the data; relative files are looked for in `base`."""
    try:
        return Config.model_validate(data, context={"base": base}), []
    except ValidationError as error:
        return None, [found for found in error.errors(include_url=False) if found["input"] is not BROKEN]


def faults(found: list[ErrorDetails], places: Places) -> Iterator[Fault]:
    """Each of pydantic's findings as a fault: its line, its path, a sentence for people."""
    for error in found:
        loc = error["loc"]
        place = places.key(loc) if error["type"] == "extra_forbidden" else places.value(loc)
        yield Fault(place, dotted(loc), sentence(error, place))


def sentence(error: ErrorDetails, place: Place) -> str:
    """What is expected instead, or which key was meant; a secret's value is never told."""
    kind, loc, value, context = error["type"], error["loc"], error["input"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return f"unknown key; {suggestion(str(loc[-1]), known_keys(loc))}"
    if kind == "missing":
        return f"the key is missing; add for instance {loc[-1]}: {example(loc)}"
    if kind == "string_too_short":
        return "the text is empty; remove the key or fill it"
    if kind == "literal_error":
        choice = context["expected"].replace("'", "")
        likely = nearest(str(value), choice.replace(" or ", ", ").split(", "))
        text = f"{choice} is expected, not {shown(value)}" + (f"; did you mean {likely}?" if likely else "")
    elif kind == "value_error":
        text = str(context["error"])
    else:
        expected = EXPECTED.get(kind) or EXPECTED.get(kind.partition("_")[0], "another value is expected")
        text = f"{expected.format(**context)}, not {shown(value)}"
    return discreet(text, value) if place.secret else text


def discreet(text: str, value: object) -> str:
    """The sentence without the secret value it is about."""
    without = text.replace(f"not {shown(value)}", "not the value given")
    return "another value is expected" if str(value) in without else without


def known_keys(loc: Loc) -> list[str]:
    """The keys that may stand where this one does."""
    return list(_section(loc[:-1]).model_fields)


def example(loc: Loc) -> str:
    """What may stand at this path."""
    examples = _section(loc[:-1]).model_fields[str(loc[-1])].examples
    return str(examples[0]) if examples else "..."


def _section(loc: Loc) -> type[Section]:
    section: type[Section] = Config
    for step in loc:
        if isinstance(step, str) and step in section.model_fields:  # else it is a name that the user chose
            section = next(_sections(section.model_fields[step].annotation))
    return section


def _sections(annotation: Any) -> Iterator[type[Section]]:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        yield annotation
    for part in get_args(annotation):
        yield from _sections(part)
