"""The packs as one battery: sums, averages and extremes of those that are heard."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..model.pack import Pack


@dataclass(frozen=True, slots=True)
class Totals:
    """What the inverter sees at its terminals. Values are None (pairs: empty) while no pack is heard.

    `state_of_charge` is weighted by capacity, `voltage` is the average of packs in parallel; current and
    power are sums, positive while charging; capacities in Ah, energies in kWh since the gateway counts.
    Cells in V and temperatures in °C are (lowest, highest).
    """

    packs: int
    heard: int
    state_of_charge: float | None
    voltage: float | None
    current: float | None
    power: float | None
    remaining: float
    capacity: float
    charged: float
    discharged: float
    cells: tuple[float, ...]
    temperatures: tuple[float, ...]


def totals(packs: Iterable[Pack]) -> Totals:
    """The sums of these packs; a pack that is silent counts only for the energy it once moved."""
    all_packs = list(packs)
    heard = [pack for pack in all_packs if pack.available]
    status = [pack.status for pack in heard if pack.status is not None]
    capacity = sum(one.full_charge_capacity for one in status)
    remaining = sum(one.remaining_capacity for one in status)
    cells = [volts for pack in heard for volts in pack.cells]
    probes = [value for pack in heard for value in pack.temperatures.values()]
    return Totals(
        packs=len(all_packs),
        heard=len(heard),
        state_of_charge=_average([(one.state_of_charge, one.full_charge_capacity) for one in status]),
        voltage=_average([(one.battery_voltage, 1.0) for one in status]),
        current=sum(one.battery_current for one in status) if status else None,
        power=sum(pack.power or 0.0 for pack in heard) if status else None,
        remaining=remaining,
        capacity=capacity,
        charged=sum(pack.energy.charged for pack in all_packs),
        discharged=sum(pack.energy.discharged for pack in all_packs),
        cells=(min(cells), max(cells)) if cells else (),
        temperatures=(min(probes), max(probes)) if probes else (),
    )


def _average(weighted: list[tuple[float, float]]) -> float | None:
    """The average of (value, weight); of equal weights where all are 0."""
    if not weighted:
        return None
    total = sum(weight for _, weight in weighted)
    if total <= 0:
        return sum(value for value, _ in weighted) / len(weighted)
    return sum(value * weight for value, weight in weighted) / total
