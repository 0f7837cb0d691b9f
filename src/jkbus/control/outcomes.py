"""What came of a step: for programs a word, for people a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..bus import orders
from ..bus.bus import Bus
from ..bus.orders import Order
from ..protocol.frames import Frame
from .plan import Change, Plan, Step
from .settings import SETTINGS
from .values import Value, shown

UNSENT, UNLOGGED = "unsent", "unlogged"  # beside the outcomes of an order


@dataclass(frozen=True, slots=True)
class Who:
    """Who asked for a change: `via` is command line, mqtt or web, `user` a name if there is one."""

    via: str
    user: str = ""

    def document(self) -> dict[str, str]:
        """As JSON."""
        return {"via": self.via, "user": self.user}


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one step. `read` holds what the pack shows now, by name, as far as it was read back.

    `result` is the outcome of an order (see `bus.orders.Order`), "unsent" where nothing was given to a bus
    (`message` says why), or "unlogged" where the log of changes could not be written afterwards. `undo` is
    the file that undoes the whole change, "" for none, or while nothing was changed.
    """

    pack: str
    key: str
    changes: tuple[Change, ...]
    action: str
    result: str
    message: str
    data: bytes
    read: Mapping[str, Value]
    undo: str = ""

    @property
    def ok(self) -> bool:
        """Whether the pack shows what was wished, or has acknowledged the action."""
        return self.result == orders.DONE

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "pack": self.pack,
            "key": self.key,
            "changes": changes_read(self.changes, self.read),
            "action": self.action,
            "ok": self.ok,
            "result": self.result,
            "message": self.message,
            "bytes": self.data.hex(" ").upper(),
            "undo": self.undo,
        }


def changes_read(changes: tuple[Change, ...], read: Mapping[str, Value]) -> list[dict[str, Any]]:
    """Changes as JSON, each with what was read back, None where it was not."""
    found = []
    for change in changes:
        value = read.get(change.name)
        text = None if value is None else shown(SETTINGS[change.name], value)
        found.append({**change.document(), "read": value, "read_text": text})
    return found


def read_back(step: Step, frame: Frame | None) -> dict[str, Value]:
    """What a report shows of the settings that a step changes."""
    if frame is None or frame.type != step.type:
        return {}
    values = {change.name: getattr(frame, change.name) for change in step.changes}
    return {name: bool(value) if SETTINGS[name].switch else value for name, value in values.items()}


_REFUSALS = {
    1: "its firmware does not know such a write (exception 1)",
    2: "this firmware does not let it be changed, or it crosses another limit (exception 2)",
    3: "it does not take this value (exception 3)",
    4: "the message reached it damaged; try again, and check the wiring (exception 4)",
}


def sentence(plan: Plan, step: Step, order: Order, bus: Bus) -> str:
    """What came of the order for a step, for people."""
    pack, wish, tell = plan.pack, wished(step), f"`jkbus get {plan.key}` tells"
    match order.outcome:
        case orders.DONE if step.action:
            return f"{pack}: {step.action} was acknowledged"
        case orders.DONE:
            return f"{pack}: {wish} was written and read back"
        case orders.REFUSED:
            why = _REFUSALS.get(order.code, f"it gives no reason that is known (exception {order.code})")
            return f"{pack} refused {wish}: {why}; it stays as it was"
        case orders.UNLIKE:
            now = _said(read_back(step, order.frame))
            return f"{pack} acknowledged {wish}, but now shows {now}; set what it should be"
        case orders.UNREAD:
            return (
                f"{pack} acknowledged {wish}, but could not be read back in time; {tell} whether it took it"
            )
        case orders.UNANSWERED:
            return (
                f"{pack} did not take {wish}: it was sent {_times(order.sent)} and never acknowledged, and"
                " the pack still shows the old value; check the wiring and try again"
            )
        case orders.OVERTAKEN:
            done = f"sent {_times(order.sent)}, not taken, and not repeated" if order.sent else "not sent"
            return (
                f"{pack}: {wish} was {done}, since somebody else changed its settings meanwhile; look again"
            )
        case orders.UNKNOWN if step.action:
            return f"{pack} did not acknowledge {wish}: nobody knows whether it took it; look at the pack"
        case orders.UNKNOWN:
            return f"{pack} did not answer {wish}: nobody knows whether it took it; {tell} once it is back"
        case _:
            return (
                f"{pack}: {wish} was never sent, as the bus left no time for it within"
                f" {bus.timing.write:g} s ({bus.reason}); it stays as it was, try again"
            )


def wished(step: Step) -> str:
    """A step in words: its settings with their new values, or its action."""
    return step.action or _said({change.name: change.new for change in step.changes})


def _said(values: Mapping[str, Value]) -> str:
    return " and ".join(f"{name} = {shown(SETTINGS[name], value)}" for name, value in values.items())


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
