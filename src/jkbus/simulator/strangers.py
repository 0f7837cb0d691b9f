"""Others on a virtual line who should not be there: a second master, a device of another language."""

from collections.abc import Callable
from itertools import cycle

from ..protocol.messages import request
from .line import VirtualLine
from .master import JkMaster
from .pack import VirtualPack

PYLON = (b"~20024642E00202FD33\r", b"~20024600C022024A4B4147473030303030303030303031F6D1\r")
_STATUS = 2


def let_speak(line: VirtualLine, words: Callable[[float], tuple[bytes, float]], start: float = 0.0) -> None:
    """Attach one who says, at a time, what `words` gives for it, and again after so many seconds."""
    tap = line.attach()

    def speak(now: float) -> None:
        tap.take(now)
        said, wait = words(now)
        line.write(said, now, tap)
        line.call(now + wait, speak)

    line.call(start, speak)


def second_master(line: VirtualLine, start: float = 1.7) -> None:
    """Another pack at address 0, whose JK master polls as the first one does."""
    master = JkMaster(VirtualPack(0, seed=99), line.random)

    def words(now: float) -> tuple[bytes, float]:
        said = master.poll(now)
        return said, max(1e-6, master.wake_at - now)

    let_speak(line, words, start)


def poller(line: VirtualLine, period: float = 0.4, start: float = 0.0) -> None:
    """A gateway or ESP32 that asks one pack after the other for its status."""
    addresses = cycle(range(1, 16))
    let_speak(line, lambda now: (request(next(addresses), _STATUS), period), start)


def foreigner(line: VirtualLine, words: tuple[bytes, ...] = PYLON, period: float = 1.0) -> None:
    """A device that speaks another language."""
    told = cycle(words)
    let_speak(line, lambda now: (next(told), period))
