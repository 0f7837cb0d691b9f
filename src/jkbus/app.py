"""Joins links, buses, battery and outputs: the one file that knows every layer."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import NamedTuple

from .bus.bus import Bus
from .bus.events import Event, Heard, NodeChanged, OrderEnded, RoleChanged
from .bus.timing import Timing
from .config import BusConfig, Config, MqttConfig
from .control.aftermath import look_back
from .control.audit import Audit
from .control.desk import Desk
from .control.errands import Errands
from .control.local import Asker, AtHand, Client, serve
from .control.locks import is_held, kept
from .control.permits import Permits
from .control.roll import Roll, expected
from .errors import JkbusError, LinkError
from .model.battery import Battery
from .model.identity import Identities
from .model.pack import LATE, SILENT, Pack
from .outputs.memory import EnergyMemory, Memory
from .transport.links import Link, keep_open, open_link

log = logging.getLogger("jkbus.bus")

Opener = Callable[..., Awaitable[Link]]
View = Callable[[Battery, Sequence[Bus]], Awaitable[None]]

_COMMAND = "command.lock"  # held by the command that has the links
_LOOK = 0.5  # s between two looks whether it has ended
_LISTEN = 0.8  # s before the first word of a single command; a JK master never pauses for more than 0.66

# How late bytes may arrive by such a link, in s; a cable has none of it.
_JITTER = {"socket": 0.1, "esphome": 0.3}


class Wire(NamedTuple):
    """A bus, how its link is opened, and `home`: the name of the bus its packs belong to."""

    bus: Bus
    config: BusConfig
    home: str


class Gateway:
    """All buses of a configuration and the battery they fill; `run` keeps them going.

    `buses` are those of the configuration; `wires` also have the links that lead to a single pack. `alone` is
    for a single command: it listens for less than a second and `at_hand` takes the place of `run`.
    """

    def __init__(self, config: Config, opener: Opener = open_link, alone: bool = False) -> None:
        self.config = config
        self._opener = opener
        self._memory = Memory(config.state / "memory.json")
        remembered = self._memory.section("packs")
        self._naming = Identities(config.buses, remembered)
        self.battery = Battery(self._naming)
        self.energy = EnergyMemory(self.battery, self._memory)
        self.wires = list(_wires(config, alone))
        self.buses = [wire.bus for wire in self.wires if wire.bus.name == wire.home]
        self._homes = {wire.bus.name: wire.home for wire in self.wires}
        self._main = {bus.name: bus for bus in self.buses}
        self._own = {
            (wire.home, wire.config.packs[0].address): wire.bus
            for wire in self.wires
            if wire.bus.name != wire.home
        }
        errands = Errands()
        everyone = expected(config.buses, remembered)
        roll = Roll(self.battery, [wire.bus for wire in self.wires], everyone, self._leads, errands)
        self.permits = Permits(config.buses, self.route)
        self.audit = Audit(config.state)
        undo = config.state / "undo"
        self.desk = Desk(self.battery, self.route, self.permits, self.audit, roll, errands, undo)

    async def run(self, view: View | None = None) -> None:
        """Run until cancelled, or until every link has ended, as a recording does. Raises JkbusError."""
        outputs: list[Awaitable[None]] = [
            self.energy.run(),
            serve(self.desk, self.config.state),
            look_back(self.battery, self.audit),
        ]
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

    @asynccontextmanager
    async def at_hand(self) -> AsyncIterator[Desk]:
        """The desk while the links are open, for a single command; links that fail are not tried again."""
        links = [asyncio.create_task(self._serve_once(wire), name=wire.bus.name) for wire in self.wires]
        links.append(asyncio.create_task(look_back(self.battery, self.audit)))
        try:
            yield self.desk
        finally:
            await self.desk.stop()
            for link in links:
                link.cancel()
            await asyncio.gather(*links, return_exceptions=True)

    async def _all(self, outputs: list[Awaitable[None]]) -> None:
        async with asyncio.TaskGroup() as group:
            others = [group.create_task(_forever(output)) for output in outputs]
            links = group.create_task(self._links())
            try:
                await asyncio.wait([links])
            finally:
                await self.desk.stop()  # the links are still open, so that what is under way can end
            for task in others:
                task.cancel()

    async def _links(self) -> None:
        await self._let_command_end()
        async with asyncio.TaskGroup() as links:
            for wire in self.wires:
                links.create_task(self._serve(wire), name=wire.bus.name)

    async def _let_command_end(self) -> None:
        """Open no link as long as a command that was started before us has it; the next one asks us."""
        lock = self.config.state / _COMMAND
        if is_held(lock):
            log.warning("%s: a command talks to the packs; waiting until it has ended", lock.parent)
        for _ in iter(partial(is_held, lock), False):
            await asyncio.sleep(_LOOK)

    async def _mqtt(self, config: MqttConfig) -> None:
        from .outputs.mqtt import Mqtt  # its library takes a tenth of a second to load

        homeassistant, known = self.config.homeassistant, self._memory.section("entities")
        await Mqtt(config, homeassistant, self.battery, self.buses, known, self.desk).run()

    async def _serve(self, wire: Wire) -> None:
        await keep_open(
            partial(self._open, wire), partial(self.drive, wire.bus, read_only=wire.config.read_only)
        )

    async def _serve_once(self, wire: Wire) -> None:
        try:
            link = await self._open(wire)
            try:
                await self.drive(wire.bus, link, wire.config.read_only)
            finally:
                await link.close()
        except JkbusError as error:
            self.desk.roll.broken[wire.bus.name] = error

    async def _open(self, wire: Wire) -> Link:
        config = wire.config
        return await self._opener(config.link, baudrate=config.baudrate, rs485=config.rs485)

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
        home = self._homes[bus.name]
        for event in events:
            if isinstance(event, OrderEnded):
                self.desk.take(event)
                continue
            if not (isinstance(event, NodeChanged) and self._is_heard_elsewhere(bus, event.address)):
                self.battery.apply(home, event)
            if isinstance(event, Heard):
                pack = self.battery.pack(home, event.address)
                if pack is not None:
                    self.energy.restore(pack)
            elif isinstance(event, RoleChanged):
                log.info("%s: %s: %s", bus.name, event.role, event.reason)
            elif isinstance(event, NodeChanged):
                self._tell(bus, event)

    def route(self, pack: Pack) -> tuple[Bus, int] | None:
        """The bus that leads to a pack, and its address there: its own link, unless only the bus hears it."""
        own, main = self._own.get((pack.bus, pack.address)), self._main.get(pack.bus)
        if own is not None and (pack.address == 0 or _hears(own, pack.address)):
            return own, pack.address
        return None if main is None else (main, pack.address)

    def _leads(self, home: str, address: int) -> Bus:
        return self._own.get((home, address)) or self._main[home]

    def _is_heard_elsewhere(self, bus: Bus, address: int) -> bool:
        """Whether a pack with two ways is alive on the other one: then this one decides nothing."""
        home = self._homes[bus.name]
        own = self._own.get((home, address))
        return own is not None and _hears(self._main[home] if bus is own else own, address)

    def _tell(self, bus: Bus, event: NodeChanged) -> None:
        home = self._homes[bus.name]
        pack = self.battery.pack(home, event.address)
        given = self._naming.name(home, event.address, None)
        name = pack.name if pack and pack.key else given[1] if given else f"pack {event.address}"
        quiet = LATE in (event.state, event.before) and SILENT not in (event.state, event.before)
        level = logging.DEBUG if quiet else logging.INFO
        log.log(level, "%s: %s (address %d) is %s", bus.name, name, event.address, event.state)


def _wires(config: Config, alone: bool) -> Iterator[Wire]:
    """The buses of a configuration, and behind each the links of its own packs."""
    for bus in config.buses:
        yield Wire(bus_for(bus, alone=alone), bus, bus.name)
        for pack in bus.packs:
            if pack.link is not None:
                more = {"name": f"{bus.name}/{pack.name}", "link": pack.link, "packs": (pack,)}
                own = bus.model_copy(update={**more, "read_only": False, "rs485": "auto"})
                yield Wire(bus_for(own, pack.address, alone), own, bus.name)


def _hears(bus: Bus, address: int) -> bool:
    node = bus.nodes.get(address)
    return node is not None and node.alive


def bus_for(config: BusConfig, only: int | None = None, alone: bool = False) -> Bus:
    """The bus of a configuration; `only` is the one pack on it, `alone` listens as shortly as is safe."""
    scheme = config.link.partition(":")[0]
    timing = Timing(**config.timing.model_dump(), jitter=_JITTER.get(scheme, 0.0))
    dither = random.uniform(0, 0.5)  # so that of two gateways on one bus one is the first
    timing.listen = min(timing.listen, _LISTEN + timing.jitter) if alone else timing.listen + dither
    timing.takeover += dither
    return Bus(timing, config.read_only, config.name, only)


@asynccontextmanager
async def desk_for(config: Config, opener: Opener = open_link) -> AsyncIterator[Asker]:
    """Whoever answers requests about packs: the gateway that runs, or where none does, this program itself.

    Raises JkbusError if there is a gateway and it does not answer, or another command has the links.
    """
    client = Client(config.state)
    if await client.there():
        yield client
        return
    with kept(config.state / _COMMAND):
        if is_held(config.state / "memory.json.lock"):
            raise JkbusError(
                f"{config.state}: a gateway runs with this folder, but does not answer at {client.path.name};"
                " restart it, its log may tell why"
            )
        async with Gateway(config, opener, alone=True).at_hand() as desk:
            yield AtHand(desk)


async def run(config: Config, view: View | None = None) -> None:
    """Run a gateway until cancelled, or until every link has ended. Raises JkbusError."""
    await Gateway(config).run(view)


async def _forever(output: Awaitable[None]) -> None:
    await output


def _first(group: BaseExceptionGroup[JkbusError]) -> JkbusError:
    error = group.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error
