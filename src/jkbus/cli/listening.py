"""`sniff` and `capture`: a bus as it is heard; not a byte is said."""

import asyncio
import math
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from ..errors import UsageError
from ..protocol import Framer, Message
from ..transport.captures import CaptureWriter
from ..transport.links import Link, LinkEnded, open_link
from .clocks import time_of_day
from .counting import Tally
from .documents import document, dumps
from .painting import Paint, coloured
from .printing import Printer
from .stopping import until_stopped

QUIET = 0.5  # s without a byte after which noise counts as ended
COUNT_EVERY = 0.5  # s
CLEAR = "\r\x1b[K"  # a terminal's line, to be written anew
SILENCE = 10.0  # s without a byte after which a hint is due
HINT = (
    "nothing is heard; is there a JK master (address 0)? `jkbus scan` asks packs that wait to be asked. "
    "Else swap A and B, put 120 ohm across them, connect ground"
)

Hear = Callable[[bytes, list[Message], float], None]


def sniff(link: str, seconds: float | None, json: bool, baudrate: int) -> None:
    """Print the traffic until stopped, then what it was."""
    sniffer = Sniffer(json)
    try:
        until_stopped(listen(link, baudrate, sniffer), seconds)
    finally:
        sniffer.end()


class Sniffer:
    """Prints what is heard: lines for people, or JSON."""

    def __init__(self, json: bool) -> None:
        self._json = json
        self._printer = Printer(Paint(coloured()))
        self._tally = Tally()
        self._zero = time.time() - time.monotonic()
        self._listened = False

    def __call__(self, data: bytes, messages: list[Message], now: float) -> None:
        self._listened = True
        for message in messages:
            self._tally.count(message)
            if self._json:
                print(dumps(document(message, round(self._zero + now, 4))), flush=True)
            else:
                self._printer.show(message, time_of_day(self._zero + now))
        if not messages:
            self._printer.flush()

    def end(self) -> None:
        """Print what it was, for people, if the link ever worked."""
        if self._listened and not self._json:
            self._printer.flush()
            print("\n".join(["", *self._tally.summary()]))


def capture(link: str, file: Path, seconds: float | None, secrets: bool, baudrate: int) -> None:
    """Record what is heard until stopped; a line on stderr counts along."""
    if file.is_file() and file.stat().st_size:
        raise UsageError(
            f"{file} is there already; nothing was changed, name another file or move that one away"
        )
    tally = Tally()
    shown_at = 0.0

    with CaptureWriter(file, link, time.monotonic(), blank=not secrets) as writer:

        def hear(data: bytes, messages: list[Message], now: float) -> None:
            nonlocal shown_at
            writer.heard(data, now)
            for message in messages:
                tally.count(message)
            if sys.stderr.isatty() and now - shown_at >= COUNT_EVERY:
                shown_at = now
                print(f"{CLEAR}{tally.brief()}", end="", file=sys.stderr, flush=True)

        until_stopped(listen(link, baudrate, hear), seconds)
    if sys.stderr.isatty():
        print(CLEAR, end="", file=sys.stderr, flush=True)
    print("\n".join([f"{file} holds", *tally.summary()]))


@asynccontextmanager
async def opened(url: str, baudrate: int) -> AsyncIterator[Link]:
    """A link that is closed in the end; serial ports take the rate. Raises LinkError or UsageError."""
    link = await open_link(url, baudrate=baudrate)
    try:
        yield link
    finally:
        await link.close()


async def listen(url: str, baudrate: int, hear: Hear) -> None:
    """Give `hear` what comes: the bytes, the messages that became whole, and the time.

    It is called with nothing at all when a message or noise has ended in silence. Raises LinkError when
    the link is lost; a recording that has ended just ends this.
    """
    with suppress(LinkEnded):
        async with opened(url, baudrate) as link:
            await _listen(link, hear)


async def _listen(link: Link, hear: Hear) -> None:
    clock = asyncio.get_running_loop().time
    framer = Framer()
    hint_at = clock() + SILENCE
    while True:
        wake_at = framer.wake_at
        try:
            async with asyncio.timeout_at(clock() + QUIET if wake_at is None else wake_at):
                data = await link.read()
        except TimeoutError:
            data = b""
        now = clock()
        if data:
            hint_at = math.inf
        elif now >= hint_at:
            hint_at = math.inf
            print(HINT, file=sys.stderr)
        hear(data, framer.feed(data, now) if data else framer.poll(now), now)
