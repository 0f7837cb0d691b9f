"""The past of packs out of a history, pack by pack and day by day, so that little memory is needed."""

from collections import defaultdict
from collections.abc import Iterator

from ..history.query import curves, reports, sources
from ..history.store import Store
from ..history.whole import KEY
from ..protocol import Settings
from .nameplate import Nameplate
from .past import NAMES, Past, Track
from .report import Health, health

DAYS = 30.0
_DAY = 86400.0


def gather(store: Store, now: float, days: float = DAYS) -> Health:
    """The health of all packs from what was heard of them in the last days. Raises HistoryError.

    By key, as the history has them. Packs whose Settings were never heard are left out: without their
    design capacity nothing can be said.
    """
    start = now - days * _DAY
    plates = {}
    for source in sources(store):
        plate = nameplate(store, source.key, now) if source.key != KEY and source.last >= start else None
        if plate is not None:
            plates[source.key] = plate
    return health(((key, past(store, key, start, now)) for key in plates), plates)


def nameplate(store: Store, key: str, now: float) -> Nameplate | None:
    """What the last Settings of a pack say; None if there are none, or no capacity in them."""
    known = [settings for _, settings in reports(store, key, Settings, now, now + 1)]
    return Nameplate.of(known[-1]) if known and known[-1].design_capacity > 0 else None


def past(store: Store, key: str, start: float, end: float) -> Past:
    """Minutes of a pack between two unix times. Raises HistoryError."""
    times: dict[str, list[float]] = defaultdict(list)
    values: dict[str, list[float | None]] = defaultdict(list)
    for first, last in _days(start, end):
        for name, curve in curves(store, key, NAMES, first, last, None, "minute").items():
            if curve.step <= 60.0:
                times[name].extend(curve.times)
                values[name].extend(curve.mean)
    return Past.of({name: Track(times[name], values[name]) for name in times})


def _days(start: float, end: float) -> Iterator[tuple[float, float]]:
    while start < end:
        yield start, min(start + _DAY, end)
        start += _DAY
