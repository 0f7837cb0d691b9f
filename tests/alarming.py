"""Virtual packs on a virtual line, a gateway that listens, and the alarms it keeps: in virtual time."""

from pathlib import Path

from jkbus.alarms import CAME, WENT, Alarms, Change, Entry
from jkbus.bus.bus import Bus
from jkbus.config import AlarmsConfig, BusConfig, SecretUrl
from jkbus.model.battery import Battery
from jkbus.model.identity import Identities, Known
from jkbus.simulator import VirtualLine, VirtualPack
from jkbus.simulator.virtual import drive

WALL = 1_790_000_000.0  # in September 2026
RTC_AT_WALL = WALL - 1_577_836_800.0  # what a pack's clock shows then, where local time is UTC


class Scene:
    """`packs` on a line; `pass_` lets time pass; what alarms did is in `changes`."""

    def __init__(self, folder: Path, *packs: VirtualPack, config: AlarmsConfig | None = None) -> None:
        self.folder = folder
        self.config = config or AlarmsConfig()
        self.packs = list(packs)
        self.line = VirtualLine(packs)
        self.now = 0.0
        self.wall_offset = WALL
        self.known: dict[str, Known] = {}
        self.changes: list[Change] = []
        self.begin()

    def begin(self) -> None:
        """A gateway begins, or begins again."""
        self.bus = Bus()
        config = BusConfig(link=SecretUrl("sim:2"), name="bus1")
        self.battery = Battery(Identities([config], self.known))
        self.alarms = Alarms(
            self.battery, [self.bus], self.config, self.folder, lambda: self.now, lambda: self.wall
        )
        self.feed = self.alarms.subscribe()
        self.alarms.start()

    def restart(self, off: float = 0.0) -> None:
        """The gateway is stopped, and begins again so many seconds later."""
        self.alarms.stop()
        self.now += off
        self.line.read(self.now)  # what nobody heard
        self.begin()

    @property
    def wall(self) -> float:
        return self.wall_offset + self.now

    def pass_(self, seconds: int) -> None:
        """Let whole seconds pass."""
        for _ in range(seconds):
            for event in drive(self.bus, self.line, self.now, self.now + 1.0):
                self.battery.apply("bus1", event)
                self.alarms.take("bus1", event)
            self.now += 1.0
            self.alarms.tick()
            self.changes += self.feed.take()

    def key(self, address: int) -> str:
        """The key of the pack at that address."""
        pack = self.battery.pack("bus1", address)
        assert pack is not None and pack.key is not None
        return pack.key

    def told(self, kind: str = "", name: str = "") -> list[Change]:
        """The changes of that kind and of alarms of that name; all if nothing is said."""
        return [c for c in self.changes if kind in ("", c.kind) and name in ("", c.entry.alarm.name)]

    def once(self, name: str) -> Entry:
        """The entry of an alarm that came once and went once."""
        assert [change.kind for change in self.told(name=name)] == [CAME, WENT]
        return self.told(WENT, name)[0].entry

    def came(self, name: str) -> Entry:
        """The entry of an alarm that came once and stands."""
        assert [change.kind for change in self.told(name=name)] == [CAME]
        return self.told(CAME, name)[0].entry


def pack(address: int = 1, *, soc: float = 0.6, firmware: str = "15.41") -> VirtualPack:
    """A pack whose clock is right, at rest."""
    return VirtualPack(address, soc=soc, firmware=firmware, rtc=int(RTC_AT_WALL), name=f"Pack {address}")
