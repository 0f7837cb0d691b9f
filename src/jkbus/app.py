"""Joins links, buses, battery and outputs: the one file that knows every layer."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial

from .bus.bus import Bus
from .bus.events import Event, Heard, NodeChanged, RoleChanged
from .bus.timing import Timing
from .config import BusConfig, Config, MqttConfig
from .errors import JkbusError, LinkError
from .model.battery import Battery
from .model.identity import Identities
from .model.pack import LATE, SILENT
from .outputs.memory import EnergyMemory, Memory
from .transport.links import Link, keep_open, open_link

log = logging.getLogger("jkbus.bus")

Opener = Callable[..., Awaitable[Link]]
View = Callable[[Battery, Sequence[Bus]], Awaitable[None]]

# How late bytes may arrive by such a link, in s; a cable has none of it.
_JITTER = {"socket": 0.1, "esphome": 0.3}


class Gateway:
    """All buses of a configuration and the battery they fill; `run` keeps them going."""

    def __init__(self, config: Config, opener: Opener = open_link) -> None:
        self.config = config
        self._opener = opener
        self._memory = Memory(config.state / "memory.json")
        self._naming = Identities(config.buses, self._memory.section("packs"))
        self.battery = Battery(self._naming)
        self.energy = EnergyMemory(self.battery, self._memory)
        self.buses = [bus_for(bus) for bus in config.buses]

    async def run(self, view: View | None = None) -> None:
        """Run until cancelled, or until every link has ended, as a recording does. Raises JkbusError."""
        outputs: list[Awaitable[None]] = [self.energy.run()]
        if self.config.mqtt is not None:
            outputs.append(self._mqtt(self.config.mqtt))
        if view is not None:
            outputs.append(view(self.battery, self.buses))
        with self._memory.held():
            self._memory.write(self._memory.text())  # a folder that cannot be written to is told of at once
            try:
                await self._all(outputs)
            except BaseExceptionGroup as group:  # except* would wrap what is raised in it on Python 3.11.2
                ours, others = group.split(JkbusError)
                if ours is None or others is not None:
                    raise
                raise _first(ours) from None

    async def _all(self, outputs: list[Awaitable[None]]) -> None:
        async with asyncio.TaskGroup() as group:
            others = [group.create_task(_forever(output)) for output in outputs]
            async with asyncio.TaskGroup() as links:
                for bus, config in zip(self.buses, self.config.buses, strict=True):
                    links.create_task(self._serve(bus, config), name=bus.name)
            for task in others:
                task.cancel()

    async def _mqtt(self, config: MqttConfig) -> None:
        from .outputs.mqtt import Mqtt  # its library takes a tenth of a second to load

        known = self._memory.section("entities")
        await Mqtt(config, self.config.homeassistant, self.battery, self.buses, known).run()

    async def _serve(self, bus: Bus, config: BusConfig) -> None:
        await keep_open(
            partial(self._opener, config.link, baudrate=config.baudrate, rs485=config.rs485),
            partial(self.drive, bus, read_only=config.read_only),
        )

    async def drive(self, bus: Bus, link: Link, read_only: bool = False) -> None:
        """Carry bytes between a link and a bus until the link is lost: raises LinkError then.

        The time limit is only ever moved forward, to spare a timer per chunk; waking for nothing is harmless.
        """
        clock = asyncio.get_running_loop().time
        bus.read_only = read_only or not link.can_write

        def turn(data: bytes) -> None:
            self.take(bus, bus.receive(data, clock()))
            if request := bus.poll(clock()):
                link.write(request)

        try:
            while True:
                turn(b"")
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(bus.wake_at) as limit:
                        while True:
                            turn(await link.read())
                            if not limit.expired() and bus.wake_at < (limit.when() or 0.0):
                                limit.reschedule(bus.wake_at)
        except LinkError:
            self.take(bus, bus.lost(clock()))
            raise

    def take(self, bus: Bus, events: list[Event]) -> None:
        """Let the battery know what happened on a bus, and log what an owner would want to know."""
        for event in events:
            self.battery.apply(bus.name, event)
            if isinstance(event, Heard):
                pack = self.battery.pack(bus.name, event.address)
                if pack is not None:
                    self.energy.restore(pack)
            elif isinstance(event, RoleChanged):
                log.info("%s: %s: %s", bus.name, event.role, event.reason)
            elif isinstance(event, NodeChanged):
                self._tell(bus, event)

    def _tell(self, bus: Bus, event: NodeChanged) -> None:
        pack = self.battery.pack(bus.name, event.address)
        given = self._naming.name(bus.name, event.address, None)
        name = pack.name if pack and pack.key else given[1] if given else f"pack {event.address}"
        quiet = LATE in (event.state, event.before) and SILENT not in (event.state, event.before)
        level = logging.DEBUG if quiet else logging.INFO
        log.log(level, "%s: %s (address %d) is %s", bus.name, name, event.address, event.state)


def bus_for(config: BusConfig) -> Bus:
    """The bus of a configuration."""
    scheme = config.link.partition(":")[0]
    timing = Timing(**config.timing.model_dump(), jitter=_JITTER.get(scheme, 0.0))
    dither = random.uniform(0, 0.5)  # so that of two gateways on one bus one is the first
    timing.listen += dither
    timing.takeover += dither
    return Bus(timing, config.read_only, config.name)


async def run(config: Config, view: View | None = None) -> None:
    """Run a gateway until cancelled, or until every link has ended. Raises JkbusError."""
    await Gateway(config).run(view)


async def _forever(output: Awaitable[None]) -> None:
    await output


def _first(group: BaseExceptionGroup[JkbusError]) -> JkbusError:
    error = group.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error
