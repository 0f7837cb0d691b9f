"""The RS485-1 port of a virtual pack, set to protocol 001: a second way to the same board."""

from typing import TYPE_CHECKING

from . import slave

if TYPE_CHECKING:
    from .pack import VirtualPack


class Port:
    """Answers triggers, reads and writes at the pack's address, 0 included, on a line of its own.

    Time passes for the pack on its main line only; a master goes on polling there.
    """

    def __init__(self, pack: "VirtualPack") -> None:
        self._pack = pack

    @property
    def address(self) -> int:
        """The pack's."""
        return self._pack.address

    @property
    def silent(self) -> bool:
        """Whether the pack is."""
        return self._pack.silent

    @property
    def turnaround(self) -> tuple[float, float]:
        """The pack's, in s."""
        return self._pack.turnaround

    @property
    def busy(self) -> float:
        """The pack's, in s."""
        return self._pack.busy

    def run(self, now: float) -> None:
        """Nothing: the pack lives on its main line."""

    def hear(self, data: bytes) -> bytes:
        """Answer a whole message from this wire; empty where a real pack would be silent."""
        return slave.answer(self._pack, data)
