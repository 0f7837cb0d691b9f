"""What is to be published of alarms: each that comes or goes, and what stands of a pack, a bus and of all.

An event is not kept by the broker, since nobody shall act on one of yesterday. So it waits until Home
Assistant knows of the entity, and while the broker is away; of more than fit, the oldest are given up. The
summary is kept: it is how things stand for as long as the gateway is there.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from ..alarms import CAME, WENT, Alarms, Change, Summary
from ..alarms.entry import GATEWAY
from ..history.whole import KEY
from ..model.alarms import Severity
from .topics import Message, Topics

ALARM, SEVERITY = "alarm", "alarm_severity"
PARTS = {ALARM: "event", SEVERITY: "sensor"}  # platforms of the entities that show them, by key
EVENTS = (CAME, WENT)
SEVERITIES = ("none", *(severity.name.lower() for severity in Severity if severity > Severity.INFO))

HEARS_AFTER = 5.0  # s after discovery in which Home Assistant makes the entities
UNHEARD = 60.0  # s that an event waits for discovery, which may have happened in an earlier run
_ROOM = 200  # events that wait
_LOOK_AGAIN = 10.0  # s between two looks at the summaries if nothing happens


class _Event(NamedTuple):
    owner: str
    taken: float
    change: Change


class AlarmTopics:
    """The topics of alarms. Owners are packs by key, buses by slug, and `battery` for everything.

    `announced` tells when Home Assistant was told of an owner, None if it was not since the last connection.
    """

    def __init__(self, alarms: Alarms, topics: Topics, announced: Callable[[str], float | None]) -> None:
        self._alarms, self._topics, self._announced = alarms, topics, announced
        self._feed = alarms.subscribe()
        self._waiting: list[_Event] = []
        self._told: dict[str, str] = {}  # summaries by owner
        self._look_at = 0.0

    def at(self, now: float) -> float:
        """When to call `due` again."""
        return now + 1.0 if self._waiting else self._look_at

    def forget(self) -> None:
        """Whoever listened is gone: tell everything again."""
        self._told.clear()

    def close(self) -> None:
        """Hear of no more alarms."""
        self._feed.close()

    def due(self, owners: Iterable[str], now: float) -> Iterator[Message]:
        """Everything that is to be said about the alarms of these owners now."""
        news = self._take(now)
        yield from self._summaries(owners, now, news)
        for event in list(self._waiting):
            if self._is_heard(event, now):
                yield Message(self._topics.alarm(event.owner), payload(event.change), surely=True)
                self._waiting.remove(event)  # not before it has left

    def _take(self, now: float) -> bool:
        """Take what happened; whether anything did."""
        changes = self._feed.take()
        for change in changes:
            if change.kind in EVENTS:
                subject = change.entry.subject
                owners = (KEY,) if subject.kind == GATEWAY else (subject.key, KEY)
                self._waiting += [_Event(owner, now, change) for owner in owners]
        del self._waiting[:-_ROOM]
        return bool(changes)

    def _is_heard(self, event: _Event, now: float) -> bool:
        announced = self._announced(event.owner)
        return now >= (event.taken + UNHEARD if announced is None else announced + HEARS_AFTER)

    def _summaries(self, owners: Iterable[str], now: float, news: bool) -> Iterator[Message]:
        look = news or now >= self._look_at
        if look:
            self._look_at = now + _LOOK_AGAIN
        for owner in owners:
            if look or owner not in self._told:
                text = summary(self._alarms.summary(None if owner == KEY else owner))
                if text != self._told.get(owner):
                    self._told[owner] = text
                    yield Message(self._topics.alarm_summary(owner), text, retain=True)


def payload(change: Change) -> str:
    """An event as Home Assistant takes it: `event_type` came or went, and everything about the alarm."""
    return _json({"event_type": change.kind, **change.entry.public()})


def summary(stands: Summary) -> str:
    """What stands: how bad, in a few words, how many, and the worst in a sentence that says what to do."""
    return _json(
        {
            "severity": stands.severity,
            "text": stands.text,
            "standing": stands.standing,
            "unacknowledged": stands.unacknowledged,
            "worst": None if stands.worst is None else stands.worst.message,
        }
    )


def _json(values: dict[str, object]) -> str:
    return json.dumps(values, separators=(",", ":"), ensure_ascii=False)
