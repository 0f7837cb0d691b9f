"""What the node lists, whichever way it was chosen, and whose each entity is.

An owner is a pack by its key, a bus, or the battery as a whole.
"""

from collections.abc import Iterable, Mapping

from ..config.values import slug
from ..history.whole import KEY
from ..model.pack import Pack
from ..outputs.facts import Facts
from ..outputs.groups import DEFAULTS, Policy
from .entries import Entry

_BUS = "bus:"


class Listing:
    """The entities by owner. `revision` grows when there are some that were not listed before.

    `policies` say how often a group of values is told, and which changes are too small.
    """

    def __init__(
        self, entries: dict[str, list[Entry]] | None = None, policies: Mapping[str, Policy] = DEFAULTS
    ) -> None:
        self.revision = 0
        self.entries: dict[str, list[Entry]] = entries or {}
        self.policies = policies

    @property
    def all(self) -> list[Entry]:
        """Every entity, whoever owns it."""
        return [entry for entries in self.entries.values() for entry in entries]

    @property
    def devices(self) -> Mapping[int, str]:
        """The devices below the node: number and name."""
        return {}

    def look(self, pack: Pack, facts: Facts) -> None:
        """Let the entities be those that this pack has now, unless they were chosen for good."""

    def find(self, number: int, device: int) -> Entry | None:
        """The entity that a command is for."""
        return next((entry for entry in self.all if (entry.number, entry.device) == (number, device)), None)


def bus_owner(bus: str) -> str:
    """The owner of a bus's entities, never that of a pack."""
    return f"{_BUS}{bus}"


def is_bus(owner: str) -> bool:
    """Whether this is a bus."""
    return owner.startswith(_BUS)


def bus_of(owner: str) -> str:
    """The name of the bus that owns."""
    return owner.removeprefix(_BUS)


def owner_of(subject: str, owners: Iterable[str]) -> str:
    """The owner whose alarms are those of this subject: a pack by its key, a bus by the slug of its name."""
    buses = {slug(bus_of(owner)): owner for owner in owners if is_bus(owner)}
    return buses.get(subject, subject)


def subject_of(owner: str) -> str | None:
    """As alarms call the owner of entities; None for the battery as a whole."""
    if owner == KEY:
        return None
    return slug(bus_of(owner)) if is_bus(owner) else owner
