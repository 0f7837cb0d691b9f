"""Where everything is published: `root/pack/group`, availability beside it, one state per bus."""

from dataclasses import dataclass
from typing import NamedTuple

from ..config.values import slug

ONLINE, OFFLINE = "online", "offline"


class Message(NamedTuple):
    """What is published where; retained messages are kept by the broker for whoever comes later."""

    topic: str
    payload: str
    retain: bool = False


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics below a root such as `jkbus`. Packs are named by their key, buses by their name."""

    root: str

    @property
    def gateway(self) -> str:
        """Whether we run: online or offline, retained; the broker says offline if we vanish."""
        return f"{self.root}/availability"

    def availability(self, key: str) -> str:
        """Whether a pack's values are of now: online or offline, retained."""
        return f"{self.root}/{key}/availability"

    def group(self, key: str, group: str) -> str:
        """The values of one group of a pack, as a JSON object."""
        return f"{self.root}/{key}/{group}"

    def bus(self, name: str) -> str:
        """The state of a bus, as a JSON object."""
        return f"{self.root}/{slug(name)}/state"
