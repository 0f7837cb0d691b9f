"""What the page is given to show: the gateway, as far as routes may see it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ..alarms import Alarms
from ..bus.bus import Bus
from ..config import Config
from ..control.permits import Permits
from ..control.requests import Doings
from ..model.battery import Battery
from ..model.energy import Energy
from .watched import Watched
from .whole import Whole


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Everything that routes need; whoever needs more adds a field with a default.

    `buses` are those the configuration names. `doings` are the requests of the local API, the only way to
    the past and to changes. `energy` gives the counters of all packs together, `whole` makes the document of
    the battery. `troubles` has a sentence, by name of a bus, where its link cannot be used now. `clock` is
    that of the buses (s) and was at `began` at the start; `wall` gives unix seconds. `watched` shows the
    wires.
    """

    config: Config
    battery: Battery
    buses: Sequence[Bus]
    doings: Doings
    alarms: Alarms
    energy: Callable[[], Energy]
    whole: Whole
    permits: Permits
    clock: Callable[[], float]
    wall: Callable[[], float]
    troubles: Mapping[str, str] = field(default_factory=dict)
    watched: Watched | None = None
    began: float = 0.0
