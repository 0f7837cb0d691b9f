"""What the check says: findings in sentences, each with its remedy and how sure it is."""

from dataclasses import dataclass, field
from typing import Literal

from typing_extensions import TypedDict

State = Literal["good", "bad", "unsure"]
Confidence = Literal["sure", "likely", "possible"]


class FindingDocument(TypedDict):
    """A fault, what to do about it, what it was seen by, and how sure that is."""

    kind: str
    sentence: str
    remedy: str
    evidence: str
    confidence: Confidence


class VerdictDocument(TypedDict):
    """The state of a line's wiring. `since` is in unix seconds, None where no clock is known."""

    state: State
    sentence: str
    since: float | None
    findings: list[FindingDocument]
    seconds: float


@dataclass(frozen=True)
class Finding:
    """One fault: `kind` for programs, the rest for people."""

    kind: str
    sentence: str
    remedy: str
    evidence: str
    confidence: Confidence = "likely"

    def document(self) -> FindingDocument:
        """The same as a JSON object."""
        return {
            "kind": self.kind,
            "sentence": self.sentence,
            "remedy": self.remedy,
            "evidence": self.evidence,
            "confidence": self.confidence,
        }


@dataclass(frozen=True)
class Verdict:
    """What is known of a line's wiring after `seconds` of listening, in a `sentence` and in `findings`."""

    state: State
    sentence: str
    seconds: float
    findings: list[Finding] = field(default_factory=list)

    def document(self, since: float | None = None) -> VerdictDocument:
        """The same as a JSON object; `since` is when the listening began, in unix seconds."""
        found = [finding.document() for finding in self.findings]
        return {
            "state": self.state,
            "sentence": self.sentence,
            "since": since,
            "findings": found,
            "seconds": round(self.seconds, 1),
        }
