"""The wiring check: from what an ear heard to a verdict that names the fault and its remedy.

Judged is what was heard in the last ten minutes, so that a mended fault is forgotten within the time it takes
to be sure; only whether damage came with the packs is told from the whole hour.
"""

from collections.abc import Iterator

from .contact import no_contact
from .damage import damage, pieces
from .ear import Ear
from .garbage import floating, foreign, garbage
from .masters import two_masters
from .tally import STEP, Step, share, total
from .verdict import Finding, Verdict

RECENT = 600.0  # s
_LISTENED = 10.0  # s: two periods of a JK master, and all addresses asked by us
_HEARD = 20  # reports that say as much as that time
_FLOATING_SHARE = 0.02  # of all bytes, from which an undriven line is worth a word
_FLOATING_LEAST = 100  # bytes
_FLOATS = 0.8  # of the noise that must look like it


def check(ear: Ear) -> Verdict:
    """What is known of the wiring now. Raises nothing, whatever was heard."""
    began = ear.now - RECENT
    steps = ear.tally.since(began)
    recent = total(steps)
    seconds = min(ear.seconds, RECENT)
    findings = [finding for finding in _findings(ear, recent, seconds) if finding is not None]
    if findings:
        return Verdict("bad", findings[0].sentence, ear.seconds, findings)
    if not recent.reports.total():
        return Verdict("unsure", _too_short(ear.seconds, recent), ear.seconds)
    if ear.seconds < _LISTENED and recent.reports.total() < _HEARD:
        return Verdict("unsure", _too_short(ear.seconds, recent), ear.seconds)
    return Verdict("good", _good(total(ear.tally.steps)), ear.seconds)


def _findings(ear: Ear, recent: Step, seconds: float) -> Iterator[Finding | None]:
    """Everything that may be wrong, the cause before what follows from it."""
    if not recent.reports:
        contact = no_contact(ear, recent)
        yield contact
        if contact is None:
            strange = foreign(ear)
            yield strange if strange is not None else garbage(ear, recent)
        return
    if ear.now - (ear.last or 0.0) > STEP and (contact := no_contact(ear, recent)) is not None:
        yield contact
        return
    masters = two_masters(recent, seconds)
    yield masters
    yield foreign(ear)
    if masters is None:
        yield damage(recent, ear.tally.steps)
    yield pieces(recent)
    if recent.stray > max(_FLOATING_LEAST, _FLOATING_SHARE * recent.heard):
        yield floating(recent) if recent.floating >= _FLOATS * recent.stray else None


def _good(hour: Step) -> str:
    packs = len({address for address in hour.reports if address is not None})
    whole, damaged = hour.reports.total(), hour.damaged.total()
    plural = "s" * (packs != 1)
    told = f"The wiring is good: {packs} pack{plural}, {damaged} damaged of {whole + damaged} answers"
    return f"{told} ({100 * share(damaged, whole):.2f} %)." if damaged else f"{told}."


def _too_short(seconds: float, recent: Step) -> str:
    heard = recent.reports.total()
    if seconds == 0:
        return f"Heard {heard} answer{'s' * (heard != 1)}, and no times: too little to judge."
    if recent.heard == 0:
        return f"Listened for only {seconds:.0f} s, and nothing was heard yet."
    answers = f"{heard} answer{'s' * (heard != 1)}"
    return f"Listened for only {seconds:.0f} s and heard {answers}: too little to judge."
