"""The values of one pack that are to be told now, group by group, whoever they are told to."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..bus.bus import Bus
from ..protocol import Status
from .diagnostics import NodeNow
from .entities import ENTITIES
from .entity import Valued
from .facts import Facts
from .groups import Policy, Stream, Values
from .health_rows import GROUP as HEALTH_GROUP
from .health_rows import HEALTH

ROWS = (*ENTITIES, *HEALTH)
URGENT = ("status", "alarms")  # groups that do not wait when a switch or an alarm changes
_REPORT = {"settings": "settings", "info": "about"}  # where the values of a group come from; else the status
_BYTES = {  # of the report that a group's values are made of; else all: what has not moved is not looked at
    "cells": ((6, 144),),
    "temperatures": ((144, 146), (162, 166), (214, 215), (256, 260)),
    "alarms": ((166, 170), (202, 220)),
}


def urgent(status: Status) -> tuple[object, ...]:
    """What nobody should have to wait for: alarms, switches, missing probes."""
    return (
        status.alarms,
        status.charge_mosfet_on,
        status.discharge_mosfet_on,
        status.heating_active,
        status.precharge_active,
        status.emergency_countdown > 0,
        status.temperature_sensor_present,
    )


def material(group: str, data: bytes | bytearray) -> bytes:
    """The bytes of a report that the values of a group are made of."""
    if group not in _BYTES:
        return bytes(data)
    return b"".join([data[start:end] for start, end in _BYTES[group]])


class PackValues:
    """What was told of one pack; `at` is when to look again, even if the pack does not change."""

    def __init__(self, policies: Mapping[str, Policy]) -> None:
        self.at = -math.inf
        groups = {entity.group for entity in ROWS}
        self._streams = {name: Stream(policy) for name, policy in policies.items() if name in groups}
        self._judged: dict[str, object] = {}  # by group: what its values were made of last
        self._urgent: tuple[object, ...] = ()

    @property
    def groups(self) -> Iterable[str]:
        """The groups of a pack's values."""
        return self._streams

    def forget(self, groups: Iterable[str] = ()) -> None:
        """Tell these groups again, or all."""
        for group in groups or self._streams:
            self._streams[group].forget()

    def due(
        self, facts: Facts, bus: Bus | None, now: float, entities: Mapping[str, Sequence[Valued]]
    ) -> Iterator[tuple[str, Values]]:
        """The groups that are to be told now, with the values of these entities."""
        pack = facts.pack
        node = bus.nodes.get(pack.address) if bus is not None else None
        moving = urgent(pack.status) if pack.status is not None else ()
        hurry = URGENT if moving != self._urgent else ()
        self._urgent, self.at = moving, math.inf
        for group, stream in self._streams.items():
            report = getattr(pack, _REPORT.get(group, "status"))
            if report is None or (group == "gateway" and node is None):
                continue
            if group == HEALTH_GROUP and not facts.health:
                continue
            timed = group == "gateway"  # its values change with time, not with a report
            made_of = facts.health if group == HEALTH_GROUP else material(group, report.data)
            news = timed or self._judged.get(group) != made_of
            if now >= stream.beat_at or (news and (now >= stream.ready_at or group in hurry)):
                self._judged[group] = made_of
                subject = NodeNow(node, now) if node is not None and timed else facts
                values = {entity.key: entity.value(subject) for entity in entities[group]}
                if (told := stream.offer(values, now)) is not None:
                    yield group, told
                news = timed
            self.at = min(self.at, stream.beat_at, stream.ready_at if news else math.inf)
