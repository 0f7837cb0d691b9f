"""All packs of all buses, who they are, and who wants to know when they change."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Protocol

from ..bus.events import Event, Heard, NodeChanged
from .energy import Energy
from .pack import GONE, SILENT, Pack

IDENTIFY_WITHIN = 120.0  # s for a found pack to tell its serial number; a JK master's bus of 16 takes 70


class Naming(Protocol):
    """Says who a pack is, from where it was found; see `identity.Identities`."""

    def name(self, bus: str, address: int, serial: str | None) -> tuple[str, str] | None:
        """Key and name given by the configuration or remembered for that serial number; None if unknown."""

    def adopt(self, bus: str, address: int, serial: str | None) -> tuple[str, str]:
        """Key and name for a found pack, remembered from now on."""


class Battery:
    """The packs as one. Events of the buses come in through `apply`, subscribers are woken.

    `packs` are in the order of bus and address. A pack that was found without a name is shown under
    its address until it is identified; outputs that keep history wait for its `key`.
    """

    def __init__(self, naming: Naming) -> None:
        self._naming = naming
        self._packs: dict[tuple[str, int], Pack] = {}
        self._energies: dict[str, Energy] = {}  # by key: it goes where the pack goes
        self._subscriptions: list[Subscription] = []

    @property
    def packs(self) -> list[Pack]:
        """Every pack heard so far, in the order of bus and address."""
        return [self._packs[place] for place in sorted(self._packs)]

    def pack(self, bus: str, address: int) -> Pack | None:
        """The pack last heard at that address."""
        return self._packs.get((bus, address))

    def subscribe(self) -> "Subscription":
        """A new subscription; the packs of now count as changed."""
        subscription = Subscription(self.packs, self._subscriptions.remove)
        self._subscriptions.append(subscription)
        return subscription

    def apply(self, bus: str, event: Event) -> None:
        """Take an event of the bus of that name."""
        if isinstance(event, Heard):
            pack = self._packs.get((bus, event.address)) or self._found(bus, event)
            pack.take(event.report, event.at)
            if pack.key is None or event.report.frame.kind == "about":
                self._identify(pack, event.at)
            self._changed(pack)
        elif isinstance(event, NodeChanged) and (bus, event.address) in self._packs:
            pack = self._packs[bus, event.address]
            if event.before in (SILENT, GONE) and event.state not in (SILENT, GONE):
                pack.returned(event.at)
            pack.state, pack.since = event.state, event.at
            self._changed(pack)

    def _found(self, bus: str, event: Heard) -> Pack:
        pack = Pack(bus, event.address, f"{bus} pack {event.address}", since=event.at, first_heard=event.at)
        self._packs[bus, event.address] = pack
        return pack

    def _identify(self, pack: Pack, now: float) -> None:
        known = self._naming.name(pack.bus, pack.address, pack.serial)
        final = pack.serial or pack.about or pack.address == 0 or now - pack.first_heard > IDENTIFY_WITHIN
        if final and (known is None or self._belongs_to_another(known[0], pack)):
            known = self._naming.adopt(pack.bus, pack.address, pack.serial)
        if known is not None:
            self._let_be(pack, *known)

    def _belongs_to_another(self, key: str, pack: Pack) -> bool:
        """Whether a pack that told the same serial number was there at the same time: then they are two."""
        return any(
            other is not pack
            and other.key == key
            and other.available
            and other.heard_at.get("about", -1e9) >= other.first_heard
            and max(other.heard_at.values()) > pack.first_heard
            for other in self._packs.values()
        )

    def _let_be(self, pack: Pack, key: str, name: str) -> None:
        """Give a pack its key, and the energy of that key; it is not at an older address any more."""
        energy = self._energies.setdefault(key, Energy() if pack.key else pack.energy)
        if energy is not pack.energy and pack.key is None:
            energy.go_on(pack.energy)
        pack.key, pack.name, pack.energy = key, name, energy
        for place, other in list(self._packs.items()):
            if other is not pack and other.key == key:
                other.state = GONE
                del self._packs[place]

    def _changed(self, pack: Pack) -> None:
        for subscription in self._subscriptions:
            subscription.changed(pack)


class Subscription:
    """What changed since the subscriber last looked; the latest wins, so a slow one holds up nobody."""

    def __init__(self, packs: Iterable[Pack], close: Callable[["Subscription"], None]) -> None:
        self._dirty = dict.fromkeys(packs)
        self._event = asyncio.Event()
        self._close = close
        if self._dirty:
            self._event.set()

    def changed(self, pack: Pack) -> None:
        """Mark a pack as changed and wake the subscriber."""
        self._dirty[pack] = None
        self._event.set()

    async def wait(self) -> list[Pack]:
        """The packs that changed since the last call; waits until there is one."""
        await self._event.wait()
        return self.take()

    def take(self) -> list[Pack]:
        """The packs that changed since the last call, without waiting."""
        changed = list(self._dirty)
        self._dirty.clear()
        self._event.clear()
        return changed

    def close(self) -> None:
        """Hear no more."""
        self._close(self)
