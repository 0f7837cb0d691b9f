"""Our own words on a line: which wait for an answer, which we hear again, and when the next may be said."""

from ..protocol.messages import WRITE, Ack, Message, Refusal
from .exchange import Exchange
from .law import lawful
from .orders import SETTLE
from .roles import MASTER, NETWORK_CLOSES, SNIFFER, WINDOW_CLOSES, WINDOW_OPENS

_ECHO_WITHIN = 3.0  # s after which a repetition of our words is no echo any more, even over a network


class Voice:
    """One exchange at a time is `pending`; not a word is said before `free_at`.

    `window` is when a JK master finished its own settings, until we used the pause behind it. `asked` counts
    our words since the last answer to one.
    """

    def __init__(self, network: bool = False) -> None:
        self._closes = NETWORK_CLOSES if network else WINDOW_CLOSES
        self.pending: Exchange | None = None
        self.free_at = 0.0
        self.window: float | None = None
        self.asked = 0
        self._unechoed = b""
        self._said_at = 0.0

    def speaks_at(self, role: str, wanted_at: float) -> "float | None":
        """When the next word may be said, given when there is one; None if not before something is heard."""
        if self.pending is not None or role == SNIFFER:
            return None
        if role == MASTER:
            return max(self.free_at, wanted_at)
        return None if self.window is None else max(self.free_at, self.window + WINDOW_OPENS)

    def takes_turn(self, role: str, now: float) -> bool:
        """Whether a word may be said now; beside a JK master there is one turn a period, used or not."""
        window, self.window = self.window, None
        return role == MASTER or (window is not None and now <= window + self._closes)

    def say(self, exchange: Exchange) -> bytes:
        """Begin an exchange. Every byte passes here; raises ValueError for what is not lawful."""
        if not lawful(exchange.data):
            raise ValueError(f"{exchange.data.hex(' ')} is nothing that may be said on a bus")
        self.pending = exchange
        self._unechoed = exchange.data
        self._said_at = exchange.sent_at
        self.asked += 1
        return exchange.data

    def is_echo(self, message: Message, now: float) -> bool:
        """Whether we hear ourselves: an adapter whose ear stays open while it speaks."""
        if message.data != self._unechoed or now - self._said_at >= _ECHO_WITHIN:
            return False
        self._unechoed = b""
        return True

    def rest(self, now: float, seconds: float) -> None:
        """Say nothing for so long."""
        self.free_at = max(self.free_at, now + seconds)

    def give_up(self, now: float) -> None:
        """The pending words will not be answered; after a write the boards are left in peace for a while."""
        pending, self.pending = self.pending, None
        if pending is not None and pending.order is not None:
            pending.order.miss(now)
            if pending.is_write:
                self.rest(now, SETTLE)

    def ends_write(self, message: Message, now: float) -> bool:
        """Let an order know that its write was acknowledged or refused, if this is what the message says."""
        order = self.pending.order if self.pending is not None and self.pending.is_write else None
        if order is None or message.address != order.address:
            return False
        if isinstance(message, Refusal) and message.function == WRITE:
            order.refuse(message.code)
        elif isinstance(message, Ack) and message.data[:6] == order.data[:6]:
            order.acknowledge(now)
        else:
            return False
        self.pending, self.asked = None, 0
        self.rest(now, SETTLE)
        return True
