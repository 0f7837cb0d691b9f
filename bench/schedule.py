"""How fresh we keep 15 packs without a master, on a virtual line with true byte times, in virtual time.

Turnaround 7 to 20 ms at random, packs deaf for 30 ms after they answered. Exact and repeatable.

Run: .venv/bin/python bench/schedule.py [seconds]
"""

import sys

from jkbus.bus.bus import Bus
from jkbus.bus.events import Heard
from jkbus.bus.schedule import EXCHANGE
from jkbus.simulator import VirtualLine, bank
from jkbus.simulator.virtual import drive

PACKS = 15
ABOUT_WITHIN, SETTINGS_WITHIN = 120.0, 60.0


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def ages(line: VirtualLine, seconds: float) -> tuple[dict[str, list[float]], dict[int, float], Bus]:
    """Ages at renewal by kind of report, when each pack's device info came, and the bus."""
    bus = Bus()
    last: dict[tuple[int, str], float] = {}
    renewed: dict[str, list[float]] = {"status": [], "settings": [], "about": []}
    known: dict[int, float] = {}
    for event in drive(bus, line, 0.0, seconds):
        if isinstance(event, Heard):
            kind = event.report.frame.kind
            if (event.address, kind) in last:
                renewed[kind].append(event.at - last[event.address, kind])
            last[event.address, kind] = event.at
            if kind == "about":
                known.setdefault(event.address, event.at)
    return renewed, known, bus


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 1800.0
    renewed, known, bus = ages(bank(PACKS, master=False, seed=1), seconds)
    floor = PACKS * EXCHANGE
    median, late = percentile(renewed["status"], 0.5), percentile(renewed["status"], 0.99)
    print(f"{PACKS} packs, no master, {seconds:.0f} s of virtual time, start included")
    print(f"status   median age at renewal {median:.2f} s (at most 1.3)")
    print(f"         99th percentile {late:.2f} s (at most 2.0)")
    print(f"         median {median / floor:.2f} times the line's floor of {floor:.2f} s")
    print(f"         gap learned {bus.gap * 1000:.0f} ms")
    print(f"settings oldest {max(renewed['settings']):.1f} s (at most {SETTINGS_WITHIN:.0f})")
    print(f"about    all {len(known)} known after {max(known.values()):.1f} s (at most {ABOUT_WITHIN:.0f})")
    print(f"line     load {bus.load(seconds):.0f} %, timeouts {sum(n.timeouts for n in bus.nodes.values())}")


if __name__ == "__main__":
    main()
