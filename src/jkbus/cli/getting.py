"""`get`: what packs are set to, and anything else they tell."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from ..control.settings import SETTINGS
from ..errors import JkbusError
from .comparing import Row, compared
from .documents import dumps
from .showing import DIM, NOTHING, Document, indented, page, said, table
from .talking import Answer, Talk, configuration, converse, one, selected


def get(config: Path | None, packs: str, names: Sequence[str], json: bool) -> None:
    """Print values of packs: all settings, or those named. Raises JkbusError."""

    async def work(talk: Talk) -> None:
        answers = await _answers(talk, selected([packs]), names)
        if json:
            for pack in answers:
                print(dumps(pack))
        else:
            show([pack for pack in answers if "error" not in pack], names)
        _check(answers)

    converse(configuration(config), work)


async def told(talk: Talk, packs: Sequence[str], names: Sequence[str] = ()) -> list[Answer]:
    """What each pack answers; all settings if nothing is named. Raises JkbusError if one cannot be read."""
    answers = await _answers(talk, packs, names)
    _check(answers)
    return answers


async def _answers(talk: Talk, packs: Sequence[str], names: Sequence[str]) -> list[Answer]:
    answer = await one(talk, {"do": "get", "packs": list(packs), "names": list(names)})
    found: list[Answer] = answer["packs"]
    return found


def _check(packs: Sequence[Document]) -> None:
    if faults := [pack["error"] for pack in packs if "error" in pack]:
        raise JkbusError("\n".join(faults))


def present(values: Mapping[str, Any]) -> dict[str, Any]:
    """The settings among values that a pack has."""
    return {name: value for name, value in values.items() if name in SETTINGS and value is not None}


def show(packs: Sequence[Document], names: Sequence[str]) -> None:
    """Print what the packs answered: a list for one, a table for several."""
    console = page()
    if len(packs) == 1:
        console.print(Text(packs[0]["name"], style="bold").append(_age(packs[0]), style=f"not bold {DIM}"))
        console.print(indented(listed(packs[0]["values"])))
    elif packs:
        known = names or [name for name in SETTINGS if any(name in pack["values"] for pack in packs)]
        rows = [row(name, [pack["values"] for pack in packs]) for name in known]
        console.print(compared(rows, [pack["name"] for pack in packs], "", console))


def _age(pack: Document) -> str:
    age = pack["age_s"]
    return "" if age is None else f"  as read {age:.0f} s ago"


def listed(values: Mapping[str, Any]) -> Table:
    """The values of one pack, and what each setting may be."""
    ranged = any(name in SETTINGS and not SETTINGS[name].switch for name in values)
    shown = table(("setting" if ranged else "value", "now", "can be" if ranged else ""))
    shown.columns[1].no_wrap = False
    for name, value in values.items():
        shown.add_row(name, Text(said(name, value)), Text(span(name), style=DIM))
    return shown


def span(name: str) -> str:
    """What a setting may be; nothing for other values."""
    setting = SETTINGS.get(name)
    if setting is None:
        return ""
    return "on, off" if setting.switch else f"{number(said(name, setting.low))} to {said(name, setting.high)}"


def number(text: str) -> str:
    """A value without its unit."""
    return text.partition(" ")[0]


def row(name: str, packs: Sequence[Mapping[str, Any]]) -> Row:
    """A value of several packs; a setting differs where it is not what most of them have."""
    texts = [said(name, values.get(name)) for values in packs]
    usual = Counter(texts).most_common(1)[0][0]
    return Row(name, usual, texts, [name in SETTINGS and text not in (usual, NOTHING) for text in texts])
