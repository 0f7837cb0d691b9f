"""What a capture must not tell is blanked: PINs, passwords, serial numbers, names and texts of the owner.

An About report carries them in clear text; function 03 reads them and function 10 writes them register by
register. Every byte of these fields that is not zero becomes `X` and the check code is set again, so that
the capture still reads as what it was. Where the bytes are damaged we cannot know what they are:

- behind the header of an About whose checksum is wrong, the place of these fields is blanked, and some more;
- in all noise, four or more printable bytes in a row are blanked: a text that lost its header looks so, and
  numbers hardly ever do. The checksum of a damaged report moves along: it stays as wrong as it was;
- a reply (function 03) whose read was not heard is blanked altogether: nobody could tell what it says.

Not promised: a text of three characters that lost its header, and one that a report lost bytes in front of
and still has a right checksum (one damaged report in 256), stay readable.
"""

from __future__ import annotations

from jkbus.protocol.about import About
from jkbus.protocol.frames import PREAMBLE, SIZE, Frame
from jkbus.protocol.framing import Framer
from jkbus.protocol.messages import (
    REPORTS,
    Message,
    Noise,
    Padding,
    Read,
    Refusal,
    Reply,
    Report,
    Write,
    command,
)

PRIVATE = ("device_name", "device_password", "serial_number", "user_data", "setup_password", "user_data_2")
PATIENCE = 1.0  # s; more than a bus takes, so that no report counts as damaged because a network stalled
READ_WITHIN = 2.0  # s in which a reply belongs to a read
MASK = ord("X")
TEXT = 4  # printable bytes in a row that are taken for a text

_ROWS = [About.row(name) for name in PRIVATE]
_OFFSETS = frozenset(place for row in _ROWS for place in range(row.offset, row.offset + row.size))
_DAMAGED = range(min(_OFFSETS), max(_OFFSETS) + 33)  # fields may have been pushed back by another's words
_REGISTERS = frozenset(About.block + offset - 6 for offset in _OFFSETS)
_HEADER = PREAMBLE + bytes([About.type])

Reads = dict[int, tuple[int, int, float]]  # by address: register, count and time of the last read


class Blanker:
    """Blanks one direction of a stream: as many bytes come out as go in, somewhat later."""

    def __init__(self, reads: Reads) -> None:
        self._framer = Framer(PATIENCE)
        self._reads = reads  # shared by both directions: our read is said, its reply is heard
        self._noise = _NoiseBlanker()

    def feed(self, data: bytes, now: float) -> bytes:
        """Take what was read at `now`, if anything; return the bytes about which everything is decided."""
        found = self._framer.feed(data, now) if data else self._framer.poll(now)
        return b"".join(self._blanked(message, now) for message in found)

    def finish(self) -> bytes:
        """The stream has ended: return what is left."""
        rest = [self._blanked(message, 0.0) for message in self._framer.finish()]
        return b"".join(rest) + self._noise.interrupted(b"")

    def _blanked(self, message: Message, now: float) -> bytes:
        if isinstance(message, Noise):
            if not isinstance(message, Padding):
                self._reads.clear()
            return self._noise.feed(message.data)
        return self._noise.interrupted(message.data) + self._decided(message, now)

    def _decided(self, message: Message, now: float) -> bytes:
        if isinstance(message, Report):
            return _blanked_report(message)
        if isinstance(message, Read):
            self._reads[message.data[0]] = message.register, message.count, now
        elif isinstance(message, Refusal):
            self._reads.pop(message.data[0], None)
        elif isinstance(message, Reply):
            return self._blanked_reply(message, now)
        elif isinstance(message, Write):
            return command(message.data[:7] + _masked(message.values, message.register, _REGISTERS))
        return message.data

    def _blanked_reply(self, reply: Reply, now: float) -> bytes:
        register, count, at = self._reads.pop(reply.data[0], (0, 0, 0.0))
        if len(reply.values) == 2 * count and now - at <= READ_WITHIN:
            values = _masked(reply.values, register, _REGISTERS)
        else:
            values = bytes(MASK if byte else 0 for byte in reply.values)
        return command(reply.data[:3] + values)


def _masked(data: bytes, start: int, private: frozenset[int]) -> bytes:
    """`data`, whose first byte lies at `start`, without what lies at private places."""
    return bytes(MASK if byte and place in private else byte for place, byte in enumerate(data, start))


def _blanked_report(report: Report) -> bytes:
    if report.type == About.type:
        return About(_masked(report.data, 0, _OFFSETS)).sealed()
    if report.type in REPORTS:
        return report.data
    noise = _NoiseBlanker()
    return Frame(noise.feed(report.data) + noise.interrupted(b"")).sealed()


class _NoiseBlanker:
    """Blanks texts in bytes that are no messages, and About fields by their distance from a header."""

    def __init__(self) -> None:
        self._tail = b""  # the last bytes, to find a header in
        self._offset = SIZE  # of the next byte in a damaged About; SIZE or more outside of one
        self._shift = 0  # how much the sum of that report has changed
        self._text = b""  # printable bytes that are not yet enough to be a text
        self._in_text = False

    def feed(self, noise: bytes) -> bytes:
        out = bytearray()
        for byte in noise:
            if self._offset == SIZE - 1:
                out += self._end_text()
                out.append((byte + self._shift) & 0xFF)
            elif byte and self._offset in _DAMAGED:
                out += self._begin_text(self._text + bytes([byte]))
            elif 0x20 <= byte < 0x7F:
                out += self._letter(byte)
            else:
                out += self._end_text()
                out.append(byte)
            self._look_for_header(byte)
        return bytes(out)

    def interrupted(self, message: bytes) -> bytes:
        """A whole message comes between: return what was undecided."""
        self._offset += len(message)
        self._tail = b""
        return self._end_text()

    def _look_for_header(self, byte: int) -> None:
        self._offset += 1
        self._tail = self._tail[-len(_HEADER) + 1 :] + bytes([byte])
        if self._tail == _HEADER:
            self._offset, self._shift = len(_HEADER), 0

    def _letter(self, byte: int) -> bytes:
        text = self._text + bytes([byte])
        if self._in_text or len(text) >= TEXT:
            return self._begin_text(text)
        self._text = text
        return b""

    def _begin_text(self, text: bytes) -> bytes:
        self._text, self._in_text = b"", True
        self._shift += MASK * len(text) - sum(text)
        return bytes([MASK]) * len(text)

    def _end_text(self) -> bytes:
        text, self._text, self._in_text = self._text, b"", False
        return text
