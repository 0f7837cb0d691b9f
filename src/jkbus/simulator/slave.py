"""What a pack answers on the wire: requests, reads and writes of its register map, and the commands.

Quirks of the boards, all from the protocol's documentation: registers are byte offsets, so odd ones are
refused; at most 122 registers are read at once, and nothing past a block's end or in the command block;
what a board does not take is refused with code 2, what it takes but finds wrong with code 3.
"""

from typing import TYPE_CHECKING

from ..protocol.checksum import crc16
from ..protocol.messages import READ, TRIGGERS, WRITE, closing, refusal, reply
from . import mishaps, registers
from .registers import ADDRESS, FUNCTION, Refused

if TYPE_CHECKING:
    from .pack import VirtualPack

MOST_REGISTERS = 122


def answer(pack: "VirtualPack", data: bytes) -> bytes:
    """The answer to one whole message; empty for what is not addressed to this pack or damaged.

    `pack.busy` says afterwards how long the pack hears nothing.
    """
    pack.busy = 0.0
    said = b"" if pack.silent or pack.off else _answer(pack, data)
    if said:
        pack.busy = max(pack.busy, pack.deaf)
    return said


def _answer(pack: "VirtualPack", data: bytes) -> bytes:
    if len(data) < 4 or data[0] != pack.address or crc16(data[:-2]) != data[-2] | data[-1] << 8:
        return b""
    function, register = data[1], data[2] << 8 | data[3]
    try:
        if function == WRITE:
            return _written(pack, data, register)
        if function == READ:
            return _read(pack, data, register)
        if function & 0x80:
            return b""
        raise Refused(FUNCTION)
    except Refused as refused:
        return refusal(pack.address, function, refused.code)


def report(pack: "VirtualPack", type: int) -> bytes:
    """Report and acknowledgement, as one utterance."""
    return padded(pack.frame(type).sealed() + closing(pack.address, type), pack.firmware.padded)


def padded(answer: bytes, wanted: bool) -> bytes:
    """A report's answer with a zero before and behind the acknowledgement, if wanted and not there yet."""
    return answer[:300] + b"\0" + answer[300:] + b"\0" if wanted and len(answer) == 308 else answer


def _written(pack: "VirtualPack", data: bytes, register: int) -> bytes:
    if len(data) < 9 or len(data) != 9 + data[6] or data[6] != 2 * data[5] or data[4]:
        return b""
    values = data[7:-2]
    if register in TRIGGERS and len(values) == 2:
        return report(pack, TRIGGERS[register])
    return mishaps.write(pack, register, values)


def _read(pack: "VirtualPack", data: bytes, register: int) -> bytes:
    if len(data) != 8:
        return b""
    count = data[4] << 8 | data[5]
    if not 0 < count <= MOST_REGISTERS:
        raise Refused(ADDRESS)
    return reply(pack.address, registers.read(pack, register, count))
