"""`decode`: bytes from a file or a pipe, explained."""

import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..protocol import Framer, Message, Report
from ..transport.captures import SAID, Chunk, read_capture, read_chunks
from .clocks import elapsed
from .documents import document, dumps
from .listing import block
from .painting import Paint, coloured
from .printing import Printer

FILE_WIDTH = 120  # where the output is no terminal

Timed = tuple[
    Message, float | None, bool
]  # a message, its time where it is known, whether the recorder said it


def decode(file: Path | None, json: bool) -> None:
    """Print every message of a file or of stdin, in order."""
    recorded = chunks(file)
    if not recorded and not json:
        print(f"jkbus: {file or 'stdin'} holds no bytes; nothing is decoded", file=sys.stderr)
    found = messages(recorded)
    if json:
        for message, at, sent in found:
            print(dumps(document(message, at, sent)))
        return
    paint = Paint(coloured())
    width = shutil.get_terminal_size((FILE_WIDTH, 24)).columns if sys.stdout.isatty() else FILE_WIDTH
    printer = Printer(paint)
    for message, at, sent in found:
        printer.show(message, "" if at is None else elapsed(at), sent)
        if isinstance(message, Report):
            print("\n".join(block(message.frame, width, paint)))
    printer.flush()


def chunks(file: Path | None) -> list[Chunk]:
    """What was recorded in a file; None is stdin. Raises UsageError with a sentence."""
    if file is not None:
        return read_capture(file)
    if sys.stdin.isatty():
        print("Paste hex, then press Ctrl-D:", file=sys.stderr)
    return read_chunks(sys.stdin.buffer.read(), "stdin")


def messages(recorded: Iterable[Chunk]) -> Iterator[Timed]:
    """The messages of a recording in order: each byte in one of them, none twice."""
    framer = Framer()
    at: float | None = None
    sent = False
    for chunk in recorded:
        if sent != (chunk.direction == SAID):
            yield from ((message, at, sent) for message in framer.finish())
            sent = not sent
        if chunk.at is not None:
            yield from ((message, at, sent) for message in framer.poll(chunk.at))
            at = chunk.at
        yield from ((message, at, sent) for message in framer.feed(chunk.data, at or 0.0))
    yield from ((message, at, sent) for message in framer.finish())
