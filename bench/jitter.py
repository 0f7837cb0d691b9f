"""A bus behind a network that holds bytes up: how old are the values, and who is disturbed?

Each line is an hour of virtual time with seven packs; a stall holds everything up for 0.2 to 2 s.

Run: .venv/bin/python bench/jitter.py [seconds]
"""

import sys

from jkbus.bus.bus import Bus
from jkbus.bus.events import Heard
from jkbus.bus.timing import Timing
from jkbus.simulator import bank
from jkbus.simulator.network import Network, Weather
from jkbus.simulator.virtual import drive

STATUS, ABOUT = 2, 3
WEATHERS = (
    ("up to 20 ms", Weather(least=0.005, most=0.02)),
    ("up to 50 ms", Weather(least=0.005, most=0.05)),
    ("up to 100 ms", Weather(least=0.005, most=0.1)),
    ("up to 300 ms", Weather(least=0.005, most=0.3)),
    ("up to 50 ms, a stall in ten minutes", Weather(least=0.005, most=0.05, stalls=0.1)),
    ("up to 50 ms, a stall a minute", Weather(least=0.005, most=0.05, stalls=1.0)),
    ("up to 300 ms, a stall a minute", Weather(least=0.005, most=0.3, stalls=1.0)),
)


def run(master: bool, weather: Weather, seconds: float) -> str:
    """The ages of statuses at their renewal, the collisions on the line, and what we said there."""
    line = bank(7, master=master, seed=1)
    bus, ages, last, known = Bus(Timing(jitter=0.3, dead=25.0)), [0.0], dict[int, float](), set[int]()
    for event in drive(bus, Network(line, weather, 1), 0.0, seconds):
        if isinstance(event, Heard) and event.report.type == STATUS:
            ages.append(event.at - last.get(event.address, event.at))
            last[event.address] = event.at
        elif isinstance(event, Heard) and event.report.type == ABOUT:
            known.add(event.address)
    ages.sort()
    median, late = ages[len(ages) // 2], ages[int(len(ages) * 0.99)]
    said = bus.counters.bytes_out // 11
    return f"| {median:.1f} s | {late:.1f} s | {ages[-1]:.1f} s | {said} | {len(known)} | {line.collisions} |"


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3600.0
    for master in (True, False):
        print("beside a JK master" if master else "as master")
        print("| late by | median | 99th percentile | at most | words of ours | device infos | collisions |")
        for text, weather in WEATHERS:
            print(f"| {text} {run(master, weather, seconds)}")


if __name__ == "__main__":
    main()
