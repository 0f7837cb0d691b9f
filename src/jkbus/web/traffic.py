"""The traffic of a line in words, for everybody who looks at it at the moment; without secrets.

Bytes are blanked before they are cut into messages, as for a recording, so nothing that is shown here, in
words or in hex, can tell what a recording would not. While nobody looks, nothing is done.
"""

import json
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from ..outputs.traffic import FROM, TO, detail, direction, ends, kind, plain
from ..protocol import Framer, Message
from ..protocol.messages import Noise, Padding, Request
from ..wiring.watch import Chunk, Watch

Blank = Callable[[bytes, float], bytes]
Blanks = Callable[[], tuple[Blank, Blank]]

KEPT = 300  # messages
_NOISE = 2000  # bytes of noise that are one line
_OVER = 0.2  # s without more after which noise has ended
_ECHO = 0.3  # s after which a repetition of our words is no echo
_WAYS = {FROM: "from", TO: "to"}


class Line(NamedTuple):
    """A message with its number and its time in unix seconds; `ours` if we said it."""

    number: int
    at: float
    message: Message
    ours: bool

    def document(self) -> dict[str, object]:
        """As the stream tells it: `way` is to a pack, from it, or neither."""
        message = self.message
        return {
            "number": self.number,
            "at": round(self.at, 3),
            "way": _WAYS.get(direction(message)[0], "none"),
            "kind": kind(message),
            "address": message.address,
            "text": detail(message, plain),
            "hex": ends(message.data),
            "ours": self.ours,
        }

    def event(self) -> bytes:
        """As a server-sent event."""
        text = json.dumps(self.document(), ensure_ascii=False, allow_nan=False)
        return f"event: message\nid: {self.number}\ndata: {text}\n\n".encode()


class Traffic:
    """The messages of a line while somebody looks: `kept` are the last, `listeners` hear each new one."""

    def __init__(self, watch: Watch, blanks: Blanks, wall: Callable[[float], float]) -> None:
        """`wall` turns a time of the bus's clock into unix seconds."""
        self.kept: deque[Line] = deque(maxlen=KEPT)
        self.listeners: list[Callable[[Line], None]] = []
        self._watch, self._wall = watch, wall
        self._blank_heard, self._blank_said = blanks()
        self._framer = Framer(0.05 + watch.bus.timing.jitter)
        self._number = 0
        self._said: tuple[bytes, float] = (b"", -1e9)
        self._noise: list[Noise] = []
        self._noise_at = -1e9
        for chunk in list(watch.recent):
            self._take(chunk)
        watch.listeners.append(self._take)

    def close(self) -> None:
        """Nobody looks any more."""
        self._watch.listeners.remove(self._take)

    def _take(self, chunk: Chunk) -> None:
        if chunk.said:
            self._say(chunk)
            return
        data = self._blank_heard(chunk.data, chunk.at)
        for message in self._framer.feed(data, chunk.at) if data else self._framer.poll(chunk.at):
            if isinstance(message, Noise):
                self._hold(message, chunk.at)
            elif not self._is_echo(message, chunk.at):
                self._put(message, chunk.at, False)
        if chunk.at - self._noise_at > _OVER:
            self._let_go()

    def _say(self, chunk: Chunk) -> None:
        data = self._blank_said(chunk.data, chunk.at)
        framer = Framer()
        for message in [*framer.feed(data), *framer.finish()]:
            self._said = message.data, chunk.at
            if isinstance(message, Request):
                self._framer.asked(message.data[0], message.type, chunk.at)
            self._put(message, chunk.at, True)

    def _is_echo(self, message: Message, now: float) -> bool:
        return message.data == self._said[0] and now - self._said[1] <= _ECHO

    def _hold(self, noise: Noise, now: float) -> None:
        """Noise comes in pieces; those that belong together are one line."""
        if isinstance(noise, Padding):
            return
        self._noise.append(noise)
        self._noise_at = now
        if sum(len(piece.data) for piece in self._noise) >= _NOISE:
            self._let_go()

    def _let_go(self) -> None:
        pieces, self._noise = self._noise, []
        if pieces:
            data, sums = b"".join(piece.data for piece in pieces), sum(piece.bad_sums for piece in pieces)
            self._put(Noise(data, sums), self._noise_at, False)

    def _put(self, message: Message, at: float, ours: bool) -> None:
        self._let_go()
        self._number += 1
        line = Line(self._number, self._wall(at), message, ours)
        self.kept.append(line)
        for listener in self.listeners:
            listener(line)
