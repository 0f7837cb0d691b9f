"""The present values as families of metrics, under the names that Prometheus's conventions make of ours.

`battery_voltage` of a pack becomes `jkbus_pack_voltage_volts{pack,bus}`: whose it is, the name of the row
without `battery_`, and the unit in full. Base units as the conventions want them: SoC as a ratio, Ah as
coulombs, kWh as joules. Cells, temperature probes and alarms are labels. What only grows is a counter;
energy counts from the moment we first saw the pack, since a counter that goes on after a restart, but a
little lower, would be taken for one that began at zero and made all of it at once.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from ..bus.bus import Bus
from ..bus.roles import MASTER, PSEUDO_MASTER, SNIFFER
from ..model.pack import Pack
from .diagnostics import BUS, BusNow, NodeNow
from .entities import ENTITIES, present
from .entity import Entity, Get, titled
from .facts import Facts, Value
from .numbers import TEXTS, WHOLE, numeric, texts_of
from .totals import totals

Family = GaugeMetricFamily | CounterMetricFamily

LASTING = ("availability", "gateway")  # groups that are told of a silent pack too
_UNITS: dict[str, tuple[str, float, float]] = {  # by ours: theirs, and by what to multiply and divide
    "V": ("volts", 1, 1),
    "A": ("amperes", 1, 1),
    "W": ("watts", 1, 1),
    "Ω": ("ohms", 1, 1),
    "°C": ("celsius", 1, 1),
    "%": ("ratio", 1, 100),
    "Ah": ("coulombs", 3600, 1),
    "kWh": ("joules", 3.6e6, 1),
    "B": ("bytes", 1, 1),
    "μs": ("seconds", 1, 1e6),
    "ms": ("seconds", 1, 1000),
    "s": ("seconds", 1, 1),
    "min": ("seconds", 60, 1),
    "h": ("seconds", 3600, 1),
}


@dataclass(frozen=True, slots=True)
class Series:
    """One value as a metric: its family, the label that tells it from others there, and how it is read."""

    family: str
    help: str
    label: str  # cell, sensor, alarm or nothing
    which: str  # the label's value
    counter: bool
    since_seen: bool  # counts from the moment we saw the pack first
    get: Get
    times: float
    per: float

    def number(self, value: Value) -> float | None:
        """A value of ours in their unit."""
        return value * self.times / self.per if isinstance(value, int | float) else None


def series(subject: str, entity: Entity, get: Get) -> Series:
    """How an entity of a subject (pack, battery, bus) is told."""
    name, label, which, title = _labelled(entity)
    unit, times, per = _UNITS[entity.unit] if entity.unit else ("", 1.0, 1.0)
    name = name.removeprefix("battery_")
    if name.endswith("_count"):  # which histograms have to themselves
        name = f"{name.removesuffix('_count')}s"
    return Series(
        family="_".join(part for part in ("jkbus", subject, name, unit) if part),
        help=title,
        label=label,
        which=which,
        counter=entity.state_class == "total_increasing",
        since_seen=entity.key.startswith("energy_"),
        get=get,
        times=times,
        per=per,
    )


def _labelled(entity: Entity) -> tuple[str, str, str, str]:
    """Name, label, its value, and title of an entity; without a label for most."""
    if entity.key != entity.family:
        return entity.family, "cell", entity.key.rpartition("_")[2], titled(entity.family)
    if entity.group == "temperatures" and entity.unit:
        which = entity.key.replace("battery", "").replace("temperature", "").strip("_")
        return "temperature", "sensor", which, "Temperature by sensor"
    if entity.group == "alarms" and entity.key.startswith("alarm_") and entity.platform == "binary_sensor":
        return "alarm_active", "alarm", entity.key.removeprefix("alarm_"), "Whether an alarm is set"
    return entity.key, "", "", entity.title


def _all(subject: str, entities: Iterable[Entity]) -> dict[str, Series]:
    # the bits of all alarms in one number are of no use where each is a series
    return {
        entity.key: series(subject, entity, get)
        for entity, get in numeric(entities)
        if entity.key != "alarms"
    }


PACK = _all("pack", ENTITIES)
BATTERY = _all("battery", WHOLE)
LINE = _all("bus", BUS)


class Exposition:
    """Collects families, pack by pack, so that other work can be done in between."""

    def __init__(self, seen: dict[tuple[str, str], float]) -> None:
        """`seen` keeps what energy was when a pack was seen first, from one collection to the next."""
        self._seen = seen
        self._families: dict[str, Family] = {}
        self._gauge("jkbus_info", "This program", ("version",), (version("jkbus"),), 1)

    @property
    def families(self) -> list[Family]:
        """What was collected."""
        return list(self._families.values())

    def pack(self, pack: Pack, bus: Bus | None, now: float) -> None:
        """Add a pack, once it is known who it is; of a silent one only that it is silent, and the wire."""
        if pack.key is None:
            return
        facts = Facts(pack)
        node = bus.nodes.get(pack.address) if bus is not None else None
        labels = ("pack", "bus"), (pack.key, pack.bus)
        for entity in present(facts):
            one = PACK.get(entity.key)
            if one is None or not (pack.available or entity.group in LASTING):
                continue
            if entity.group != "gateway":
                self._add(one, *labels, one.get(facts))
            elif node is not None:
                self._add(one, *labels, one.get(NodeNow(node, now)))
        texts = texts_of(facts)
        names = ("pack", "bus", "address", "name", *(entity.key for entity in TEXTS))
        values = [pack.key, pack.bus, str(pack.address), *(texts.get(name, "") for name in names[3:])]
        self._gauge("jkbus_pack_info", "Who a pack is", names, values, 1)

    def battery(self, packs: Iterable[Pack]) -> None:
        """Add the packs as one battery; only their number while none is heard."""
        whole = totals(packs)
        for key, one in BATTERY.items():
            if whole.heard or key.startswith("packs"):
                self._add(one, (), (), one.get(whole))

    def bus(self, bus: Bus, now: float) -> None:
        """Add a bus and our role on it."""
        for one in LINE.values():
            self._add(one, ("bus",), (bus.name,), one.get(BusNow(bus, now)))
        for role in (SNIFFER, PSEUDO_MASTER, MASTER):
            text = "Our role, 1 for the present one"
            self._gauge("jkbus_bus_role", text, ("bus", "role"), (bus.name, role), float(role == bus.role))

    def _add(self, one: Series, names: Sequence[str], values: Sequence[str], value: Value) -> None:
        number = one.number(value)
        if number is None:
            return
        if one.label:
            names, values = (*names, one.label), (*values, one.which)
        if one.since_seen:
            number = self._since_seen(values[0], one.family, number)
        kind: Callable[..., Family] = CounterMetricFamily if one.counter else GaugeMetricFamily
        self._family(kind, one.family, one.help, names).add_metric(values, number)

    def _since_seen(self, key: str, family: str, number: float) -> float:
        first = self._seen.setdefault((key, family), number)
        if number < first:
            self._seen[key, family] = first = number
        return number - first

    def _gauge(self, name: str, text: str, names: Sequence[str], values: Sequence[str], value: float) -> None:
        self._family(GaugeMetricFamily, name, text, names).add_metric(values, value)

    def _family(self, kind: Callable[..., Family], name: str, text: str, labels: Sequence[str]) -> Family:
        if name not in self._families:
            self._families[name] = kind(name, text, labels=labels)
        return self._families[name]
