"""The shapes of answers about the past, as the requests of the local API give them; see `app.archive`."""

from typing import Any, Literal

from typing_extensions import TypedDict

from .entries import AlarmEntry


class Source(TypedDict):
    """A pack, or all of them (key `battery`), and when its first and last report was kept."""

    key: str
    name: str
    first: float
    last: float


class Sources(TypedDict):
    """Who has a past."""

    sources: list[Source]


class Names(TypedDict):
    """The values that are kept of a source."""

    names: list[str]


class Curve(TypedDict):
    """A value over time. A point stands for `step` seconds from its time on; with 0 it is a single reading.

    `level` tells what it is made of. Where nothing is known there is no point.
    """

    name: str
    unit: str
    level: Literal["raw", "minute", "hour"]
    step: float
    times: list[float]
    low: list[float | None]
    mean: list[float | None]
    high: list[float | None]


class Curves(TypedDict):
    """One curve."""

    curve: Curve


class EnergyRow(TypedDict):
    """kWh in and out between `start` and `end`, of which `known` seconds are known."""

    start: float
    end: float
    charged: float
    discharged: float
    known: float


class EnergyRows(TypedDict):
    """Energy by hours, days or months."""

    rows: list[EnergyRow]


class Finding(TypedDict, total=False):
    """Something that the past tells, in a sentence, and what to do about it (`todo`, "" for nothing)."""

    kind: str
    topic: str
    subject: str
    sentence: str
    todo: str


class PackHealth(TypedDict):
    """What was found of a pack."""

    key: str
    name: str
    findings: list[Finding]


class Health(TypedDict):
    """The report on health, and when it was made."""

    at: float
    packs: list[PackHealth]
    battery: list[Finding]


class Entries(TypedDict):
    """Alarms of the journal, the newest first; the worst first where only those that stand were asked for."""

    entries: list[AlarmEntry]


class Acknowledged(TypedDict):
    """The alarms that somebody took note of."""

    acknowledged: list[int]


class Closed(TypedDict):
    """The alarms that somebody ended."""

    closed: list[int]


class Log(TypedDict):
    """Steps of changes, the newest last, as they stand in the log of changes."""

    entries: list[dict[str, Any]]
