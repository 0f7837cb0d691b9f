"""Our three roles on a bus, and what each may say.

    role           may say                 when
    sniffer        nothing                 while it has not listened long enough, or must not send, or
                                           beside a JK master where a network holds words up (see calm.py)
    pseudo-master  one request a period    in the pause after a JK master's own settings report
    master         any request             a gap after the exchange before it

A JK master is heard as a request that is not our own echo, or as a report from address 0. Hearing one makes a
master step back at once, in the middle of whatever it did. It may return when none was heard for the
takeover time, which is longer than any pause of a real one. On a network it is longer by the time in which a
dead link is noticed: silence there may be the network's, and what we then say is heard when nobody knows.
"""

from .calm import Calm
from .timing import Timing

SNIFFER, PSEUDO_MASTER, MASTER = "sniffer", "pseudo-master", "master"

# The pause after the master's settings is 440 to 660 ms; a request 50 ms into it has been answered after 130.
# What a network may hold up without our noticing comes off it.
WINDOW_OPENS, WINDOW_CLOSES, NETWORK_CLOSES = 0.05, 0.2, 0.1


def role_at(
    now: float, started: float, master_heard: "float | None", read_only: bool, timing: Timing, calm: Calm
) -> "tuple[str, str]":
    """Our role at `now`, and the reason in words."""
    takeover = timing.takeover + timing.dead
    beside = master_heard is not None and now - master_heard < takeover
    if read_only:
        heard = "a JK master polls the packs" if beside else "no JK master is heard"
        return SNIFFER, f"this link only listens; {heard}"
    if now - started < timing.listen:
        return SNIFFER, "listening before the first word"
    if beside and not calm.lasts(now):
        return SNIFFER, (
            "a JK master polls the packs; we only listen until this network link has held nothing up "
            f"for {calm.needed / 60:g} min"
        )
    if beside:
        return PSEUDO_MASTER, "a JK master polls the packs; we ask for what it does not"
    if master_heard is None:
        return MASTER, "nobody else polls the packs"
    return MASTER, f"the JK master has been silent for {takeover:.3g} s"
