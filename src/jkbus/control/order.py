"""Pairs that must not cross, on the way too.

Each write moves one register, and a board refuses one that would put a release value on the wrong side of
its protection. Of writes that lead from one orderly state to another, one can always be made next: a value
that falls behind those that fall below it, one that rises behind those that rise above it. Only where a
pack stands crossed already there may be no next one.
"""

from collections.abc import Mapping, Sequence

from .settings import PAIRS, SETTINGS
from .values import Value, shown


def crossings(state: Mapping[str, Value], touched: set[str]) -> list[str]:
    """A sentence for each pair of which a touched one is on the wrong side of the other."""
    return [
        f"{_said(lower, state)} must be below {_said(upper, state)}; choose other values, or set both"
        for lower, upper in _crossed(state, touched)
    ]


def arranged(
    groups: Sequence[Sequence[str]], old: Mapping[str, Value], new: Mapping[str, Value]
) -> list[Sequence[str]] | None:
    """The groups of names, each written at once, so that after each write its pairs are in order.

    As near to the order given as that allows; None where there is no such order.
    """
    state = dict(old)
    waiting, ordered = list(groups), []
    while waiting:
        for group in waiting:
            then = {**state, **{name: new[name] for name in group}}
            if not _crossed(then, set(group)):
                break
        else:
            return None
        waiting.remove(group)
        ordered.append(group)
        state = then
    return ordered


def detour(touched: set[str], state: Mapping[str, Value]) -> str:
    """What to say where `arranged` found no order."""
    pairs = " and ".join(
        f"{_said(low, state)} with {_said(up, state)}" for low, up in _crossed(state, touched)
    )
    return (
        f"the pack holds {pairs}, which is the wrong way round and cannot be mended in one go; "
        "do it in two steps: first move one of them past the other, then set what you want"
    )


def _crossed(state: Mapping[str, Value], touched: set[str]) -> list[tuple[str, str]]:
    return [
        (lower, upper)
        for lower, upper in PAIRS
        if touched & {lower, upper} and lower in state and upper in state and state[lower] >= state[upper]
    ]


def _said(name: str, state: Mapping[str, Value]) -> str:
    return f"{name} {shown(SETTINGS[name], state[name])}"
