"""Line protocol: what is known of packs, battery and buses, as databases of time series take it.

A line is a measurement with its tags, its fields and its time. All values of one Status are one line, under
the names they have everywhere; so a database that keeps tables has one row for it. Every number goes as a
floating point one, bits as 0 and 1: InfluxDB refuses a field that was written with another type before, and
VictoriaMetrics knows no other. Texts are tags of `jkbus_about`, since VictoriaMetrics knows no text fields.
Times are in ns, which is what every server takes that is told nothing else. Pure: nothing is sent from here.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ..bus.bus import Bus
from ..model.pack import Pack
from .diagnostics import BUS, BusNow, NodeNow
from .entities import ENTITIES, present
from .entity import Entity, Get
from .facts import Facts, Value
from .numbers import WHOLE, numeric, texts_of
from .totals import totals

STATUS = ("status", "cells", "temperatures", "alarms", "counters")  # groups that come with each Status
KINDS = {"settings": "settings", "about": "info"}  # reports that seldom change, and the group of their values
REPEAT = 60.0  # s after which what has not changed is told again, so that a short look back finds it
LOOK_AGAIN = 30.0  # s between two looks at which values a pack has
WHOLE_EVERY = 1.0  # s between two lines of the battery as a whole, at least

_TAG = str.maketrans({",": "\\,", "=": "\\=", " ": "\\ ", "\\": "/"})

Fields = list[tuple[str, Get]]


def escaped(text: str) -> str:
    """A text as the value of a tag. A backslash becomes a slash: no server agrees with another on one."""
    return "".join(char if char.isprintable() else "?" for char in text).translate(_TAG)


def head(measurement: str, tags: Mapping[str, str]) -> str:
    """Measurement and tags, in the order InfluxDB likes; tags without a text are left out."""
    return ",".join(
        [measurement, *(f"{name}={escaped(value)}" for name, value in sorted(tags.items()) if value)]
    )


def number(value: Value) -> str | None:
    """A number as the value of a field; None for what is none."""
    if isinstance(value, float):
        return f"{value:.10g}" if math.isfinite(value) else None
    return str(int(value)) if isinstance(value, int) else None


def line(head: str, fields: Iterable[tuple[str, Value]], at: float) -> str | None:
    """One line, `at` in Unix seconds to the millisecond; None where there is no value at all."""
    said = [f"{name}={text}" for name, value in fields if (text := number(value)) is not None]
    return f"{head} {','.join(said)} {round(at * 1000)}000000" if said else None


@dataclass(slots=True)
class _Told:
    """What was told of a pack: the status heard at `at`, reports that seldom change, and the bus's view."""

    at: float | None = None
    look_at: float = -math.inf
    fields: dict[str, Fields] = field(default_factory=dict)
    reports: dict[str, tuple[bytes, float]] = field(default_factory=dict)
    node_at: float = -math.inf


class Sampler:
    """Makes lines of whatever is new since it was last asked.

    A Status gives one line per `interval` (s; 0 for each), stamped with the time it was heard; a pack that is
    silent gives none. `tags` are put to every line. Times: `now` of the bus's clock, `wall` in Unix seconds.
    """

    def __init__(
        self, buses: Iterable[Bus], interval: float = 0.0, tags: Mapping[str, str] | None = None
    ) -> None:
        self._buses = {bus.name: bus for bus in buses}
        self._interval = interval
        self._tags = dict(tags or {})
        self._packs: dict[str, _Told] = {}
        self._whole_at: float | None = None
        self._buses_at = -math.inf

    def pack(self, pack: Pack, now: float, wall: float) -> Iterator[str]:
        """What is new of a pack; nothing before it is known who it is."""
        if pack.key is None or not pack.available:
            return
        told = self._packs.setdefault(pack.key, _Told())
        facts = Facts(pack)
        tags = {**self._tags, "bus": pack.bus, "pack": pack.key}
        at = pack.heard_at["status"]
        lines = []
        if _passed(told.at, at, self._interval):
            self._look(told, facts, now)
            told.at = at
            values = ((name, get(facts)) for name, get in told.fields["status"])
            lines.append(line(head("jkbus", tags), values, wall - now + at))
        lines += [self._seldom(kind, told, facts, tags, now, wall) for kind in KINDS]
        lines.append(self._node(told, pack, tags, now, wall))
        yield from (text for text in lines if text is not None)

    def others(self, packs: Iterable[Pack], now: float, wall: float) -> Iterator[str]:
        """The battery as a whole and the buses, as often as they are due."""
        lines = []
        if _passed(self._whole_at, now, max(WHOLE_EVERY, self._interval)):
            self._whole_at = now
            whole = totals(packs)
            if whole.heard:
                lines.append(line(head("jkbus_battery", self._tags), _values(_WHOLE, whole), wall))
        if now - self._buses_at >= REPEAT:
            self._buses_at = now
            for bus in self._buses.values():
                tags = {**self._tags, "bus": bus.name}
                lines.append(line(head("jkbus_bus", tags), _values(_BUS, BusNow(bus, now)), wall))
        yield from (text for text in lines if text is not None)

    def _look(self, told: _Told, facts: Facts, now: float) -> None:
        """Find out which values the pack has, from time to time: probes and cells may turn up later."""
        if now < told.look_at:
            return
        told.look_at = now + LOOK_AGAIN
        entities = present(facts)
        told.fields = {"status": _fields(entities, STATUS)}
        told.fields |= {kind: _fields(entities, (group,)) for kind, group in KINDS.items()}

    def _seldom(
        self, kind: str, told: _Told, facts: Facts, tags: Mapping[str, str], now: float, wall: float
    ) -> str | None:
        report = getattr(facts.pack, kind)
        if report is None:
            return None
        before, at = told.reports.get(kind, (b"", -math.inf))
        if report.data == before and now - at < REPEAT:
            return None
        if report.data != before:
            told.look_at = -math.inf
            self._look(told, facts, now)
        told.reports[kind] = (bytes(report.data), now)
        texts = texts_of(facts) if kind == "about" else {}
        values = ((name, get(facts)) for name, get in told.fields[kind])
        return line(head(f"jkbus_{kind}", {**texts, **tags}), values, wall)

    def _node(self, told: _Told, pack: Pack, tags: Mapping[str, str], now: float, wall: float) -> str | None:
        bus = self._buses.get(pack.bus)
        node = bus.nodes.get(pack.address) if bus is not None else None
        if node is None or now - told.node_at < REPEAT:
            return None
        told.node_at = now
        return line(head("jkbus_node", tags), _values(_NODE, NodeNow(node, now)), wall)


def _fields(entities: Iterable[Entity], groups: Iterable[str]) -> Fields:
    wanted = set(groups)
    return [(entity.key, get) for entity, get in numeric(entities) if entity.group in wanted]


def _values(fields: Fields, subject: object) -> Iterator[tuple[str, Value]]:
    return ((name, get(subject)) for name, get in fields)


def _passed(before: float | None, now: float, interval: float) -> bool:
    """Whether a new interval has begun since; without an interval, whether any time has passed."""
    if before is None or interval <= 0:
        return before is None or now > before
    return now // interval > before // interval


_WHOLE = _fields(WHOLE, ("battery",))
_BUS = _fields(BUS, ("bus",))
_NODE = _fields(ENTITIES, ("gateway",))
