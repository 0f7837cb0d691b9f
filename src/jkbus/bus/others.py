"""What somebody else has asked last, until it is answered or over."""

from .nodes import Node

_ANSWER_WITHIN = 1.0  # s after which an answer says nothing about latency


class Others:
    """The open request of a JK master, or of whoever else asks: at most one, as on the line."""

    def __init__(self) -> None:
        self._open: tuple[int, int, float] | None = None  # address, type, time

    @property
    def address(self) -> "int | None":
        """Who is asked, None while nobody is."""
        return None if self._open is None else self._open[0]

    def ask(self, address: int, type: int, nodes: "dict[int, Node]", now: float) -> None:
        """A request was heard; if the one before is still open, its pack did not answer."""
        if self._open is not None and self._open[0] in nodes:
            node = nodes[self._open[0]]
            node.timeouts += 1 if node.alive else 0
        self._open = (address, type, now)
        if address in nodes:
            nodes[address].requests += 1

    def answer(self, node: Node, type: int, now: float) -> "float | None":
        """A report was heard: close the request it answers, if any, and tell how long that took in s."""
        if self._open is None or self._open[:2] != (node.address, type):
            return None
        latency = now - self._open[2]
        if latency < _ANSWER_WITHIN:
            node.took(latency)
        self._open = None
        return latency
