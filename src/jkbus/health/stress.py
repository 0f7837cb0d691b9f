"""How long a pack was where it ages faster, and how long its balancer worked for which cell.

Hours are summed over the rows a history holds; what was not heard is not guessed, `heard` says how much was.
Error: one row at each crossing of a limit, and the board's 2 mV.

Balancing: a JK board takes from its highest cell and gives to its lowest, so each row's balancing time goes
to these two, in equal parts where several are alike. Error: half an hour and a tenth for cells; the board
tells that it balances and not whom.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .past import Column, Past

HIGH, LOW = 3.60, 2.80  # V of a cell
HOT, FROST = 45.0, 0.0  # °C
STANDING = 95.0  # %
_CHARGING = 1.0  # A
_HOUR = 3600.0
_ALIKE = 1e-4  # V


@dataclass(frozen=True, slots=True)
class Stress:
    """Hours heard, with a cell above 3.60 V or below 2.80 V, above 45 °C, charging in frost, above 95 %."""

    heard: float
    high: float
    low: float
    hot: float
    frost: float
    standing: float


@dataclass(frozen=True, slots=True)
class Balancing:
    """Hours the balancer worked, and for each cell the hours it was taken from and given to."""

    hours: float
    taken: tuple[float, ...]
    given: tuple[float, ...]


def stress(past: Past) -> Stress:
    """Hours beyond each limit."""
    durations = past.durations

    def hours(column: Column, beyond: Callable[[float], bool]) -> float:
        pairs = zip(column, durations, strict=True)
        return sum(duration for value, duration in pairs if beyond(value)) / _HOUR

    cold = [
        temperature if current > _CHARGING else FROST
        for temperature, current in zip(past.temperature, past.current, strict=True)
    ]
    return Stress(
        heard=hours(past.current, lambda value: value == value),
        high=hours(past.highest, lambda value: value >= HIGH),
        low=hours(past.lowest, lambda value: value <= LOW),
        hot=hours(past.temperature, lambda value: value > HOT),
        frost=hours(cold, lambda value: value < FROST),
        standing=hours(past.soc, lambda value: value >= STANDING),
    )


def balancing(past: Past) -> Balancing:
    """Hours of balancing, in all and for each cell."""
    taken, given = [0.0] * len(past.cells), [0.0] * len(past.cells)
    total = 0.0
    for row, (share, duration) in enumerate(zip(past.balancing, past.durations, strict=True)):
        if not share > 0:
            continue
        hours = share * duration / _HOUR
        total += hours
        if past.average[row] == past.average[row]:
            _part(taken, past.cells, row, past.highest[row], hours)
            _part(given, past.cells, row, past.lowest[row], hours)
    return Balancing(total, tuple(taken), tuple(given))


def _part(sums: list[float], cells: Sequence[Column], row: int, volts: float, hours: float) -> None:
    """Add hours to the cells that are at `volts`, in equal parts."""
    there = [number for number, cell in enumerate(cells) if abs(cell[row] - volts) < _ALIKE]
    for number in there:
        sums[number] += hours / len(there)
