"""`history list` and `names`, and what every question about the past begins with."""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from rich.text import Text

from .. import app
from ..app.past import history_of
from ..config import Config
from ..config.words import suggestion
from ..control.local import Asker
from ..errors import JkbusError, UsageError
from ..history.series import Series, frame_with, series_of
from ..history.whole import KEY, Whole
from .documents import dumps
from .showing import DIM, page, table
from .spans import iso, lasting, told
from .talking import CLEAR, Answer, configuration, fault

ALL = "all"
WAITING = {"health": "looking at the last 30 days ...", "curve": "reading ...", "energy": "reading ..."}

Work = Callable[[Asker, Config], Coroutine[Any, Any, None]]


def remember(path: Path | None, work: Work) -> None:
    """Ask the gateway that runs, or the files where none does. Raises JkbusError."""
    config = configuration(path)

    async def going() -> None:
        async with app.archive_for(config) as archive:
            await work(archive, config)

    asyncio.run(going())


async def ask(archive: Asker, do: str, **more: Any) -> Answer:
    """The answer to a request. Raises JkbusError if it is a fault."""
    waiting = WAITING.get(do) if sys.stderr.isatty() else None
    if waiting:
        print(waiting, end="", file=sys.stderr, flush=True)
    answers = [answer async for answer in archive.ask({"do": do, **more})]
    if waiting:
        print(CLEAR, end="", file=sys.stderr, flush=True)
    if not answers:
        raise JkbusError("the gateway hung up without an answer; its log says why")
    if "error" in answers[0]:
        raise fault(answers[0])
    return answers[0]


async def sources(archive: Asker) -> list[Answer]:
    """All packs that have a past, by name, the battery last. Raises JkbusError if there is nothing yet."""
    return in_order((await ask(archive, "history"))["sources"])


def in_order(found: Sequence[Answer]) -> list[Answer]:
    """By name, the battery last. Raises JkbusError if there is nothing."""
    if not found:
        raise JkbusError("the history is empty; it begins with the first pack that `jkbus run` hears")
    return sorted(found, key=lambda source: (source["key"] == KEY, source["name"]))


def chosen(known: Sequence[Answer], names: Sequence[str]) -> list[Answer]:
    """The sources of these names or keys; of `all` every pack. Raises UsageError for a name that is none."""
    found: list[Answer] = []
    for name in names:
        same = [
            one for one in known if name in (one["name"], one["key"]) or (name == ALL and one["key"] != KEY)
        ]
        if not same:
            raise UsageError(f"{name}: has no history; {suggestion(name, [one['name'] for one in known])}")
        found += [one for one in same if one not in found]
    return found


def series(source: Answer, name: str) -> Series:
    """What a value of a pack or the battery is. Raises UsageError with the name that was probably meant."""
    kind = Whole if source["key"] == KEY else frame_with(name)
    found = None if kind is None else series_of(kind).get(name)
    if found is None:
        raise UsageError(
            f"{name}: there is no such value of {source['name']}; {_likely(source, name)}"
            f" `jkbus history names {source['name']}` lists all"
        )
    return found


def _likely(source: Answer, name: str) -> str:
    from ..history.query import names

    likely = suggestion(name, names(source["key"]))
    return likely if likely.startswith("did you mean") else ""


def list_sources(path: Path | None, json: bool) -> None:
    """Print which packs have a past, since when, and how large the file is. Raises JkbusError."""

    async def work(archive: Asker, config: Config) -> None:
        found = await sources(archive)
        if json:
            for source in found:
                print(dumps({**source, "first": iso(source["first"]), "last": iso(source["last"])}))
            return
        shown = table(("name", "since", "until", "over"))
        for source in found:
            over = lasting(source["last"] - source["first"])
            shown.add_row(Text(source["name"]), told(source["first"]), told(source["last"]), over)
        console = page()
        console.print(shown)
        console.print(Text(kept(config), style=DIM))

    remember(path, work)


def kept(config: Config) -> str:
    """Where the history is, how large, and how long it is kept."""
    file = history_of(config).file
    parts = [file, file.with_name(f"{file.name}-wal")]
    size = sum(part.stat().st_size for part in parts if part.is_file())
    keep = config.history
    return (
        f"{file}: {size / 1e6:.1f} MB; every report for {lasting(keep.raw)}, minutes for"
        f" {lasting(keep.minutes)}, hours for ever"
    )


def list_names(path: Path | None, pack: str, json: bool) -> None:
    """Print the values that are kept of a pack or the battery, with their units. Raises JkbusError."""

    async def work(archive: Asker, config: Config) -> None:
        (source,) = chosen(await sources(archive), [pack])
        names: list[str] = (await ask(archive, "names", key=source["key"]))["names"]
        if json:
            print(dumps({"name": source["name"], "key": source["key"], "names": names}))
            return
        cells = [f"{name}  {series(source, name).unit}".rstrip() for name in names]
        console = page()
        for line in columns(cells, console.width):
            console.print(Text(line))

    remember(path, work)


def columns(cells: Sequence[str], width: int) -> list[str]:
    """Words in as many columns as fit, read downwards."""
    room = max(map(len, cells)) + 2
    count = max(1, width // room)
    height = -(-len(cells) // count)
    return ["".join(f"{cell:<{room}}" for cell in cells[row::height]).rstrip() for row in range(height)]
