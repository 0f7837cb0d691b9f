"""The health report: for each pack what is fine, what to watch, what to do, and what is not known yet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .figures import Figures, examine
from .findings import Finding, worst_first
from .nameplate import Nameplate
from .past import Past
from .report_cells import cell_findings
from .report_charge import charge_findings
from .report_sharing import sharing_findings
from .sharing import Sharing, compare

RECENT = 7 * 86400.0  # s: how packs share is asked of the last week, since cables are mended


@dataclass(frozen=True, slots=True)
class Health:
    """All there is to know about a battery, by pack: figures, sharing, and findings, worst first.

    `sharing` lacks packs that were heard too little, and a pack that is alone.
    """

    figures: Mapping[str, Figures]
    sharing: Mapping[str, Sharing]
    findings: Mapping[str, list[Finding]]


def health(pasts: Iterable[tuple[str, Past]], plates: Mapping[str, Nameplate]) -> Health:
    """Examine packs one after the other, keeping an outline of the last week of each, then compare them.

    `pasts` come with the name of their pack and have one step; `plates` has these names.
    """
    figures: dict[str, Figures] = {}
    outlines: dict[str, Past] = {}
    for name, past in pasts:
        figures[name] = examine(past, plates[name])
        outlines[name] = past.between(past.end - RECENT).outline()
    start = max((past.end for past in outlines.values()), default=0.0) - RECENT
    recent = {name: past.between(start) for name, past in outlines.items()}
    sharing = compare(recent, plates, {name: each.zero for name, each in figures.items()})
    findings = {
        name: _findings(each, plates[name], sharing.get(name), alone=len(figures) == 1)
        for name, each in figures.items()
    }
    return Health(figures, sharing, findings)


def report(pasts: Mapping[str, Past], plates: Mapping[str, Nameplate]) -> dict[str, list[Finding]]:
    """Findings of every pack by its name, worst first; `pasts` and `plates` have the same names."""
    return dict(health(pasts.items(), plates).findings)


def _findings(figures: Figures, plate: Nameplate, sharing: Sharing | None, alone: bool) -> list[Finding]:
    beside = [] if alone else sharing_findings(sharing, plate)
    return worst_first([*beside, *cell_findings(figures, plate), *charge_findings(figures, plate)])
