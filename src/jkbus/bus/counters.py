"""What a bus carried."""

import math

from .timing import BYTE

_WINDOW = 10.0  # s over which the load is averaged


class Counters:
    """Totals since the start, and the load of the line. Noise is in bytes, everything else in messages."""

    def __init__(self) -> None:
        self.bytes_in = 0
        self.bytes_out = 0
        self.reports = 0
        self.unknown = 0  # reports whose sender could not be known
        self.doubted = 0  # reports not believed on a noisy line
        self.noise = 0
        self.bad_sums = 0
        self.collisions = 0
        self.echoes = 0
        self._busy = 0.0  # s of the window in which the line carried bytes
        self._at = 0.0

    def carried(self, length: int, now: float) -> None:
        """`length` bytes were on the line, up to `now`."""
        self._busy = self._busy * math.exp((self._at - now) / _WINDOW) + length * BYTE
        self._at = now

    def load(self, now: float) -> float:
        """Share of the last 10 s in which the line was busy, in per cent."""
        return min(100.0, 100.0 * self._busy * math.exp((self._at - now) / _WINDOW) / _WINDOW)
