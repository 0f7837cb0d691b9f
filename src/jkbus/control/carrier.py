"""A single step of a plan: into the log, onto the wire, and into the log again."""

import asyncio
import logging
from dataclasses import dataclass, field, replace
from itertools import count
from uuid import uuid4

from ..bus.bus import Bus
from ..bus.orders import EXPIRED, REFUSED, Order
from ..errors import JkbusError
from .actions import renewal
from .audit import BEGUN, Audit, Entry
from .closing import closing
from .errands import Errands
from .outcomes import UNLOGGED, UNSENT, Result, Who, changes_read, read_back, sentence, wished
from .permits import Permits, Route
from .plan import Plan, Step
from .planner import CHANGED
from .reading import SETTINGS_REPORT
from .roll import Roll

log = logging.getLogger("jkbus.changes")


@dataclass(slots=True)
class Change:
    """What the steps of one change have in common; `undo` is the file that undoes it, "" for none.

    `steps` is how many there are, `last` the last line of it in the log of changes. `touched` tells whether
    any pack may be other than it was.
    """

    who: Who
    undo: str
    steps: int
    touched: bool = False
    last: Entry = field(default_factory=dict)
    id: str = field(default_factory=lambda: uuid4().hex[:8])
    numbers: "count[int]" = field(default_factory=lambda: count(1))


class Carrier:
    """Carries out steps. Nothing is sent before the log of changes says so on the disk."""

    def __init__(self, roll: Roll, route: Route, permits: Permits, audit: Audit, errands: Errands) -> None:
        self._roll = roll
        self._route = route
        self._permits = permits
        self._audit = audit
        self._errands = errands

    async def do(self, plan: Plan, step: Step, change: Change) -> Result:
        """Carry out a step and say what came of it; what is not `ok` should end the change."""
        result = await self._do(plan, step, change)
        return replace(result, undo=change.undo if change.touched else "")

    async def _do(self, plan: Plan, step: Step, change: Change) -> Result:
        number = next(change.numbers)
        result = Result(plan.pack, plan.key, step.changes, step.action, BEGUN, "", step.data, {})
        try:
            bus = self._bus(plan, step)
            await self._note(plan, change, number, result)
        except JkbusError as error:
            return replace(result, result=UNSENT, message=_not_sent(plan, step, str(error)))
        before, change.touched = change.touched, True
        result = await self._send(plan, step, bus, result)
        change.touched = before or result.result not in (REFUSED, EXPIRED, UNSENT)
        try:
            await self._note(plan, change, number, result)
        except JkbusError as error:
            return replace(result, result=UNLOGGED, message=f"{result.message}; but {error}")
        return result

    async def close(self, change: Change, why: str = "") -> None:
        """Let the log of changes say how far a change came that ends before its last step was begun."""
        if line := closing(change.last, why):
            try:
                await asyncio.to_thread(self._audit.note, line)
            except JkbusError as error:
                log.warning("%s", error)

    def _bus(self, plan: Plan, step: Step) -> Bus:
        """The bus that leads to the pack of a plan. Raises JkbusError if nothing may be sent to it now."""
        if self._errands.stopping:
            raise JkbusError("jkbus is stopping")
        pack = self._roll.pack(plan.key)
        way = self._route(pack)
        if way is None or (why := self._permits.why_not(pack)):
            raise JkbusError(why if way else "no link leads to it")
        if (pack.bus, way[1]) != (plan.bus, plan.address):
            raise JkbusError(f"it is at address {way[1]} of {pack.bus} by now; look at the plan again")
        frame = pack.settings if step.type == SETTINGS_REPORT else pack.about
        if step.stands is not None and (frame is None or not step.stands(frame)):
            raise JkbusError(CHANGED)
        return way[0]

    async def _send(self, plan: Plan, step: Step, bus: Bus, begun: Result) -> Result:
        """Let the bus carry a step out, and give what came of it."""
        expires = asyncio.get_running_loop().time() + bus.timing.write
        anew = renewal(step, plan.address)
        order = Order(plan.address, step.type, expires, step.data, step.judge, step.stands, anew)
        try:
            await self._errands.run(bus, order)
        except ValueError as error:
            return replace(begun, result=UNSENT, message=_not_sent(plan, step, str(error)))
        if order.outcome == EXPIRED and self._errands.stopping:
            return replace(begun, result=UNSENT, message=_not_sent(plan, step, "jkbus is stopping"))
        read, message = read_back(step, order.frame), sentence(plan, step, order, bus)
        return replace(begun, result=order.outcome, message=message, read=read, data=order.data)

    async def _note(self, plan: Plan, change: Change, number: int, result: Result) -> None:
        """Put a line into the log of changes and wait until it is on the disk. Raises JkbusError."""
        entry = {
            "plan": change.id,
            "step": number,
            "steps": change.steps,
            "who": change.who.document(),
            "pack": plan.pack,
            "key": plan.key,
            "bus": plan.bus,
            "address": plan.address,
            "changes": changes_read(result.changes, result.read),
            "action": result.action,
            "result": result.result,
            "message": result.message,
            "data": result.data.hex(),
        }
        await asyncio.to_thread(self._audit.note, entry)
        change.last = entry


def _not_sent(plan: Plan, step: Step, why: str) -> str:
    return f"{plan.pack}: {wished(step)} was not sent: {why.removeprefix(f'{plan.pack}: ')}"
