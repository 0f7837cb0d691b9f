"""What stands, in one line: for a pack, a bus, or everything together."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ..model.alarms import Severity
from .entry import Entry


@dataclass(frozen=True, slots=True)
class Summary:
    """The alarms that stand. Remarks (a full battery, a default password) are counted by themselves.

    `worst` is the worst of those that matter, of equals the newest, or None. `text` is for people.
    """

    worst: Entry | None
    standing: int
    remarks: int
    unacknowledged: int
    by_severity: dict[str, int]

    @property
    def severity(self) -> str:
        """How bad it is: none, warning, protection or fault."""
        return "none" if self.worst is None else self.worst.alarm.severity.name.lower()

    @property
    def text(self) -> str:
        """The worst in words, and how many others there are."""
        if self.worst is None:
            return "none"
        others = self.standing - 1
        title = self.worst.alarm.title
        return title if not others else f"{title} and {others} more"


def summary(standing: Iterable[Entry]) -> Summary:
    """The summary of entries that stand, the worst first as `Journal.standing` gives them."""
    entries = list(standing)
    serious = [entry for entry in entries if entry.alarm.severity > Severity.INFO]
    counts = Counter(entry.alarm.severity.name.lower() for entry in entries)
    return Summary(
        worst=serious[0] if serious else None,
        standing=len(serious),
        remarks=len(entries) - len(serious),
        unacknowledged=sum(1 for entry in serious if entry.acknowledged is None),
        by_severity={severity.name.lower(): counts[severity.name.lower()] for severity in Severity},
    )
