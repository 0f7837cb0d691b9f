"""What stands in a YAML file of ESPHome: texts, sections and lists that know where they were written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from ..config.faults import Fault, Place, faulty
from ..config.words import shown
from ..errors import ConfigError


class Text(str):
    """A scalar as it was written. `secret` is its name in secrets.yaml, `tag` what stood before it.

    A text with the tag !lambda is C++, which nobody here runs. `hidden`: it is made with a secret.
    """

    place: Place
    secret: str
    tag: str
    hidden: bool

    @classmethod
    def at(cls, text: str, place: Place, secret: str = "", tag: str = "", hidden: bool = False) -> Text:
        """A text with all that is known of it."""
        made = cls(text)
        made.place, made.secret, made.tag, made.hidden = place, secret, tag, hidden or bool(secret)
        return made


class Section(dict[str, "Value"]):
    """Keys and values; `places` of the keys."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.places: dict[str, Place] = {}

    def put(self, key: str, value: Value, place: Place) -> None:
        """Take over a key that stands at a place."""
        self[key] = value
        self.places[key] = place

    def pairs(self) -> Iterator[tuple[str, Value, Place]]:
        """Every key, what is behind it, and where it stands."""
        for key, value in self.items():
            yield key, value, self.places[key]


class Items(list["Value"]):
    """The items of a list."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place


Value: TypeAlias = Text | Section | Items | None


@dataclass(slots=True)
class Report:
    """What an owner is told: faults that stop the move, and remarks on what is different from now on."""

    file: str
    faults: list[Fault] = field(default_factory=list)
    remarks: list[Fault] = field(default_factory=list)

    def fault(self, place: Place, about: str, text: str) -> None:
        """Something that has to be mended first."""
        self.faults.append(Fault(place, about, text))

    def fault_once(self, place: Place, about: str, text: str) -> None:
        """The same where it shows in many places: told with the first."""
        if not any((fault.about, fault.text) == (about, text) for fault in self.faults):
            self.fault(place, about, text)

    def remark(self, place: Place, about: str, text: str) -> None:
        """Something that does not come along, or is right only from now on."""
        self.remarks.append(Fault(place, about, text))

    def stop(self, place: Place, about: str, text: str) -> ConfigError:
        """The error that ends the reading here, with all faults so far."""
        self.fault(place, about, text)
        return faulty(self.faults, self.file)

    def settle(self) -> None:
        """Raises ConfigError if there are faults."""
        if self.faults:
            raise faulty(self.faults, self.file)


def sections(value: Value) -> list[Section]:
    """The sections of a list, or the only one, where ESPHome takes both."""
    if isinstance(value, Section):
        return [value]
    return [item for item in value if isinstance(item, Section)] if isinstance(value, Items) else []


def text_of(value: Value) -> str:
    """A scalar; empty where there is none."""
    return value if isinstance(value, Text) else ""


def said(text: str) -> str:
    """A scalar as it is told in a sentence; never what is in a secret."""
    if isinstance(text, Text) and text.hidden:
        return f"!secret {text.secret}" if text.secret else "a text with a secret in it"
    return shown(text)


def is_true(value: Value) -> bool:
    """Whether this says yes in ESPHome's words."""
    return text_of(value).lower() in ("true", "yes", "on", "enable")
