"""Which packs may be written to, and what to change where one may not."""

from collections.abc import Callable, Iterable, Mapping

from ..bus.bus import Bus
from ..config import BusConfig, PackConfig, slug
from ..model.pack import HEARD, LATE, Pack

Route = Callable[[Pack], tuple[Bus, int] | None]
"""The bus that leads to a pack (its own link's, where it has one), and its address there."""

_WHERE = "the configuration and restart the gateway, if one runs"


class Permits:
    """Judges packs by the configuration of their buses and by how they are reached now."""

    def __init__(self, buses: Iterable[BusConfig], route: Route) -> None:
        self._buses: Mapping[str, BusConfig] = {bus.name: bus for bus in buses}
        self._route = route

    def forbidden(self, pack: Pack) -> str:
        """Why the pack is never written to as things are set up; "" if it may be."""
        bus, own = self._buses.get(pack.bus), self._config(pack)
        if bus is None:
            return f"{pack.name}: its bus {pack.bus} is not in the configuration any more; add it again"
        if not _allowed(bus, own):
            return f"{pack.name}: changes are switched off; {_remedy(bus, own)}"
        way = self._route(pack)
        if way is None:
            return f"{pack.name}: no link leads to it; check the link of {pack.bus}"
        if way[0].read_only:
            return f"{pack.name}: its link only listens, so nothing can be written; use a link that can send"
        if unasked(pack, way):
            return (
                f"{pack.name}: a pack at address 0 is the master of its bus and answers nobody there; give it"
                " an address 1 to 15 by DIP switch, or wire its RS485-1 port (UART protocol 001) and name"
                " that as link: of the pack in the configuration"
            )
        return ""

    def allows(self, bus: str) -> bool:
        """Whether the configuration lets any pack of the bus of that name be written to."""
        config = self._buses.get(bus)
        return config is not None and (config.writes or any(pack.writes for pack in config.packs))

    def why_not(self, pack: Pack) -> str:
        """Why the pack cannot be written to now, and what to do about it; "" if it can be."""
        if why := self.forbidden(pack):
            return why
        if pack.state not in (HEARD, LATE):
            return f"{pack.name}: it is {pack.state}, nothing was heard from it; check its cable and power"
        if pack.key is None:
            return (
                f"{pack.name}: it has not told who it is yet; try again in two minutes, or name its address"
            )
        return ""

    def _config(self, pack: Pack) -> PackConfig | None:
        bus = self._buses.get(pack.bus)
        for own in bus.packs if bus is not None else ():
            if own.address == pack.address or slug(own.name) == pack.key:
                return own
        return None


def unasked(pack: Pack, way: tuple[Bus, int]) -> bool:
    """Whether this is a JK master on its own bus: it tells of itself and answers nobody."""
    return way[1] == 0 and way[0].name == pack.bus


def _allowed(bus: BusConfig, own: PackConfig | None) -> bool:
    return bus.writes if own is None or own.writes is None else own.writes


def _remedy(bus: BusConfig, own: PackConfig | None) -> str:
    if own is not None and own.writes is False:
        return f"change writes: false to writes: true under the pack {own.name} in {_WHERE}"
    return f"add writes: true to the bus {bus.name} in {_WHERE}"
