"""An alarm in the journal: whose and what, when it came and went, and what was measured then."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any, NamedTuple

from ..config.values import format_duration
from ..model.alarms import Alarm, Severity

Values = dict[str, float]  # by name; empty where nothing was heard

PACK, BUS, GATEWAY = "pack", "bus", "gateway"


class Subject(NamedTuple):
    """Whose alarm it is: `kind` is pack, bus or gateway, `key` what it is known by, `name` for people."""

    kind: str
    key: str
    name: str

    @property
    def id(self) -> tuple[str, str]:
        """What stays the same when it is given another name."""
        return self.kind, self.key


@dataclass(frozen=True, slots=True)
class Entry:
    """One alarm from its coming to its going. Times are unix seconds.

    `came` is when it was first seen, `seen` when it was last seen, `went` when it was first seen to be gone;
    None while it stands. `fell` is the same while nobody knows yet whether it comes back. `count` says how
    often it came within this entry, `unwatched` that it went while nobody looked. `before`, `during` and
    `after` are the values before it came, at its coming and at its going; `closed_by` tells who ended it by
    hand.
    """

    id: int
    subject: Subject
    alarm: Alarm
    sentence: str
    came: float
    seen: float
    fell: float | None = None
    went: float | None = None
    count: int = 1
    unwatched: bool = False
    before: Values = field(default_factory=dict)
    during: Values = field(default_factory=dict)
    after: Values = field(default_factory=dict)
    acknowledged: float | None = None
    acknowledged_by: str = ""
    closed_by: str = ""

    @property
    def stands(self) -> bool:
        """Whether it has come and not gone."""
        return self.went is None

    @property
    def message(self) -> str:
        """What an owner reads: whose, what, how much, and what to do about it."""
        told = [part for part in (self.alarm.title, self.sentence, self.alarm.remedy) if part]
        return f"{self.subject.name}: {'; '.join(told)}"

    @property
    def ending(self) -> str:
        """What an owner reads when it went: whose, what, and how long it stood."""
        lasted = format_duration(round((self.went if self.went is not None else self.seen) - self.came))
        told = f"{self.subject.name}: {self.alarm.title} is over, it stood for {lasted}"
        told += f" and came {self.count} times" if self.count > 1 else ""
        if self.unwatched:
            told += "; it went while nobody watched"
        return told + (f"; closed by {self.closed_by}" if self.closed_by else "")

    def public(self) -> dict[str, Any]:
        """Everything as plain JSON, for people and programs: times as local ISO 8601, severity as a word."""
        return {
            "id": self.id,
            self.subject.kind: self.subject.name,
            "key": self.subject.key,
            "alarm": self.alarm.name,
            "title": self.alarm.title,
            "severity": self.alarm.severity.name.lower(),
            "message": self.message,
            "remedy": self.alarm.remedy,
            "came": _iso(self.came),
            "went": _iso(self.went),
            "last_seen": _iso(self.seen),
            "count": self.count,
            "unwatched": self.unwatched,
            "before": self.before,
            "during": self.during,
            "after": self.after,
            "acknowledged": _iso(self.acknowledged),
            "acknowledged_by": self.acknowledged_by,
            "closed_by": self.closed_by,
        }

    def kept(self) -> dict[str, Any]:
        """Everything as plain JSON, to be read again by `restored`."""
        return {**asdict(self), "subject": list(self.subject), "alarm": asdict(self.alarm)}


def restored(kept: Mapping[str, Any]) -> Entry:
    """The entry that was kept so; what an older version did not keep has its default.

    Raises KeyError, TypeError or ValueError for what was never an entry.
    """
    names = {field.name for field in fields(Entry)}
    alarm = kept["alarm"]
    return Entry(
        **{
            **{name: value for name, value in kept.items() if name in names},
            "subject": Subject(*kept["subject"]),
            "alarm": Alarm(**{**alarm, "severity": Severity(alarm["severity"])}),
        }
    )


CAME, WENT, ACKNOWLEDGED = "came", "went", "acknowledged"


class Change(NamedTuple):
    """Something happened to an entry: it came, went or was acknowledged; `entry` is as it was then."""

    kind: str
    entry: Entry


def _iso(at: float | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at).astimezone().isoformat(timespec="seconds")
