"""The node as clients see it: what it lists, what it says now, and what it does when it is told to."""

import logging
import math
import struct
from collections.abc import Callable, Collection, Sequence
from typing import Any

from ..alarms import Alarms
from ..config import EsphomeConfig
from ..errors import JkbusError, UsageError
from ..history.whole import KEY
from ..model.battery import Battery
from ..outputs.controls import ALL_PACKS, Control
from ..outputs.wishes import Wishes
from .device import info
from .entries import BUTTON, EVENT, NUMBER, SWITCH, Entry, number_of
from .frames import Message
from .listing import Listing, bus_of
from .messages import message, part
from .states import State, States

log = logging.getLogger("jkbus.esphome")

ACKNOWLEDGE = "acknowledge_alarms"  # the only action that is no entity: its pack's name, or "" for all
_STRING = 3  # the type of that argument
_WHO = "esphome"


class PackNode:
    """The packs, their buses and the battery as one node; see `conversation.Node`.

    Raises nothing for what clients do: what cannot be done is told in the log, and at the pack's last change.
    `buttons` are the actions that may be started, `tell` takes states that all clients are to hear of.
    """

    def __init__(
        self,
        config: EsphomeConfig,
        mac: str,
        catalogue: Listing,
        states: States,
        battery: Battery,
        alarms: Alarms,
        buttons: Collection[str] = (),
        web_port: int = 0,
    ) -> None:
        self.for_all: set[str] = set()  # buses where a wish for one pack is for all, or KEY for all of them
        self.wishes: Wishes | None = None
        self.tell: Callable[[Sequence[State]], None] = lambda states: None
        self._config, self._mac, self._web_port = config, mac, web_port
        self._catalogue, self._told = catalogue, states
        self._battery, self._alarms, self._buttons = battery, alarms, buttons

    @property
    def name(self) -> str:
        """The node's name."""
        return self._config.name

    @property
    def revision(self) -> int:
        """Another number as soon as there are entities that were not listed before."""
        return self._catalogue.revision

    @property
    def info(self) -> Message:
        """The device and those below it."""
        return info(self._config, self._mac, self._catalogue, self._web_port)

    @property
    def listing(self) -> Sequence[Message]:
        """Every entity, and every action."""
        argument = part("ListEntitiesServicesArgument", name="pack", type=_STRING)
        key = number_of(KEY, "action", ACKNOWLEDGE)
        action = message("ListEntitiesServicesResponse", name=ACKNOWLEDGE, key=key, args=[argument])
        return [*(entry.listed for entry in self._catalogue.all), action]

    @property
    def states(self) -> Sequence[State]:
        """Every state as it was told last."""
        return self._told.all

    async def command(self, name: str, fields: Any) -> list[Message]:
        """Do what a client wishes, or begin to; what it is told at once."""
        if name == "ExecuteServiceRequest":
            return await self._act(fields)
        entry = self._catalogue.find(fields.key, fields.device_id)
        if entry is None or entry.control is None:
            log.warning("a client wishes something of entity %d, which cannot be set", fields.key)
            return []
        if entry.control == ALL_PACKS:
            self._switch(entry, bool(fields.state))
        else:
            self._wish(entry, entry.control, _value(entry, fields))
        return [] if entry.platform in (BUTTON, EVENT) else [self._told.of(entry).message]

    def is_for_all(self, bus: str) -> bool:
        """Whether a wish for one pack of the bus is for all of them."""
        return bool(self.for_all & {bus, KEY})

    def _wish(self, entry: Entry, control: Control, value: float | bool) -> None:
        pack = next((pack for pack in self._battery.packs if pack.key == entry.owner), None)
        if pack is None or self.wishes is None:
            log.warning("%s cannot be set: %s was not heard yet", entry.title, entry.owner)
            return
        try:
            self._permit(control, value)
            self.wishes.take(pack, control, value)
        except UsageError as error:
            log.warning("%s: %s: %s", pack.name, control.name, error)
            self.wishes.refuse(pack, control.name, error)

    def _permit(self, control: Control, value: float | bool) -> None:
        """Raises UsageError for what no pack can do."""
        if not math.isfinite(value):
            raise UsageError(f"{control.name}: a plain number is expected")
        if control.platform != BUTTON:
            return
        if not value:
            raise UsageError(f"{control.title} cannot be switched off; it ends by itself")
        if control.name not in self._buttons:
            raise UsageError(
                f"{control.title} is not allowed; name {control.name} in homeassistant: buttons:"
            )

    def _switch(self, entry: Entry, on: bool) -> None:
        """Let wishes be for all packs of the bus, or for one again."""
        bus = bus_of(entry.owner)
        self.for_all = self.for_all | {bus} if on else self.for_all - {bus}
        where = "every bus" if bus == KEY else bus
        log.info("%s: a change is for %s from now on", where, "all packs" if on else "one pack")
        self.tell(self._told.say(entry, on))

    async def _act(self, fields: Any) -> list[Message]:
        name = str(fields.args[0].string_) if fields.args else ""
        pack = next((pack for pack in self._battery.packs if name in (pack.name, pack.key)), None)
        problem = ""
        try:
            if name and pack is None:
                raise UsageError(f"there is no pack {name}")
            for entry in self._alarms.standing(pack.key if pack is not None else None):
                await self._alarms.acknowledge(entry.id, _WHO)
        except JkbusError as error:
            problem = str(error)
            log.warning("%s: %s", ACKNOWLEDGE, problem)
        if not fields.call_id:
            return []
        outcome = {"call_id": fields.call_id, "success": not problem, "error_message": problem}
        return [message("ExecuteServiceResponse", **outcome)]


def _value(entry: Entry, fields: Any) -> float | bool:
    """What a command wishes."""
    if entry.platform == NUMBER:
        return meant(float(fields.state))
    return bool(fields.state) if entry.platform == SWITCH else True


def meant(sent: float) -> float:
    """The number with the fewest digits that is sent as these 32 bits: 3.55 and not 3.5499999523."""
    for digits in range(1, 9):
        short = float(f"{sent:.{digits}g}")
        if math.isfinite(sent) and struct.unpack("f", struct.pack("f", short))[0] == sent:
            return short
    return sent
