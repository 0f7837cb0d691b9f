"""`replay`: a recording again, at its own pace or faster."""

import asyncio
from pathlib import Path

from ..errors import UsageError
from ..transport.captures import read_capture
from .clocks import elapsed
from .decoding import messages
from .painting import Paint, coloured
from .printing import Printer
from .stopping import until_stopped

UNTIMED = 0.1  # s from message to message where a recording has no times


def replay(file: Path, speed: float, view: bool) -> None:
    """Print the traffic of a recording as it was, or show its packs."""
    recorded = read_capture(file)
    if not recorded:
        raise UsageError(f"{file} holds no bytes; there is nothing to replay")
    if view:
        from .gateway import show_recording

        show_recording(file, speed)
        return

    async def play() -> None:
        printer = Printer(Paint(coloured()))
        clock = asyncio.get_running_loop().time
        start, first = clock(), None
        for number, (message, at, sent) in enumerate(messages(recorded)):
            first = at if first is None else first
            due = number * UNTIMED if at is None or first is None else at - first
            await asyncio.sleep(max(0.0, start + due / speed - clock()) if speed else 0)
            printer.show(message, "" if at is None else elapsed(at), sent)
        printer.flush()

    until_stopped(play())
