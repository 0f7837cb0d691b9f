"""Whether the clock is right: the history, the energy counters and the day of a pack's clock hang on it."""

import ctypes
import time
from collections.abc import Callable

from .finding import BAD, GOOD, NOTE, Finding

FIRST_YEAR = 2025  # this program is not older
UNSYNCHRONISED = 0x40  # STA_UNSYNC of adjtimex(2)
REMEDY = "type `sudo timedatectl set-ntp true`; without internet a clock with a battery (RTC) helps"


class _Timex(ctypes.Structure):
    """The beginning of struct timex, linux/timex.h, with room for the rest."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("frequency", ctypes.c_long),
        ("most", ctypes.c_long),
        ("likely", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_long * 64),
    )


def is_synchronised() -> bool | None:
    """Whether the kernel's clock follows another one; None where that cannot be known."""
    timex = _Timex()
    try:
        answer = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(timex))
    except (OSError, AttributeError):
        return None
    return None if answer < 0 else not timex.status & UNSYNCHRONISED


def clock(
    wall: Callable[[], float] = time.time, synchronised: Callable[[], bool | None] = is_synchronised
) -> Finding:
    """How the clock of this computer is."""
    now = wall()
    said = time.strftime("%Y-%m-%d %H:%M:%S %Z", time.localtime(now))
    if time.gmtime(now).tm_year < FIRST_YEAR:
        return Finding("clock", BAD, f"the clock shows {said}, which is long ago", REMEDY)
    known = synchronised()
    if known is False:
        return Finding("clock", NOTE, f"the clock shows {said} and follows no time server", REMEDY)
    return Finding("clock", GOOD, f"the clock shows {said}" + (", by a time server" if known else ""))
