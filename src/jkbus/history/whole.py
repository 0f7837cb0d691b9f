"""The battery as a whole, written down as a report of its own, so that it is kept like one of a pack."""

from collections.abc import Iterable
from functools import reduce
from operator import mul, or_

from ..model.alarms import problem
from ..model.pack import Pack
from ..protocol import Status
from ..protocol.fields import Count, Flags, Probe, Quantity
from ..protocol.frames import Frame

KEY = "battery"  # names the whole battery where a pack is named by its key


class Whole(Frame):
    """All packs that are heard, as one: a report that no board sends; current is positive while charging."""

    type = 0x20
    kind = "battery"

    state_of_charge = Quantity(6, "H", "%", per=100)  # of all packs together, weighted by their capacity
    battery_voltage = Quantity(8, "I", "V", per=1000)  # average of the packs, which are in parallel
    battery_current = Quantity(12, "i", "A", per=1000)  # sum
    power = Quantity(16, "i", "W", per=10)  # sum
    remaining_capacity = Quantity(20, "I", "Ah", per=1000)  # sum
    full_charge_capacity = Quantity(24, "I", "Ah", per=1000)  # sum
    cell_voltage_min = Quantity(28, "H", "V", per=1000)  # lowest cell of all packs
    cell_voltage_max = Quantity(30, "H", "V", per=1000)  # highest cell of all packs
    packs_heard = Count(32, "B")
    packs_alarmed = Count(33, "B")  # of these, with an alarm that asks for attention
    alarms = Flags(34, "I")  # set in any pack
    temperature_min = Probe(38, present=0)  # coldest probe of all packs
    temperature_max = Probe(40, present=0)  # hottest probe of all packs
    temperature_sensor_present = Flags(Probe.PRESENCE, "B")


def whole(packs: Iterable[Pack]) -> Whole | None:
    """What these packs are together, of those that are heard.

    None while there is none, or while a damaged report tells of more than a battery can be.
    """
    heard = [pack for pack in packs if pack.available]
    reports = [pack.status for pack in heard if pack.status is not None]
    frame = Whole.blank()
    try:
        _sum_up(frame, reports)
        _look_for_extremes(frame, heard)
    except ValueError:
        return None
    frame.packs_alarmed = sum(1 for report in reports if problem(report))
    frame.alarms = reduce(or_, (report.alarms for report in reports), 0)
    return Whole(frame.sealed()) if reports else None


def _sum_up(frame: Whole, reports: list[Status]) -> None:
    charges = [report.state_of_charge for report in reports]
    full = [report.full_charge_capacity for report in reports]
    volts = [report.battery_voltage for report in reports]
    amperes = [report.battery_current for report in reports]
    weights = full if sum(full) > 0 else [1.0] * len(full)
    frame.packs_heard = len(reports)
    frame.state_of_charge = sum(map(mul, charges, weights)) / max(sum(weights), 1e-3)
    frame.battery_voltage = sum(volts) / max(len(volts), 1)
    frame.battery_current = sum(amperes)
    frame.power = sum(map(mul, volts, amperes))
    frame.remaining_capacity = sum(report.remaining_capacity for report in reports)
    frame.full_charge_capacity = sum(full)


def _look_for_extremes(frame: Whole, packs: list[Pack]) -> None:
    cells = [volts for pack in packs for volts in pack.cells]
    probes = [value for pack in packs for value in pack.temperatures.values()]
    frame.cell_voltage_min, frame.cell_voltage_max = min(cells, default=0.0), max(cells, default=0.0)
    frame.temperature_sensor_present = int(bool(probes))
    frame.temperature_min, frame.temperature_max = min(probes, default=None), max(probes, default=None)
