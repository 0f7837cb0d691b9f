"""`settings log`: what was changed, by whom, and what came of it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.text import Text

from ..bus.orders import DONE
from ..control.audit import BEGUN
from ..control.closing import STOPPED
from .documents import dumps
from .showing import DIM, WARN, fits, page, table
from .talking import Talk, configuration, converse, one

Entry = Mapping[str, Any]


def log(config: Path | None, count: int, json: bool) -> None:
    """Print what was changed, by whom, and what came of it; the newest at the end. Raises JkbusError."""

    async def work(talk: Talk) -> None:
        entries = (await one(talk, {"do": "log", "count": 2 * count}))["entries"]
        if json:
            for entry in entries[-count:]:
                print(dumps(entry))
        elif entries:
            show(ended(entries)[-count:])
        else:
            print("nothing was changed so far")

    converse(configuration(config), work)


def ended(entries: Sequence[Entry]) -> list[Entry]:
    """The entries without the beginnings of what has an end."""
    ends = {step(entry) for entry in entries if entry.get("result") != BEGUN}
    return [entry for entry in entries if entry.get("result") != BEGUN or step(entry) not in ends]


def step(entry: Entry) -> tuple[Any, Any]:
    """Which step of which change an entry is about."""
    return entry.get("plan"), entry.get("step")


def show(entries: Sequence[Entry]) -> None:
    """Print entries for people: a line each, or two where the terminal is narrow."""
    console = page()
    wide = table(("when", "pack", "what", "result", "who"))
    narrow = table(("when and who", "pack", "what", "result"))
    for entry in entries:
        when = f"{datetime.fromisoformat(entry['at']).astimezone():%Y-%m-%d %H:%M:%S}"
        pack, asked = Text(str(entry.get("pack", ""))), Text(who(entry), style=DIM)
        result = Text(str(entry.get("result", "")), style="" if entry.get("result") == DONE else WARN)
        changes = list(what(entry))
        wide.add_row(when, pack, "\n".join(map(" ".join, changes)), result, asked)
        lines = [line for change in changes for line in change if line]
        narrow.add_row(Text(f"{when}\n").append_text(asked), pack, "\n".join(lines), result)
    console.print(wide if fits(wide, console) else narrow)
    for entry in entries:
        if entry.get("result") not in (BEGUN, DONE, STOPPED) and entry.get("message"):
            console.print(Text(f"▲ {entry['message']}", style=WARN))


def what(entry: Entry) -> Iterator[tuple[str, str]]:
    """What was changed, and from what to what."""
    for change in entry.get("changes", ()):
        yield change["name"], f"{change['old_text']} → {change['new_text']}"
    if entry.get("action"):
        yield entry["action"], ""
    if entry.get("result") == STOPPED:
        yield entry["message"].partition(": ")[0], ""


def who(entry: Entry) -> str:
    """Who asked for it: pi (command line)."""
    asked = entry.get("who") or {}
    via = str(asked.get("via", ""))
    return f"{asked['user']} ({via})" if asked.get("user") else via
