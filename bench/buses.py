"""Fifty saturated buses in one process: do they fit one core?

Each hears 13 reports a second of 15 packs, with everything but the outputs: framing, bus, packs, energy.

Run: .venv/bin/python bench/buses.py [buses] [seconds]
"""

import asyncio
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from jkbus.app import Gateway
from jkbus.config import BusConfig, Config, SecretUrl
from support.traffic import Played, saturated


async def run(buses: int, seconds: float, state: str) -> None:
    offsets = iter(range(buses))

    async def play(*args: object, **options: object) -> Played:
        return Played("played", saturated(), offset=next(offsets) * 1.37)

    many = tuple(BusConfig(link=SecretUrl(f"sim:1?seed={n}"), name=f"bus{n}") for n in range(buses))
    gateway = Gateway(Config(buses=many, state=Path(state)), play)
    running = asyncio.create_task(gateway.run())
    await asyncio.sleep(5)
    cpu, wall = time.process_time(), time.perf_counter()
    before = sum(bus.counters.reports for bus in gateway.buses)
    await asyncio.sleep(seconds)
    share = (time.process_time() - cpu) / (time.perf_counter() - wall)
    rate = (sum(bus.counters.reports for bus in gateway.buses) - before) / seconds
    running.cancel()
    print(f"{buses} saturated buses, {len(gateway.battery.packs)} packs: {rate:.0f} reports/s")
    print(f"{share:.0%} of a core (at most 100 %), {share / rate * 1e6:.0f} µs a report")


def main() -> None:
    buses = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 20.0
    saturated()
    with TemporaryDirectory() as state:
        asyncio.run(run(buses, seconds, state))


if __name__ == "__main__":
    main()
