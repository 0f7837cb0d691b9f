"""The past of packs out of a history, one pack after the other, so that little memory is needed.

Minutes are taken as they lie in the file, since `curves`, made for screens, needs four times as long.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping

from ..history.buckets import Buckets
from ..history.query import reports, source_of, sources
from ..history.rollup import MINUTE, roll
from ..history.series import Series, series_of
from ..history.store import Store
from ..history.tables import buckets_in, raw_hour, series_in, tail_of
from ..history.whole import KEY
from ..protocol import Settings, Status
from .nameplate import Nameplate
from .past import NAMES, Past, possible
from .report import Health, health

DAYS = 30.0
_DAY, _HOUR, _MINUTE, _MINUTES = 86400.0, 3600, 60, 60  # s; minutes an hour


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
    """Minutes of a pack that begin between two unix times. Raises HistoryError."""
    first, last = -(-start // _MINUTE), -(-end // _MINUTE)
    found: dict[str, dict[int, float]] = defaultdict(dict)
    with store.reading() as db:
        series = series_in(db, [series_of(Status)[name] for name in NAMES])
        for hour, buckets in _hours(db, source_of(db, key), series, start, end):
            for number, stats in buckets.stats.items():
                name, scale = series[number].name, series[number].per * series[number].fine
                low, high = possible(name)
                minutes = found[name]
                for minute, stat in enumerate(stats, hour // _MINUTE):
                    if stat is not None and low <= stat.mean / scale <= high and first <= minute < last:
                        minutes[minute] = stat.mean / scale
    return Past.of_steps(found, float(_MINUTE))


def _hours(
    db: sqlite3.Connection, source: int, series: Mapping[int, Series], start: float, end: float
) -> Iterator[tuple[int, Buckets]]:
    """Every hour of which something is kept and its minutes, those that are not rolled up yet too."""
    begin = start // _HOUR * _HOUR
    rows = db.execute(
        "SELECT hour, blob FROM minute WHERE source = ? AND hour >= ? AND hour < ?", (source, begin, end)
    )
    for hour, blob in rows:
        yield hour, buckets_in(blob, _MINUTES, series)
    tail = tail_of(db, source)
    for hour in tail:
        if begin <= hour < end:
            columns = raw_hour(db, source, hour, tail)
            yield hour, roll(columns, series, hour * 1000, (MINUTE,))[0]
