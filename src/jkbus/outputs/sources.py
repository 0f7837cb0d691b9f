"""What is published beside packs and buses, and who knows it."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from ..alarms import Alarms
from ..model.energy import Energy
from ..model.pack import Pack
from . import health_rows


class Sources(NamedTuple):
    """Whom to ask; None: nothing of that kind is published.

    `packs`, of which the battery as a whole consists; `energy`, what all of them have charged and discharged,
    which must not jump when one of them is found; `health`, what was found out last.
    """

    packs: Callable[[], Iterable[Pack]] | None = None
    energy: Callable[[], Energy] | None = None
    alarms: Alarms | None = None
    health: health_rows.Source | None = None


NO_SOURCES = Sources()
