"""Alarms as they stand in the journal."""

from collections.abc import Iterable
from typing import Any, Literal

from typing_extensions import TypedDict

from ...alarms import Entry
from .numbers import finite


class _Subject(TypedDict, total=False):
    pack: str
    bus: str
    gateway: str


class AlarmEntry(_Subject):
    """An alarm from its coming to its going; one of pack, bus and gateway has the name of whose it is.

    Times are local ISO 8601. `before`, `during` and `after` are the values before it came, at its coming and
    at its going, by name. `count` says how often it came within this entry; `unwatched` that it went while
    nobody looked.
    """

    id: int
    key: str
    alarm: str
    title: str
    severity: Literal["info", "warning", "protection", "fault"]
    message: str
    remedy: str
    came: str | None
    went: str | None
    last_seen: str | None
    count: int
    unwatched: bool
    before: dict[str, float | None]
    during: dict[str, float | None]
    after: dict[str, float | None]
    acknowledged: str | None
    acknowledged_by: str
    closed_by: str


class Standing(TypedDict):
    """The alarms that stand, the worst first."""

    standing: list[AlarmEntry]


def told(entry: Entry) -> AlarmEntry:
    """An entry of the journal."""
    public: Any = finite(entry.public())
    document: AlarmEntry = public
    return document


def standing(entries: Iterable[Entry]) -> Standing:
    """What stands."""
    return {"standing": [told(entry) for entry in entries]}
