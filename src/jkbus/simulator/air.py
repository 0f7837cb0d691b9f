"""What is in the air on a virtual line, and who hears it."""

import math
from collections import deque

from ..protocol import Framer
from ..protocol.uart import heard_as
from .faults import Faults
from .wire import BAUDRATE, BYTE

PATIENCE = 0.005  # s that a pack waits for the rest of a message
KEPT = 4096  # chunks kept for one who does not read


class Utterance:
    """Bytes in the air from `start` to `end`; an earlier speaker covers the first `hidden` of them."""

    def __init__(self, data: bytes, start: float, length: int, speaker: object, clean: bool) -> None:
        self.data = data
        self.start = start
        self.end = start + length * BYTE
        self.speaker = speaker
        self.clean = clean
        self.hidden = 0
        self.length = length

    def garbled(self, faults: Faults) -> "Utterance":
        """What one hears of it whose rate is another, or whose wires are swapped."""
        heard = heard_as(self.data, BAUDRATE, faults.rate, faults.swapped)
        return Utterance(heard, self.start, self.length, self.speaker, clean=False)

    def place(self, time: float) -> int:
        """Number of the byte that is in the air at `time`, or the nearest one."""
        return max(0, min(len(self.data), math.floor((time - self.start) / BYTE + 1e-6)))


class Tap:
    """One who hears the line and may speak on it."""

    def __init__(self) -> None:
        self.speaks_until = -math.inf
        self.framer = Framer(patience=PATIENCE)  # of what the packs hear from it
        self.chunks: deque[tuple[float, Utterance, int, int]] = deque(maxlen=KEPT)

    @property
    def wake_at(self) -> float:
        """When its next bytes arrive."""
        return self.chunks[0][0] if self.chunks else math.inf

    def take(self, now: float) -> bytes:
        """What has arrived by `now`."""
        out, chunks = b"", self.chunks
        while chunks and chunks[0][0] <= now:
            _, utterance, first, last = chunks.popleft()
            out += utterance.data[first:last]
        return out
