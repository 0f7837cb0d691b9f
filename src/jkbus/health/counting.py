"""Charge and energy that went through a pack, summed from its history; gaps are counted and not filled."""

from dataclasses import dataclass
from itertools import accumulate

from .past import Column, Past

_WHOLE = 0.98  # share of a span that must have been heard for its sum to be used


@dataclass(frozen=True, slots=True)
class Count:
    """Sums before each row, and one more for the end: net Ah, Ah and Wh in and out, seconds heard."""

    times: Column
    net: Column
    charged: Column
    discharged: Column
    energy_in: Column
    energy_out: Column
    heard: Column

    def whole(self, first: int, last: int) -> bool:
        """Whether nearly everything between two rows was heard."""
        span = self.times[last] - self.times[first]
        return span > 0 and self.heard[last] - self.heard[first] >= _WHOLE * span


def count(past: Past) -> Count:
    """Sum a past up: each row's current and voltage for the time it stands for."""
    hours = [duration / 3600 for duration in past.durations]
    known = [current == current for current in past.current]
    moved = [
        current * hour if there else 0.0
        for current, hour, there in zip(past.current, hours, known, strict=True)
    ]
    energy = [
        charge * volt if volt == volt else 0.0 for charge, volt in zip(moved, past.voltage, strict=True)
    ]
    return Count(
        times=past.times,
        net=_sums(moved),
        charged=_sums([max(0.0, charge) for charge in moved]),
        discharged=_sums([max(0.0, -charge) for charge in moved]),
        energy_in=_sums([max(0.0, each) for each in energy]),
        energy_out=_sums([max(0.0, -each) for each in energy]),
        heard=_sums([hour * 3600 if there else 0.0 for hour, there in zip(hours, known, strict=True)]),
    )


def _sums(values: Column) -> list[float]:
    return list(accumulate(values, initial=0.0))
