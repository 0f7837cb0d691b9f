"""Two who poll one line: their requests collide, and each damages the answers to the other.

Who speaks is not said on the wire, so it is told by rhythm. A JK master tells its own settings once in 4.4 s
and asks each address for its status once between two of them; it never asks for device info. Two of them tell
twice as often. Somebody else who polls asks although no report of address 0 is heard, or asks again what
the JK master has just asked. One gateway that asks now and then beside a JK master is as it should be.

Nothing may be said on a bus to find this out: all of it is heard.
"""

from .tally import Step
from .verdict import Finding

_PERIOD = 4.4  # s between two tellings of a JK master
_WATCHED = 20.0  # s: less than five periods do not tell a rhythm
_TOO_OFTEN = 1.5  # times as often as one master does it
_REQUESTS = 10  # of somebody else, before he counts as one who polls
_STATUS = 2


def two_masters(recent: Step, seconds: float) -> Finding | None:
    """The finding where more than one polls; `seconds` is the time that `recent` covers."""
    if seconds < _WATCHED:
        return None
    usual = seconds / _PERIOD
    if recent.beats > _TOO_OFTEN * usual + 2:
        return _two_jk(recent, seconds)
    requests = sum(recent.asked.values())
    if requests < _REQUESTS:
        return None
    most = max((count for (_, type), count in recent.asked.items() if type == _STATUS), default=0)
    if recent.beats and most > _TOO_OFTEN * usual + 2:
        return _another(
            f"each address is asked {most / seconds * _PERIOD:.1f} times a period of the JK master"
        )
    if not recent.beats and recent.said >= _REQUESTS:
        return _another(
            f"{requests} requests of somebody who is no JK master beside {recent.said} of ours; "
            f"{recent.collided} of them collided"
        )
    return None


def _two_jk(recent: Step, seconds: float) -> Finding:
    return Finding(
        "two_masters",
        "Two packs are at address 0, and both poll as the master.",
        "Leave one pack at address 0, and give every other an address from 1 to 15 by its DIP switch; then "
        "switch that pack off and on.",
        f"a master told its settings {recent.beats} times in {seconds:.0f} s; one does so every {_PERIOD} s",
        "sure" if recent.beats > 10 else "likely",
    )


def _another(evidence: str) -> Finding:
    return Finding(
        "another_poller",
        "Somebody else polls this line too: another gateway, an ESP32, or JK's program.",
        "Let only one of them ask. Switch the other one off, or let this one only listen: read_only: true.",
        evidence,
        "likely",
    )
