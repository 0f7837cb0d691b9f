"""Commands that come by MQTT: taken in order, carried out by the desk, and told about afterwards.

Whoever takes a message is never held up: each command is a task that waits until those before it on its bus
have ended, so that it is planned with the settings they have left. A command that had to wait too long is
refused, since nobody expects it any more.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ..config.values import slug
from ..config.words import printable, shown
from ..control.desk import Desk
from ..control.outcomes import Result, Who
from ..control.plan import Plan
from ..control.settings import SETTINGS
from ..control.values import shown as shown_value
from ..errors import JkbusError, UsageError
from ..model.battery import Battery
from ..model.pack import Pack
from .changes import summary, told, told_of
from .controls import ALL_PACKS, LONGEST, Control, Writing, demand, lacking, present_value
from .publisher import Publisher
from .topics import APPLY_TO_ALL, Topics

log = logging.getLogger("jkbus.mqtt")

MOST = 100  # commands under way and waiting
PATIENCE = 60.0  # s that a command waits for those before it
VIA = Who("mqtt")
STALE = "a retained message is no command, as nobody knows how old it is; send it without retain"


@dataclass(frozen=True, slots=True)
class Command:
    """A wish for a pack: `value` is True for a button. `packs` are all it is for, the pack itself first."""

    pack: Pack
    control: Control
    old: float | bool | None
    value: float | bool
    packs: tuple[Pack, ...]
    left_out: tuple[str, ...]  # why other packs of the bus are not among them
    expires: float

    @property
    def wish(self) -> str:
        """What is wished, in words."""
        setting = SETTINGS.get(self.control.name)
        return f"{setting.name} = {shown_value(setting, self.value)}" if setting else self.control.name

    @property
    def keys(self) -> list[str]:
        """The packs, as the desk knows them."""
        return [pack.key for pack in self.packs if pack.key is not None]


class Commands:
    """Takes messages and hands commands to the desk; `publisher` tells what became of them.

    `wake` is called with a pack about which something is to be published.
    """

    def __init__(
        self,
        desk: Desk,
        battery: Battery,
        buses: Sequence[str],
        topics: Topics,
        writing: Writing,
        publisher: Publisher,
        wake: Callable[[Pack], None],
    ) -> None:
        self._desk, self._battery, self._topics, self._writing = desk, battery, topics, writing
        self._publisher, self._wake = publisher, wake
        self._buses = {slug(name): name for name in buses if writing.bus(name)}
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)  # by bus
        self._tasks: set[asyncio.Task[None]] = set()
        self._stale: set[str] = set()  # topics whose retained message was told of
        desk.listeners.append(self._heard)

    def topics(self) -> set[str]:
        """Where commands are to be heard: of packs that may be written, and of their buses."""
        return {self._topics.command(owner, "+") for owner in (*self._publisher.settable, *self._buses)}

    def take(self, topic: str, payload: bytes, retained: bool) -> None:
        """Take a message that was published at one of the topics."""
        place = self._topics.wished(topic)
        if place is None or (retained and not payload):  # so a retained message is cleared
            return
        owner, name = place[0], printable(place[1])[:LONGEST]
        bus = self._buses.get(owner) if name == APPLY_TO_ALL else None
        pack = next((pack for pack in self._battery.packs if pack.key == owner), None)
        try:
            if retained:
                raise UsageError(f"{name}: {STALE}")
            if bus is not None:
                self._switch(bus, payload)
            elif pack is None:
                raise UsageError(f"there is no pack {shown(owner)}")
            else:
                self._begin(self._command(pack, name, payload))
        except UsageError as error:
            known = retained and topic in self._stale
            log.log(logging.DEBUG if known else logging.WARNING, "%s: %s", printable(topic), error)
            self._stale.update([topic] if retained else ())
            if bus is not None:
                self._publisher.switch(bus, self._publisher.all_packs(bus))
            elif pack is not None:
                text = told(datetime.now(UTC), name, None, None, False, f"refused: {error}", VIA.via)
                self._publish(pack, text)

    async def close(self) -> None:
        """Give up what is under way."""
        self._desk.listeners.remove(self._heard)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _may_be_set(self, pack: Pack) -> bool:
        return self._writing.bus(pack.bus) and self._writing.pack(pack)

    def _switch(self, bus: str, payload: bytes) -> None:
        """Let commands be for all packs of the bus, or for one again."""
        _, on = demand(APPLY_TO_ALL, payload, [ALL_PACKS])
        self._publisher.switch(bus, bool(on))
        log.info("%s: a change is for %s from now on", bus, "all packs" if on else "one pack")
        for pack in self._battery.packs:
            if pack.bus == bus:
                self._wake(pack)

    def _command(self, pack: Pack, name: str, payload: bytes) -> Command:
        """The command in a message. Raises UsageError."""
        if len(self._tasks) >= MOST:
            raise UsageError(f"{name}: {MOST} changes are waiting already; send fewer at a time")
        if why := self._desk.permits.why_not(pack):
            raise UsageError(why)
        control, value = demand(name, payload, self._writing.controls(pack, [f"set_{name}"]))
        packs, left_out = [pack], []
        if self._publisher.all_packs(pack.bus):
            for other in self._battery.packs:
                if other is pack or other.bus != pack.bus or not self._may_be_set(other):
                    continue
                if why := self._desk.permits.why_not(other) or lacking(control, other):
                    left_out.append(why)
                else:
                    packs.append(other)
        expires = asyncio.get_running_loop().time() + PATIENCE
        old = present_value(control, pack)
        return Command(pack, control, old, value, tuple(packs), tuple(left_out), expires)

    def _begin(self, command: Command) -> None:
        task = asyncio.create_task(self._carry_out(command), name=f"set {command.control.name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry_out(self, command: Command) -> None:
        pack, name = command.pack, command.control.name
        try:
            async with self._turns[pack.bus]:
                plans = await self._plans(command)
                done = [result async for result in self._desk.apply(plans, VIA)]
        except JkbusError as error:
            self._tell(command, False, f"refused: {error}")
        except Exception:
            log.exception("%s: %s: could not be carried out", pack.name, name)
            self._tell(command, False, f"{name} could not be carried out; the log tells more")
        else:
            if command.left_out or len(command.packs) > 1 or not done:
                ok = all(result.ok for result in done)
                self._tell(command, ok, summary(command.wish, plans, done, command.left_out))

    async def _plans(self, command: Command) -> list[Plan]:
        """The plans for all of its packs. Raises JkbusError, after telling it."""
        name = command.control.name
        try:
            if asyncio.get_running_loop().time() > command.expires:
                raise UsageError(f"{name}: it waited more than {PATIENCE:g} s for its turn; send it again")
            if command.control.platform == "button":
                return await self._desk.plan_action(command.keys, name)
            return await self._desk.plan(command.keys, {name: command.value})
        except JkbusError as error:
            log.warning("%s: %s", self._topics.command(command.pack.key or "", name), error)
            raise

    def _heard(self, result: Result, who: Who) -> None:
        """Anybody's change has come to its end."""
        pack = next((pack for pack in self._battery.packs if pack.key == result.key), None)
        if pack is not None:
            self._publish(pack, told_of(result, datetime.now(UTC), who.via))

    def _tell(self, command: Command, ok: bool, message: str) -> None:
        text = told(datetime.now(UTC), command.control.name, command.old, command.value, ok, message, VIA.via)
        self._publish(command.pack, text)

    def _publish(self, pack: Pack, text: str) -> None:
        """Publish what became of a command, and the pack's settings as they are."""
        self._publisher.changed(pack.key or "", text)
        self._wake(pack)
