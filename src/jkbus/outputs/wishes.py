"""Wishes for packs, whichever way they came: carried out in order by the desk, and told about afterwards.

Whoever hands in a wish is never held up: each is a task that waits until those before it on its bus have
ended, so that it is planned with the settings they have left. A wish that had to wait too long is refused,
since nobody expects it any more.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from ..control.desk import Desk
from ..control.outcomes import Result, Who
from ..control.plan import Plan
from ..control.settings import SETTINGS
from ..control.values import shown as shown_value
from ..errors import JkbusError, UsageError
from ..model.battery import Battery
from ..model.pack import Pack
from .changes import summary, told, told_of
from .controls import Control, Writing, lacking, present_value

log = logging.getLogger("jkbus.wishes")

MOST = 100  # wishes under way and waiting
PATIENCE = 60.0  # s that a wish waits for those before it

Tell = Callable[[Pack, str], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish for a pack: `value` is True for a button. `packs` are all it is for, the pack itself first."""

    pack: Pack
    control: Control
    old: float | bool | None
    value: float | bool
    packs: tuple[Pack, ...]
    left_out: tuple[str, ...]  # why other packs of the bus are not among them
    expires: float

    @property
    def words(self) -> str:
        """What is wished, in words."""
        setting = SETTINGS.get(self.control.name)
        return f"{setting.name} = {shown_value(setting, self.value)}" if setting else self.control.name

    @property
    def keys(self) -> list[str]:
        """The packs, as the desk knows them."""
        return [pack.key for pack in self.packs if pack.key is not None]


class Wishes:
    """Hands wishes to the desk, in the name of `who`.

    `all_packs` says whether a wish for one pack of a bus is for all of them. `tell` hears, with the JSON of
    `changes`, what became of anybody's change of a pack.
    """

    def __init__(
        self,
        desk: Desk,
        battery: Battery,
        writing: Writing,
        who: Who,
        all_packs: Callable[[str], bool],
        tell: Tell,
    ) -> None:
        self._desk, self._battery, self._writing, self._who = desk, battery, writing, who
        self._all_packs, self._tell_all = all_packs, tell
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)  # by bus
        self._tasks: set[asyncio.Task[None]] = set()
        desk.listeners.append(self._heard)

    def take(self, pack: Pack, control: Control, value: float | bool) -> None:
        """Begin to carry out a wish. Raises UsageError if that cannot be."""
        if len(self._tasks) >= MOST:
            raise UsageError(f"{control.name}: {MOST} changes are waiting already; send fewer at a time")
        self.permit(pack)
        packs, left_out = self._for_whom(pack, control)
        expires = asyncio.get_running_loop().time() + PATIENCE
        old = present_value(control, pack)
        wish = Wish(pack, control, old, value, (pack, *packs), tuple(left_out), expires)
        task = asyncio.create_task(self._carry_out(wish), name=f"set {control.name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def permit(self, pack: Pack) -> None:
        """Raises UsageError with what stands against a change of this pack now."""
        if why := self._desk.permits.why_not(pack):
            raise UsageError(why)

    def refuse(self, pack: Pack, name: str, why: JkbusError) -> None:
        """Tell that a wish is not carried out."""
        text = told(datetime.now(UTC), name, None, None, False, f"refused: {why}", self._who.via)
        self._tell_all(pack, text)

    async def close(self) -> None:
        """Give up what is under way."""
        self._desk.listeners.remove(self._heard)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _for_whom(self, pack: Pack, control: Control) -> tuple[list[Pack], list[str]]:
        """The other packs that a wish is for, and why some are left out."""
        packs: list[Pack] = []
        left_out: list[str] = []
        for other in self._battery.packs if self._all_packs(pack.bus) else ():
            may = self._writing.bus(other.bus) and self._writing.pack(other)
            if other is pack or other.bus != pack.bus or not may:
                continue
            if why := self._desk.permits.why_not(other) or lacking(control, other):
                left_out.append(why)
            else:
                packs.append(other)
        return packs, left_out

    async def _carry_out(self, wish: Wish) -> None:
        pack, name = wish.pack, wish.control.name
        try:
            async with self._turns[pack.bus]:
                plans = await self._plans(wish)
                done = [result async for result in self._desk.apply(plans, self._who)]
        except JkbusError as error:
            self._tell(wish, False, f"refused: {error}")
        except Exception:
            log.exception("%s: %s: could not be carried out", pack.name, name)
            self._tell(wish, False, f"{name} could not be carried out; the log tells more")
        else:
            if wish.left_out or len(wish.packs) > 1 or not done:
                ok = all(result.ok for result in done)
                self._tell(wish, ok, summary(wish.words, plans, done, wish.left_out))

    async def _plans(self, wish: Wish) -> list[Plan]:
        """The plans for all of its packs. Raises JkbusError, after telling it."""
        name = wish.control.name
        try:
            if asyncio.get_running_loop().time() > wish.expires:
                raise UsageError(f"{name}: it waited more than {PATIENCE:g} s for its turn; send it again")
            if wish.control.platform == "button":
                return await self._desk.plan_action(wish.keys, name)
            return await self._desk.plan(wish.keys, {name: wish.value})
        except JkbusError as error:
            log.warning("%s: %s (asked by %s): %s", wish.pack.name, name, self._who.via, error)
            raise

    def _heard(self, result: Result, who: Who) -> None:
        """Anybody's change has come to its end."""
        pack = next((pack for pack in self._battery.packs if pack.key == result.key), None)
        if pack is not None:
            self._tell_all(pack, told_of(result, datetime.now(UTC), who.via))

    def _tell(self, wish: Wish, ok: bool, message: str) -> None:
        now = datetime.now(UTC)
        text = told(now, wish.control.name, wish.old, wish.value, ok, message, self._who.via)
        self._tell_all(wish.pack, text)
