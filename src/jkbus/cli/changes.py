"""`settings log`: what was changed, by whom, and what came of it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.text import Text

from ..bus.orders import DONE
from ..control.audit import BEGUN
from .documents import dumps
from .showing import DIM, WARN, page, table
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
    """Print entries for people; what went wrong with a sentence below."""
    shown = table(("when", "pack", "what", "result", "who"))
    shown.columns[2].no_wrap = False
    for entry in entries:
        done = entry.get("result") == DONE
        shown.add_row(
            f"{datetime.fromisoformat(entry['at']).astimezone():%Y-%m-%d %H:%M:%S}",
            Text(str(entry.get("pack", ""))),
            Text("\n".join(what(entry))),
            Text(str(entry.get("result", "")), style="" if done else WARN),
            Text(who(entry), style=DIM),
        )
    page().print(shown)


def what(entry: Entry) -> Iterator[str]:
    """What was changed, a line each; where it went wrong, how."""
    for change in entry.get("changes", ()):
        yield f"{change['name']} {change['old_text']} → {change['new_text']}"
    if entry.get("action"):
        yield entry["action"]
    if entry.get("result") not in (BEGUN, DONE) and entry.get("message"):
        yield entry["message"]


def who(entry: Entry) -> str:
    """Who asked for it: pi (command line)."""
    asked = entry.get("who") or {}
    via = str(asked.get("via", ""))
    return f"{asked['user']} ({via})" if asked.get("user") else via
