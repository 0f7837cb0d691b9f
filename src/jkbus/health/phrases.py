"""Numbers as people read them."""

from .estimate import Estimate


def millivolts(estimate: Estimate) -> str:
    """12 ± 3 mV."""
    return f"{estimate.value * 1000:.0f} ± {max(1.0, estimate.error * 1000):.0f} mV"


def milliohms(estimate: Estimate) -> str:
    """4.21 ± 0.20 mΩ."""
    digits = 2 if abs(estimate.value) >= 0.001 else 3
    return f"{estimate.value * 1000:.{digits}f} ± {estimate.error * 1000:.{digits}f} mΩ"


def percent(estimate: Estimate) -> str:
    """95.4 ± 0.5 %."""
    return f"{estimate.value * 100:.1f} ± {estimate.error * 100:.1f} %"


def many(count: int, one: str) -> str:
    """1 day, 2 days."""
    return f"{count} {one}" if count == 1 else f"{count} {one}s"
