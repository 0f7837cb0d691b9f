"""A stream of bytes becomes messages, and every byte comes out exactly once.

The wire has no delimiter that could be trusted: silence between messages is blurred by USB adapters and
networks, headers occur inside data, and bytes are lost. So the framer looks only at the head of its buffer.
If a message with a right check code stands there, exactly its bytes are taken; if one may still become
whole, it waits; otherwise the head is one byte of noise. When nothing has come for `patience` seconds,
waiting is over and the head is judged as it is.

A report carries no address. Who sent it is known, in this order, from the acknowledgement behind it (found
by its CRC at 300, 301 or 302, since some boards pad with a zero), from the request before it, and for
settings from the address stored in it. Where a network may deliver an answer seconds late, the request
before it proves nothing.
"""

from .checksum import crc16, sum8
from .frames import PREAMBLE, SIZE
from .messages import (
    REFUSED,
    TRIGGERS,
    Ack,
    Message,
    Noise,
    Padding,
    Read,
    Refusal,
    Reply,
    Report,
    Request,
    Write,
)

HIGHEST_ADDRESS = 15  # the DIP switch has four positions
PATIENCE = 0.05  # s of silence after which an unfinished message is given up
CLOSING = 0.02  # s of silence after which a report is taken without its acknowledgement
ANSWER_WITHIN = 0.2  # s after a request in which a report counts as its answer
_NOISE_AT_ONCE = 256  # bytes of noise kept together in one message
_PIECE = 512  # bytes looked at together, so that long junk is not copied for each of its bytes
_CLOSING = b"\x00\x10\x16\x20\x00\x01"  # an acknowledgement; its address and low register byte vary
_WAIT = Message(b"")


class Framer:
    """Cuts a stream into messages: `feed` what was read, `poll` when `wake_at` has come.

    Never raises on any bytes. The messages' data, joined, are the stream. With `now` left at 0 everywhere
    and a last `finish()` it reads recordings that have no times. `prompt` is false where bytes may be late.
    """

    def __init__(self, patience: float = PATIENCE, prompt: bool = True) -> None:
        self.patience = patience
        self._prompt = prompt
        self.closing = max(CLOSING, patience * CLOSING / PATIENCE)
        self._buffer = b""
        self._fed_at = 0.0
        self._out: list[Message] = []
        self._noise = b""
        self._bad_sums = 0
        self._asked: tuple[int, int, float] | None = None  # address, type, time of the last request
        self._padded = False  # the message before was a padded acknowledgement

    @property
    def wake_at(self) -> "float | None":
        """When to poll, if nothing is fed before; None while no byte waits."""
        if not self._buffer:
            return None
        whole = len(self._buffer) >= SIZE and self._buffer[:4] == PREAMBLE
        return self._fed_at + (self.closing if whole else self.patience)

    def asked(self, address: int, type: int, now: float) -> None:
        """Tell of a request that we sent ourselves: the next report may be its answer."""
        self._asked = (address, type, now)

    def feed(self, data: bytes, now: float = 0.0) -> "list[Message]":
        """Take what was read at `now` and return the messages that are complete."""
        out = self.poll(now)
        if data:
            self._fed_at = now
        for start in range(0, len(data), _PIECE):
            self._buffer += bytes(data[start : start + _PIECE])
            out += self._cut(True, True)
        return out

    def poll(self, now: float) -> "list[Message]":
        """Return what silence has decided by `now`."""
        wake = self.wake_at
        if wake is None or now < wake:
            return []
        return self._cut(now < self._fed_at + self.patience, now < self._fed_at + self.closing)

    def finish(self) -> "list[Message]":
        """The stream has ended: return everything that is left."""
        return self._cut(False, False)

    def _cut(self, hold: bool, hold_report: bool) -> "list[Message]":
        """Take messages from the head until one must be waited for or nothing is left.

        `hold`: an unfinished message may still go on; `hold_report`: a whole one may still be acknowledged.
        """
        while self._buffer:
            message = self._head(hold, hold_report)
            if message is _WAIT:
                break
            if message is None:
                self._drop()
            else:
                self._take(message)
                self._note(message)
        self._flush_noise()
        out, self._out = self._out, []
        return out

    def _head(self, hold: bool, hold_report: bool) -> "Message | None":
        """The message at the head, None if there is none, _WAIT if it may still become one."""
        buffer = self._buffer
        if buffer[0] == PREAMBLE[0]:
            if len(buffer) >= SIZE and buffer[:4] == PREAMBLE:
                return self._report(hold_report)
            return _WAIT if hold and buffer[:4] == PREAMBLE[: len(buffer)] else None
        if self._padded and buffer[0] == 0:
            return Padding(buffer[:1])  # at once: nobody speaks for address 0 right behind a slave
        if buffer[0] > HIGHEST_ADDRESS:
            return None
        return self._command(hold)

    def _report(self, hold: bool) -> "Message | None":
        """The whole report at the head, and what closes it.

        An acknowledgement that begins inside the report tells that bytes of it were lost: the sum, which has
        only eight bits, is then right by chance.
        """
        buffer = self._buffer
        if sum8(buffer[: SIZE - 1]) != buffer[SIZE - 1]:
            self._bad_sums += 1
            return None
        for start in range(SIZE - 8, SIZE + 3):
            tail = buffer[start : start + 8]
            if len(tail) < 8:
                if hold and _may_close(tail):
                    return _WAIT
            elif _may_close(tail) and _valid(tail):
                if start < SIZE:
                    self._bad_sums += 1
                    return None
                if TRIGGERS.get(tail[2] << 8 | tail[3]) == buffer[4]:
                    report = Report(buffer[:SIZE], tail[0], "acknowledgement")
                    return self._closed(report, start - SIZE)
        report = Report(buffer[:SIZE])
        self._infer(report)
        return report

    def _closed(self, report: Report, gap: int) -> Message:
        self._take(report)
        if gap:
            self._take(Padding(self._buffer[:gap]))
        self._padded = gap > 0
        return Ack(self._buffer[:8])

    def _infer(self, report: Report) -> None:
        asked = self._asked if self._prompt else None
        if asked is not None and asked[1] == report.type and self._fed_at - asked[2] <= ANSWER_WITHIN:
            report.address, report.evidence = asked[0], "request"
        elif report.type == 1 and report.data[270] <= HIGHEST_ADDRESS:
            report.address, report.evidence = report.data[270], "settings"

    def _command(self, hold: bool) -> "Message | None":
        """A command at the head: of the lengths its function allows, the first whose CRC is right."""
        buffer = self._buffer
        if len(buffer) < 3:
            possible = len(buffer) < 2 or buffer[1] & ~REFUSED in (0x03, 0x10)
            return _WAIT if hold and possible else None
        waiting = False
        for length, build in _lengths(buffer):
            if len(buffer) < length:
                waiting = True
            elif _valid(buffer[:length]):
                return build(buffer[:length])
        return _WAIT if hold and waiting else None

    def _note(self, message: Message) -> None:
        """Remember what the next message must be read with."""
        if isinstance(message, Request) and message.address is not None:
            self._asked = (message.address, message.type, self._fed_at)
        elif isinstance(message, (Ack, Report)):
            self._asked = None
        if not isinstance(message, Ack):
            self._padded = False

    def _take(self, message: Message) -> None:
        self._flush_noise()
        self._out.append(message)
        self._buffer = self._buffer[len(message.data) :]

    def _drop(self) -> None:
        self._noise += self._buffer[:1]
        self._buffer = self._buffer[1:]
        if len(self._noise) >= _NOISE_AT_ONCE:
            self._flush_noise()

    def _flush_noise(self) -> None:
        if self._noise:
            self._out.append(Noise(self._noise, self._bad_sums))
            self._noise, self._bad_sums = b"", 0


def _lengths(buffer: bytes) -> "list[tuple[int, type[Message]]]":
    """Lengths that a command with this beginning may have, and what it then is."""
    function = buffer[1]
    if function in (0x83, 0x90):
        return [(5, Refusal)]
    if function == 0x03:
        return [(8, Read), (5 + buffer[2], Reply)]
    if function != 0x10:
        return []
    lengths: list[tuple[int, type[Message]]] = [(8, Ack)]
    if len(buffer) < 7:
        return lengths
    registers = buffer[4] << 8 | buffer[5]
    if buffer[6] == 2 * registers:
        trigger = registers == 1 and buffer[2] << 8 | buffer[3] in TRIGGERS
        lengths.append((9 + buffer[6], Request if trigger else Write))
    return lengths


def _valid(data: bytes) -> bool:
    return crc16(data[:-2]) == data[-2] | data[-1] << 8


def _may_close(tail: bytes) -> bool:
    """Whether these bytes begin like the acknowledgement of a request."""
    for place, byte in enumerate(tail[:6]):
        if byte > HIGHEST_ADDRESS if place == 0 else place != 3 and byte != _CLOSING[place]:
            return False
    return True
