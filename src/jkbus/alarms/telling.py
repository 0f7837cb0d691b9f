"""What an alarm is about in numbers: the values kept with it, and the sentence that names the culprit."""

from collections.abc import Callable

from ..protocol import Status
from .entry import Values

_PROBES = tuple(
    f"battery_temperature_{number}" for number in (1, 2, 4, 5)
)  # 3 repeats the MOSFET on PB boards
_ALWAYS = ("battery_voltage", "battery_current", "state_of_charge", "charge_mosfet_on", "discharge_mosfet_on")


def values_of(status: Status | None) -> Values:
    """The values that matter to an alarm, by the names they have everywhere; empty where nothing was heard.

    V, A, °C and per cent; cells are numbered from 1.
    """
    if status is None:
        return {}
    values: Values = {name: getattr(status, name) for name in _ALWAYS}
    cells = cells_of(status)
    if cells:
        low, high = min(cells, key=cells.__getitem__), max(cells, key=cells.__getitem__)
        values |= {"cell_voltage_min": cells[low], "cell_voltage_min_cell": low}
        values |= {"cell_voltage_max": cells[high], "cell_voltage_max_cell": high}
    probes = {name: getattr(status, name) for name in ("mosfet_temperature", *_PROBES)}
    return values | {name: value for name, value in probes.items() if value is not None}


def cells_of(status: Status) -> dict[int, float]:
    """Volts of each wired cell by its number from 1."""
    return {number: volts for number, volts in enumerate(status.cell_voltage, 1) if volts is not None}


def detail(name: str, status: Status, before: Status | None = None) -> str:
    """The numbers behind an alarm bit; "" where no number belongs to it. `before` is the Status before it."""
    if name in _CURRENTS:
        currents = [one.battery_current for one in (status, before) if one is not None]
        return f"{max(currents, key=abs):+.1f} A"  # the board has cut it off by the time it tells
    told = _DETAILS.get(name)
    return told(status) if told is not None else ""


def _highest(status: Status) -> str:
    return _cell(status, "max")


def _lowest(status: Status) -> str:
    return _cell(status, "min")


def _cell(status: Status, which: str) -> str:
    values = values_of(status)
    volts = values.get(f"cell_voltage_{which}")
    return "" if volts is None else f"cell {values[f'cell_voltage_{which}_cell']} has {volts:.3f} V"


def _wires(status: Status) -> str:
    mask, ohms = status.cell_wire_resistance_alarm_mask, status.cell_wire_resistance
    bad = [f"that of cell {n + 1} has {ohms[n]:.3f} Ω" for n in range(32) if mask >> n & 1]
    return ", ".join(bad)


def _cells(status: Status) -> str:
    return f"{len(cells_of(status))} cells are wired"


def _voltage(status: Status) -> str:
    return f"{status.battery_voltage:.2f} V"


def _temperatures(status: Status) -> str:
    told = [f"{value:.1f}" for name in _PROBES if (value := getattr(status, name)) is not None]
    return f"the probes tell {', '.join(told)} °C" if told else "no probe tells"


def _mosfet(status: Status) -> str:
    heat = status.mosfet_temperature
    return "" if heat is None else f"the MOSFETs have {heat:.1f} °C"


_DETAILS: dict[str, Callable[[Status], str]] = {
    "alarm_wire_resistance": _wires,
    "alarm_mosfet_overtemperature": _mosfet,
    "alarm_cell_count_mismatch": _cells,
    "alarm_cell_overvoltage_or_full": _highest,
    "cell_overvoltage": _highest,
    "alarm_battery_overvoltage": _voltage,
    "alarm_charge_overtemperature": _temperatures,
    "alarm_charge_undertemperature": _temperatures,
    "alarm_cell_undervoltage": _lowest,
    "alarm_battery_undervoltage": _voltage,
    "alarm_discharge_overtemperature": _temperatures,
    "alarm_battery_overtemperature": _temperatures,
    "alarm_temperature_sensor_fault": _temperatures,
    "alarm_discharge_undertemperature": _temperatures,
}  # fmt: skip
_CURRENTS = {
    "alarm_charge_overcurrent",
    "alarm_charge_short_circuit",
    "alarm_discharge_overcurrent",
    "alarm_discharge_short_circuit",
    "alarm_discharge_overcurrent_2",
    "alarm_discharge_overcurrent_3",
}
