"""A pack as Home Assistant shows it."""

import re
from typing import NamedTuple

from .client import Json

CONTROLS = ("number", "switch", "button")


class Pack(NamedTuple):
    """A pack as Home Assistant shows it: its row of the device registry, the states of enabled entities."""

    device: Json
    states: dict[str, Json | None]

    @property
    def name(self) -> str:
        """The device's name."""
        return str(self.device["name"])

    def live(self) -> int:
        """How many entities have a value; a button that can be pressed counts as one."""
        shown = [(entity, state["state"]) for entity, state in self.states.items() if state]
        buttons = [entity for entity, value in shown if entity.startswith("button.") and value == "unknown"]
        return len(buttons) + sum(value not in ("unavailable", "unknown") for _, value in shown)

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
