"""What was heard from each address, and when."""

from ..protocol.status import Status
from .lifetime import Lifetime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..protocol.messages import Report

HEARD, LATE, SILENT, GONE = "heard", "late", "silent", "gone"
_ABOUT = 3  # the type of report that tells who a pack is
_SMOOTHING = 0.1  # share of the newest latency in the smoothed one


class Node:
    """An address that has spoken. `heard_at` and `asked_at` (s of the bus's clock) are by type of report.

    heard: it spoke within one and a half cycles. late: it did not. silent: nothing within the missed
    cycles of the timing, its values are old. gone: silent for long. Any report makes it heard again. Where
    another board answers, the one before it became silent in that moment.
    """

    def __init__(self, address: int, now: float) -> None:
        self.address = address
        self.state = ""  # until its first report is taken
        self.since = now
        self.first_heard = now
        self.heard_at: dict[int, float] = {}
        self.asked_at: dict[int, float] = {}
        self.failures = 0  # requests of ours in a row without an answer
        self.requests = 0  # by whoever asks
        self.answers = 0
        self.timeouts = 0
        self.bad_sums = 0
        self.latency: float | None = None  # s from the request to the whole answer, smoothed
        self.latency_max = 0.0
        self._lifetime = Lifetime()

    @property
    def alive(self) -> bool:
        """Whether it answers, as far as we know."""
        return self.state in (HEARD, LATE)

    @property
    def last_heard(self) -> float:
        """When it last spoke, whatever it said."""
        return max(self.heard_at.values())

    def hear(self, report: "Report", now: float, nodes: "Iterable[Node]" = (), noisy: bool = False) -> None:
        """It has sent a report. After silence, or where another board answers, it must be asked who it is.

        Boards change places: of the other `nodes` those that may be the partner are asked, too. On a `noisy`
        line running times prove nothing.
        """
        if not self.alive:
            self._forget()
        frame = report.frame
        if isinstance(frame, Status) and not noisy:
            ran = self._lifetime.at(now)
            if self._lifetime.breaks(frame.runtime, now):
                self._forget()
                for other in nodes:
                    if other._lifetime.is_near(ran, now):
                        other._forget()
        self.heard_at[report.type] = now
        self.answers += 1
        self.failures = 0

    def _forget(self) -> None:
        """Another board may have been put in its place."""
        self.heard_at.pop(_ABOUT, None)
        self._lifetime = Lifetime()
        self.state = SILENT if self.alive else self.state

    def took(self, latency: float) -> None:
        """A request was answered within `latency` seconds."""
        before = self.latency
        self.latency = latency if before is None else before + _SMOOTHING * (latency - before)
        self.latency_max = max(self.latency_max, latency)

    def judge(self, now: float, since: float, cycle: float, missed: float, gone: float, polled: bool) -> str:
        """The state at `now`, given the cycle it should be heard in; silence counts from `since` at most.

        Where we poll it ourselves (`polled`), it also must have left that many requests unanswered, so that
        nobody is called silent who was only not asked.
        """
        silence = now - max(self.last_heard, since)
        misses = self.failures if polled and self.alive else missed
        if silence > max(gone, missed * cycle) and not self.alive:
            return GONE
        if silence >= missed * cycle and misses >= missed:
            return GONE if self.state == GONE else SILENT
        if silence > 1.5 * cycle and misses >= 1:
            return LATE if self.alive else self.state
        return self.state if since > self.last_heard else HEARD
