"""The journal of alarms: what was wrong, when, how bad, what was measured then, and who took note.

    reports, silence, noise -> Watch -> Journal -> Store, listeners

`Alarms` joins them; the rest is pure, with time as an argument.
"""

from .entry import ACKNOWLEDGED, CAME, WENT, Change, Entry, Subject
from .feed import Feed
from .keeping import Alarms, pack_subject
from .summary import Summary

__all__ = [
    "ACKNOWLEDGED",
    "CAME",
    "WENT",
    "Alarms",
    "Change",
    "Entry",
    "Feed",
    "Subject",
    "Summary",
    "pack_subject",
]
