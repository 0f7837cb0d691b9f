"""The rhythm of a JK master, from the ends of its own settings reports.

The only pause that is long enough for a word of ours begins there. Bytes reach us late and never early: an
adapter holds them for some milliseconds, Wi-Fi for hundreds. The master's period is regular, so a report
that comes later than the one before it lets expect was late on the way, and the pause is older than it seems.
"""

PERIOD = 4.4  # s, measured on a real bus with three slaves
_SHORTEST, _LONGEST = 1.0, 10.0  # s that a period may have
_FOLLOW = 0.2  # share of a deviation that is believed


class Pulse:
    """Keeps the master's `period` in seconds."""

    def __init__(self, jitter: float = 0.0) -> None:
        self.period = PERIOD
        self._prompt = jitter == 0  # a cable: what arrives has just been said
        self._last: float | None = None  # when its last settings ended, by our best knowledge

    def beat(self, now: float) -> "float | None":
        """Its settings arrived at `now`: when they really ended, None while that cannot be known."""
        last, self._last = self._last, now
        if last is None and self._prompt:
            return now
        if last is None or not _SHORTEST <= now - last <= _LONGEST:
            return None
        turns = max(1, round((now - last) / self.period))  # more than one where settings were lost
        expected = last + turns * self.period
        self.period += _FOLLOW * ((now - last) / turns - self.period)
        if now > expected:
            self._last = expected + _FOLLOW * (now - expected)
        return self._last
