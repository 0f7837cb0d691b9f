"""What a pack was told to be: what its history is held against."""

from dataclasses import dataclass

from ..protocol import Settings


@dataclass(frozen=True, slots=True)
class Nameplate:
    """Design `capacity` in Ah; the cell voltages in V at which its board stops charging and discharging."""

    capacity: float
    overvoltage: float = 3.65
    undervoltage: float = 2.6

    @classmethod
    def of(cls, settings: Settings) -> "Nameplate":
        """As its Settings have it."""
        return cls(
            settings.design_capacity,
            settings.cell_overvoltage_protection_voltage,
            settings.cell_undervoltage_protection_voltage,
        )
