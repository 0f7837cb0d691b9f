"""How long to leave a bus alone after an answer, learned from the bus itself.

A pack that has just answered is deaf for a moment; how long depends on its firmware and is between 2 and
380 ms by what owners report. Too short a gap costs a whole timeout, too long a gap costs a little each time.
So the gap shrinks slowly while all packs answer, and grows at once when they fall silent too often for it to
be bad luck; the length that proved too short is then avoided for a while.
"""

from .timing import Timing

_CLEAN = 8  # answers in a row before the gap shrinks
_SHRINK, _GROW = 0.9, 1.5
_WINDOW = 32  # exchanges looked at together
_DEAF = 3  # silent packs among them that are no accident
_AVOID = 120.0  # s for which a gap that proved too short is not tried again


class Gap:
    """The pause after an answer in `seconds`."""

    def __init__(self, timing: Timing) -> None:
        self.seconds = timing.gap
        self._floor = timing.gap_floor
        self._ceiling = max(timing.gap_ceiling, timing.gap)
        self._clean = 0
        self._window: list[bool] = []  # of the last exchanges, whether the pack was deaf
        self._too_short = 0.0
        self._avoid_until = 0.0

    def answered(self, now: float) -> None:
        """A pack answered."""
        self._remember(False)
        self._clean += 1
        if self._clean >= _CLEAN:
            self._clean = 0
            floor = max(self._floor, self._too_short * 1.2 if now < self._avoid_until else 0.0)
            self.seconds = min(self.seconds, max(floor, self.seconds * _SHRINK))

    def deaf(self, now: float) -> None:
        """A pack that is there said nothing at all."""
        self._remember(True)
        self._clean = 0
        if sum(self._window) >= _DEAF:
            self._window = []
            self._too_short, self._avoid_until = self.seconds, now + _AVOID
            self.seconds = min(self._ceiling, self.seconds * _GROW)

    def _remember(self, deaf: bool) -> None:
        self._window.append(deaf)
        self._window = self._window[-_WINDOW:]
