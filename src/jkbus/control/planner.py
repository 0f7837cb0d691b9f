"""Plans for packs that are found, allowed and freshly read."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from ..errors import JkbusError, UsageError
from ..model.pack import Pack
from .actions import find_action, plan_action
from .permits import Permits, Route
from .plan import Plan, Rejected, plan
from .reading import ABOUT_REPORT, SETTINGS_REPORT, STATUS_REPORT, Reader, outdated, types_for
from .roll import ALL, Roll
from .values import Value

Wishes = Mapping[str, str | Value]


class Planner:
    """Makes plans; sends nothing but requests for reports."""

    def __init__(self, roll: Roll, route: Route, permits: Permits, reader: Reader) -> None:
        self._roll = roll
        self._route = route
        self._permits = permits
        self._reader = reader

    async def select(self, selection: Sequence[str]) -> list[Pack]:
        """The packs of these names or keys, or `all`, after waiting for those that should be there.

        Raises UsageError for a name that nobody has, JkbusError if one does not come.
        """
        if not selection:
            raise UsageError("no pack was named; name one, several, or all")
        await self._roll.call(selection)
        packs = self._roll.packs(selection)
        if lacking := [pack.name for pack in self._roll.missing(selection)]:
            who = " and ".join(lacking)
            raise JkbusError(f"{who}: nothing was heard; check the cable, the power and the address")
        if not packs:
            raise JkbusError("no pack was heard; `jkbus scan` says what is on the bus")
        return packs

    async def plan(
        self, selection: Sequence[str], wishes: Wishes, each: Mapping[str, Wishes] | None = None
    ) -> list[Plan]:
        """A plan for each pack: `wishes` for the selection, `each` besides for the packs named there.

        Of `all` those that may never be written to are `left_out`; what `each` holds for them does not count
        then. Raises UsageError with all that is wrong, JkbusError for a pack that
        cannot be reached.
        """
        packs = await self._select_writable(selection, list(each or {}))
        wanted: dict[Pack, dict[str, str | Value]] = {pack: {} for pack in packs}
        for pack in wanted.keys() & set(self._roll.packs(selection)):
            wanted[pack].update(wishes)
        for word, more in (each or {}).items():
            for pack in wanted.keys() & set(self._roll.packs([word])):
                wanted[pack].update(more)
        await self._make_ready({pack: types_for(pack, names) for pack, names in wanted.items()})
        return _all_or_faults(packs, lambda pack: plan(pack, wanted[pack], self._wire(pack)))

    async def plan_action(self, selection: Sequence[str], action: str, value: str = "") -> list[Plan]:
        """A plan for each pack that does the action there. Raises as `plan` does."""
        found = find_action(action)
        packs = await self._select_writable(selection)
        types = {SETTINGS_REPORT, found.type} | ({STATUS_REPORT} if found.unit else set())
        who = {pack: {ABOUT_REPORT} if pack.about is None or outdated(pack) else set() for pack in packs}
        await self._make_ready({pack: types | who[pack] for pack in packs})
        now = datetime.now().astimezone()
        return _all_or_faults(packs, lambda pack: plan_action(pack, action, value, now, self._wire(pack)))

    async def again(self, old: Plan) -> Plan:
        """The same plan from fresh reports. Raises JkbusError if it would write anything else."""
        if old.action:
            plans = await self.plan_action([old.key], old.action, old.value)
        else:
            plans = await self.plan([old.key], old.wishes)
        if [old.fingerprint] != [plan.fingerprint for plan in plans]:
            raise JkbusError(f"{old.pack}: {CHANGED}")
        return plans[0]

    def left_out(self, selection: Sequence[str], more: Sequence[str] = ()) -> list[str]:
        """Which packs a plan for `all` is not made for, and why: those that may never be written to.

        `more` are packs that are named besides; a sentence for each reason.
        """
        return _together(self._never(selection, more))

    async def _select_writable(self, selection: Sequence[str], more: Sequence[str] = ()) -> list[Pack]:
        """The selected packs and `more`, without those of `all` that may never be written to."""
        packs = await self.select([*selection, *more])
        never = self._never(selection, more)
        if len(never) == len(packs):
            raise UsageError("\n".join(_together(never)))
        return [pack for pack in packs if pack not in never]

    def _never(self, selection: Sequence[str], more: Sequence[str]) -> dict[Pack, str]:
        words = [word for word in selection if word != ALL]
        named = set(self._roll.packs(words if ALL in selection else [*words, *more]))
        packs = self._roll.packs([*selection, *more])
        return {pack: why for pack in packs if pack not in named and (why := self._permits.forbidden(pack))}

    async def _make_ready(self, wanted: Mapping[Pack, Iterable[int]]) -> None:
        """See to it that packs may be written, and read what is needed. Raises JkbusError."""
        permits = self._permits
        self._check(wanted, lambda pack: permits.why_not(pack) if pack.key else permits.forbidden(pack))
        names = {pack: pack.name for pack in wanted if pack.key}
        await self._reader.refresh(wanted)
        self._check(wanted, self._permits.why_not)
        self._check(names, lambda pack: "" if pack.name == names[pack] else _replaced(pack, names[pack]))

    @staticmethod
    def _check(packs: Iterable[Pack], why_not: Callable[[Pack], str]) -> None:
        if faults := {pack: why for pack in packs if (why := why_not(pack))}:
            raise UsageError("\n".join(_together(faults)))

    def _wire(self, pack: Pack) -> int | None:
        way = self._route(pack)
        return None if way is None else way[1]


def _together(faults: Mapping[Pack, str]) -> list[str]:
    """A line for each reason, before it the names of all that have it; a fault is `name: reason`."""
    found: dict[str, list[str]] = {}
    for why in faults.values():
        name, _, reason = why.partition(": ")
        found.setdefault(reason, []).append(name)
    return [f"{', '.join(names)}: {reason}" for reason, names in found.items()]


def _replaced(pack: Pack, name: str) -> str:
    return f"{name}: {pack.name} is at its place now (address {pack.address} of {pack.bus})"


CHANGED = "its settings have changed since the plan was shown; look at it again"


def _all_or_faults(packs: Iterable[Pack], make: Callable[[Pack], Plan]) -> list[Plan]:
    """A plan for each pack. Raises UsageError with what is wrong with any of them."""
    plans, faults = [], []
    for pack in packs:
        try:
            plans.append(make(pack))
        except Rejected as error:
            faults += [f"{error.pack}: {fault}" for fault in error.faults]
        except UsageError as error:
            faults.append(str(error))
    if faults:
        raise UsageError("\n".join(dict.fromkeys(faults)))
    return plans
