"""Decoding: µs a report and a value, for all values at once, and for one attribute.

Run: .venv/bin/python bench/decode.py
"""

import json
import timeit
from collections.abc import Callable
from pathlib import Path

from jkbus.protocol import Framer, Settings, Status
from jkbus.protocol.frames import Frame

CAPTURES = Path(__file__).parent.parent / "tests" / "captures"
BUDGET_US = 0.2  # per value; the fastest peer needs 0.30 µs (11 µs for 36 values of the same report)


def report(type: int) -> bytes:
    """A real report of that type from a 16-cell pack."""
    lines = (CAPTURES / "mpp-solar_utils_20240221_084414.jsonl").read_text().splitlines()
    found = (json.loads(line) for line in lines)
    return next(
        bytes.fromhex(r["hex"])[:300] for r in found if r["kind"] == "response" and r["frame_type"] == type
    )


def best(statement: Callable[[], object], number: int) -> float:
    """Best of seven runs, µs a call."""
    return min(timeit.repeat(statement, number=number, repeat=7)) / number * 1e6


def whole(frame: type[Frame], data: bytes) -> None:
    values = frame(data).values()
    count = sum(
        sum(item is not None for item in value) if isinstance(value, list) else 1 for value in values.values()
    )
    took = best(lambda: frame(data).values(), 20_000)
    print(
        f"{frame.kind:9} {took:6.2f} µs for {count} values present: {took / count:.3f} µs a value, "
        f"{took / count / BUDGET_US:.2f} of the budget of {BUDGET_US} µs"
    )


def main() -> None:
    status = report(2)
    whole(Status, status)
    whole(Settings, report(1))
    frame = Status(status)
    print(f"attribute {best(lambda: frame.battery_voltage, 200_000):6.2f} µs for one value of a report")
    stream = b"".join(
        bytes.fromhex(line.split("#")[0])
        for line in (CAPTURES / "mpp-solar_utils_20240222_114810.stream.hex").read_text().splitlines()
    )
    pieces = [stream[i : i + 62] for i in range(0, len(stream), 62)]
    messages = len(Framer().feed(stream))

    def cut() -> None:
        framer = Framer()
        for piece in pieces:
            framer.feed(piece)

    took = best(cut, 3)
    print(
        f"framing   {took / messages:6.2f} µs a message, {len(stream) / took:.1f} MB/s "
        f"({len(stream) / took * 1e6 / 11520:.0f} times a saturated bus), in chunks of 62 bytes"
    )


if __name__ == "__main__":
    main()
