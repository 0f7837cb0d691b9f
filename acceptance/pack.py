"""A pack as Home Assistant shows it."""

import re
from typing import NamedTuple

from .client import Json

CONTROLS = ("number", "switch", "button")
WITHOUT_VALUE = ("button", "event")
HEALTH = re.compile(r"(?<!state_of)_health(_[a-z]+)*$")  # ends ids of what a pack has only once it is known


class Pack(NamedTuple):
    """A pack as Home Assistant shows it: its row of the device registry, the states of enabled entities."""

    device: Json
    states: dict[str, Json | None]

    @property
    def name(self) -> str:
        """The device's name."""
        return str(self.device["name"])

    def dead(self) -> list[str]:
        """Entities without a value; a button that can be pressed has one, and an event yet to come."""
        found = []
        for entity, state in self.states.items():
            none = ("unavailable",) if entity.split(".")[0] in WITHOUT_VALUE else ("unavailable", "unknown")
            if not state or state["state"] in none:
                found.append(entity)
        return found

    def controls(self) -> dict[str, Json | None]:
        """The states of what can be set or pressed, by entity id."""
        return {entity: state for entity, state in self.states.items() if entity.split(".")[0] in CONTROLS}

    def entity(self, short: str) -> str:
        """The id of one of its entities: `number.rs485_bms1_x` for `number.x`."""
        return short.replace(".", f".{re.sub('[^a-z0-9]+', '_', self.name.lower())}_")

    def energies(self) -> list[str]:
        """The entities that count energy."""
        found = []
        for entity, state in self.states.items():
            marks = state["attributes"] if state else {}
            if (marks.get("device_class"), marks.get("state_class")) == ("energy", "total_increasing"):
                found.append(entity)
        return found


def is_health(unique_id: str) -> bool:
    """Whether this is of the health of a pack, which is there only once it is known."""
    return HEALTH.search(unique_id) is not None
