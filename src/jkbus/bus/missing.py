"""What cannot be had on a bus as it is, and why."""

from .roles import MASTER, PSEUDO_MASTER, SNIFFER
from .schedule import ABOUT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .bus import Bus

_UNHEARD = 5  # requests beside a master without any answer: the link may be receive-only
_NOBODY = 15  # probes without any answer: every address was tried


def missing(bus: "Bus") -> "list[str]":
    """A sentence for each thing that is missing: what, why, and the way out where there is one."""
    found = []
    slaves = [node for node in bus.nodes.values() if node.address]
    unknown = [node for node in slaves if ABOUT not in node.heard_at]
    if bus.read_only and bus.master_heard is None:
        found.append(
            "packs: this link only listens and nobody else asks them; let it send, or join a JK master's bus"
        )
    elif bus.read_only and unknown:
        found.append(
            "model, serial number and firmware: a JK master does not ask for them and this link only listens"
        )
    elif bus.role == SNIFFER and bus.timing.jitter and bus.master_heard is not None and unknown:
        found.append(
            "model, serial number, firmware and changes: " + bus.reason + "; "
            "bring the network's end nearer to the access point, or use a cable"
        )
    elif bus.role == PSEUDO_MASTER and bus.asked >= _UNHEARD:
        found.append(
            "answers: " + str(bus.asked) + " requests of ours in a row had none; check that the link can send"
        )
    elif bus.role == MASTER and not bus.nodes and bus.asked >= _NOBODY:
        found.append("packs: none answers; swap A and B, check ground, give each pack an address 1 to 15")
    if 0 in bus.nodes and bus.master_heard is not None:
        found.append(
            "model, serial number, firmware and changes of pack 0: a JK master answers nobody on its bus; "
            "give it an address 1 to 15 by DIP switch, or wire its RS485-1 port (protocol 001) "
            "and name that as link: of the pack"
        )
    return found
