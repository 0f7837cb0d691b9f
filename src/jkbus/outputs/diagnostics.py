"""What people see of the wire: how well a pack answers, and how a bus is doing."""

from typing import NamedTuple

from ..bus.bus import Bus
from ..bus.nodes import Node
from .entity import Get, derived, grouped
from .facts import Value

ADDRESSES = range(16)
_SETTINGS, _STATUS, _ABOUT = 1, 2, 3  # types of reports


class NodeNow(NamedTuple):
    """A node at `now`, in seconds of its bus's clock."""

    node: Node
    now: float


class BusNow(NamedTuple):
    """A bus at `now`, in seconds of its clock."""

    bus: Bus
    now: float


def _age(type: int) -> Get:
    def get(seen: NodeNow) -> Value:
        at = seen.node.heard_at.get(type)
        return None if at is None else max(0.0, seen.now - at)

    return get


def _latency(seen: NodeNow) -> Value:
    return None if seen.node.latency is None else 1000 * seen.node.latency


def _heard(seen: BusNow) -> Value:
    nodes = seen.bus.nodes
    return "".join("1" if address in nodes and nodes[address].alive else "0" for address in ADDRESSES)


def _missing(seen: BusNow) -> Value:
    return "; ".join(seen.bus.missing()) or "nothing"


def _counted(name: str) -> Get:
    return lambda seen: int(getattr(seen.bus.counters, name))


GATEWAY = grouped(
    "gateway",
    derived("node_state", lambda seen: seen.node.state, "Bus state"),
    derived("requests", lambda seen: seen.node.requests, precision=0, total=True),
    derived("answers", lambda seen: seen.node.answers, precision=0, total=True),
    derived("timeouts", lambda seen: seen.node.timeouts, precision=0, total=True),
    derived("bad_sums", lambda seen: seen.node.bad_sums, "Damaged reports", precision=0, total=True),
    derived("latency", _latency, unit="ms", precision=0),
    derived("latency_max", lambda seen: 1000 * seen.node.latency_max, unit="ms", precision=0),
    derived("status_age", _age(_STATUS), unit="s", precision=1),
    derived("settings_age", _age(_SETTINGS), unit="s", precision=0),
    derived("about_age", _age(_ABOUT), unit="s", precision=0),
)

BUS = grouped(
    "bus",
    derived("role", lambda seen: seen.bus.role, on=True),
    derived("role_reason", lambda seen: seen.bus.reason),
    derived("nodes_heard", _heard, on=True),
    derived("missing", _missing, on=True),
    derived("load", lambda seen: seen.bus.load(seen.now), on=True, unit="%", precision=0),
    derived("cycle", lambda seen: seen.bus.cycle, unit="s", precision=1),
    derived("gap", lambda seen: 1000 * seen.bus.gap, unit="ms", precision=0),
    derived("reports", _counted("reports"), precision=0, total=True),
    derived("noise", _counted("noise"), on=True, unit="B", device_class="data_size", precision=0, total=True),
    derived("bad_sums", _counted("bad_sums"), "Damaged reports", on=True, precision=0, total=True),
    derived("doubted", _counted("doubted"), "Doubted reports", precision=0, total=True),
    derived("collisions", _counted("collisions"), on=True, precision=0, total=True),
    derived("echoes", _counted("echoes"), precision=0, total=True),
)
