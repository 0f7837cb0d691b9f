"""What we said last and how long its answer may take."""

from .timing import BYTE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .orders import Order


class Exchange:
    """Words of ours on their way, until `deadline`: a request for a report of `type`, or an order's write."""

    def __init__(
        self, address: int, type: int, data: bytes, now: float, timeout: float, order: "Order | None" = None
    ) -> None:
        self.address = address
        self.type = type
        self.data = data
        self.order = order  # whose words these are, if anybody ordered them
        self.is_write = order is not None and data == order.data
        self.sent_at = now
        self.deadline = now + len(data) * BYTE + timeout + 310 * BYTE
        self.noise = 0  # bytes of it heard so far

    def answers(self, address: "int | None", type: int) -> bool:
        """Whether a report from there is what was asked for."""
        return not self.is_write and (self.address, self.type) == (address, type)
