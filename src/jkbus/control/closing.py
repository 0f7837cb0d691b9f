"""The line that closes a change which was cut short: what of it was done, and what was never begun.

A change that comes to its end needs none: its steps say everything.
"""

from collections.abc import Iterable

from ..bus.orders import DONE
from .audit import BEGUN, Entry

STOPPED = "stopped"  # the result of a change of which some steps were never begun
HALTED = "jkbus was stopped"
_KEPT = ("plan", "who", "pack", "key", "bus", "address")


def closing(last: Entry, why: str = "") -> Entry | None:
    """The line that closes a change whose `last` line this is, and why it ended there.

    None if the change is at its end, or the outcome of that step is open.
    """
    step, steps, result = last.get("step"), last.get("steps"), last.get("result")
    if not isinstance(step, int) or not isinstance(steps, int) or result == BEGUN or step >= steps:
        return None
    done = step if result == DONE else step - 1
    message = f"{done} of {steps} writes done" + (f": {why}" if why else "")
    rest = {name: last[name] for name in _KEPT if name in last}
    return {**rest, "steps": steps, "done": done, "result": STOPPED, "message": message}


def lacking(entries: Iterable[Entry]) -> list[Entry]:
    """The closing lines of changes that were cut short when jkbus was stopped."""
    last = {str(entry.get("plan")): entry for entry in entries}
    return [line for entry in last.values() if (line := closing(entry, HALTED)) is not None]
