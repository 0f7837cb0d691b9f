"""Orders: a report that somebody waits for, or a write and the report that proves it.

An order for a write goes through these steps; each waits for its turn on the line:

    write     the command is said; the pack acknowledges it, refuses it, or nothing is heard
    settle    for 300 ms after it nobody is asked anything: boards need them
    read      the report is asked for, or heard because somebody else asked; its bytes decide

Nothing heard is no proof of anything: the request may have been lost, or only its acknowledgement. So the
report is read before the command is said again. A report that still shows the old value after an
acknowledgement is read a second time before it counts. A write that keeps the neighbours in its register is
made from a report: once a newer one shows something else there, it is not said (again).
"""

from ..protocol.messages import request
from .law import lawful

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..protocol.frames import Frame

SETTLE = 0.3  # s; JK's own tools leave as much between a write and the next word
READ_WITHIN = 10.0  # s after a write; beside a JK master its own polls come every 4.4 s
_RETRY = 0.5  # s until an unanswered question is asked again, so that other packs have their turns
_TRIES = 3  # times a write is said at most
_LOOKS = 2  # reports that have to show the old value after an acknowledgement

DONE, REFUSED, UNLIKE, UNREAD = "done", "refused", "unlike", "unread"
UNANSWERED, UNKNOWN, EXPIRED, OVERTAKEN = "unanswered", "unknown", "expired", "overtaken"

_WRITE, _SENT, _READ = range(3)  # what an order waits for: to be said, an acknowledgement, a report


class Order:
    """A report of `type` to be fetched from the pack at `address`, after writing `data` if there is any.

    `expires` is the time (of the bus's clock) after which not a word of it is said any more; a write that
    was said by then is still read back. `judge` tells whether a report shows what was written; without it
    the acknowledgement is proof enough, and the command is never repeated. `stands` tells whether a report
    still shows what the write was made from. `renew` makes `data` anew in the moment it is said, for a value
    that follows the clock. `outcome` is "" while under way:

        done        read back as wished, or fetched
        refused     the pack answered with exception `code`
        unlike      acknowledged, but the pack shows something else
        unread      acknowledged, but not read back in time
        unanswered  said `sent` times, never acknowledged, and the pack still shows the old value
        unknown     said, not acknowledged, not read back: nobody knows
        expired     never said, or what should be fetched was not heard
        overtaken   not said (again), since somebody else changed what it was made from

    `frame` is the last report that was read, if any.
    """

    def __init__(
        self,
        address: int,
        type: int,
        expires: float,
        data: bytes = b"",
        judge: "Callable[[Frame], bool] | None" = None,
        stands: "Callable[[Frame], bool] | None" = None,
        renew: "Callable[[], bytes] | None" = None,
    ) -> None:
        self.address = address
        self.type = type
        self.expires = expires
        self.data = data
        self.judge = judge
        self.stands = stands
        self.renew = renew
        self.asked = 0  # times its next word was said without an answer
        self.outcome = ""
        self.code = 0
        self.sent = 0
        self.acknowledged = False
        self.frame: Frame | None = None
        self._phase = _WRITE if data else _READ
        self._read_by = expires
        self._ready_at = 0.0
        self._looks = 0

    def next_word(self) -> bytes:
        """What is to be said for it now."""
        if self._phase != _WRITE:
            return request(self.address, self.type)
        if self.renew is not None:
            self.data = self.renew()
        return self.data

    @property
    def deadline(self) -> float:
        """When it has failed if nothing else happens."""
        return self.expires if self._phase == _WRITE else self._read_by

    def said(self, now: float) -> None:
        """Its next word is on the way."""
        self._ready_at = now + _RETRY
        self.asked += 1
        if self._phase == _WRITE:
            self._phase = _SENT
            self.sent += 1
            self._read_by = max(self.expires, now + READ_WITHIN)

    def acknowledge(self, now: float) -> None:
        """The pack has acknowledged the write."""
        self.acknowledged = True
        self._read(now)

    def miss(self, now: float) -> None:
        """Its last word was not answered."""
        if self._phase == _SENT:
            self._read(now)

    def refuse(self, code: int) -> None:
        """The pack has refused the write."""
        self.code = code
        self.outcome = REFUSED

    def hear(self, frame: "Frame", now: float) -> None:
        """The report it waits for was heard, whoever asked."""
        self.frame = frame
        if self._phase != _READ:
            if self._phase == _WRITE and self._is_overtaken(frame):
                self.outcome = OVERTAKEN
        elif not self.data or (self.judge is None and self.acknowledged):
            self.outcome = DONE
        elif self.judge is None:
            self.outcome = UNKNOWN
        elif self.judge(frame):
            self.outcome = DONE
        elif self.acknowledged:
            self._looks += 1
            self._ready_at = now + SETTLE
            self.outcome = UNLIKE if self._looks >= _LOOKS else ""
        elif self._is_overtaken(frame):
            self.outcome = OVERTAKEN
        elif self.sent >= _TRIES:
            self.outcome = UNANSWERED
        else:
            self._phase, self.asked = _WRITE, 0

    def end(self) -> None:
        """Its time is over, or nobody waits for it any more."""
        if self.outcome:
            return
        if not self.sent:
            self.outcome = EXPIRED
        elif not self.acknowledged:
            self.outcome = UNANSWERED if self._phase == _WRITE else UNKNOWN
        else:
            self.outcome = DONE if self.judge is None else UNLIKE if self._looks else UNREAD

    def ready_at(self) -> float:
        """When its next word may be said, where the line allows it."""
        return self._ready_at

    def _is_overtaken(self, frame: "Frame") -> bool:
        return self.stands is not None and not self.stands(frame)

    def _read(self, now: float) -> None:
        self._phase, self.asked = _READ, 0
        self._ready_at = now + SETTLE


class Orders:
    """The orders of a bus. The first has the line; one that waits for a silent pack lets others by."""

    def __init__(self) -> None:
        self.queue: list[Order] = []

    def add(self, order: Order) -> None:
        """Queue an order. Raises ValueError for what must not be said on any bus."""
        if not lawful(request(order.address, order.type)):
            raise ValueError(f"{order.address} is no address of a pack")
        if order.data and not (lawful(order.data) and order.data[0] == order.address):
            raise ValueError(f"{order.data.hex(' ')} is nothing that may be written to pack {order.address}")
        self.queue.append(order)

    def withdraw(self, order: Order) -> None:
        """Nobody waits for it any more: give it the outcome that it has by now."""
        order.end()
        if order in self.queue:
            self.queue.remove(order)

    @property
    def wake_at(self) -> "float | None":
        """When the next of them has failed, None without any."""
        return min([order.deadline for order in self.queue]) if self.queue else None

    def ready_at(self) -> "float | None":
        """When one of them has something to say; None without any."""
        return min([order.ready_at() for order in self._open()]) if self.queue else None

    def choose(self, now: float) -> "Order | None":
        """The order whose word is to be said now."""
        ready = [order for order in self._open() if order.ready_at() <= now < order.deadline]
        return min(ready, key=lambda order: order.asked) if ready else None

    def hear(self, address: int, frame: "Frame", now: float) -> None:
        """A report of a pack was heard."""
        for order in self.queue:
            if (order.address, order.type) == (address, frame.type):
                order.hear(frame, now)

    def ended(self, now: float) -> "list[Order]":
        """Take those that have ended, or whose time is over."""
        for order in self.queue:
            if now >= order.deadline:
                order.end()
        over = [order for order in self.queue if order.outcome]
        self.queue = [order for order in self.queue if not order.outcome]
        return over

    def _open(self) -> "list[Order]":
        """Those that may speak: of each pack only its first."""
        found: dict[int, Order] = {}
        for order in self.queue:
            found.setdefault(order.address, order)
        return sorted(found.values(), key=self.queue.index)
