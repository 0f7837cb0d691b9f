"""Remarks as people read them: what has one sentence is told once, with the lines it is about."""

from __future__ import annotations

from collections.abc import Iterable

from ..config.faults import Fault

_SOME = 3  # of many that are alike are named


def lines(remarks: Iterable[Fault]) -> list[str]:
    """A line for each sentence, in the order of the remarks."""
    by_text: dict[tuple[str, str], list[Fault]] = {}
    for remark in remarks:
        by_text.setdefault((remark.place.file, remark.text), []).append(remark)
    return [_line(alike) for alike in by_text.values()]


def _line(alike: list[Fault]) -> str:
    named = list(dict.fromkeys(remark.about for remark in alike))
    abouts = ", ".join(named)
    if len(named) > _SOME + 1:
        abouts = f"{', '.join(named[:_SOME])} and {len(named) - _SOME} more"
    return str(Fault(alike[0].place, abouts, alike[0].text))
