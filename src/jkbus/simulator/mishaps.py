"""What can go wrong when something is written to a pack; each mishap befalls one write.

deaf             the write is not heard
mute             it is obeyed, but its acknowledgement is lost
ignore           it is acknowledged, but nothing is taken
other            it is acknowledged, but another value is taken: the lowest bit is turned
gone             the pack falls silent before it obeys, for good
("refuse", 2)    it is refused with that exception code
"""

from typing import TYPE_CHECKING

from ..protocol.messages import acknowledgement
from . import registers

if TYPE_CHECKING:
    from .pack import VirtualPack

Mishap = str | tuple[str, int]


def write(pack: "VirtualPack", register: int, values: bytes) -> bytes:
    """Write `values`, as the next mishap has it, and acknowledge. Raises `Refused`."""
    mishap = pack.mishaps.pop(0) if pack.mishaps else ""
    if isinstance(mishap, tuple):
        raise registers.Refused(mishap[1])
    if mishap == "gone":
        pack.silent = True
    if mishap in ("deaf", "gone"):
        return b""
    if mishap == "other":
        values = values[:-1] + bytes([values[-1] ^ 1])
    if mishap != "ignore":
        registers.write(pack, register, values)
    pack.busy = pack.settling
    return b"" if mishap == "mute" else acknowledgement(pack.address, register, len(values) // 2)
