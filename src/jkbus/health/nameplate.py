"""What a pack was told to be: what its history is held against."""

from dataclasses import dataclass

from ..protocol import Settings


@dataclass(frozen=True, slots=True)
class Nameplate:
    """Design `capacity` in Ah, more than 0, and the cell voltage in V at which its board stops charging."""

    capacity: float
    overvoltage: float = 3.65

    @classmethod
    def of(cls, settings: Settings) -> "Nameplate":
        """As its Settings have it."""
        return cls(settings.design_capacity, settings.cell_overvoltage_protection_voltage)
