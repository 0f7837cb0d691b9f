"""Whether a pack takes part: what it carries while the others do, and why it does not.

Looked at are the last 60 rows in which the other packs charge with 5 A each and this one ought to, being
neither full nor at a higher voltage than they, and the last 60 in which they discharge and it ought to. A
pack that carries less than 0.5 A in 19 of 20 of them is idle. Why, is told by what its board says of its
MOSFETs, by whether it is idle both ways, and by whether its voltage follows the others' from row to row:
behind a blown fuse it does not.

A blown fuse, an open breaker and a cable that is off look alike from here, and so does a MOSFET that does not
close, until the other direction was seen.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import median

from .estimate import proportion
from .joint import Joint
from .past import Column, Past

CARRIES = "carries"
CHARGE_OFF, DISCHARGE_OFF, BOTH_OFF = "charge off", "discharge off", "both off"  # its board says so
CHARGE_BLOCKED, DISCHARGE_BLOCKED = (
    "charge blocked",
    "discharge blocked",
)  # its board says on, the other way works
DISCONNECTED = "disconnected"  # its board says on, and nothing flows either way
BLIND = "blind"  # its voltage follows the load, but its board sees no current
UNKNOWN = "unknown"

_OTHERS = 5.0  # A each
_NOTHING = 0.5  # A: boards show less than that as 0, or as noise
_ROWS, _FEWEST = 60, 20
_IDLE = 0.95
_FOLLOWS = 0.4  # of the others' steps in voltage
_FULL_SOC, _FULL_VOLTS = 95.0, 3.39  # %, V: such a pack may stop taking charge
_EMPTY_SOC, _EMPTY_VOLTS = 6.0, 3.05


def contact(joint: Joint, name: str) -> str:
    """Whether a pack carries its part, or why not: one of the words above."""
    past, current = joint.pasts[name], joint.currents[name]
    charging = _recent(joint, name, 1, lambda row: not _is_full(past, row))
    discharging = _recent(joint, name, -1, lambda row: not _is_empty(past, row))
    no_charge, no_discharge = _idle(current, charging), _idle(current, discharging)
    if no_charge is None and no_discharge is None:
        return UNKNOWN
    if not no_charge and not no_discharge:
        return CARRIES
    no_charge_on = bool(no_charge) and _off(past.charge_on, charging)
    no_discharge_on = bool(no_discharge) and _off(past.discharge_on, discharging)
    if no_charge_on or no_discharge_on:
        return BOTH_OFF if no_charge_on and no_discharge_on else CHARGE_OFF if no_charge_on else DISCHARGE_OFF
    if no_charge is False:
        return DISCHARGE_BLOCKED
    if no_discharge is False:
        return CHARGE_BLOCKED
    return BLIND if _follows(joint, name, sorted(charging + discharging)) else DISCONNECTED


def _recent(joint: Joint, name: str, sign: int, usable: Callable[[int], bool]) -> list[int]:
    """The last 60 rows in which the others charge (sign 1) or discharge (-1) and a pack does or ought to.

    None if there are fewer than 20.
    """
    own, least = joint.currents[name], _OTHERS * (len(joint.pasts) - 1)
    volts = joint.pasts[name].voltage
    others = [past.voltage for other, past in joint.pasts.items() if other != name]
    found: list[int] = []
    for row in range(len(joint.times) - 1, -1, -1):
        if not (sign * (joint.total[row] - own[row]) >= least and usable(row)):
            continue
        carries = sign * own[row] >= _NOTHING
        if carries or sign * (median(column[row] for column in others) - volts[row]) >= 0:
            found.append(row)
            if len(found) == _ROWS:
                break
    return found if len(found) >= _FEWEST else []


def _is_full(past: Past, row: int) -> bool:
    return past.soc[row] > _FULL_SOC or past.highest[row] > _FULL_VOLTS


def _is_empty(past: Past, row: int) -> bool:
    return past.soc[row] < _EMPTY_SOC or past.lowest[row] < _EMPTY_VOLTS


def _idle(current: Column, rows: Sequence[int]) -> bool | None:
    """Whether a pack carried nothing in these rows; None where there are none."""
    return sum(abs(current[row]) < _NOTHING for row in rows) >= _IDLE * len(rows) if rows else None


def _off(switch: Column, rows: Sequence[int]) -> bool:
    """Whether the board said off in most of these rows."""
    return sum(switch[row] < 0.5 for row in rows) > len(rows) / 2


def _follows(joint: Joint, name: str, rows: Sequence[int]) -> bool:
    """Whether the voltage of an idle pack moves as the others' do from row to row."""
    own = joint.pasts[name].voltage
    others = [past.voltage for other, past in joint.pasts.items() if other != name]
    pairs = [(before, after) for before, after in pairwise(rows) if after == before + 1]
    drives = [sum(volts[after] - volts[before] for volts in others) / len(others) for before, after in pairs]
    answer = proportion(drives, [own[after] - own[before] for before, after in pairs])
    return answer is not None and answer.low > _FOLLOWS
