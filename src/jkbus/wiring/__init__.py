"""How good the wires are: what is heard on a bus, judged, with the fault by its name and the remedy."""

from .check import check
from .ear import Ear
from .recorded import replayed
from .verdict import Finding, FindingDocument, Verdict, VerdictDocument

__all__ = ["Ear", "Finding", "FindingDocument", "Verdict", "VerdictDocument", "check", "replayed"]
