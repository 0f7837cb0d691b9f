"""The whole gateway on a saturated bus, through to a real mosquitto: CPU, memory, and how late values are.

About 13 reports a second. First without history and with it, for CPU and memory; then with every report
published at once, to see how long one takes from its last byte to the broker and back to a subscriber.

Run: .venv/bin/python bench/gateway.py [seconds]
"""

import asyncio
import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from aiomqtt import Client

from jkbus.app import Gateway
from jkbus.bus.bus import Bus
from jkbus.bus.events import Event, Heard
from jkbus.config import (
    BusConfig,
    Config,
    GroupConfig,
    GroupsConfig,
    HistoryConfig,
    MqttConfig,
    PackConfig,
    SecretUrl,
)
from support.broker import broker
from support.traffic import Played, saturated

WARM = 35.0  # s until every pack is announced and told again, as is done for Home Assistant's sake


def config(port: int, state: str, at_once: bool = False, history: bool = True) -> Config:
    status = GroupConfig(interval=0, only_if_changed=False) if at_once else GroupConfig()
    mqtt = MqttConfig(url=SecretUrl(f"mqtt://127.0.0.1:{port}"), groups=GroupsConfig(status=status))
    packs = tuple(PackConfig(name=f"pack{address}", address=address) for address in range(1, 16))
    bus = BusConfig(link=SecretUrl("sim:1"), packs=packs)
    return Config(buses=(bus,), mqtt=mqtt, state=Path(state), history=HistoryConfig(enabled=history))


async def play(*args: object, **options: object) -> Played:
    """The opener of every link here."""
    return Played("played", saturated())


async def cost(port: int, state: str, seconds: float, history: bool) -> None:
    gateway = Gateway(config(port, state, history=history), play)
    running = asyncio.create_task(gateway.run())
    await asyncio.sleep(WARM)
    cpu, wall, reports = time.process_time(), time.perf_counter(), gateway.buses[0].counters.reports
    await asyncio.sleep(seconds)
    share = (time.process_time() - cpu) / (time.perf_counter() - wall)
    rate = (gateway.buses[0].counters.reports - reports) / seconds
    running.cancel()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(f"gateway  {rate:.1f} reports/s, {'with' if history else 'without'} history: {share:.1%} of a core")
    print(f"         peak memory {peak:.0f} MB (at most 80), the bench itself included")


class Watched(Gateway):
    """Notes when each status was heard: the time of its last byte."""

    heard: list[tuple[float, str]]

    def take(self, bus: Bus, events: list[Event]) -> None:
        super().take(bus, events)
        for event in events:
            pack = self.battery.pack(bus.name, event.address) if isinstance(event, Heard) else None
            if isinstance(event, Heard) and event.report.type == 2 and pack is not None and pack.key:
                self.heard.append((event.at, pack.key))


async def lateness(port: int, state: str, seconds: float) -> None:
    """From a status to the next message on its pack's topic, as a subscriber gets it."""
    clock = asyncio.get_running_loop().time
    gateway = Watched(config(port, state, at_once=True), play)
    gateway.heard = []
    told: dict[str, list[float]] = {}
    running = asyncio.create_task(gateway.run())
    await asyncio.sleep(WARM)
    gateway.heard.clear()
    async with Client("127.0.0.1", port) as client:
        await client.subscribe("jkbus/+/status")
        end = clock() + seconds
        async for message in client.messages:
            told.setdefault(str(message.topic).split("/")[1], []).append(clock())
            if clock() > end:
                break
    running.cancel()
    late = sorted(
        min(at - then for at in told[key] if at >= then)
        for then, key in gateway.heard
        if told.get(key) and told[key][-1] >= then
    )
    median, worst = late[len(late) // 2] * 1000, late[int(len(late) * 0.99)] * 1000
    print(f"lateness {len(late)} statuses, from the last byte through the broker to a subscriber:")
    print(f"         median {median:.1f} ms, 99th percentile {worst:.1f} ms (at most 10)")


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 30.0
    saturated()
    for history in (False, True):
        with broker() as port, TemporaryDirectory() as state:
            asyncio.run(cost(port, state, seconds, history))
    with broker() as port, TemporaryDirectory() as state:
        asyncio.run(lateness(port, state, seconds))


if __name__ == "__main__":
    main()
