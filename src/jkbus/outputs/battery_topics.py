"""What is to be published of the battery as a whole now."""

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from ..history.whole import KEY, Whole, whole
from ..model.energy import Energy
from ..model.pack import Pack
from .entity import Entity, derived, grouped
from .facts import Value
from .groups import Policy, Stream, as_json
from .homeassistant import Discovery
from .pack_topics import REPEATS
from .topics import OFFLINE, ONLINE, Message, Topics

GROUP = "battery"


class WholeNow(NamedTuple):
    """All packs that are heard as one, and what all of them have charged and discharged so far."""

    frame: Whole
    energy: Energy | None


def _now(key: str, title: str = "", unit: str = "", precision: int = 0, **more: Any) -> Entity:
    def get(now: WholeNow) -> Value:
        value: float | None = getattr(now.frame, key)
        return value

    more = {"state_class": "measurement", **more}
    return derived(key, get, title, main=True, unit=unit, precision=precision, **more)


def _energy(of: str) -> Entity:
    def get(now: WholeNow) -> Value:
        return None if now.energy is None else float(getattr(now.energy, of))

    return derived(f"energy_{of}", get, main=True, total=True, unit="kWh", precision=3)


ENERGIES = grouped(GROUP, _energy("charged"), _energy("discharged"))
BATTERY = grouped(
    GROUP,
    _now("state_of_charge", "SoC", "%", 1, device_class="battery"),
    _now("battery_voltage", "Voltage", "V", 2),
    _now("battery_current", "Current", "A", 1),
    _now("power", "", "W"),
    _now("remaining_capacity", "", "Ah", 1),
    _now("cell_voltage_min", "Lowest cell voltage", "V", 3),
    _now("cell_voltage_max", "Highest cell voltage", "V", 3),
    _now("temperature_max", "Highest temperature", "°C", 1),
    _now("packs_heard"),
)


class BatteryTopics:
    """The topics of all packs together: announced once the first of them is heard."""

    def __init__(
        self,
        packs: Callable[[], Iterable[Pack]],
        energy: Callable[[], Energy] | None,
        topics: Topics,
        policy: Policy,
        discovery: Discovery | None,
    ) -> None:
        self.at = -math.inf
        self.announced_at: float | None = None
        self._packs, self._energy = packs, energy
        self._topics, self._discovery = topics, discovery
        self._entities = BATTERY if energy is None else (*BATTERY, *ENERGIES)
        self._stream = Stream(policy)
        self._available: bool | None = None
        self._repeats: list[float] = []

    def forget(self) -> None:
        """Whoever listened is gone: announce and tell everything again."""
        self.at, self.announced_at, self._available = -math.inf, None, None
        self._stream.forget()

    def due(self, now: float) -> Iterator[Message]:
        """Everything that is to be said about the battery now."""
        packs = [pack for pack in self._packs() if pack.available]
        if packs and self.announced_at is None:
            self.announced_at = now
            self._repeats = [now + after for after in REPEATS]
            if self._discovery is not None:
                yield self._discovery.battery(self._entities)
        if bool(packs) != self._available:
            self._available = bool(packs)
            self._stream.forget()
            yield Message(self._topics.availability(KEY), ONLINE if packs else OFFLINE, retain=True)
        if self._repeats and now >= self._repeats[0]:
            self._repeats = [at for at in self._repeats if at > now]
            self._stream.forget()
        yield from self._values(packs, now)
        self.at = min([max(self._stream.ready_at, now + 1.0), *self._repeats[:1]])

    def _values(self, packs: list[Pack], now: float) -> Iterator[Message]:
        frame = whole(packs) if now >= self._stream.ready_at else None
        if frame is not None:
            seen = WholeNow(frame, None if self._energy is None else self._energy())
            values = {entity.key: entity.value(seen) for entity in self._entities}
            if (told := self._stream.offer(values, now)) is not None:
                yield Message(self._topics.group(KEY, "state"), as_json(told))
