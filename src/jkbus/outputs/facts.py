"""A pack's reports decoded once for all entities, and what tells whether an entity exists on it."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Any

from ..model.alarms import Alarm
from ..model.pack import Pack
from ..protocol import About

Value = str | int | float | bool | None
NOTHING_KNOWN: Mapping[str, Value] = MappingProxyType({})


class Facts:
    """What is known of a pack now; each report is decoded at most once, and only if somebody asks."""

    def __init__(self, pack: Pack, health: Mapping[str, Value] = NOTHING_KNOWN) -> None:
        self.pack = pack
        self.health = health  # by key of its entity; what is not known is not in it

    @cached_property
    def status(self) -> dict[str, Any]:
        """The Status by row name; empty before it was heard."""
        return {} if self.pack.status is None else self.pack.status.values()

    @cached_property
    def settings(self) -> dict[str, Any]:
        """The Settings by row name; empty before they were heard."""
        return {} if self.pack.settings is None else self.pack.settings.values()

    @cached_property
    def about(self) -> dict[str, Any]:
        """The About by row name; empty before it was heard."""
        return {} if self.pack.about is None else self.pack.about.values()

    @cached_property
    def cells(self) -> dict[int, float]:
        """Volts of each wired cell by its number; cells are numbered from 1."""
        volts = self.status.get("cell_voltage", ())
        return {number: value for number, value in enumerate(volts, 1) if value is not None}

    @cached_property
    def wires(self) -> dict[int, float]:
        """Ohms of the balance wire of each wired cell by its number."""
        ohms = self.status.get("cell_wire_resistance", ())
        return {number: value for number, value in enumerate(ohms, 1) if number in self.cells}

    @cached_property
    def alarms(self) -> tuple[Alarm, ...]:
        """Alarms that are set now, worst first."""
        return self.pack.alarms

    @cached_property
    def firmware(self) -> tuple[int, int] | None:
        """Software version as numbers, (15, 41) for 15.41; None where it is not known."""
        return None if self.pack.about is None else firmware(self.pack.about)


def firmware(about: About) -> tuple[int, int] | None:
    """Software version of a board; letters behind it, as in 11.288H, say nothing here."""
    found = re.match(r"\s*(\d+)\.(\d+)", about.software_version)
    return (int(found[1]), int(found[2])) if found else None


# Whether an entity exists on a pack: True, False, or None while that cannot be known. Nothing appears while
# it is None, and nothing that is already there disappears.
Exists = Callable[[Facts], bool | None]


def heard(kind: str) -> Exists:
    """Once a report of that kind was heard."""
    return lambda facts: True if getattr(facts, kind) else None


def since(major: int, minor: int = 0) -> Exists:
    """From that firmware on; older boards send zeros or something else in its place."""
    return lambda facts: None if facts.firmware is None else facts.firmware >= (major, minor)


def not_zero(kind: str, name: str) -> Exists:
    """Once a value other than 0 or an empty text was seen; boards that lack it never show one."""
    return lambda facts: True if getattr(facts, kind).get(name) else None


def wired(number: int) -> Exists:
    """As long as that cell is wired, or the settings say that it should be."""

    def exists(facts: Facts) -> bool | None:
        if not facts.status or number in facts.cells:
            return True if facts.status else None
        return False if number > facts.settings.get("cell_count_setting", number) else None

    return exists


def connected(name: str) -> Exists:
    """Once the probe told a temperature. Boards before V14 tell 0.0 °C for the probes they lack."""

    def exists(facts: Facts) -> bool | None:
        reading = facts.status.get(name)
        if facts.firmware is not None and facts.firmware >= (14, 0):
            return None if reading is None else True
        return True if reading else None

    return exists


def iso_date(text: str) -> str | None:
    """A date as 2024-01-31 from the vendor's 240131; None if it is none."""
    try:
        return date(2000 + int(text[:2]), int(text[2:4]), int(text[4:6])).isoformat()
    except ValueError:
        return None


def span(seconds: int) -> str:
    """A long time as people say it: 1y 200d 5h."""
    days, rest = divmod(seconds, 86400)
    parts = {"y": days // 365, "d": days % 365, "h": rest // 3600}
    return " ".join(f"{number}{unit}" for unit, number in parts.items() if number) or "0h"
