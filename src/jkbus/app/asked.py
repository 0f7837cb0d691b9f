"""What may be in a request about the past. Everything here raises UsageError for anything else."""

import math
import os
from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from ..config.words import shown
from ..control.requests import Request, few
from ..errors import UsageError

_LATEST = 32e9  # s, the year 2984
_LOCALTIME = Path("/etc/localtime")
_MOST_ID = 1 << 62

Word = TypeVar("Word", bound=str)


def text(request: Request, key: str) -> str:
    """A text that must be there."""
    found = request.get(key)
    if not isinstance(found, str) or not found:
        raise UsageError(f"{key}: a name is expected")
    return found


def choice(request: Request, key: str, words: Sequence[Word]) -> Word:
    """One of some words, the first if nothing is said."""
    found = request.get(key, words[0])
    if found not in words:
        raise UsageError(f"{key}: one of {', '.join(words)} is expected, not {shown(found)}")
    return next(word for word in words if word == found)


def number(request: Request, key: str, default: int, most: int) -> int:
    """A whole number from 1 on."""
    found = request.get(key, default)
    if isinstance(found, bool) or not isinstance(found, int) or not 0 < found <= most:
        raise UsageError(f"{key}: a number from 1 to {most} is expected")
    return found


def numbers(request: Request, key: str) -> list[int]:
    """A list of numbers."""
    found = request.get(key)
    if not isinstance(found, list) or not all(_is_id(one) for one in found):
        raise UsageError(f"{key}: a list of numbers is expected")
    return few(key, found)


def span(request: Request) -> tuple[float, float]:
    """From when until when, in unix seconds."""
    start, end = (_moment(request, key) for key in ("start", "end"))
    if start >= end:
        raise UsageError("the end must be later than the start")
    return start, end


def zone(request: Request) -> tzinfo:
    """A time zone by its name; that of this computer if nothing is said."""
    name = request.get("zone") or ""
    try:
        if not name:
            return _local()
        return ZoneInfo(str(name))
    except (KeyError, ValueError, OSError):
        if not name:
            return ZoneInfo("UTC")
        raise UsageError(
            f"there is no time zone {shown(name)}; write one such as Europe/Berlin (or install tzdata)"
        ) from None


def _local() -> tzinfo:
    """The time zone of this computer, as its clock shows it."""
    if named := os.environ.get("TZ", "").lstrip(":"):
        return ZoneInfo(named)
    with _LOCALTIME.open("rb") as file:
        return ZoneInfo.from_file(file)


def _moment(request: Request, key: str) -> float:
    found = request.get(key)
    if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
        raise UsageError(f"{key}: unix seconds are expected")
    return min(max(float(found), 0.0), _LATEST)


def _is_id(one: object) -> bool:
    return isinstance(one, int) and not isinstance(one, bool) and 0 <= one < _MOST_ID
