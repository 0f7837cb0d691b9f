"""A finding: one sentence about a pack, how much it matters, and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass

ACT, WATCH, UNKNOWN, FINE = "act", "watch", "unknown", "fine"  # worst first
_ORDER = (ACT, WATCH, UNKNOWN, FINE)


@dataclass(frozen=True, slots=True)
class Finding:
    """`kind` is act, watch, unknown or fine; `topic` a fixed word for programs; the rest is for people.

    `subject` says of what ("pack garage", "cell 7"), `sentence` holds the numbers, `advice` says what to do
    and is empty where nothing is.
    """

    kind: str
    topic: str
    subject: str
    sentence: str
    advice: str = ""


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Sorted by how much they matter; those alike stay in order."""
    return sorted(findings, key=lambda finding: _ORDER.index(finding.kind))


def graded(value: float, watch: float, act: float) -> str:
    """The kind of a value that is better the smaller it is."""
    return ACT if value >= act else WATCH if value >= watch else FINE
