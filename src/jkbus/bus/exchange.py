"""A request of ours and how long its answer may take."""

from ..protocol.messages import request
from .timing import BYTE


class Exchange:
    """A request of ours on its way, until `deadline`."""

    def __init__(self, address: int, type: int, now: float, timeout: float) -> None:
        self.address = address
        self.type = type
        self.data = request(address, type)
        self.sent_at = now
        self.deadline = now + 11 * BYTE + timeout + 310 * BYTE
        self.noise = 0  # bytes of it heard so far
