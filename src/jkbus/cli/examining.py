"""`health`: what is fine, what to watch, what to do, and what is not known yet."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from textwrap import fill
from typing import NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..config import Config
from ..control.local import Asker
from ..health.findings import ACT, FINE, UNKNOWN, WATCH
from ..history.whole import KEY
from .documents import dumps
from .plotting import drawable
from .remembering import ALL, ask, chosen, remember, sources
from .showing import DIM, page, several
from .talking import Answer, selected

SIGNS = {ACT: ("✖", "bold red"), WATCH: ("▲", "yellow"), UNKNOWN: ("?", DIM), FINE: ("✔", "green")}
PLAIN = {ACT: "!!", WATCH: "!", UNKNOWN: "?", FINE: "+"}  # for terminals that know no others
WIDEST = 100  # columns that are easy to read
MANY = 3  # packs of which everything is said unasked
NUMBER = re.compile(r"[0-9.]+ (± [0-9.]+ )?(m?V|m?Ω|Ah?|W|kWh|%|°C)(?!\w)")


class Line(NamedTuple):
    """What is printed of a finding: its kind, and in words what was found and what to do."""

    kind: str
    sentence: str
    todo: str = ""


def health(path: Path | None, packs: Sequence[str], json: bool) -> None:
    """Print what the past of packs tells of their health. Raises JkbusError."""

    async def work(archive: Asker, config: Config) -> None:
        wanted = chosen(await sources(archive), selected(packs) or [ALL])
        answer = await ask(archive, "health")
        keys = {source["key"] for source in wanted}
        found = [pack for pack in answer["packs"] if pack["key"] in keys]
        if answer["battery"] and not packs:
            found.insert(0, {"key": KEY, "name": KEY, "findings": answer["battery"]})
        if json:
            for pack in found:
                print(dumps(pack))
            return
        console = page()
        show(console, found, brief=not packs and len(found) > MANY)
        if untold := keys - {pack["key"] for pack in found}:
            names = several([source["name"] for source in wanted if source["key"] in untold])
            told = f"of {names} too little was heard in the last 30 days to say anything"
            console.print(Text(told, style=DIM))

    remember(path, work)


def show(console: Console, packs: Sequence[Answer], brief: bool = False) -> None:
    """Print a verdict on all packs, then what was found of each; in brief, what is well only by name."""
    width = min(console.width, WIDEST)
    if packs:
        console.print(grid(verdict(packs), console, width))
    for pack in packs:
        console.print(Text(f"\n{pack['name']}", style="bold"))
        rows = in_brief(pack["findings"]) if brief else lines(pack["findings"])
        console.print(grid(rows, console, width))
    if packs:
        console.print()


def grid(rows: Iterable[Line], console: Console, width: int) -> Table:
    """Sentences below each other, the sign of their kind at the left, what to do below each."""
    shown = Table.grid(padding=(0, 1))
    knows_signs = drawable(console.encoding)
    for kind, sentence, todo in rows:
        sign, style = SIGNS.get(kind, SIGNS[UNKNOWN])
        text = Text(filled(sentence, width - 3))
        if todo:
            text.append(f"\n{filled(f'→ {todo}', width - 3)}", style="bold")
        shown.add_row(Text(sign if knows_signs else PLAIN.get(kind, "?"), style), text)
    return shown


def filled(sentence: str, width: int) -> str:
    """A sentence in lines; a number stays with its unit."""
    together = NUMBER.sub(lambda found: found[0].replace(" ", "\u00a0"), sentence)
    return fill(together, width).replace("\u00a0", " ")


def verdict(packs: Sequence[Answer]) -> Iterator[Line]:
    """Which packs want something done, which want watching, and which are fine."""
    left = list(packs)
    for kind, told in ((ACT, "something to do"), (WATCH, "something to watch")):
        names = [pack["name"] for pack in left if any(found["kind"] == kind for found in pack["findings"])]
        left = [pack for pack in left if pack["name"] not in names]
        if names:
            yield Line(kind, f"{told}: {', '.join(names)}")
    for kind, told in ((FINE, "fine"), (UNKNOWN, "nothing wrong so far, but much is not known yet")):
        if names := [pack["name"] for pack in left if is_early(pack) == (kind == UNKNOWN)]:
            yield Line(kind, f"{told}: {', '.join(names)}")


def is_early(pack: Answer) -> bool:
    """Whether more is not known of a pack than known."""
    kinds = [found["kind"] for found in pack["findings"]]
    return kinds.count(UNKNOWN) > len(kinds) / 2


def in_brief(findings: Sequence[Answer]) -> Iterator[Line]:
    """What asks for something in sentences, the rest by name."""
    yield from lines([found for found in findings if found["kind"] in (ACT, WATCH)])
    for kind, told in ((UNKNOWN, "not known yet"), (FINE, "fine")):
        if subjects := [found["subject"] for found in findings if found["kind"] == kind]:
            yield Line(kind, f"{told}: {', '.join(subjects)}")


def lines(findings: Sequence[Answer]) -> Iterator[Line]:
    """Each finding in a sentence, and what to do about it."""
    for found in findings:
        yield Line(found["kind"], said(found["subject"], found["sentence"]), found["todo"])


def said(subject: str, sentence: str) -> str:
    """A finding in a sentence that begins with what it is about, once."""
    named = sentence.startswith((f"{subject} ", f"the {subject} "))
    return sentence if named else f"{subject}: {sentence}"
