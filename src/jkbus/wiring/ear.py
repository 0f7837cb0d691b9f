"""What the wiring check listens for: bytes that were heard or said, with their time, become counts.

Pure, and apart from the bus: its own framer, so that nothing here can disturb who speaks. Every byte heard is
an echo of ours, part of a message, or noise; noise is looked at for other languages and for known garbage.
"""

from collections import deque

from ..protocol.frames import PREAMBLE
from ..protocol.framing import Framer
from ..protocol.messages import Ack, Message, Noise, Padding, Read, Report, Request, Write
from ..protocol.uart import BAUDRATE
from .foreign import Foreign
from .garble import Words
from .tally import Step, Tally

_ECHO_WITHIN = 0.3  # s after which a repetition of ours is somebody else's
_ANSWER_WITHIN = 0.3  # s in which what is heard belongs to the request before it
_REST = 0.05  # s without a byte that end a word, as for the framer; an adapter holds bytes back for 0.016
_LARGE = 250  # bytes of noise in a row that were a report, though its header is not seen
_PIECES = 1.0  # s in which what follows a report that was cut short is the rest of it
_LOOKED_AT = 3000  # bytes of noise a step that are searched for other languages: that is slow
_SETTINGS = 1
_FLOATING = frozenset([0x00, 0xFF, *(0xFF ^ 1 << bit for bit in range(8))])


class Ear:
    """Listens to one line at `rate` bits a second; bytes may be `late` by so many seconds. Raises nothing."""

    def __init__(self, rate: int = BAUDRATE, late: float = 0.0) -> None:
        self.rate = rate
        self.began: float | None = None
        self.now = 0.0
        self.last: float | None = None  # when a byte was heard last
        self.tally = Tally()
        self.words = Words()
        self.foreign = Foreign()
        self._late = late
        self._framer = Framer(_REST + late)
        self._said: deque[tuple[bytes, float]] = deque(maxlen=32)
        self._asked: tuple[int | None, float] = (None, -1e9)
        self._waiting = -1e9  # until when an answer to us may come
        self._run = self._floating = 0  # bytes of noise in a row, and of them those of an undriven line
        self._headers = self._bad_sums = 0  # in this noise
        self._cut_at = -1e9

    @property
    def seconds(self) -> float:
        """How long it has listened."""
        return 0.0 if self.began is None else self.now - self.began

    def heard(self, data: bytes, now: float) -> None:
        """Bytes came; b"" where only time has passed."""
        step = self._at(now)
        for message in self._framer.poll(now):
            self._take(message, now, step)
        if data:
            if self.last is not None and now - self.last > _REST + self._late:
                self._rest()
            self.last = now
            step.heard += len(data)
            for message in self._framer.feed(data, now):
                self._take(message, now, step)

    def said(self, data: bytes, now: float) -> None:
        """We spoke."""
        step = self._at(now)
        step.said += 1
        self._said.append((data, now))
        self._asked = (data[0] if data else None, now)
        self._waiting = now + _ANSWER_WITHIN + self._late
        if len(data) > 3 and (message := _only(data)) is not None:
            self._framer.asked(data[0], message.type, now)

    def finish(self) -> None:
        """Nothing more will come."""
        for message in self._framer.finish():
            self._take(message, self.now, self._at(self.now))
        self._rest()

    def _at(self, now: float) -> Step:
        self.began = now if self.began is None else self.began
        self.now = max(self.now, now)
        return self.tally.at(self.now)

    def _rest(self) -> None:
        self.words.silence()
        self.foreign.interrupted()
        self._end_run(self.tally.at(self.now))

    def _take(self, message: Message, now: float, step: Step) -> None:
        if isinstance(message, Padding):
            return
        if isinstance(message, Noise):
            self._take_noise(message, now, step)
            return
        self._end_run(step)
        self.foreign.interrupted()
        if isinstance(message, Report):
            self._take_report(message, now, step)
        elif isinstance(message, Request | Write | Read) and self._is_echo(message.data, now):
            step.echo += len(message.data)
        elif isinstance(message, Request):
            self._asked = (message.address, now)
            step.asked[message.data[0], message.type] += 1
            step.collided += now < self._waiting
        elif isinstance(message, Ack):
            self._waiting = -1e9

    def _take_report(self, report: Report, now: float, step: Step) -> None:
        step.reports[report.address] += 1
        self._waiting = -1e9
        unasked = self._asked[0] != 0 or now - self._asked[1] > _ANSWER_WITHIN
        step.beats += report.address == 0 and report.type == _SETTINGS and unasked

    def _take_noise(self, noise: Noise, now: float, step: Step) -> None:
        data = noise.data
        step.noise += len(data)
        step.damaged[self._speaker(now)] += noise.bad_sums
        self._run += len(data)
        self._floating += sum(byte in _FLOATING for byte in data)
        self._headers += data.count(PREAMBLE)
        self._bad_sums += noise.bad_sums
        self.words.feed(data)
        if step.noise <= _LOOKED_AT:
            self.foreign.feed(data)

    def _end_run(self, step: Step) -> None:
        """Noise is over. A header without its 300 bytes was cut short: then bytes came late, not damaged.

        As much as a report, without a header that could be seen, was one all the same.
        """
        if self._headers > self._bad_sums:
            step.cut += self._headers - self._bad_sums
            self._cut_at = self.now
        elif not self._bad_sums and self.now - self._cut_at > _PIECES:
            if self._run >= _LARGE and step.reports:
                step.damaged[self._speaker(self.now)] += 1
            step.stray += self._run
            step.floating += self._floating
        self._run = self._floating = self._headers = self._bad_sums = 0

    def _speaker(self, now: float) -> int | None:
        address, at = self._asked
        return address if now - at <= _ANSWER_WITHIN + self._late else None

    def _is_echo(self, data: bytes, now: float) -> bool:
        for own, at in self._said:
            if own == data and now - at <= _ECHO_WITHIN + self._late:
                self._said.remove((own, at))
                return True
        return False


def _only(data: bytes) -> Request | None:
    """The request that these bytes are, if they are one."""
    messages = [*(framer := Framer()).feed(data), *framer.finish()]
    return messages[0] if len(messages) == 1 and isinstance(messages[0], Request) else None
