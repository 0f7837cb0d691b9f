"""Times as they stand in front of messages."""

from datetime import datetime


def time_of_day(seconds: float) -> str:
    """Seconds since 1970 as local time of day with milliseconds."""
    return f"{datetime.fromtimestamp(seconds).astimezone():%H:%M:%S.%f}"[:-3]


def elapsed(seconds: float) -> str:
    """Seconds since the beginning of a recording."""
    return f"{seconds:10.3f}"
