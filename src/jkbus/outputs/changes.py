"""What became of a command, as it is published: one JSON object with a sentence for people."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from ..control.outcomes import Result
from ..control.plan import Plan
from .entity import TEXT_LIMIT

NONE_YET = '{"message":"none yet"}'


def told(at: datetime, name: str, old: Any, new: Any, ok: bool, message: str, who: str) -> str:
    """The JSON of a change: `name` of the setting or action, its old value and the one that was wished."""
    values = {
        "at": at.isoformat(timespec="seconds"),
        "name": name,
        "old": old,
        "new": new,
        "ok": ok,
        "message": message if len(message) <= TEXT_LIMIT else message[: TEXT_LIMIT - 1] + "…",
        "who": who,
    }
    return json.dumps(values, separators=(",", ":"), ensure_ascii=False)


def told_of(result: Result, at: datetime, who: str) -> str:
    """The JSON of one step's result; values by name where the step changed several settings."""
    old = {change.name: change.old for change in result.changes}
    new = {change.name: change.new for change in result.changes}
    name = ", ".join(new) or result.action
    return told(at, name, _single(old), _single(new), result.ok, result.message, who)


def summary(wish: str, plans: Sequence[Plan], done: Sequence[Result], left_out: Iterable[str]) -> str:
    """What became of one wish for several packs: who has it, who is not, and why."""
    taken = [result.pack for result in done if result.ok]
    parts = [f"{wish} was written to {_listed(taken)}"] if taken else []
    parts += [f"{plan.pack} had it already" for plan in plans if not plan.steps]
    reached = {result.pack for result in done}
    if failed := [result for result in done if not result.ok]:
        parts.append(failed[0].message)
        rest = [plan.pack for plan in plans if plan.steps and plan.pack not in reached]
        parts += [f"not sent to {_listed(rest)}"] if rest else []
    return "; ".join([*parts, *(f"left out: {text}" for text in left_out)])


def _single(values: dict[str, Any]) -> Any:
    """The value itself where there is but one, None for none."""
    return values if len(values) > 1 else next(iter(values.values()), None)


def _listed(names: Sequence[str]) -> str:
    """a, b and c."""
    names = list(dict.fromkeys(names))
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
