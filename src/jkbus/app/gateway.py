"""The gateway: all buses of a configuration, the battery they fill, and everybody who is told of it."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial

from ..alarms import Alarms
from ..bus.bus import Bus
from ..bus.events import Event, Heard, NodeChanged, OrderEnded, RoleChanged
from ..config import Config
from ..control.aftermath import look_back
from ..control.audit import Audit
from ..control.desk import Desk
from ..control.errands import Errands
from ..control.locks import is_held
from ..control.permits import Permits
from ..control.roll import Roll, expected
from ..errors import JkbusError, LinkError
from ..health.examiner import PATIENCE, Examiner
from ..health.report import Health
from ..history.recorder import Recorder
from ..model.battery import Battery
from ..model.identity import Identities
from ..model.pack import LATE, SILENT
from ..outputs.memory import EnergyMemory, Memory
from ..transport.links import Link, keep_open, open_link
from .apart import Listener
from .archive import Archive
from .outputs import Output, keepers, now, tellers
from .past import history_of
from .watching import watches
from .wires import Wire, Wires

log = logging.getLogger("jkbus.bus")

Opener = Callable[..., Awaitable[Link]]
View = Callable[[Battery, Sequence[Bus]], Awaitable[None]]

COMMAND = "command.lock"  # held by the command that has the links
_LOOK = 0.5  # s between two looks whether it has ended


class Gateway:
    """All buses of a configuration and the battery they fill; `run` keeps them going.

    `buses` are those of the configuration; `wires` also have the links that lead to a single pack. `alone` is
    for a single command: it listens for less than a second and `at_hand` takes the place of `run`; nothing is
    kept of what it hears. `wall` is the wall clock in unix seconds.
    """

    def __init__(
        self,
        config: Config,
        opener: Opener = open_link,
        alone: bool = False,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.config = config
        self._opener = opener
        self._memory = Memory(config.state / "memory.json")
        self.remembered = self._memory.section
        remembered = self.remembered("packs")
        self._naming = Identities(config.buses, remembered)
        self.battery = Battery(self._naming)
        self.energy = EnergyMemory(self.battery, self._memory)
        self._wires = Wires(config, alone)
        self.wires, self.buses, self.route = self._wires.all, self._wires.buses, self._wires.route
        errands = Errands()
        everyone = expected(config.buses, remembered)
        roll = Roll(self.battery, [wire.bus for wire in self.wires], everyone, self._wires.leads, errands)
        self.permits = Permits(config.buses, self.route)
        self.audit = Audit(config.state)
        undo = config.state / "undo"
        self.desk = Desk(self.battery, self.route, self.permits, self.audit, roll, errands, undo)
        history = history_of(config)
        self.recorder = Recorder(history, self.battery, clock=wall)
        self.alarms = Alarms(self.battery, self.buses, config.alarms, config.state, now, wall)
        self.examiner = Examiner(history.file, wall)
        self.archive = Archive(config, history, self.alarms, self.examiner, PATIENCE)
        self.troubles: dict[str, str] = {}  # by name of a bus, why its link cannot be used now
        self.driven: set[Bus] = set()  # those whose link is open
        self.wall = wall
        self.watches = watches(self._wires.all)
        self.listeners: list[Listener] = []  # of every event of any bus

    @property
    def every(self) -> list[Bus]:
        """All buses, those behind a link to a single pack among them."""
        return [wire.bus for wire in self.wires]

    async def run(self, view: View | None = None) -> None:
        """Run until cancelled, or until every link has ended, as a recording does. Raises JkbusError."""
        with self._memory.held() as is_first:
            self._memory.write(self._memory.text())  # a folder that cannot be written to is told of at once
            outputs = [*tellers(self), *(keepers(self) if is_first else ())]
            if view is not None:
                outputs.append(partial(view, self.battery, self.buses))
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

    async def _all(self, outputs: list[Output]) -> None:
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
        lock = self.config.state / COMMAND
        if is_held(lock):
            log.warning("%s: a command talks to the packs; waiting until it has ended", lock.parent)
        for _ in iter(partial(is_held, lock), False):
            await asyncio.sleep(_LOOK)

    async def remember(self) -> None:
        """Write what must not be forgotten now; otherwise that is done each minute, and at the end."""
        await asyncio.to_thread(self._memory.write, self._memory.text())

    def health(self) -> Health | None:
        """What was found out last about the health of all packs."""
        return None if self.examiner.latest is None else self.examiner.latest.health

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
        try:
            link = await self._opener(config.link, baudrate=config.baudrate, rs485=config.rs485)
        except LinkError as error:
            self.troubles[wire.bus.name] = str(error)
            raise
        self.troubles.pop(wire.bus.name, None)
        return link

    async def drive(self, bus: Bus, link: Link, read_only: bool = False) -> None:
        """Carry bytes between a link and a bus until the link is lost: raises LinkError then.

        The time limit is only ever moved forward, to spare a timer per chunk; waking for nothing is harmless.
        """
        clock, watch = asyncio.get_running_loop().time, self.watches[bus.name]
        bus.read_only = read_only or not link.can_write

        def turn(data: bytes) -> None:
            self.take(bus, bus.receive(data, clock()))
            if request := bus.poll(clock()):
                link.write(request)
            watch.turn(data, request, clock(), self.wall())

        self.driven.add(bus)
        try:
            while True:
                turn(b"")
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(bus.wake_at) as limit:
                        while True:
                            turn(await link.read())
                            if not limit.expired() and bus.wake_at < (limit.when() or 0.0):
                                limit.reschedule(bus.wake_at)
        except LinkError as error:
            self.troubles[bus.name] = str(error)
            self.take(bus, bus.lost(clock()))
            raise
        finally:
            self.driven.discard(bus)

    def take(self, bus: Bus, events: list[Event]) -> None:
        """Let the battery know what happened on a bus, and log what an owner would want to know."""
        home = self._wires.home(bus)
        for event in events:
            if isinstance(event, OrderEnded):
                self.desk.take(event)
                continue
            if not (isinstance(event, NodeChanged) and self._wires.is_heard_elsewhere(bus, event.address)):
                self.battery.apply(home, event)
            if isinstance(event, Heard):
                pack = self.battery.pack(home, event.address)
                if pack is not None:
                    self.energy.restore(pack)
            for listener in self.listeners:
                listener(home, event)
            if isinstance(event, RoleChanged):
                log.info("%s: %s: %s", bus.name, event.role, event.reason)
            elif isinstance(event, NodeChanged):
                self._tell(bus, event)

    def _tell(self, bus: Bus, event: NodeChanged) -> None:
        home = self._wires.home(bus)
        pack = self.battery.pack(home, event.address)
        given = self._naming.name(home, event.address, None)
        name = pack.name if pack and pack.key else given[1] if given else f"pack {event.address}"
        quiet = LATE in (event.state, event.before) and SILENT not in (event.state, event.before)
        level = logging.DEBUG if quiet else logging.INFO
        log.log(level, "%s: %s (address %d) is %s", bus.name, name, event.address, event.state)


async def run(config: Config, view: View | None = None) -> None:
    """Run a gateway until cancelled, or until every link has ended. Raises JkbusError."""
    await Gateway(config).run(view)


async def _forever(output: Output) -> None:
    await output()


def _first(group: BaseExceptionGroup[JkbusError]) -> JkbusError:
    error = group.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error
