"""What of all that people see is a number, for whoever keeps or draws curves; and the battery as a whole."""

from collections.abc import Iterable, Iterator

from ..protocol import About, Settings, Status
from .entities import ENTITIES
from .entity import Entity, Get, derived, grouped
from .facts import Facts, Value

# Rows that are numbers on the wire: what entities tell in words, such as `unknown 7`, is a number here.
_CODES = {
    row.name: frame.kind for frame in (Settings, Status, About) for row in frame.rows() if row.code in "BHI"
}


def number_of(entity: Entity) -> Get | None:
    """How to read an entity as a number, bits as False or True; None for an entity that is a text."""
    if entity.platform == "binary_sensor" or entity.unit or entity.precision is not None:
        return entity.get
    kind = _CODES.get(entity.key)
    return None if kind is None else _code(kind, entity.key)


def numeric(entities: Iterable[Entity]) -> Iterator[tuple[Entity, Get]]:
    """The entities that are numbers, and how each is read."""
    for entity in entities:
        if (get := number_of(entity)) is not None:
            yield entity, get


def texts_of(facts: Facts) -> dict[str, str]:
    """What a pack says of itself in words, by name, and how it is called here."""
    texts = {entity.key: entity.value(facts) for entity in TEXTS}
    return {"name": facts.pack.name, **{key: value for key, value in texts.items() if isinstance(value, str)}}


def _code(kind: str, name: str) -> Get:
    def get(facts: Facts) -> Value:
        number: int | None = getattr(facts, kind).get(name)
        return number

    return get


def _end(of: str, which: int) -> Get:
    """The lowest (0) or highest (-1) of a pair of Totals that is empty while there is none."""
    return lambda totals: getattr(totals, of)[which] if getattr(totals, of) else None


def _total(name: str) -> Get:
    def get(totals: object) -> Value:
        value: float | None = getattr(totals, name)
        return value

    return get


# Of Totals. Energy is not here: packs are found one after the other, and a sum that grows by a whole pack is
# no energy; whoever wants it adds up what came to each pack.
WHOLE = grouped(
    "battery",
    derived("packs", _total("packs"), "Packs known", precision=0),
    derived("packs_heard", _total("heard"), precision=0),
    derived("state_of_charge", _total("state_of_charge"), "SoC", unit="%"),
    derived("battery_voltage", _total("voltage"), "Voltage", unit="V"),
    derived("battery_current", _total("current"), "Current", unit="A"),
    derived("power", _total("power"), unit="W"),
    derived("remaining_capacity", _total("remaining"), unit="Ah"),
    derived("full_charge_capacity", _total("capacity"), unit="Ah"),
    derived("cell_voltage_min", _end("cells", 0), "Lowest cell voltage", unit="V"),
    derived("cell_voltage_max", _end("cells", -1), "Highest cell voltage", unit="V"),
    derived("temperature_min", _end("temperatures", 0), "Lowest temperature", unit="°C"),
    derived("temperature_max", _end("temperatures", -1), "Highest temperature", unit="°C"),
)

TEXTS = tuple(entity for entity in ENTITIES if entity.group == "info" and number_of(entity) is None)
