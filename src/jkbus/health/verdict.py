"""What was found out about the health of all packs, and when."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from ..history.query import sources
from ..history.store import Store
from .gather import gather
from .report import Health


@dataclass(frozen=True, slots=True)
class Verdict:
    """How healthy packs were at `at` (unix s), by key; their names; and the s it took to find out."""

    at: float
    took: float
    names: Mapping[str, str]
    health: Health


def verdict(store: Store, now: float) -> Verdict:
    """Examine all packs of a history. Raises HistoryError."""
    begin = time.perf_counter()
    found = gather(store, now)
    names = {source.key: source.name for source in sources(store)}
    return Verdict(now, time.perf_counter() - begin, names, found)
