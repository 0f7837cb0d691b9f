"""What the past of a battery tells of its health: pure functions, each with its method, limits and error.

`Past` holds what was kept of a pack, `examine` makes `Figures` of it, `compare` looks at packs side by side,
and `report` turns both into sentences.
"""

from .estimate import Estimate, Missing
from .figures import Figures, examine
from .findings import Finding
from .nameplate import Nameplate
from .past import Past, Track
from .report import Health, health, report
from .sharing import Sharing, compare

__all__ = [
    "Estimate",
    "Figures",
    "Finding",
    "Health",
    "Missing",
    "Nameplate",
    "Past",
    "Sharing",
    "Track",
    "compare",
    "examine",
    "health",
    "report",
]
