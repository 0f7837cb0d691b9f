"""How a pack carries its part beside the others, in sentences."""

from collections.abc import Iterator

from . import contact
from .estimate import Missing
from .findings import ACT, FINE, UNKNOWN, WATCH, Finding, graded
from .nameplate import Nameplate
from .phrases import milliohms, percent
from .sharing import Sharing
from .thresholds import (
    LEAD_HEAT_ACT,
    LEAD_HEAT_WATCH,
    LEAD_OHM_ACT,
    LEAD_OHM_WATCH,
    MOVED_WATCH,
    ROUND_ACT,
    ROUND_AMPERES,
    ROUND_HISTORY,
    ROUND_HOURS,
    TURNED,
)

# contact: kind, what is seen, what to do
_CONTACTS = {
    contact.DISCONNECTED: (
        ACT,
        "carries nothing while the others do, though its board says both MOSFETs are on",
        "check its fuse, breaker and cables; measure before you reconnect, it may be at another voltage",
    ),
    contact.BLIND: (
        ACT,
        "its voltage follows the load, but its board sees no current",
        "its current is not measured, so neither its count nor its over-current protection works: "
        "have the board checked",
    ),
    contact.CHARGE_BLOCKED: (
        ACT,
        "discharges but takes no charge, though its board says its charge MOSFET is on",
        "switch charging off and on; if it stays so, the charge MOSFET does not close",
    ),
    contact.DISCHARGE_BLOCKED: (
        ACT,
        "takes charge but gives none, though its board says its discharge MOSFET is on",
        "switch discharging off and on; if it stays so, the discharge MOSFET does not close",
    ),
    contact.CHARGE_OFF: (
        WATCH,
        "takes no charge: its charge MOSFET is open",
        "see its alarms and its charge switch",
    ),
    contact.DISCHARGE_OFF: (
        WATCH,
        "gives nothing: its discharge MOSFET is open",
        "see its alarms and its discharge switch",
    ),
    contact.BOTH_OFF: (WATCH, "takes no part: both its MOSFETs are open", "see its alarms and its switches"),
}


def sharing_findings(sharing: Sharing | None, plate: Nameplate) -> Iterator[Finding]:
    """Contact, cable, share, circulating current; `sharing` is None for a pack that was heard too little."""
    if sharing is None:
        need = "that the pack is heard at least half of the time that the others are"
        yield Finding(UNKNOWN, "contact", "contact", f"how it shares the current needs {need}")
        return
    yield _contact(sharing)
    if sharing.contact in (contact.CARRIES, contact.UNKNOWN):
        yield _lead(sharing)
    if sharing.contact == contact.CARRIES and sharing.turned >= TURNED:
        yield from _moved(sharing)
    yield _round(sharing, plate)


def _contact(sharing: Sharing) -> Finding:
    if sharing.contact == contact.UNKNOWN:
        need = "20 minutes in which the other packs carry 5 A each while this one is neither full nor empty"
        return Finding(UNKNOWN, "contact", "contact", f"whether it carries its part needs {need}")
    if sharing.contact == contact.CARRIES:
        return Finding(FINE, "contact", "contact", "it carries its part")
    kind, seen, advice = _CONTACTS[sharing.contact]
    apart = f"; its voltage is {sharing.apart:+.2f} V from the others'" if abs(sharing.apart) >= 0.05 else ""
    return Finding(kind, "contact", "contact", f"it {seen.removeprefix('it ')}{apart}", advice)


def _lead(sharing: Sharing) -> Finding:
    if isinstance(sharing.share, Missing) or isinstance(sharing.excess, Missing):
        need = sharing.share.need if isinstance(sharing.share, Missing) else "another pack that carries"
        return Finding(UNKNOWN, "share", "share of current", f"the share needs {need}")
    sentence = (
        f"takes {percent(sharing.share)} of a step of the load, expected are {100 * sharing.expected:.1f} %"
    )
    kinds = {
        graded(sharing.excess.value, LEAD_OHM_WATCH, LEAD_OHM_ACT),
        graded(sharing.loss, LEAD_HEAT_WATCH, LEAD_HEAT_ACT),
    }
    kind = FINE if sharing.excess.low <= 0 else ACT if ACT in kinds else WATCH if WATCH in kinds else FINE
    if kind == FINE:
        return Finding(FINE, "share", "share of current", sentence)
    return Finding(
        kind,
        "cable",
        "cable",
        f"{sentence}: {milliohms(sharing.excess)} more than the others lie between its board and the busbar, "
        f"{sharing.loss:.0f} W at the {sharing.strongest:.0f} A it carried",
        "switch off and check lugs, fuse holder and breaker of this pack: tight, clean, cool under load",
    )


def _moved(sharing: Sharing) -> Iterator[Finding]:
    ratio = sharing.moved / sharing.by_capacity if sharing.by_capacity > 0 else 1.0
    if ratio < MOVED_WATCH:
        yield Finding(
            WATCH,
            "usage",
            "share of charge",
            f"it moves {sharing.moved:.1%} of the charge, by capacity it were {sharing.by_capacity:.1%}",
            "the others wear for it: compare cable lengths, settings and limits with theirs",
        )


def _round(sharing: Sharing, plate: Nameplate) -> Finding:
    turn = sharing.circulation
    if sharing.hours < ROUND_HISTORY:
        sentence = f"current from pack to pack needs {ROUND_HISTORY:.0f} h of history of all packs together"
        return Finding(UNKNOWN, "circulating", "circulating current", sentence)
    word, current = ("takes" if turn.current > 0 else "gives"), abs(turn.current)
    sentence = f"{turn.hours:.1f} h a day it {word} {current:.1f} A while the other packs do the opposite"
    if turn.hours < ROUND_HOURS or (current < ROUND_AMPERES and not turn.steady):
        return Finding(FINE, "circulating", "circulating current", "no lasting current from pack to pack")
    if turn.steady:
        advice = "its current reading is off by this much: calibrate the current in JK's app at rest"
        return Finding(
            WATCH, "sensor", "current sensor", f"{sentence}, always the same: that is no current", advice
        )
    kind = ACT if abs(turn.strongest) >= ROUND_ACT * plate.capacity else WATCH
    advice = "charge all packs full together once; if it returns, compare their cells and charge counts"
    return Finding(
        kind, "circulating", "circulating current", f"{sentence}, {abs(turn.strongest):.0f} A at most", advice
    )
