"""Whether a network is calm enough to speak beside a JK master.

On a cable a word is on the line when we say it. A network may hold it up, nobody tells us, and then it
comes in the middle of the master's turn. What is held up on its way to us can be told by things a bus never
does: a master never pauses for a second, and a pack begins its answer within 20 ms, so that from a request to
the whole answer there are never more than 50 ms. Whoever sees none of that for minutes may believe that a
word of its own is not held up either. One that proved to be, or a network that hiccups again after so long
a calm, makes us wait longer.
"""

CALM, LONGEST = 300.0, 3600.0  # s of calm before we speak, to begin with and at most
HELD_UP = 0.1  # s that a byte may be late: both ways together leave room in the pause of 0.44 s
_PAUSE = 1.0  # s; longer than any pause of a JK master
_ANSWER = 0.05  # s from a request to the end of its answer, on the wire


class Calm:
    """How long nothing has been held up. `needed` is how long it takes until we speak; 0 on a cable."""

    def __init__(self, network: bool) -> None:
        self.needed = CALM if network else 0.0
        self._since: float | None = None  # None until a JK master was heard
        self._master = 0.0

    def lasts(self, now: float) -> bool:
        """Whether we may speak beside a JK master."""
        return not self.needed or (self._since is not None and now - self._since >= self.needed)

    def master(self, now: float) -> None:
        """A JK master was heard."""
        if self._since is None:
            self._since = now
        elif now - self._master > _PAUSE:
            self.disturbed(now)
        self._master = now

    def answered(self, latency: float, now: float) -> None:
        """A request of somebody else was answered `latency` seconds later, by the times at which we heard."""
        if latency > _ANSWER + HELD_UP:
            self.disturbed(now)

    def returned(self, latency: float, now: float) -> None:
        """A word of our own was answered after so long: that is the way there and back."""
        if latency > _ANSWER + 2 * HELD_UP:
            self.disturbed(now)

    def disturbed(self, now: float) -> None:
        """Something was held up."""
        if self.needed and self.lasts(now):
            self.needed = min(LONGEST, 2 * self.needed)
        self._since = now
