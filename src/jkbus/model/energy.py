"""Energy in and out of a pack, integrated from its power."""

from dataclasses import dataclass

GAP = 60.0  # s between two readings above which nothing is assumed about the time between
MOST = 100e3  # W that no pack can move: more is a damaged report whose checksum was right by chance


@dataclass(slots=True)
class Energy:
    """kWh charged and discharged so far, never decreasing.

    Between two readings the power is taken as the line that joins them. After a gap (pack silent, gateway
    down) nothing is invented: the energy of the gap is missing, and `gaps_s` says for how long.
    """

    charged: float = 0.0
    discharged: float = 0.0
    gaps_s: float = 0.0
    _last: tuple[float, float] | None = None

    def add(self, power: float, at: float) -> None:
        """Take a power reading in watts, positive while charging, at `at` seconds of a steady clock."""
        if abs(power) > MOST:
            return
        if self._last is not None:
            then, before = self._last
            elapsed = at - then
            if elapsed > GAP:
                self.gaps_s += elapsed
            elif elapsed > 0:
                self._integrate(before, power, elapsed)
        self._last = (at, power)

    def go_on(self, later: "Energy") -> None:
        """Add what was counted elsewhere since, and count on from there."""
        self.charged += later.charged
        self.discharged += later.discharged
        self.gaps_s += later.gaps_s
        self._last = later._last

    def _integrate(self, before: float, power: float, elapsed: float) -> None:
        charged, discharged = moved(before, power, elapsed)
        self.charged += charged / 3.6e6
        self.discharged += discharged / 3.6e6


def moved(before: float, after: float, seconds: float) -> tuple[float, float]:
    """Joules charged and discharged while the power goes from one value to another in watts, in a line.

    Where the line crosses zero both triangles count, each on its side.
    """
    joules = (before + after) / 2 * seconds
    if before * after >= 0:
        return (joules, 0.0) if joules > 0 else (0.0, -joules)
    ours = before * before / (before - after) / 2 * seconds  # the triangle before it crosses
    return (ours, ours - joules) if before > 0 else (joules - ours, -ours)
