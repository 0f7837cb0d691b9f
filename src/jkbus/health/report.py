"""The health report: for each pack what is fine, what to watch, what to do, and what is not known yet."""

from collections.abc import Mapping

from .figures import Figures, examine
from .findings import Finding, worst_first
from .nameplate import Nameplate
from .past import Past
from .report_cells import cell_findings
from .report_charge import charge_findings
from .report_sharing import sharing_findings
from .sharing import Sharing, compare

_RECENT = 7 * 86400.0  # s: how packs share is asked of the last week, since cables are mended


def findings(figures: Figures, plate: Nameplate, sharing: Sharing | None = None) -> list[Finding]:
    """Everything to say about one pack, worst first; `sharing` is None for a pack that is alone."""
    return worst_first(
        [
            *sharing_findings(sharing, plate),
            *cell_findings(figures),
            *charge_findings(figures, plate),
        ]
    )


def side_by_side(
    pasts: Mapping[str, Past], plates: Mapping[str, Nameplate], figures: Mapping[str, Figures]
) -> dict[str, Sharing]:
    """How packs shared in the last week that any of them was heard."""
    ends = [past.times[-1] for past in pasts.values() if past.times]
    start = max(ends, default=0.0) - _RECENT
    recent = {name: past.between(start) for name, past in pasts.items()}
    return compare(recent, plates, {name: each.zero for name, each in figures.items()})


def report(pasts: Mapping[str, Past], plates: Mapping[str, Nameplate]) -> dict[str, list[Finding]]:
    """Findings of every pack by its name; `pasts` and `plates` have the same names and one step."""
    figures = {name: examine(past, plates[name]) for name, past in pasts.items()}
    sharing = side_by_side(pasts, plates, figures)
    return {name: findings(figures[name], plates[name], sharing.get(name)) for name in pasts}
