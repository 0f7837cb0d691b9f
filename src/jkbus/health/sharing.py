"""How packs in parallel share a current, against what their capacity and resistance predict.

All packs hang on one busbar, so at a step of the load its voltage changes by the same amount for all of
them: dU = dV + lead · dI, where dV and dI are what a pack's own board measured. The share of a step (dI over
that of all) follows from resistances alone; over hours charge decides too, and the share approaches that of
capacity.

Method: `share` is the least-squares proportion of a pack's steps to the battery's, at steps of 10 A and of
3 A for each pack. `lead`, the resistance between its board and the busbar, follows from the equation above,
with the best pack's lead taken for 1.5 mΩ (MOSFETs, a fuse, two metres of 35 mm², four lugs). `expected` is
the share it would have with the median of all leads.

Needs two packs on one grid of times, and 12 steps in which none is nearly full or empty. Error (95 %): the
scatter; 1 mΩ for the best pack's lead, as many times as that pack carries more; 2 % for the sensors.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from .circulation import Circulation, circulation
from .contact import CARRIES, UNKNOWN, contact
from .estimate import Answer, Estimate, Missing, proportion, together
from .joint import Joint, join
from .nameplate import Nameplate
from .past import NAN, Past
from .steps import in_the_middle, steps

_STEP, _STEP_EACH = 10.0, 3.0  # A
_ENOUGH = 12
_BEST_LEAD, _LEAD_ERROR = 0.0015, 0.001  # Ω
_SENSOR = 0.02


@dataclass(frozen=True, slots=True)
class Sharing:
    """What a pack carries beside the others.

    `contact` is one of the words of that module. `share` and `expected` (0 to 1) are of a step of the load;
    `moved` is the share of all charge moved in `hours`, `turned` how many times that was all capacity, and
    `by_capacity` the pack's share of that. `lead` and `excess` (over the median lead) in Ω, `strongest` in A,
    `apart` in V above the other packs.
    """

    contact: str
    share: Answer
    expected: float
    lead: Answer
    excess: Answer
    strongest: float
    moved: float
    by_capacity: float
    turned: float
    hours: float
    apart: float
    circulation: Circulation

    @property
    def loss(self) -> float:
        """W that the lead burns more than the median lead would, at the strongest current seen."""
        return max(0.0, self.excess.value) * self.strongest**2 if isinstance(self.excess, Estimate) else 0.0


@dataclass(frozen=True, slots=True)
class Response:
    """What a pack does at a step of the battery's current: its share of it, and its V per A of it."""

    share: Estimate
    volts: Estimate


def compare(
    pasts: Mapping[str, Past], plates: Mapping[str, Nameplate], zeros: Mapping[str, Answer] | None = None
) -> dict[str, Sharing]:
    """How each pack shares, by name; packs heard too little are left out, and one alone shares with nobody.

    `zeros` are the offsets of the current sensors in A.
    """
    joint = join(pasts, zeros or {})
    if len(joint.pasts) < 2 or not joint.times:
        return {}
    contacts = {name: contact(joint, name) for name in joint.pasts}
    carrying = [name for name in joint.pasts if contacts[name] in (CARRIES, UNKNOWN)]
    responses = _responses(joint, carrying)
    leads = _leads(responses)
    expected = _expected(responses, leads)
    whole = sum(plates[name].capacity for name in joint.pasts)
    moved = {
        name: sum(abs(value) for value in joint.currents[name] if value == value) for name in joint.pasts
    }
    all_moved = sum(moved.values())
    rounds = circulation(joint.times, joint.currents, joint.step)
    few = Missing(f"{_ENOUGH} steps of the load while no pack is nearly full or empty, in the last days")
    return {
        name: Sharing(
            contact=contacts[name],
            share=responses[name].share if name in responses else few,
            expected=expected.get(name, NAN),
            lead=leads.get(name, few),
            excess=_excess(leads, name) or few,
            strongest=max((abs(value) for value in joint.currents[name] if value == value), default=0.0),
            moved=moved[name] / (all_moved or 1.0),
            by_capacity=plates[name].capacity / whole,
            turned=all_moved * joint.step / 3600 / whole,
            hours=len(joint.times) * joint.step / 3600,
            apart=_apart(joint, name),
            circulation=rounds[name],
        )
        for name in joint.pasts
    }


def _responses(joint: Joint, carrying: Sequence[str]) -> dict[str, Response]:
    """How the carrying packs answer to steps; empty for too few steps."""
    least = max(_STEP, _STEP_EACH * len(carrying))
    found = [
        row
        for row in steps(joint.times, joint.total, joint.step, least)
        if all(in_the_middle(joint.pasts[name], row) for name in carrying)
    ]
    if len(found) < _ENOUGH:
        return {}
    drives = [joint.total[row + 2] - joint.total[row] for row in found]
    responses = {}
    for name in carrying:
        current, voltage = joint.currents[name], joint.pasts[name].voltage
        share = proportion(drives, [current[row + 2] - current[row] for row in found])
        volts = proportion(drives, [voltage[row + 2] - voltage[row] for row in found])
        if share and volts and share.value > share.error:
            responses[name] = Response(share, volts)
    return responses


def _leads(responses: Mapping[str, Response]) -> dict[str, Estimate]:
    """Ω between each pack's board and the busbar."""
    if len(responses) < 2:
        return {}
    best = max(responses.values(), key=lambda each: each.volts.value + _BEST_LEAD * each.share.value)
    busbar = best.volts.value + _BEST_LEAD * best.share.value
    leads = {}
    for name, each in responses.items():
        share = each.share.value
        lead = (busbar - each.volts.value) / share
        doubt = together(best.volts.error, each.volts.error, _SENSOR * busbar) / share
        error = together(doubt, _LEAD_ERROR * best.share.value / share)
        leads[name] = Estimate(lead, error, each.share.count)
    return leads


def _excess(leads: Mapping[str, Estimate], name: str) -> Estimate | None:
    """Ω above the median lead of the other packs."""
    if name not in leads:
        return None
    others = median(lead.value for other, lead in leads.items() if other != name)
    return Estimate(leads[name].value - others, leads[name].error, leads[name].count)


def _expected(responses: Mapping[str, Response], leads: Mapping[str, Estimate]) -> dict[str, float]:
    """The share of each pack if all leads were the median one: resistances alone decide."""
    if not leads:
        return {}
    typical = median(lead.value for lead in leads.values())
    conductance = {
        name: 1 / max(1e-6, each.volts.value / each.share.value + typical) for name, each in responses.items()
    }
    return {name: each / sum(conductance.values()) for name, each in conductance.items()}


def _apart(joint: Joint, name: str) -> float:
    """V by which a pack's voltage was above the median of the others in the last hour together."""
    others = [past.voltage for other, past in joint.pasts.items() if other != name]
    own = joint.pasts[name].voltage
    rows = range(max(0, len(joint.times) - 60), len(joint.times))
    gaps = [own[row] - median(voltage[row] for voltage in others) for row in rows]
    known = [gap for gap in gaps if gap == gap]
    return median(known) if known else NAN
