"""The node as clients see it: what it lists, what it says now, and what it does when it is told to."""

import logging
from collections.abc import Sequence
from typing import Any

from ..alarms import Alarms
from ..config import EsphomeConfig
from ..errors import JkbusError, UsageError
from ..history.whole import KEY
from ..model.battery import Battery
from ..outputs.controls import ALL_PACKS, Control
from ..outputs.wishes import Wishes
from .catalogue import Catalogue, bus_of
from .device import info
from .entries import NUMBER, SWITCH, Entry, number_of
from .frames import Message
from .messages import message, part
from .states import State, States

log = logging.getLogger("jkbus.esphome")

ACKNOWLEDGE = "acknowledge_alarms"  # the only action that is no entity: its pack's name, or "" for all
_STRING = 3  # the type of that argument
_WHO = "esphome"


class PackNode:
    """The packs, their buses and the battery as one node; see `conversation.Node`.

    Raises nothing for what clients do: what cannot be done is told in the log, and at the pack's last change.
    """

    def __init__(
        self,
        config: EsphomeConfig,
        mac: str,
        catalogue: Catalogue,
        states: States,
        battery: Battery,
        alarms: Alarms,
        web_port: int = 0,
    ) -> None:
        self.for_all: set[str] = set()  # buses where a wish for one pack is for all
        self.wishes: Wishes | None = None
        self._config, self._mac, self._web_port = config, mac, web_port
        self._catalogue, self._told = catalogue, states
        self._battery, self._alarms = battery, alarms

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
        entries = (entry for entries in self._catalogue.entries.values() for entry in entries)
        argument = part("ListEntitiesServicesArgument", name="pack", type=_STRING)
        key = number_of(KEY, "action", ACKNOWLEDGE)
        action = message("ListEntitiesServicesResponse", name=ACKNOWLEDGE, key=key, args=[argument])
        return [*(entry.listed for entry in entries), action]

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
            return self._switch(entry, bool(fields.state))
        self._wish(entry, entry.control, _value(entry, fields))
        return [state.message for state in self._told.all if state.number == entry.number]

    def _wish(self, entry: Entry, control: Control, value: float | bool) -> None:
        pack = next((pack for pack in self._battery.packs if pack.key == entry.owner), None)
        if pack is None or self.wishes is None:
            log.warning("%s cannot be set: %s was not heard yet", entry.title, entry.owner)
            return
        try:
            self.wishes.take(pack, control, value)
        except UsageError as error:
            log.warning("%s: %s: %s", pack.name, control.name, error)
            self.wishes.refuse(pack, control.name, error)

    def _switch(self, entry: Entry, on: bool) -> list[Message]:
        """Let wishes be for all packs of the bus, or for one again."""
        bus = bus_of(entry.owner)
        self.for_all = self.for_all | {bus} if on else self.for_all - {bus}
        log.info("%s: a change is for %s from now on", bus, "all packs" if on else "one pack")
        return [entry.state(on)]

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
    """What a command wishes: a 32-bit float is nearest to the number with few decimals that was meant."""
    if entry.platform == NUMBER:
        return round(float(fields.state), 4)
    return bool(fields.state) if entry.platform == SWITCH else True
