"""What a pack's reports say is wrong: its alarm bits, and what the gateway sees besides.

Bit 4 is a remark: boards set it over-voltage or not, as long as the battery is full (a B2A8S20P 11.17 did for
minutes with its highest cell at 3.296 V). It is taken for an over-voltage only where a cell reached the
protection limit of the pack's own settings, and until the cells have come down to its release.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

from ..model.alarms import noticed
from ..protocol import Settings, Status
from .findings import CELL_OVERVOLTAGE, CELL_SPREAD, PACK_CLOCK
from .journal import Sighting
from .telling import cells_of, detail

_TRIPPED = 10.0  # s for which an over-voltage is believed after it was seen; cells come down in a second
_CLOCK = 5400.0  # s a clock may be off: more than summer time
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC).timestamp()


class PackWatch:
    """Looks at the Status reports of one pack in turn; `spread` is in V."""

    def __init__(self, spread: float) -> None:
        self.last: Status | None = None  # the one looked at before
        self._spread = spread
        self._tripped_at: float | None = None

    def sightings(
        self, status: Status, settings: Settings | None, at: float, wall: float
    ) -> Iterator[Sighting]:
        """Every alarm that is seen in a Status heard at `at` (s of a steady clock), `wall` (unix seconds)."""
        for alarm in noticed(status):
            yield Sighting(alarm, partial(detail, alarm.name, status, self.last))
        if self._is_overvoltage(status, settings, at):
            yield Sighting(CELL_OVERVOLTAGE, partial(detail, CELL_OVERVOLTAGE.name, status))
        cells = cells_of(status)
        if cells and max(cells.values()) - min(cells.values()) >= self._spread:
            yield Sighting(CELL_SPREAD, partial(_spread_of, cells))
        behind = _local_seconds(wall) - status.rtc
        if status.rtc and abs(behind) > _CLOCK:
            yield Sighting(PACK_CLOCK, partial(_clock, behind))

    def _is_overvoltage(self, status: Status, settings: Settings | None, at: float) -> bool:
        if not status.alarm_cell_overvoltage_or_full or settings is None:
            self._tripped_at = None
            return False
        highest = max(cells_of(status).values(), default=0.0)
        if highest >= settings.cell_overvoltage_protection_voltage:
            self._tripped_at = at
        if self._tripped_at is None:
            return False
        return highest >= settings.cell_overvoltage_release_voltage or at - self._tripped_at < _TRIPPED


def _local_seconds(wall: float) -> float:
    """Seconds since 2020-01-01 on the clock at the wall, as packs count them."""
    zone = datetime.fromtimestamp(wall).astimezone().utcoffset()
    return wall - _EPOCH + (zone.total_seconds() if zone else 0.0)


def _spread_of(cells: dict[int, float]) -> str:
    low, high = min(cells, key=cells.__getitem__), max(cells, key=cells.__getitem__)
    return f"cell {high} has {cells[high]:.3f} V and cell {low} {cells[low]:.3f} V"


def _clock(behind: float) -> str:
    hours = abs(behind) / 3600
    amount = f"{hours / 24:.0f} days" if hours > 48 else f"{hours:.1f} hours"
    return f"it is {amount} {'behind' if behind > 0 else 'ahead'}"
