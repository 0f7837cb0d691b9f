"""What is wrong with a bus: nobody is heard on it, or what is heard is damaged."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from ..bus.bus import Bus
from .entry import Values
from .findings import BUS_NOISY, BUS_SILENT
from .journal import Sighting

_WINDOW = 60.0  # s that are looked at
_EVERY = 5.0  # s between two readings
_NOISY, _QUIET = 0.05, 0.02  # shares from which a bus is noisy, and below which it is not any more
_FEW = (5, 500)  # bad reports and bytes of noise in the window that are nothing yet


@dataclass(frozen=True, slots=True)
class _Reading:
    at: float
    reports: int
    bad_sums: int
    noise: int
    bytes_in: int


class BusWatch:
    """Looks at a bus now and then."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.noisy = False
        self.values: Values = {}
        self._readings: deque[_Reading] = deque()

    @property
    def alive(self) -> bool:
        """Whether anybody is heard."""
        return any(node.alive for node in self.bus.nodes.values())

    def sightings(self, now: float) -> Iterator[Sighting]:
        """What is wrong at `now` (s of the bus's clock)."""
        self._measure(now)
        if not self.alive:
            yield Sighting(BUS_SILENT)
        if self.noisy:
            yield Sighting(BUS_NOISY, partial(_sentence, dict(self.values)))

    def _measure(self, now: float) -> None:
        readings, counters = self._readings, self.bus.counters
        if readings and now - readings[-1].at < _EVERY:
            return
        latest = _Reading(now, counters.reports, counters.bad_sums, counters.noise, counters.bytes_in)
        readings.append(latest)
        while now - readings[0].at > _WINDOW:
            readings.popleft()
        first = readings[0]
        bad, noise = latest.bad_sums - first.bad_sums, latest.noise - first.noise
        whole = latest.reports - first.reports
        bad_share = bad / (bad + whole) if bad >= _FEW[0] else 0.0
        noise_share = noise / (latest.bytes_in - first.bytes_in) if noise >= _FEW[1] else 0.0
        self.noisy = max(bad_share, noise_share) > (_QUIET if self.noisy else _NOISY)
        self.values = {"reports": whole, "bad_sums": bad, "noise_bytes": noise}
        self.values |= {
            "bad_sums_share": round(100 * bad_share, 1),
            "noise_share": round(100 * noise_share, 1),
        }


def _sentence(values: Values) -> str:
    heard, noise = values["reports"] + values["bad_sums"], values["noise_bytes"]
    bad = values["bad_sums"]
    return f"in the last minute {bad} of {heard} reports were damaged, and {noise} bytes made no sense"
