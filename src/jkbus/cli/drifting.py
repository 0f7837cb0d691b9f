"""`settings diff`: where packs have not what a profile wants, or not what the first of them has."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..control import profiles
from ..errors import JkbusError, UsageError
from .comparing import Row, compared
from .documents import dumps
from .getting import present, told
from .profiling import check_names
from .showing import page, said, several
from .talking import Talk, configuration, converse, selected

SUFFIXES = (".yaml", ".yml")


def is_profile(name: str) -> bool:
    """Whether a file is meant and not a pack."""
    return Path(name).suffix in SUFFIXES or Path(name).is_file()


def diff(config: Path | None, first: str, packs: Sequence[str], json: bool) -> None:
    """Compare packs with a profile or with the first pack. Raises JkbusError if they differ."""
    profile = profiles.load(Path(first)) if is_profile(first) else None
    names = selected(packs if profile else [first, *packs])
    for name in names:
        if is_profile(name):
            raise UsageError(f"{name} is a profile; name it first, and one at a time")

    async def work(talk: Talk) -> None:
        found = await told(talk, names or ["all"], sorted(profile.names) if profile else [])
        if profile is not None:
            await check_names(talk, Path(first), profile, found)
            wanted = [profile.wishes_for(pack["name"], pack["key"]) for pack in found]
            drift(Path(first).name, profile.common, found, wanted, json)
        elif len(found) < 2:
            raise UsageError(f"{first} is one pack; name another to compare it with, or a profile")
        else:
            common = present(found[0]["values"])
            drift(found[0]["name"], common, found[1:], [common] * (len(found) - 1), json)

    converse(configuration(config), work)


def drift(
    reference: str,
    common: Mapping[str, Any],
    packs: Sequence[Mapping[str, Any]],
    wanted: Sequence[Mapping[str, Any]],
    json: bool,
) -> None:
    """Print where packs have not what is wanted of them. Raises JkbusError if they have not."""
    rows = profiles.diff(wanted, [present(pack["values"]) for pack in packs])
    names = [pack["name"] for pack in packs]
    differing = [row for row in rows if any(row.differs)]
    if json:
        print(dumps({"differs": bool(differing), "settings": [document(row, names) for row in rows]}))
    elif differing:
        console = page()
        console.print(compared([compare(row, common) for row in differing], names, reference, console))
    else:
        print(f"no drift: {several(names)} {_have(names)} all {len(rows)} settings of {reference}")
    if differing:
        astray = [name for number, name in enumerate(names) if any(row.differs[number] for row in differing)]
        verb = "differs" if len(astray) == 1 else "differ"
        raise JkbusError(f"{several(astray)} {verb} in {len(differing)} of {len(rows)} settings")


def _have(names: Sequence[str]) -> str:
    return "has" if len(names) == 1 else "have"


def document(row: profiles.Row, packs: Sequence[str]) -> dict[str, Any]:
    """A compared setting for programs."""
    return {
        "name": row.name,
        "wanted": dict(zip(packs, row.wanted, strict=True)),
        "found": dict(zip(packs, row.found, strict=True)),
        "differs": [name for name, differs in zip(packs, row.differs, strict=True) if differs],
    }


def compare(row: profiles.Row, common: Mapping[str, Any]) -> Row:
    """A compared setting for people."""
    wanted = [said(row.name, value) for value in row.wanted]
    found = [said(row.name, value) for value in row.found]
    return Row(row.name, said(row.name, common.get(row.name)), found, row.differs, wanted)
