"""What is wrong with a configuration: each fault has a place and a sentence, all are told at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from jkbus.config.words import printable, redact, shown
from jkbus.errors import ConfigError

Loc = tuple[str | int, ...]  # the way to a value in the tree: ("buses", 0, "link")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was written: the file as the user named it, and the line from 1 (None: all of it)."""

    file: str
    line: int | None = None
    secret: bool = False  # the value comes from secrets.yaml or the environment: never show it

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong; `about` is the path of the value, or the column in its line."""

    place: Place
    about: str
    text: str

    def __str__(self) -> str:
        return printable(redact(": ".join(filter(None, (str(self.place), self.about, self.text)))))


def faulty(faults: Iterable[Fault], main: str) -> ConfigError:
    """The error that tells all these faults, a line each: the main file first, each file by line."""

    def order(fault: Fault) -> tuple[bool, str, int]:
        return fault.place.file != main, fault.place.file, fault.place.line or 0

    return ConfigError("\n".join(map(str, sorted(dict.fromkeys(faults), key=order))))


def dotted(loc: Loc) -> str:
    """A path as people write it: buses[0].packs[1].address."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step or shown(step)}" for step in loc)
    return "".join(steps).removeprefix(".")
