"""Where all who want something of a pack come: the command line, MQTT, later the web page.

Reading is free. A change is planned, shown, and carried out in one piece: the packs of its plans are locked,
read and planned again, their old values are saved, and each step is on the disk before it is on the wire.
Once begun it goes on, whether or not the one who asked still listens; the log of changes has all of it.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from ..bus.events import OrderEnded
from ..errors import JkbusError
from ..model.battery import Battery
from ..model.pack import Pack
from . import undoing
from .audit import Audit
from .carrier import Carrier, Change
from .errands import Errands
from .outcomes import UNSENT, Result, Who
from .permits import Permits, Route
from .plan import Plan
from .planner import Planner, Wishes
from .reading import Reader
from .roll import Roll

log = logging.getLogger("jkbus.changes")

_STOP_WITHIN = 2.5  # s; a step under way has 2 s, and its line in the log the rest


class Desk:
    """Plans and carries out changes. `take` is to be called for every `OrderEnded` of any bus.

    `listeners` are called with the result of every step, and who asked for it.
    """

    def __init__(
        self,
        battery: Battery,
        route: Route,
        permits: Permits,
        audit: Audit,
        roll: Roll,
        errands: Errands,
        undo: Path,
    ) -> None:
        self.battery = battery
        self.route = route
        self.permits = permits
        self.audit = audit
        self.roll = roll
        self.undo = undo
        self.listeners: list[Callable[[Result, Who], None]] = []
        self._errands = errands
        self._reader = Reader(route, errands)
        self._planner = Planner(roll, route, permits, self._reader)
        self._carrier = Carrier(roll, route, permits, audit, errands)
        self._locks: dict[str, asyncio.Lock] = {}
        self._work: set[asyncio.Task[None]] = set()

    def take(self, event: OrderEnded) -> None:
        """An order of some bus has ended."""
        self._errands.ended(event.order)

    def packs(self, selection: Sequence[str]) -> list[Pack]:
        """The packs of these names or keys, or `all`, as far as they were heard. Raises UsageError."""
        return self.roll.packs(selection)

    async def select(self, selection: Sequence[str]) -> list[Pack]:
        """The same, after waiting for those that should be there. Raises JkbusError if one does not come."""
        return await self._planner.select(selection)

    async def refresh(self, packs: Sequence[Pack], types: Sequence[int]) -> None:
        """Let the reports of these types (1 settings, 2 status, 3 about) be of now. Raises JkbusError."""
        await self._reader.refresh(dict.fromkeys(packs, types))

    async def plan(
        self, selection: Sequence[str], wishes: Wishes, each: Mapping[str, Wishes] | None = None
    ) -> list[Plan]:
        """A plan for each pack: `wishes` for the selection, `each` besides for the packs named there.

        Raises UsageError with all that is wrong, JkbusError for a pack that cannot be reached.
        """
        return await self._planner.plan(selection, wishes, each)

    async def plan_action(self, selection: Sequence[str], action: str, value: str = "") -> list[Plan]:
        """A plan for each pack that does the action there. Raises as `plan` does."""
        return await self._planner.plan_action(selection, action, value)

    def left_out(self, selection: Sequence[str], more: Sequence[str] = ()) -> list[str]:
        """Which packs a plan for `all` is not made for, and why; `more` are packs that are named besides."""
        return self._planner.left_out(selection, more)

    async def apply(self, plans: Sequence[Plan], who: Who) -> AsyncIterator[Result]:
        """Carry out plans, pack by pack; gives the result of every step and stops at the first that fails.

        Raises JkbusError when nothing (more) is sent: another change is under way, or the settings are not
        what they were when the plan was made. Who stops listening does not stop it.
        """
        results: asyncio.Queue[Result | BaseException | None] = asyncio.Queue()
        task = asyncio.create_task(self._carry_out(plans, who, results.put_nowait))
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        task.add_done_callback(lambda done: results.put_nowait(_fault(done)))
        while isinstance(result := await results.get(), Result):
            yield result
        if result is not None:
            raise result

    async def stop(self) -> None:
        """Begin nothing new, and give what is under way two seconds; while the links are still open."""
        self._errands.stop()
        if self._work:
            _, slow = await asyncio.wait(self._work, timeout=_STOP_WITHIN)
            for task in slow:
                task.cancel()

    async def _carry_out(self, plans: Sequence[Plan], who: Who, tell: Callable[[Result], None]) -> None:
        try:
            async with AsyncExitStack() as locks:
                await self._lock(plans, locks)
                fresh = await asyncio.gather(*map(self._planner.again, plans))
                steps = sum(len(plan.steps) for plan in fresh)
                change = Change(who, await self._save(fresh, who), steps)
                try:
                    await self._write(fresh, change, tell)
                except JkbusError as error:
                    await self._carrier.close(change, str(error))
                    raise
                finally:
                    if not change.touched:
                        undoing.forget(change.undo)
        except JkbusError as error:
            log.warning("%s", error)
            raise

    async def _write(self, plans: Sequence[Plan], change: Change, tell: Callable[[Result], None]) -> None:
        """Every step of every plan, until one fails."""
        for plan in plans:
            again = await self._planner.again(plan)
            for step in again.steps:
                result = await self._carrier.do(again, step, change)
                log.log(logging.INFO if result.ok else logging.WARNING, "%s", result.message)
                tell(result)
                for listener in self.listeners:
                    listener(result, change.who)
                if not result.ok:
                    await self._carrier.close(change, result.message if result.result == UNSENT else "")
                    return

    async def _lock(self, plans: Sequence[Plan], held: AsyncExitStack) -> None:
        """Have the packs of the plans for ourselves, in the order of asking. Raises JkbusError."""
        names = {plan.key: plan.pack for plan in plans}
        ways = [way for key in names if (way := self.route(self.roll.pack(key))) is not None]
        patience = max([way[0].timing.write for way in ways], default=0.0)
        deadline = asyncio.get_running_loop().time() + patience
        for key in sorted(names):
            try:
                async with asyncio.timeout_at(deadline):
                    await held.enter_async_context(self._locks.setdefault(key, asyncio.Lock()))
            except TimeoutError:
                raise JkbusError(
                    f"{names[key]}: another change has been under way for {patience:g} s; nothing was"
                    " changed, try again when it is over (`jkbus settings log` shows it)"
                ) from None

    async def _save(self, plans: Sequence[Plan], who: Who) -> str:
        """Save what undoes the plans; gives the name of the file, "" for none. Raises JkbusError."""
        values = {plan.pack: undoing.old_values(plan, self.roll.pack(plan.key)) for plan in plans}
        by = f"{who.via} {who.user}".strip()
        return str(await asyncio.to_thread(undoing.save, self.undo, values, by) or "")


def _fault(done: asyncio.Task[None]) -> BaseException | None:
    """What ended the work, None for nothing; so it is also asked for where nobody listens any more."""
    if done.cancelled():
        return JkbusError(
            "the gateway was stopped in the middle; `jkbus settings log` tells what was written"
        )
    return done.exception()
