"""The buses of a configuration and the links to single packs beside them, and which of them leads where."""

import random
from collections.abc import Iterator
from typing import NamedTuple

from ..bus.bus import Bus
from ..bus.timing import Timing
from ..config import BusConfig, Config
from ..model.pack import Pack

_LISTEN = 0.8  # s before the first word of a single command; a JK master never pauses for more than 0.66

# How late bytes may arrive by such a link, in s; a cable has none of it.
_JITTER = {"socket": 0.1, "esphome": 0.3}
# After how long such a link that is dead is known to be, in s: TCP_USER_TIMEOUT of ours, and the keepalive of
# ESPHome's client, 20 s times 4.5. What is said meanwhile may come out late, into a JK master's turn.
_DEAD = {"socket": 25.0, "esphome": 95.0}


class Wire(NamedTuple):
    """A bus, how its link is opened, and `home`: the name of the bus its packs belong to."""

    bus: Bus
    config: BusConfig
    home: str


class Wires:
    """Every wire of a configuration; `buses` are those it names, without the links to a single pack.

    `alone` is for a single command, which listens as shortly as is safe.
    """

    def __init__(self, config: Config, alone: bool = False) -> None:
        self.all = list(_wires(config, alone))
        self.buses = [wire.bus for wire in self.all if wire.bus.name == wire.home]
        self._homes = {wire.bus.name: wire.home for wire in self.all}
        self._main = {bus.name: bus for bus in self.buses}
        self._own = {
            (wire.home, wire.config.packs[0].address): wire.bus
            for wire in self.all
            if wire.bus.name != wire.home
        }

    def home(self, bus: Bus) -> str:
        """The name of the bus to which the packs heard on this one belong."""
        return self._homes[bus.name]

    def route(self, pack: Pack) -> tuple[Bus, int] | None:
        """The bus that leads to a pack, and its address there: its own link, unless only the bus hears it."""
        own, main = self._own.get((pack.bus, pack.address)), self._main.get(pack.bus)
        if own is not None and (pack.address == 0 or _hears(own, pack.address)):
            return own, pack.address
        return None if main is None else (main, pack.address)

    def leads(self, home: str, address: int) -> Bus:
        """The bus that should lead to an address: its own link where it has one."""
        return self._own.get((home, address)) or self._main[home]

    def is_heard_elsewhere(self, bus: Bus, address: int) -> bool:
        """Whether a pack with two ways is alive on the other one: then this one decides nothing."""
        home = self.home(bus)
        own = self._own.get((home, address))
        return own is not None and _hears(self._main[home] if bus is own else own, address)


def bus_for(config: BusConfig, only: int | None = None, alone: bool = False) -> Bus:
    """The bus of a configuration; `only` is the one pack on it, `alone` listens as shortly as is safe."""
    scheme = config.link.partition(":")[0]
    late = {"jitter": _JITTER.get(scheme, 0.0), "dead": _DEAD.get(scheme, 0.0)}
    timing = Timing(**config.timing.model_dump(), **late)
    dither = random.uniform(0, 0.5)  # so that of two gateways on one bus one is the first
    timing.listen = min(timing.listen, _LISTEN + timing.jitter) if alone else timing.listen + dither
    timing.takeover += dither
    return Bus(timing, config.read_only, config.name, only)


def _wires(config: Config, alone: bool) -> Iterator[Wire]:
    """The buses of a configuration, and behind each the links of its own packs."""
    for bus in config.buses:
        yield Wire(bus_for(bus, alone=alone), bus, bus.name)
        for pack in bus.packs:
            if pack.link is not None:
                more = {"name": f"{bus.name}/{pack.name}", "link": pack.link, "packs": (pack,)}
                own = bus.model_copy(update={**more, "read_only": False, "rs485": "auto"})
                yield Wire(bus_for(own, pack.address, alone), own, bus.name)


def _hears(bus: Bus, address: int) -> bool:
    node = bus.nodes.get(address)
    return node is not None and node.alive
