"""Between which temperatures the board lets a pack be charged and discharged."""

from typing_extensions import TypedDict

from ...outputs.facts import Facts

_V19 = (19, 0)  # firmware from which on discharging has a lower limit


class Band(TypedDict):
    """Lowest and highest temperature in °C, null where there is no limit, or none that is known."""

    charge: tuple[float | None, float | None]
    discharge: tuple[float | None, float | None]


def band(probe: str, facts: Facts) -> Band | None:
    """The limits that hold for a probe, by the settings of its pack; None as long as these were not heard.

    The MOSFETs have one upper limit for both directions. Battery probes have none at all where the pack was
    told to ignore its sensors.
    """
    limits = facts.settings
    if not limits:
        return None
    if probe == "mosfet_temperature":
        high = limits["mosfet_overtemperature_protection"]
        return {"charge": (None, high), "discharge": (None, high)}
    if limits["temperature_sensors_disabled"]:
        return None
    cold = limits["discharge_undertemperature_protection"] if (facts.firmware or (0, 0)) >= _V19 else None
    return {
        "charge": (limits["charge_undertemperature_protection"], limits["charge_overtemperature_protection"]),
        "discharge": (cold, limits["discharge_overtemperature_protection"]),
    }
