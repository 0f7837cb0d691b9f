"""The gateway of `bench/web.py`: a process of its own with 16 packs at full rate and the web page.

Run: page.py PORT FOLDER. When it is told to end it writes when each status was heard to FOLDER/heard.json.
"""

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

from jkbus.app import Gateway
from jkbus.bus.bus import Bus
from jkbus.bus.events import Event, Heard
from jkbus.config import BusConfig, Config, PackConfig, SecretUrl
from support.traffic import Played, saturated


class Watched(Gateway):
    """Notes when each status was heard: the time of its last byte."""

    heard: list[tuple[float, str]]

    def take(self, bus: Bus, events: list[Event]) -> None:
        super().take(bus, events)
        for event in events:
            pack = self.battery.pack(bus.name, event.address) if isinstance(event, Heard) else None
            if isinstance(event, Heard) and event.report.type == 2 and pack is not None and pack.key:
                self.heard.append((event.at, pack.key))


async def play(url: str, **options: object) -> Played:
    """15 packs on a saturated bus, as fast as it goes; the sixteenth on another one, as fresh as they are."""
    return Played(url, saturated(60.0, 1, 1.1) if url.endswith("sim:1") else saturated())


def config(port: int, state: Path) -> Config:
    buses = tuple(
        BusConfig(
            link=SecretUrl(f"sim:{count}"),
            name=name,
            packs=tuple(PackConfig(name=f"{name}-{n}", address=n) for n in range(1, count + 1)),
        )
        for name, count in (("bus1", 15), ("bus2", 1))
    )
    web: Any = {"listen": f"127.0.0.1:{port}"}
    return Config(buses=buses, state=state, web=web)


async def main(port: int, folder: Path) -> None:
    gateway = Watched(config(port, folder / "state"), play)
    gateway.heard = []
    running = asyncio.create_task(gateway.run())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    await asyncio.gather(running, return_exceptions=True)
    (folder / "heard.json").write_text(json.dumps(gateway.heard))


if __name__ == "__main__":
    saturated()
    saturated(60.0, 1, 1.1)
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
