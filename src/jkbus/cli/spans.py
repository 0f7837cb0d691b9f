"""The time a question is about, as people say it: the last two days, or from one moment to another."""

import re
import time
from datetime import datetime, timedelta
from typing import NamedTuple

from ..config.values import parse_duration
from ..config.words import BadValue, shown
from ..errors import UsageError

DAY = 86400.0
_WEEKS = re.compile(r"([0-9]+)\s*(w|weeks?|y|years?|days?|hours?)")
_DAYS_OF = {"w": 7 * DAY, "y": 365 * DAY, "d": DAY, "h": 3600.0}


class Span(NamedTuple):
    """From `start` up to `end`, both unix seconds."""

    start: float
    end: float


def span(last: str, from_: str, to: str, default: float = DAY) -> Span:
    """What `--last`, `--from` and `--to` mean; the last `default` s if none is given. Raises UsageError."""
    now = time.time()
    if last and (from_ or to):
        raise UsageError("--last is counted back from now; leave it away beside --from and --to")
    end = moment(to, "--to", whole_day=True) if to else now
    start = moment(from_, "--from") if from_ else end - (duration(last) if last else default)
    if start >= end:
        raise UsageError(f"--from is not before --to: {told(start)} is not before {told(end)}")
    return Span(start, min(end, now) if start < now else end)


def duration(text: str) -> float:
    """Seconds of 24h, 7d, 2w, 1y and the like. Raises UsageError."""
    if longer := _WEEKS.fullmatch(text.strip()):
        seconds = int(longer[1]) * _DAYS_OF[longer[2][0]]
    else:
        try:
            seconds = parse_duration(text)
        except BadValue:
            raise UsageError(
                f"--last: how long is expected, such as 24h, 7d or 2w, not {shown(text)}"
            ) from None
    if not 0 < seconds <= 100 * 365 * DAY:
        raise UsageError(f"--last: {shown(text)} is not between a moment and a century")
    return seconds


def moment(text: str, option: str, whole_day: bool = False) -> float:
    """Unix seconds of a local date or time; of a `whole_day` its end is meant. Raises UsageError."""
    today = local(time.time()).replace(hour=0, minute=0, second=0, microsecond=0)
    word = text.strip().lower()
    if word == "now":
        return time.time()
    try:
        if word in ("today", "yesterday"):
            at, is_date = today - timedelta(days=word == "yesterday"), True
        elif re.fullmatch(r"\d{1,2}:\d\d(:\d\d)?", word):
            at, is_date = datetime.fromisoformat(f"{today:%Y-%m-%d}T{word:0>5}"), False
        else:
            at, is_date = datetime.fromisoformat(text.strip()), len(word) <= len("2026-06-01")
        return (at + timedelta(days=1) if is_date and whole_day else at).timestamp()
    except (ValueError, OverflowError, OSError):
        raise UsageError(
            f"{option}: a date or time such as 2026-06-01, '2026-06-01 14:30', 14:30 or yesterday is"
            f" expected, not {shown(text)}"
        ) from None


def local(at: float) -> datetime:
    """A moment as the clocks here show it, without a zone."""
    return datetime.fromtimestamp(at).astimezone().replace(tzinfo=None)


def told(at: float, seconds: bool = False) -> str:
    """A moment as local time."""
    return f"{local(at):{'%Y-%m-%d %H:%M:%S' if seconds else '%Y-%m-%d %H:%M'}}"


def iso(at: float, milliseconds: bool = False) -> str:
    """A moment as local time with its zone, for programs."""
    local = datetime.fromtimestamp(at).astimezone()
    return local.isoformat(timespec="milliseconds" if milliseconds else "seconds")


def lasting(seconds: float) -> str:
    """How long something took, in its two largest units: 3 h 20 min, 2 d, 40 s."""
    rest = round(seconds) if seconds < 60 else round(seconds / 60) * 60
    parts: list[str] = []
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        number, rest = divmod(rest, size)
        if number:
            parts.append(f"{number} {unit}")
    return " ".join(parts[:2]) or "0 s"
