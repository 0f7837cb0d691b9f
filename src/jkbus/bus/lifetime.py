"""Whether it is still the same board that answers, by the running time that its Status tells.

Two packs that exchange their addresses within seconds (by DIP switch) are never silent. But a running time
never runs back, and it grows as time passes: in every capture of a bus by whole seconds, 6 to 30 between two
reports. What is older than the pack before it is told by a leap. A leap of less than a minute counts as time,
since reports may be held up on their way; but then the other of the two runs back, and the one that leapt is
known by what the other had run before. In a recording that is played faster, or in a day of the simulator,
steps are long but even: a leap is more than two such steps.
"""

_LEAP = 60  # s
_UNKNOWN = 1 << 32  # s: before the second report any step will do


class Lifetime:
    """The running time of the board at an address."""

    def __init__(self) -> None:
        self._last = 0  # s
        self._at = 0.0
        self._step = _UNKNOWN

    def at(self, now: float) -> float:
        """How long the board has run by now, in seconds."""
        return self._last + now - self._at

    def is_near(self, seconds: float, now: float) -> bool:
        """Whether it has run so long, as far as can be told."""
        return self._step != _UNKNOWN and abs(self.at(now) - seconds) <= _LEAP

    def breaks(self, runtime: int, now: float) -> bool:
        """Take the running time of a Status, in seconds; whether it cannot be that of the board before."""
        ran, took, step = runtime - self._last, now - self._at, self._step
        self._last, self._at, self._step = runtime, now, max(0, ran)
        return not 0 <= ran <= took + _LEAP + 2 * step
