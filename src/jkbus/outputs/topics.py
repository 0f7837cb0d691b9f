"""Where everything is published: `root/pack/group`, availability beside it, one state per bus."""

from dataclasses import dataclass
from typing import NamedTuple

from ..config.values import slug

ONLINE, OFFLINE = "online", "offline"
ON, OFF = "ON", "OFF"
PRESS = "PRESS"
APPLY_TO_ALL = "apply_to_all"


class Message(NamedTuple):
    """What is published where; retained messages are kept by the broker for whoever comes later.

    `surely`: the broker has to say that it has it, as it does for those that it keeps.
    """

    topic: str
    payload: str
    retain: bool = False
    surely: bool = False


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

    def alarm(self, owner: str) -> str:
        """Each alarm that comes or goes, as JSON; its owner is a pack by key, a bus by slug, or the whole."""
        return f"{self.root}/{owner}/alarm"

    def alarm_summary(self, owner: str) -> str:
        """The alarms that stand, in one line, as a JSON object; retained."""
        return f"{self.root}/{owner}/alarm_summary"

    def change(self, key: str) -> str:
        """What became of the last command for a pack, as a JSON object."""
        return f"{self.root}/{key}/change"

    def apply_to_all(self, bus: str) -> str:
        """Whether a command for one pack of a bus is for all of them: ON or OFF, retained."""
        return f"{self.root}/{slug(bus)}/{APPLY_TO_ALL}"

    def command(self, owner: str, name: str) -> str:
        """Where a setting of a pack (by its key) or of a bus (by its slug) is wished; `+` for any name."""
        return f"{self.root}/{owner}/set/{name}"

    def wished(self, topic: str) -> tuple[str, str] | None:
        """Owner and name of a command's topic; None for any other topic."""
        owner, found, name = topic.removeprefix(f"{self.root}/").partition("/set/")
        is_ours = topic.startswith(f"{self.root}/") and found and owner and name
        return (owner, name) if is_ours and "/" not in owner + name else None
