"""Nothing but silence, or nothing but ourselves: the wires do not reach the packs."""

from .ear import Ear
from .tally import Step
from .verdict import Finding

QUIET = 10.0  # s without a byte after which the line counts as dead; a JK master pauses for 0.66 s at most
_ASKED = (
    5  # words of ours without any answer: a third of all addresses; a pack that is there answers the first
)

REMEDY = (
    "Check that the plug sits in RS485-2 (the two sockets side by side), swap A and B, connect ground, "
    "and look whether the packs are on"
)
_PROTOCOL = (
    "give each pack an address of its own, and choose protocol 001 (JK BMS RS485 Modbus) for the port: "
    "firmware from 19.10 on may forget it when the address is changed"
)


def no_contact(ear: Ear, recent: Step) -> Finding | None:
    """The finding where no pack was heard at all: no bytes, only an echo, or requests without answers."""
    if ear.last is None or ear.now - ear.last > QUIET:
        return _silent(ear, recent)
    if recent.reports or recent.noise:
        return None
    if recent.echo and not recent.asked:
        return _echo(recent) if recent.said >= _ASKED else None
    if sum(recent.asked.values()) + recent.said >= _ASKED:
        return _unanswered(recent)
    return None


def _silent(ear: Ear, recent: Step) -> Finding | None:
    if ear.seconds < QUIET:
        return None
    if recent.said < _ASKED:
        return Finding(
            "silent",
            "Not a byte is heard, and nobody was asked.",
            f"Where no JK master (a pack at address 0) polls, packs only speak when asked: let this link ask "
            f"(read_only: false). Else: {REMEDY[0].lower()}{REMEDY[1:]}.",
            f"{_since(ear)}; we only listened",
            "possible",
        )
    return Finding(
        "silent",
        "Not a byte is heard, whatever is asked.",
        f"{REMEDY}; a cable in the wrong socket is as silent as one that is broken. If all of that is "
        f"right, {_PROTOCOL}.",
        f"{_since(ear)}; {recent.said} requests of ours had no answer",
        "sure",
    )


def _since(ear: Ear) -> str:
    quiet = ear.now - (ear.began or 0.0) if ear.last is None else ear.now - ear.last
    return f"no byte for {quiet:.0f} s"


def _echo(recent: Step) -> Finding:
    return Finding(
        "only_echo",
        "Only our own words come back: the adapter works, no pack does.",
        f"The fault lies between the adapter and the packs. {REMEDY}. The rate must be 115200.",
        f"{recent.echo} bytes of our own, none of anybody else; {recent.said} requests without an answer",
        "sure",
    )


def _unanswered(recent: Step) -> Finding:
    asked = sum(recent.asked.values()) + recent.said
    return Finding(
        "unanswered",
        "Requests are heard, and no pack answers them.",
        f"The line carries bytes, so look at the packs: {_PROTOCOL}. Behind a one-way adapter, connect "
        "the wires of the packs too.",
        f"{asked} requests, no answer, no noise",
    )
