"""What a line with one bad byte in a hundred makes us show: an hour of virtual time, 15 packs, no master.

A second listener counts the damaged reports that pass the checksum of eight bits; the bus doubts after a bad
sum and shows fewer of them.

Run: .venv/bin/python bench/damage.py [seconds]
"""

import sys
from collections import Counter, deque

from jkbus.bus.bus import Bus
from jkbus.bus.events import Heard
from jkbus.protocol import Framer, Report
from jkbus.simulator import Faults, SunnyDay, VirtualLine, VirtualPack
from jkbus.simulator.virtual import drive

BAD = 0.01  # share of bytes with a flipped bit
ACTED_ON = {"battery_voltage", "battery_current", "state_of_charge", "alarms", "charge_mosfet_on"}

sent: deque[bytes] = deque(maxlen=400)


class Recorded(VirtualPack):
    """A pack that keeps what it really said."""

    def hear(self, data: bytes) -> bytes:
        answer = super().hear(data)
        if len(answer) >= 300:
            sent.append(answer[:300])
        return answer


def damage(report: Report) -> set[str]:
    """Names of the rows that differ from the nearest report that was sent; none if it is as it was sent."""
    data = report.data
    if data in sent:
        return set()
    truth = min(sent, key=lambda other: sum(a != b for a, b in zip(data, other, strict=True)))
    rows = report.frame.rows()
    return {row.name for row in rows if data[row.offset :][: row.size] != truth[row.offset :][: row.size]}


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3600.0
    packs = [Recorded(address, seed=3) for address in range(1, 16)]
    line = VirtualLine(packs, seed=3, faults=Faults(flip=BAD), world=SunnyDay(packs, seed=3))
    tap, framer, bus = line.attach(), Framer(), Bus()
    passed, shown = Counter[str](), Counter[str]()
    rows: Counter[str] = Counter()
    for event in drive(bus, line, 0.0, seconds):
        for message in framer.feed(line.read(event.at, tap), event.at):
            if isinstance(message, Report):
                passed["damaged" if damage(message) else "right"] += 1
        if isinstance(event, Heard):
            wrong = damage(event.report)
            shown["damaged" if wrong else "right"] += 1
            rows.update(wrong)
    for what, counted in (("pass the checksum", passed), ("are shown", shown)):
        share = counted["damaged"] / max(1, counted.total())
        print(f"{counted.total()} reports {what}, {counted['damaged']} of them damaged: {share:.1%}")
    acted = {name: count for name, count in rows.items() if name in ACTED_ON}
    print(f"shown and wrong in what one acts on: {acted or 'nothing'}; cell voltages {rows['cell_voltage']}")


if __name__ == "__main__":
    main()
