"""Several packs side by side: a column for each, or only what stands out where the terminal is narrow."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from .showing import DIM, WARN, fits, table

MARK = "≠"


@dataclass(frozen=True)
class Row:
    """A value of several packs as text: what is to be expected, what each has, and which of them differ.

    `wanted` holds what a pack should have where that is not what is expected of the others.
    """

    name: str
    expected: str
    found: Sequence[str]
    differs: Sequence[bool]
    wanted: Sequence[str] = ()

    def cell(self, number: int) -> Text:
        """What a pack has, marked where it differs."""
        text = self.found[number]
        if not self.differs[number]:
            return Text(text)
        own = self.wanted[number] if self.wanted else self.expected
        return Text(f"{text} {MARK} {own}" if own != self.expected else f"{MARK} {text}", style=WARN)


def compared(rows: Sequence[Row], packs: Sequence[str], expected: str, console: Console) -> Table:
    """All rows with a column for each pack, and one headed `expected` before them unless that is empty.

    Where that is too wide: a row for each pack; or what is expected and the packs that have something else.
    """
    wide = _wide(rows, packs, expected)
    if fits(wide, console):
        return wide
    turned = _turned(rows, packs, expected)
    return turned if fits(turned, console) else _short(rows, packs, expected)


def _wide(rows: Sequence[Row], packs: Sequence[str], expected: str) -> Table:
    shown = table(("setting", *([expected] if expected else []), *packs), figures=True)
    for row in rows:
        first = [Text(row.expected)] if expected else []
        shown.add_row(row.name, *first, *(row.cell(number) for number in range(len(packs))))
    return shown


def _turned(rows: Sequence[Row], packs: Sequence[str], expected: str) -> Table:
    shown = table(("pack", *(row.name for row in rows)), figures=True)
    if expected:
        shown.add_row(Text(expected, style="dim"), *(Text(row.expected) for row in rows))
    for number, pack in enumerate(packs):
        shown.add_row(Text(pack), *(row.cell(number) for row in rows))
    return shown


def _short(rows: Sequence[Row], packs: Sequence[str], expected: str) -> Table:
    shown = table(("setting", expected or "most packs", "but"))
    shown.columns[1].justify = "right"
    shown.columns[2].no_wrap = False
    for row in rows:
        others: dict[str, list[str]] = {}
        for number in range(len(packs)):
            if row.differs[number]:
                others.setdefault(row.cell(number).plain, []).append(packs[number])
        lines = [
            Text(cell, style=WARN).append(f"  {_who(names, packs)}", DIM) for cell, names in others.items()
        ]
        shown.add_row(row.name, Text(row.expected), Text("\n").join(lines))
    return shown


def _who(names: Sequence[str], packs: Sequence[str]) -> str:
    return "all" if len(names) == len(packs) else ", ".join(names)
