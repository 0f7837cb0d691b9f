"""How often somebody may try to log in: each failure makes the next try wait longer.

An address waits 1, 2, 4 ... 60 s after its third failure in a row. All together may fail 30 times at once
and then once in two seconds, so that a crowd of addresses gains nothing. Who has logged in is not concerned.
"""

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

FREE = 2  # failures in a row that cost nothing
LONGEST = 60.0  # s
FORGOTTEN = 900.0  # s after which an address begins anew
ROOM = 1000  # addresses that are remembered
BURST, REFILL = 30.0, 0.5  # failures of all together at once, and a second


@dataclass(slots=True)
class _Record:
    failures: int = 0
    at: float = 0.0


class Throttle:
    """Counts failures; `now` is any clock in seconds that never goes back."""

    def __init__(self) -> None:
        self._records: dict[str, _Record] = {}
        self._left = BURST
        self._at = 0.0

    def wait(self, address: str, now: float) -> float:
        """Seconds until somebody at that address may try; 0.0 for now."""
        self._fill(now)
        everybody = 0.0 if self._left >= 1.0 else (1.0 - self._left) / REFILL
        record = self._records.get(place(address))
        own = 0.0 if record is None else record.at + _pause(record.failures) - now
        return max(0.0, everybody, own)

    def failed(self, address: str, now: float) -> None:
        """A try was wrong. Call it before the try is judged, so that tries side by side count too."""
        self._fill(now)
        self._left = max(0.0, self._left - 1.0)
        record = self._records.pop(place(address), _Record())
        if now - record.at > FORGOTTEN:
            record.failures = 0
        record.failures, record.at = record.failures + 1, now
        self._records[place(address)] = record
        while len(self._records) > ROOM:
            del self._records[next(iter(self._records))]

    def worked(self, address: str) -> None:
        """It was right after all: the address begins anew, and the try is given back."""
        self._records.pop(place(address), None)
        self._left = min(BURST, self._left + 1.0)

    def _fill(self, now: float) -> None:
        self._left = min(BURST, self._left + max(0.0, now - self._at) * REFILL)
        self._at = now


def place(address: str) -> str:
    """What counts as one address: of IPv6 the network, since everybody has a whole one."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(parsed.ipv4_mapped) if parsed.ipv4_mapped else parsed.exploded[:19]


def _pause(failures: int) -> float:
    return min(LONGEST, 2.0 ** (failures - FREE - 1)) if failures > FREE else 0.0
