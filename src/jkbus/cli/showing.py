"""Values of packs, plans and their results as an owner reads them."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ..control import values
from ..control.actions import ACTIONS
from ..control.settings import SETTINGS
from ..protocol import About, Settings, Status
from ..protocol.fields import Field
from . import listing

WIDE = 120  # columns where the output is no terminal
FEW = 6  # settings that are named one by one
DIM, WARN = "dim", "yellow"
ROWS: Mapping[str, Field] = {row.name: row for frame in (About, Status, Settings) for row in frame.rows()}
NOTHING = "-"

Document = Mapping[str, Any]


def page() -> Console:
    """The terminal, or a wide page where there is none."""
    return Console(width=None if sys.stdout.isatty() else WIDE, highlight=False)


def table(titles: Iterable[str], figures: bool = False) -> Table:
    """An empty table with these columns; all but the first are flush right where they hold `figures`."""
    shown = Table(box=None, header_style=DIM, padding=(0, 2, 0, 0), pad_edge=False)
    for number, title in enumerate(titles):
        shown.add_column(Text(title), justify="right" if figures and number else "left", no_wrap=True)
    return shown


def fits(shown: Table, console: Console) -> bool:
    """Whether nothing of the table has to be cut."""
    return Measurement.get(console, console.options.update(max_width=10_000), shown).maximum <= console.width


def indented(part: RenderableType) -> RenderableType:
    """A part below its headline."""
    return Padding(part, (0, 0, 0, 2), expand=False)


def said(name: str, value: Any) -> str:
    """A value of any report with its unit; - for what there is not."""
    if value is None:
        return NOTHING
    if name in SETTINGS:
        return values.shown(SETTINGS[name], value)
    if isinstance(value, bool):
        return "on" if value else "off"
    row = ROWS[name]
    return listing.array(row, value) if isinstance(value, list | tuple) else listing.told(row, value)


def proposed(plan: Document) -> RenderableType:
    """A plan: what is now, what will be, and below each step its bytes."""
    shown = table(("action", plan["value"] and "value") if plan["action"] else ("setting", "now", "then"))
    for step in plan["steps"]:
        if step["action"]:
            shown.add_row(step["action"], Text(measured(plan)))
        for change in step["changes"]:
            shown.add_row(change["name"], change["old_text"], Text(change["new_text"], style="bold"))
        shown.add_row(Text(f"  {step['bytes']}", style=DIM))
    parts: list[RenderableType] = [title(plan)]
    if plan["steps"]:
        parts.append(indented(shown))
    if unchanged := plan["unchanged"]:
        named = ", ".join(unchanged) if len(unchanged) <= FEW else f"{len(unchanged)} settings"
        parts.append(indented(Text(f"as wished already: {named}", style=DIM)))
    parts += [indented(aside(sentence)) for sentence in plan["warnings"]]
    return Group(*parts, "")


def aside(sentence: str) -> Text:
    """What an owner should hear besides."""
    return Text(f"▲ {sentence}", style=WARN)


def measured(plan: Document) -> str:
    """The value of an action with its unit, "" where it takes none."""
    unit = ACTIONS[plan["action"]].unit
    value = str(plan["value"])
    return value if value.endswith(unit) else f"{value} {unit}"


def title(plan: Document) -> Text:
    """Which pack a plan is for."""
    where = f"  address {plan['address']} on {plan['bus']}"
    return Text(plan["pack"], style="bold").append(where, style="not bold dim")


def several(names: Sequence[str]) -> str:
    """Packs in a sentence: a; a and b; a, b and c; 7 packs."""
    if len(names) > 4:
        return f"{len(names)} packs"
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
