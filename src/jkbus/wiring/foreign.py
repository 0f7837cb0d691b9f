"""Other languages that a pack's port or a neighbour may speak, recognised in bytes that are no JK message.

JK-PB boards let the owner choose a protocol for RS485-1, and some firmware forgets to choose the right one
for RS485-2. What they then speak is told apart by check codes, not by looks.

    Pylontech (RS485 V3.3 and V3.5)   ~, pairs of hex digits in ASCII, a sum of 16 bits, CR
    JK's old language (4G/GPS, 000)   4E 57, a length of two bytes, ... 68, a sum of 16 bits in 4 bytes
    Modbus of others                  address, function 1 to 6, CRC-16: Growatt, Voltronic, PACE, meters

Sources: Pylontech's documents V3.3 and V3.5, JK's "RS485 Communication example", the Modbus specification.
"""

from collections import Counter
from collections.abc import Iterator

from ..protocol.checksum import crc16

PYLON = "Pylontech"
OLD_JK = "JK's old protocol (4G/GPS)"
MODBUS = "Modbus of another device"

_KEPT = 300  # bytes: longer than any message of these
_HEX = frozenset(b"0123456789ABCDEFabcdef")
_LONGEST_TEXT = 4095 + 18
_SHORTEST_TEXT = 18  # characters of a Pylontech message without data
_REQUEST = 8  # bytes of a Modbus request to read


class Foreign:
    """Counts the messages of other languages by their names in `found`."""

    def __init__(self) -> None:
        self.found: Counter[str] = Counter()
        self._bytes = b""

    def feed(self, noise: bytes) -> None:
        """Take bytes that are no JK message, as they came one after another."""
        self._bytes += noise
        while (name_end := _first(self._bytes)) is not None:
            name, end = name_end
            self.found[name] += 1
            self._bytes = self._bytes[end:]
        self._bytes = self._bytes[-_keep(self._bytes) :]

    def interrupted(self) -> None:
        """A JK message came between, or a silence."""
        self._bytes = b""


def _keep(data: bytes) -> int:
    return _LONGEST_TEXT if data[:1] == b"~" else _KEPT


def _first(data: bytes) -> tuple[str, int] | None:
    """The first whole message in other words, and where it ends."""
    for start in range(len(data)):
        for name, end in _at(data, start):
            return name, end
    return None


def _at(data: bytes, start: int) -> Iterator[tuple[str, int]]:
    byte = data[start]
    if byte == 0x7E and (end := _pylon(data, start)):
        yield PYLON, end
    elif data[start : start + 2] == b"NW" and (end := _old_jk(data, start)):
        yield OLD_JK, end
    elif 1 <= byte <= 247 and (end := _modbus(data, start)):
        yield MODBUS, end


def _pylon(data: bytes, start: int) -> int:
    """Where the ASCII message that begins there ends, 0 if there is none with a right sum."""
    end = data.find(b"\r", start, start + _LONGEST_TEXT)
    text = data[start + 1 : end]
    if end < start + _SHORTEST_TEXT - 1 or not _HEX.issuperset(text):
        return 0
    return end + 1 if (sum(text[:-4]) + int(text[-4:], 16)) & 0xFFFF == 0 else 0


def _old_jk(data: bytes, start: int) -> int:
    end = start + 2 + int.from_bytes(data[start + 2 : start + 4], "big")
    message = data[start:end]
    if len(message) < 20 or len(message) != end - start or message[-5] != 0x68:
        return 0
    return end if sum(message[:-4]) & 0xFFFF == int.from_bytes(message[-2:], "big") else 0


def _modbus(data: bytes, start: int) -> int:
    """A request to read, or an answer to one; 0 if no CRC is right."""
    if not 1 <= int.from_bytes(data[start + 1 : start + 2], "big") <= 6:
        return 0
    lengths = [_REQUEST, *([5 + data[start + 2]] if start + 2 < len(data) else [])]
    for length in lengths:
        message = data[start : start + length]
        if len(message) == length and crc16(message[:-2]) == int.from_bytes(message[-2:], "little"):
            return start + length
    return 0
