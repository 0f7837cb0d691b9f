"""Why a bus is heard as garbage: A and B swapped, or which other rate.

A JK master says the same 30 requests over and over, each after a rest, so each becomes the same garbage at a
wrong rate or with A and B swapped; so do the first bytes of every report. The words of silence-separated
garbage are compared with all of them. At half the rate a request still has five bytes and the answer is sure;
at a twelfth it has one, and only many of them together are likely.
"""

from collections import Counter
from functools import cache
from typing import NamedTuple

from ..protocol.frames import PREAMBLE
from ..protocol.messages import request
from ..protocol.uart import heard_as

RATES = (9600, 19200, 38400, 57600, 230400, 460800, 921600)  # what adapters, gateways and ESP32s are set to
_START = 24  # bytes of garbage that are looked at
_WORDS = 8  # that must have been heard before anything is said
_SHARE = 0.4  # of the words that must be as expected
_SECOND = 0.6  # of the best guess's words: more for the second best, and neither is said
_SURE = 3.0  # bytes of an expected word, in the mean, that cannot be chance


class Guess(NamedTuple):
    """`swapped`, or the line runs `faster` than we listen by that factor; `share` of the words agree."""

    swapped: bool
    faster: float
    share: float
    sure: bool


class Words:
    """The first bytes of everything that was said between two silences, counted."""

    def __init__(self) -> None:
        self.count: Counter[bytes] = Counter()
        self._word = b""

    def feed(self, noise: bytes) -> None:
        """Bytes of one and the same word."""
        self._word = (self._word + noise[:_START])[:_START]

    def silence(self) -> None:
        """The word has ended."""
        if self._word and (self._word in self.count or len(self.count) < 500):
            self.count[self._word] += 1
        self._word = b""

    def guess(self, rate: int) -> Guess | None:
        """What explains most words at the rate we listen at; None if nothing does."""
        total = self.count.total()
        if total < _WORDS:
            return None
        scored = sorted((self._score(*one, rate) for one in _guesses(rate)), key=lambda guess: guess[:2])
        (share, length, (swapped, line)), (second, *_) = scored[-1], scored[-2]
        if share < _SHARE or second > _SECOND * share:
            return None
        return Guess(swapped, line / rate, share, length >= _SURE)

    def _score(self, swapped: bool, line: int, rate: int) -> tuple[float, float, tuple[bool, int]]:
        expected = _expected(swapped, line, rate)
        hits, matched = 0, 0
        for word, count in self.count.items():
            length = max((len(one) for one in expected if word.startswith(one)), default=0)
            hits += count * (length > 0)
            matched += count * length
        return hits / self.count.total(), matched / hits if hits else 0.0, (swapped, line)


def _guesses(rate: int) -> list[tuple[bool, int]]:
    return [(True, rate), *((False, line) for line in {*RATES, 115200} - {rate})]


@cache
def _expected(swapped: bool, line: int, rate: int) -> frozenset[bytes]:
    """How the requests to all slaves, and a report's beginning, are heard."""
    words = [request(address, type) for address in range(1, 16) for type in (1, 2)]
    heard = {_certain(word, line, rate, swapped) for word in words}
    heard |= {heard_as(word, line, rate, swapped) for word in words}
    heard |= {_certain(PREAMBLE + bytes([type]), line, rate, swapped) for type in (1, 2)}
    return frozenset(word[:_START] for word in heard if word and set(word) != {0})


def _certain(said: bytes, line: int, rate: int, swapped: bool) -> bytes:
    """The beginning of what is heard that does not depend on what follows."""
    one, other = (heard_as(said + rest, line, rate, swapped) for rest in (b"\x55" * 3, b"\x00\xff\x00"))
    same = next(
        (place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), len(one)
    )
    return one[:same]
