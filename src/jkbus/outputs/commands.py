"""Commands that come by MQTT: read here, carried out as `wishes`."""

import logging
from collections.abc import Callable, Sequence

from ..config.values import slug
from ..config.words import printable, shown
from ..control.desk import Desk
from ..control.outcomes import Who
from ..errors import UsageError
from ..model.battery import Battery
from ..model.pack import Pack
from .controls import ALL_PACKS, LONGEST, Writing, demand
from .publisher import Publisher
from .topics import APPLY_TO_ALL, Topics
from .wishes import Wishes

log = logging.getLogger("jkbus.mqtt")

VIA = Who("mqtt")
STALE = "a retained message is no command, as nobody knows how old it is; send it without retain"


class Commands:
    """Takes messages and hands wishes to the desk; `publisher` tells what became of them.

    `wake` is called with a pack about which something is to be published.
    """

    def __init__(
        self,
        desk: Desk,
        battery: Battery,
        buses: Sequence[str],
        topics: Topics,
        writing: Writing,
        publisher: Publisher,
        wake: Callable[[Pack], None],
    ) -> None:
        self._battery, self._topics, self._writing = battery, topics, writing
        self._publisher, self._wake = publisher, wake
        self._buses = {slug(name): name for name in buses if writing.bus(name)}
        self._stale: set[str] = set()  # topics whose retained message was told of
        self._wishes = Wishes(desk, battery, writing, VIA, publisher.all_packs, self._publish)

    def topics(self) -> set[str]:
        """Where commands are to be heard: of packs that may be written, and of their buses."""
        return {self._topics.command(owner, "+") for owner in (*self._publisher.settable, *self._buses)}

    def take(self, topic: str, payload: bytes, retained: bool) -> None:
        """Take a message that was published at one of the topics."""
        place = self._topics.wished(topic)
        if place is None or (retained and not payload):  # so a retained message is cleared
            return
        owner, name = place[0], printable(place[1])[:LONGEST]
        bus = self._buses.get(owner) if name == APPLY_TO_ALL else None
        pack = next((pack for pack in self._battery.packs if pack.key == owner), None)
        try:
            if retained:
                raise UsageError(f"{name}: {STALE}")
            if bus is not None:
                self._switch(bus, payload)
            elif pack is None:
                raise UsageError(f"there is no pack {shown(owner)}")
            else:
                self._wishes.permit(pack)
                self._wishes.take(pack, *demand(name, payload, self._writing.controls(pack, [f"set_{name}"])))
        except UsageError as error:
            known = retained and topic in self._stale
            log.log(logging.DEBUG if known else logging.WARNING, "%s: %s", printable(topic), error)
            self._stale.update([topic] if retained else ())
            if bus is not None:
                self._publisher.switch(bus, self._publisher.all_packs(bus))
            elif pack is not None:
                self._wishes.refuse(pack, name, error)

    async def close(self) -> None:
        """Give up what is under way."""
        await self._wishes.close()

    def _switch(self, bus: str, payload: bytes) -> None:
        """Let commands be for all packs of the bus, or for one again."""
        _, on = demand(APPLY_TO_ALL, payload, [ALL_PACKS])
        self._publisher.switch(bus, bool(on))
        log.info("%s: a change is for %s from now on", bus, "all packs" if on else "one pack")
        for pack in self._battery.packs:
            if pack.bus == bus:
                self._wake(pack)

    def _publish(self, pack: Pack, text: str) -> None:
        """Publish what became of a command, and the pack's settings as they are."""
        self._publisher.changed(pack.key or "", text)
        self._wake(pack)
