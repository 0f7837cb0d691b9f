"""Drives a bus through some minutes and prints what it told and said. Runs on CPython and on MicroPython.

Packs 1, 2 and 9 live on the line. Sometimes an answer is lost, damaged or padded, pack 9 disappears for a
while, and a JK master comes and goes. Times are printed as the bytes of a double, to be compared exactly.
"""

import json
import struct

from conversation import Conversation, answer, master_period
from jkbus.bus.bus import Bus
from jkbus.bus.events import Event, Heard, NodeChanged, OrderEnded, RoleChanged
from jkbus.bus.orders import Order
from jkbus.protocol.messages import TRIGGERS, acknowledgement, write32

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Line(Conversation):
    """The bus, and packs that answer what it says."""

    packs: "tuple[int, ...]" = (1, 2, 9)
    answered = 0

    def live(self, seconds: float) -> None:
        end = self.now + seconds
        while self.now < end:
            before = len(self.said)
            self.pass_(0.02)
            for _, said in self.said[before:]:
                self._reply(said)

    def _reply(self, said: bytes) -> None:
        address, register = said[0], said[2] << 8 | said[3]
        if address not in self.packs:
            return
        if register not in TRIGGERS:
            self.hear(acknowledgement(address, register, said[5]))
            return
        type = TRIGGERS[register]
        self.answered += 1
        self.pass_(0.037)
        data = bytearray(answer(address, type, padded=address == 2))
        if self.answered % 17 == 0:
            data = data[:150]
        elif self.answered % 23 == 0:
            data[100] ^= 4
        for start in range(0, len(data), 62):
            self.hear(bytes(data[start : start + 62]))
            self.pass_(0.004)


def exact(number: "float | None") -> "str | None":
    return None if number is None else struct.pack(">d", number).hex()


def told(event: Event) -> "list[Any]":
    line: list[Any] = [exact(event.at)]
    if isinstance(event, Heard):
        line += ["heard", event.address, event.report.frame.kind, event.report.evidence]
    elif isinstance(event, NodeChanged):
        line += ["node", event.address, event.state, event.before]
    elif isinstance(event, RoleChanged):
        line += ["role", event.role, event.reason]
    elif isinstance(event, OrderEnded):
        line += ["order", event.order.outcome, event.order.sent]
    return line


line = Line(Bus())
line.live(300)
for address in (1, 7):
    line.bus.order(
        Order(address, 1, line.now + 15, write32(address, 0x1070, 1), lambda frame: True), line.now
    )
    line.bus.order(Order(address, 3, line.now + 2), line.now)
line.live(60)
line.packs = (1, 2)
line.live(120)
line.packs = (1, 2, 9)
line.live(60)
for _ in range(20):
    master_period(line)
    line.live(0.3)
line.live(120)
line.events += line.bus.lost(line.now)
line.live(60)

for event in line.events:
    print(json.dumps(told(event)))
for at, said in line.said:
    print(json.dumps([exact(at), said.hex()]))
for address in sorted(line.bus.nodes):
    node = line.bus.nodes[address]
    times = [exact(node.latency), exact(node.latency_max), exact(node.since)]
    print(json.dumps([address, node.state, node.requests, node.answers, node.timeouts, node.bad_sums, times]))
bus, counters = line.bus, line.bus.counters
print(
    json.dumps(
        [bus.role, bus.reason, bus.missing(), exact(bus.gap), exact(bus.cycle), exact(bus.load(line.now))]
    )
)
print(
    json.dumps([counters.bytes_in, counters.bytes_out, counters.reports, counters.noise, counters.bad_sums])
)
