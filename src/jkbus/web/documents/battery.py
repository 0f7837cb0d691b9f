"""The battery as a whole: what all packs that are heard are together."""

from typing import Literal

from typing_extensions import TypedDict

from ...alarms.summary import Summary as Standing
from ...model.energy import Energy
from ...outputs.totals import Totals
from .numbers import rounded

SECONDS_AN_HOUR = 3600.0
RESTS_BELOW = 5.0  # W a pack; a board measures a few watts where nothing flows
FAR = 30 * 86400.0  # s beyond which "full" or "empty" says nothing


class Moved(TypedDict):
    """Energy in kWh in and out."""

    charged: float
    discharged: float


class Today(TypedDict):
    """Energy in kWh since local midnight; `known` of these seconds somebody counted."""

    charged: float
    discharged: float
    known: float


class Outlook(TypedDict):
    """In how many seconds the battery is full or empty if it goes on as in the last minute."""

    to: Literal["full", "empty"]
    seconds: float


class Alarms(TypedDict):
    """Alarms that stand and are more than a remark: how many, the worst, and of how many nobody took note."""

    standing: int
    worst: Literal["warning", "protection", "fault"] | None
    unacknowledged: int


class Battery(TypedDict):
    """All packs together. Sums and extremes are of those that are heard, null while none is.

    `packs` are known, `heard` of them tell values of now. Energies are counted by the gateway since it was
    first started, of all packs. `today` is null while it is not known, `outlook` while the battery rests.
    """

    packs: int
    heard: int
    state_of_charge: float | None
    battery_voltage: float | None
    battery_current: float | None
    power: float | None
    remaining_capacity: float | None
    full_charge_capacity: float | None
    cell_voltage_min: float | None
    cell_voltage_max: float | None
    temperature_min: float | None
    temperature_max: float | None
    energy_charged: float
    energy_discharged: float
    today: Today | None
    outlook: Outlook | None
    alarms: Alarms
    at: float


def battery(
    totals: Totals,
    energy: Energy,
    today: Today | None,
    outlook: Outlook | None,
    standing: Standing,
    at: float,
) -> Battery:
    """The document at `at` (unix s). `energy` is what all packs moved so far, see `EnergyMemory.whole`."""
    is_heard = totals.heard > 0
    lowest, highest = _ends(totals.cells)
    coldest, hottest = _ends(totals.temperatures)
    return {
        "packs": totals.packs,
        "heard": totals.heard,
        "state_of_charge": rounded(totals.state_of_charge, 1),
        "battery_voltage": rounded(totals.voltage, 3),
        "battery_current": rounded(totals.current, 3),
        "power": rounded(totals.power, 1),
        "remaining_capacity": rounded(totals.remaining, 3) if is_heard else None,
        "full_charge_capacity": rounded(totals.capacity, 3) if is_heard else None,
        "cell_voltage_min": lowest,
        "cell_voltage_max": highest,
        "temperature_min": coldest,
        "temperature_max": hottest,
        "energy_charged": round(energy.charged, 3),
        "energy_discharged": round(energy.discharged, 3),
        "today": today,
        "outlook": outlook,
        "alarms": alarms(standing),
        "at": round(at, 3),
    }


def alarms(standing: Standing) -> Alarms:
    """What stands, in numbers."""
    words: dict[str, Literal["warning", "protection", "fault"]] = {
        "warning": "warning",
        "protection": "protection",
        "fault": "fault",
    }
    return {
        "standing": standing.standing,
        "worst": words.get(standing.severity),
        "unacknowledged": standing.unacknowledged,
    }


def outlook(totals: Totals, current: float | None) -> Outlook | None:
    """When the battery is full or empty, if `current` (A, smoothed, positive while charging) goes on.

    It is full after (full_charge_capacity - remaining_capacity) / current hours and empty after
    remaining_capacity / -current hours, with the capacities in Ah as the boards tell them. Null while it
    rests: below 5 W a pack, or where it would take more than 30 days.
    """
    if current is None or totals.voltage is None:
        return None
    if abs(current * totals.voltage) < RESTS_BELOW * totals.heard:
        return None
    missing = totals.capacity - totals.remaining if current > 0 else totals.remaining
    seconds = max(0.0, missing) / abs(current) * SECONDS_AN_HOUR
    if seconds > FAR:
        return None
    return {"to": "full" if current > 0 else "empty", "seconds": round(seconds)}


def _ends(pair: tuple[float, ...]) -> tuple[float | None, float | None]:
    return (pair[0], pair[-1]) if pair else (None, None)
