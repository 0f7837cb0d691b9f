"""What a bus tells: plain objects, so that they also exist on MicroPython."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..protocol.messages import Report
    from .orders import Order


class Event:
    """Something happened at `at` (seconds of the clock the bus is driven with)."""

    def __init__(self, at: float) -> None:
        self.at = at


class Heard(Event):
    """A report whose sender is known: `report.address` is 0..15."""

    def __init__(self, report: "Report", at: float) -> None:
        Event.__init__(self, at)
        self.report = report
        self.address = report.address or 0


class NodeChanged(Event):
    """A node's life went on: `state` is heard, late, silent or gone; `before` "" for a new one."""

    def __init__(self, address: int, state: str, at: float, before: str = "") -> None:
        Event.__init__(self, at)
        self.address = address
        self.state = state
        self.before = before


class RoleChanged(Event):
    """We are now `role` (sniffer, pseudo-master, master); `reason` is a sentence for people."""

    def __init__(self, role: str, reason: str, at: float) -> None:
        Event.__init__(self, at)
        self.role = role
        self.reason = reason


class OrderEnded(Event):
    """An order has its outcome."""

    def __init__(self, order: "Order", at: float) -> None:
        Event.__init__(self, at)
        self.order = order
