"""The captures and tables of the tests, read."""

import csv
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parent
CAPTURES = sorted(path.name.removesuffix(".jsonl") for path in (TESTS / "captures").glob("*.jsonl"))
STREAMS = sorted(path.name.removesuffix(".stream.hex") for path in (TESTS / "captures").glob("*.stream.hex"))


@cache
def records(capture: str) -> tuple[dict[str, Any], ...]:
    """The messages of a capture in the order of the wire, with their bytes as `data`."""
    lines = (TESTS / "captures" / f"{capture}.jsonl").read_text().splitlines()
    return tuple({**record, "data": bytes.fromhex(record["hex"])} for record in map(json.loads, lines))


@cache
def chunks(capture: str) -> tuple[bytes, ...]:
    """The pieces in which a listener read the line."""
    lines = (TESTS / "captures" / f"{capture}.stream.hex").read_text().splitlines()
    return tuple(bytes.fromhex(line.split("#")[0].strip()) for line in lines)


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a table in tests/data."""
    with (TESTS / "data" / f"{name}.csv").open(newline="") as file:
        return tuple(csv.DictReader(file))


def is_report(record: dict[str, Any]) -> bool:
    return record["kind"] == "response" and bool(record["checksum_ok"])


def reports() -> Iterator[tuple[str, bytes]]:
    """Every different valid report of all captures: capture and line, and its bytes."""
    seen = set()
    for capture in CAPTURES:
        for line, record in enumerate(records(capture), 1):
            if is_report(record) and record["data"] not in seen:
                seen.add(record["data"])
                yield f"{capture}:{line}", record["data"]
