"""What comes back of the energy that goes into a pack, between its board's terminals.

Method: between the first and the last full anchor of a stretch heard nearly whole, energy out over energy in,
at least one capacity through. Of its two parts the charge comes back whole in LiFePO4 (99.5 % and more), so a
board whose sensor drifts spoils only that part; the voltage part (mean voltage of discharge over mean voltage
of charge) stays true. `energy` is therefore their product with the charge part set to 0.998.

Error (95 %): 0.5 %, for the voltage's share of an unknown sensor offset and the charge that stays in.
`charge`, told beside it, has the anchors' 1.5 % of a capacity over all that went in, and the sensor's offset.
"""

from dataclasses import dataclass

from .anchors import Anchor
from .counting import Count
from .estimate import Answer, Estimate, Missing
from .nameplate import Nameplate

_KEPT = 0.998  # charge that comes back
_ERROR = 0.005
_CLOSED = 0.015  # of the capacity: how alike two full anchors are


@dataclass(frozen=True, slots=True)
class Efficiency:
    """Shares, 0 to 1: of the energy, and of the charge as the board's sensor counts it."""

    energy: Answer
    charge: Answer


def efficiency(plate: Nameplate, count: Count, found: list[Anchor]) -> Efficiency:
    """Round-trip efficiency; needs two full anchors with a whole capacity charged between them."""
    fulls = [anchor.row for anchor in found if anchor.full]
    first, last = (fulls[0], fulls[-1]) if len(fulls) > 1 else (0, 0)
    ah_in, ah_out, wh_in, wh_out = (
        sums[last] - sums[first]
        for sums in (count.charged, count.discharged, count.energy_in, count.energy_out)
    )
    if ah_in < plate.capacity or not (ah_out > 0 and wh_in > 0 and count.whole(first, last)):
        nothing = Missing(
            f"{plate.capacity:.0f} Ah charged between full charges, heard without gaps, has {ah_in:.0f} Ah"
        )
        return Efficiency(nothing, nothing)
    back = wh_out / ah_out / (wh_in / ah_in) * _KEPT
    cycles = max(1, round(ah_in / plate.capacity))
    return Efficiency(
        Estimate(back, _ERROR, cycles), Estimate(ah_out / ah_in, _CLOSED * plate.capacity / ah_in, cycles)
    )
