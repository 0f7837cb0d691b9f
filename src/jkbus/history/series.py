"""Which numbers there are in a report, under which names, and how they are read out of many at once.

Every numeric row is a series of its name; rows of many values are one series for each, `cell_voltage_1` and
so on; bits are 0 and 1. A few more follow from these. A number is kept as it stands on the wire, an integer,
and is `raw / per` in `unit`; its mean over a minute or an hour is kept to the `fine`-th part of such a step.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from ..protocol import About, Settings, Status
from ..protocol.fields import Bit, CellVoltages, Field, Float, Opaque, Probe, Quantities, Text
from ..protocol.frames import Frame
from .packing import Columns

Numbers = Sequence[int | None]  # None where there is no sensor, no cell, no number
Read = Callable[[Columns], Numbers]
Place = tuple[int, int]  # offset and width of bytes

_FRAMING = ("preamble", "frame_type", "frame_counter", "checksum")
_FLOAT_PER, _FLOAT_MOST = 1_000_000, 1e9
_CELLS = 32
_MASK: Place = (CellVoltages.MASK, 4)
_VOLTAGE, _CURRENT = Status.row("battery_voltage"), Status.row("battery_current")
_CELL, _HEATING = Status.row("cell_voltage"), Status.row("heating_active")


@dataclass(frozen=True, slots=True)
class Series:
    """A number with a name: `raw / per` in `unit`; its means are counted in steps of `1 / per / fine`.

    `read` takes it out of many records; it follows from the bytes at `places` alone.
    """

    name: str
    unit: str
    per: int
    fine: int
    places: tuple[Place, ...]
    read: Read


_SERIES: dict[type[Frame], Mapping[str, Series]] = {}


def series_of(frame: type[Frame]) -> Mapping[str, Series]:
    """The series of a kind of report, by name, in the order of the bytes; derived ones at the end."""
    if frame not in _SERIES:
        found = [one for row in frame.rows() if row.name not in _FRAMING for one in _of_row(row)]
        found += _derived() if frame is Status else []
        _SERIES[frame] = {one.name: one for one in found}
    return _SERIES[frame]


def frame_with(name: str) -> type[Frame] | None:
    """The kind of a pack's reports that has a series of this name, None if none has."""
    return next((kind for kind in (Status, Settings, About) if name in series_of(kind)), None)


def _of_row(row: Field) -> Iterator[Series]:
    whole, fine = (row.offset, row.size), 100 if row.per == 1 else 10
    if isinstance(row, Opaque | Text):
        return
    if isinstance(row, Float):
        yield Series(row.name, row.unit, _FLOAT_PER, 1, (whole,), partial(_float, row))
    elif isinstance(row, Bit):
        yield Series(row.name, "", 1, fine, (whole,), partial(_bit, row))
    elif isinstance(row, CellVoltages | Quantities):
        read = {"cell_voltage": _cell, "cell_wire_resistance": _wire}.get(row.name, _one)
        for number in range(row.count):
            places = ((row.offset + number * row.width, row.width), (_CELL.offset + number * 2, 2), _MASK)
            yield Series(
                f"{row.name}_{number + 1}", row.unit, row.per, fine, places, partial(read, row, number)
            )
    elif isinstance(row, Probe):
        yield Series(row.name, row.unit, row.per, fine, (whole, (row.PRESENCE, 1)), partial(_probe, row))
    elif row.name == "heating_current":
        yield Series(row.name, row.unit, row.per, fine, (whole, (_HEATING.offset, 1)), partial(_heating, row))
    else:
        yield Series(row.name, row.unit, row.per, fine, (whole,), partial(_one, row, 0))


def _one(row: Field, number: int, columns: Columns) -> Numbers:
    return columns.numbers(row.offset + number * row.width, row.code[-1])


def _float(row: Field, columns: Columns) -> Numbers:
    numbers = columns.numbers(row.offset, row.code)
    return [round(number * _FLOAT_PER) if abs(number) < _FLOAT_MOST else None for number in numbers]


def _bit(row: Field, columns: Columns) -> Numbers:
    byte, bit = divmod(row.bit, 8)
    return [number >> bit & 1 for number in columns.numbers(row.offset + byte, "B")]


def _probe(row: Probe, columns: Columns) -> Numbers:
    numbers, presence = columns.numbers(row.offset, row.code), columns.numbers(row.PRESENCE, "B")
    return [
        number if there & row.present and number != row.ABSENT else None
        for number, there in zip(numbers, presence, strict=True)
    ]


def _cell(row: Field, number: int, columns: Columns) -> Numbers:
    volts = _one(row, number, columns)
    if 0 not in volts:
        return volts
    byte, bit = divmod(number, 8)
    masks = columns.numbers(CellVoltages.MASK + byte, "B")
    return [volt if volt or mask >> bit & 1 else None for volt, mask in zip(volts, masks, strict=True)]


def _wire(row: Field, number: int, columns: Columns) -> Numbers:
    ohms, volts = _one(row, number, columns), _cell(_CELL, number, columns)
    return [None if volt is None else ohm for ohm, volt in zip(ohms, volts, strict=True)]


def _heating(row: Field, columns: Columns) -> Numbers:
    """Boards tell anything there while they do not heat."""
    current, active = columns.numbers(row.offset, row.code), columns.numbers(_HEATING.offset, "B")
    return [number if on else None for number, on in zip(current, active, strict=True)]


def _derived() -> list[Series]:
    cells = ((_CELL.offset, 2 * _CELLS), _MASK)
    both = ((_VOLTAGE.offset, _VOLTAGE.size), (_CURRENT.offset, _CURRENT.size))
    return [
        Series("power", "W", 10, 10, both, _power),
        Series("cell_voltage_min", "V", 1000, 10, cells, partial(_extreme, min)),
        Series("cell_voltage_max", "V", 1000, 10, cells, partial(_extreme, max)),
    ]


def _power(columns: Columns) -> Numbers:
    return [round(watts * 10) for watts in power(columns)]


def power(columns: Columns) -> list[float]:
    """Watts of every Status, positive while charging."""
    volts, amperes = columns.numbers(_VOLTAGE.offset, "I"), columns.numbers(_CURRENT.offset, "i")
    return [volt * ampere / 1e6 for volt, ampere in zip(volts, amperes, strict=True)]


def _extreme(which: Callable[[Iterable[int]], int], columns: Columns) -> Numbers:
    cells = [_cell(_CELL, number, columns) for number in _wired(columns)]
    if cells and not any(None in volts for volts in cells):
        return list(map(which, *cells)) if len(cells) > 1 else cells[0]
    rows = ([volt for volt in row if volt is not None] for row in zip(*cells, strict=True))
    return [which(row) if row else None for row in rows] or [None] * len(columns.times)


def _wired(columns: Columns) -> list[int]:
    """The cells that are wired in any of the reports, counted from 0."""
    first = columns.first()
    moved = not columns.constant(*_MASK)
    return [
        number
        for number in range(_CELLS)
        if moved
        or not columns.constant(_CELL.offset + 2 * number, 2)
        or _cell(_CELL, number, first) != [None]
    ]
