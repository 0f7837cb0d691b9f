"""Said by hand: what other speakers put on the line, and a bus that is driven through time."""

from jkbus.bus.bus import Bus
from jkbus.bus.events import Event, Heard, NodeChanged, RoleChanged
from jkbus.protocol import Settings
from jkbus.protocol.messages import REPORTS, closing, request

SETTINGS, STATUS, ABOUT = 1, 2, 3


def answer(address: int, type: int, padded: bool = False) -> bytes:
    """A whole answer: report, acknowledgement, and the zeros some boards put around it."""
    frame = REPORTS[type].blank()
    if isinstance(frame, Settings):
        frame.device_address = address
    zero = b"\0" if padded else b""
    return frame.sealed() + zero + closing(address, type) + zero


def exchange(address: int, type: int) -> bytes:
    """A master's request and the answer to it."""
    return request(address, type) + answer(address, type)


class Conversation:
    """A bus in virtual time: `hear` bytes, let time `pass_`, and look at what it `said` and told."""

    def __init__(self, bus: Bus, now: float = 100.0) -> None:
        self.bus = bus
        self.now = now
        self.said: list[tuple[float, bytes]] = []
        self.events: list[Event] = []
        self._turn(b"")

    def hear(self, data: bytes) -> None:
        """Bytes arrive now."""
        self._turn(data)

    def pass_(self, seconds: float) -> None:
        """Nothing arrives for so long; the bus is woken whenever it wants to be."""
        end = self.now + seconds
        while self.now < end:
            self.now = min(end, max(self.bus.wake_at, self.now + 1e-6))
            self._turn(b"")

    def roles(self) -> list[str]:
        """The roles it took, in order."""
        return [event.role for event in self.events if isinstance(event, RoleChanged)]

    def heard(self) -> list[tuple[int, str]]:
        """Address and kind of every report it attributed."""
        return [(e.address, e.report.frame.kind) for e in self.events if isinstance(e, Heard)]

    def states(self, address: int) -> list[str]:
        """The states a node went through."""
        return [e.state for e in self.events if isinstance(e, NodeChanged) and e.address == address]

    def requests(self) -> list[tuple[int, int]]:
        """Address and register (low byte) of what it said."""
        return [(data[0], data[3]) for _, data in self.said]

    def _turn(self, data: bytes) -> None:
        self.events += self.bus.receive(data, self.now)
        if said := self.bus.poll(self.now):
            self.said.append((self.now, said))


def master_period(conversation: Conversation, slaves: tuple[int, ...] = (1, 2)) -> None:
    """One period of a JK master with its slaves, in its own rhythm; ends right after its own settings."""
    conversation.pass_(0.5)
    for address in range(1, 16):
        conversation.hear(request(address, STATUS))
        if address not in slaves:
            conversation.pass_(0.22)
            continue
        conversation.pass_(0.04)
        conversation.hear(answer(address, STATUS))
        conversation.hear(request(address, SETTINGS))
        conversation.pass_(0.04)
        conversation.hear(answer(address, SETTINGS))
        conversation.pass_(0.18)
    conversation.hear(answer(0, STATUS))
    conversation.pass_(0.03)
    conversation.hear(answer(0, SETTINGS))
