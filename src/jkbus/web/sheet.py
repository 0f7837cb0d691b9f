"""Curves as a sheet of comma-separated values: a line for every moment, a column for every curve."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from ..control.requests import Json

_LINES = 500  # that are made in one go


def sheet(curves: Sequence[tuple[str, Json]]) -> Iterator[bytes]:
    """The lines of these curves, each under a name; the mean value of every point, in the unit of the header.

    Times are those of all curves together, as local ISO 8601 and in unix seconds; where a curve has no point
    at a time its column is empty. The text is UTF-8 with the line ends of RFC 4180.
    """
    titles = [f"{name} ({curve['unit']})" if curve["unit"] else name for name, curve in curves]
    yield _text([["time", "unix", *titles]])
    columns = [dict(zip(curve["times"], curve["mean"], strict=True)) for _, curve in curves]
    times = sorted({at for column in columns for at in column})
    for start in range(0, len(times), _LINES):
        part = times[start : start + _LINES]
        yield _text([[_local(at), _number(at), *(_number(one.get(at)) for one in columns)] for at in part])


def _text(lines: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    return text.getvalue().encode(errors="replace")


def _local(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().isoformat(timespec="milliseconds")


def _number(value: Any) -> str:
    return "" if value is None else f"{value:.6f}".rstrip("0").rstrip(".")
