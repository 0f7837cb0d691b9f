"""What to ask next when we are the master.

Three wants compete for the line. Status of the packs that are alive: the stalest first, which comes to
turns, and one that failed gets a second chance after half a round. Settings and device info when they are
due: at most one for every few statuses, the most overdue first, so that neither side starves. Probes of
addresses that are missing or silent: they cost a whole timeout each, so they share the place of settings and
device info, and each failure doubles the pause up to a minute. Only in the first round through all addresses
every second word is a probe, so that the packs of a bus are known within seconds.
"""

from .nodes import Node
from .timing import BYTE, Timing

SETTINGS, STATUS, ABOUT = 1, 2, 3
SLAVES = range(1, 16)
EXCHANGE = 11 * BYTE + 0.0135 + 308 * BYTE  # s of request, usual turnaround of 7 to 20 ms, and answer
_BETWEEN = 4  # statuses before anything else is asked, while statuses are due
_NEVER_HEARD = 5.0  # s: how soon the first settings and device info of a pack are wanted
_PROBE_FIRST, _PROBE_LAST = 2.0, 60.0  # s between two probes of an address


class Schedule:
    """Chooses the next request. Knows nothing of bytes; the bus tells it what was asked and how it ended."""

    def __init__(self, timing: Timing, slaves: "range" = SLAVES) -> None:
        self.timing = timing
        self.slaves = slaves
        self._statuses = 0  # asked since something else was
        self._probe_next = False
        self._probe_at = dict.fromkeys(slaves, 0.0)
        self._probe_pause = dict.fromkeys(slaves, _PROBE_FIRST)
        self.due_at = 0.0  # when there may be something to ask, if there is nothing now

    def cycle(self, alive: int, gap: float) -> float:
        """Seconds between two statuses of a pack, with so many alive and that gap."""
        share = 1 + 1 / _BETWEEN
        return max(1.0, self.timing.status, alive * (EXCHANGE + gap) * share)

    def choose(self, nodes: "dict[int, Node]", now: float, cycle: float) -> "tuple[int, int] | None":
        """Address and type to ask for now, or None: then nothing is due before `due_at`."""
        self.due_at = now + 3600.0
        alive = [node for node in nodes.values() if node.alive and node.address in self.slaves]
        status = choice = self._status(alive, now, cycle)
        first_round = self._first_round(nodes)
        other = first_round or self._other(alive, nodes, now)
        if other is not None and (status is None or self._statuses >= (1 if first_round else _BETWEEN)):
            choice = other
        if choice is not None:
            self._statuses = self._statuses + 1 if choice is status else 0
            self.due_at = now
        return choice

    def answered(self, address: int, now: float) -> None:
        """The address is there: look for it soon again should it vanish."""
        self._probe_at[address] = now
        self._probe_pause[address] = _PROBE_FIRST

    def missed(self, address: int, now: float, garbled: bool) -> None:
        """A probe was not answered: probe again later, and later still the next time.

        If something was heard, somebody may be there behind the noise, and waiting longer is no use.
        """
        pause = _PROBE_FIRST if garbled else self._probe_pause[address]
        self._probe_at[address] = now + pause
        self._probe_pause[address] = min(2 * pause, _PROBE_LAST)

    def _first_round(self, nodes: "dict[int, Node]") -> "tuple[int, int] | None":
        missing = [a for a in self.slaves if a not in nodes or not nodes[a].alive]
        unprobed = [a for a in missing if not self._probe_at[a]]
        return (unprobed[0], STATUS) if unprobed else None

    def _status(self, alive: "list[Node]", now: float, cycle: float) -> "tuple[int, int] | None":
        best, best_key = None, 0.0
        for node in alive:
            asked = node.asked_at.get(STATUS, node.first_heard)
            key = asked - cycle / 2 if node.failures == 1 else asked
            if now < key + self.timing.status:
                self._wait(key + self.timing.status)
            elif best is None or key < best_key:
                best, best_key = (node.address, STATUS), key
        return best

    def _other(self, alive: "list[Node]", nodes: "dict[int, Node]", now: float) -> "tuple[int, int] | None":
        """A report that is due or an address to probe; in turns, if there are both."""
        report, probe = self._report(alive, now), self._probe(nodes, now)
        self._probe_next = not self._probe_next
        return (probe or report) if self._probe_next else (report or probe)

    def _report(self, alive: "list[Node]", now: float) -> "tuple[int, int] | None":
        best, best_overdue = None, 1.0
        for node in alive:
            for type in (SETTINGS, ABOUT):
                heard = type in node.heard_at
                since = max(node.heard_at.get(type, node.first_heard), node.asked_at.get(type, 0.0))
                wanted = max(self.timing.wanted_age(type), 1.0) if heard else _NEVER_HEARD
                overdue = (now - since) / wanted
                if overdue >= best_overdue:
                    best, best_overdue = (node.address, type), overdue
                elif overdue < 1.0:
                    self._wait(since + wanted)
        return best

    def _probe(self, nodes: "dict[int, Node]", now: float) -> "tuple[int, int] | None":
        for address in self.slaves:
            if address in nodes and nodes[address].alive:
                continue
            if self._probe_at[address] <= now:
                return address, STATUS
            self._wait(self._probe_at[address])
        return None

    def _wait(self, at: float) -> None:
        self.due_at = min(self.due_at, at)


def wants_about(nodes: "dict[int, Node]", now: float, timing: Timing) -> "tuple[int, int] | None":
    """The device info of a slave that a JK master never asks for and that we should, or None.

    The slave asked longest ago comes first, so one that does not answer holds up nobody.
    """
    due = []
    for node in nodes.values():
        age = now - node.heard_at.get(ABOUT, -1e9)
        if node.alive and node.address in SLAVES and age >= timing.about:
            due.append((node.asked_at.get(ABOUT, 0.0), node.address))
    return (min(due)[1], ABOUT) if due else None
