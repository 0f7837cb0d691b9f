"""Profiles over HTTP: read as `jkbus settings apply` reads a file, written as `export` writes one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ruamel.yaml.nodes import Node

from ..config import slug
from ..config.syntax import UnreadableFile, compose
from ..control import profiles
from ..control.profiles import Profile
from ..control.requests import Doings
from ..control.settings import SETTINGS
from ..errors import JkbusError, UsageError
from .asking import only

LONGEST = 65_536  # characters; sixteen packs with every setting of their own have fewer
REMARK = "A profile governs what it states and nothing else: delete the lines it should leave alone."
_FILE = "the profile"


def read(text: str) -> Profile:
    """The profile in a text; takes its time. Raises UsageError with a line for every fault.

    No file of this computer, no secret and no variable can be inserted: whoever sends it may be far away.
    """
    with TemporaryDirectory(prefix="jkbus-") as folder:
        file = Path(folder) / "profile.yaml"
        file.write_text(text, encoding="utf-8", errors="replace")
        try:
            line = _tagged(compose(file))
            if line is not None:
                raise UsageError(
                    f"{file}:{line}: !secret, !include and !env_var work in a file only; write the value"
                )
            return profiles.load(file)
        except UnreadableFile as bad:
            where = f"{file}:{bad.line}" if bad.line else str(file)
            raise UsageError(f"{_named(where, file)}: {bad.why}") from None
        except UsageError as error:
            raise UsageError(_named(str(error), file)) from None


async def wishes(doings: Doings, profile: Profile, packs: Sequence[str]) -> dict[str, Any]:
    """What a profile wants of each of these packs, by name, for a request to plan. Raises JkbusError.

    A name in it that no pack has is a fault: the pack that was meant would get what is for all the others.
    """
    found = await _told(doings, packs, ["charge_enabled"])
    known = {slug(name) for pack in found for name in (pack["name"], pack["key"] or "")}
    if others := [name for name in profile.packs if slug(name) not in known]:
        await _told(doings, others, ["charge_enabled"])
    return {pack["name"]: profile.wishes_for(pack["name"], pack["key"] or "") for pack in found}


async def written(doings: Doings, name: str) -> str:
    """The settings of a pack as a profile, read from it now. Raises JkbusError."""
    values = {pack["name"]: _settings(pack["values"]) for pack in await _told(doings, [name], [])}
    title = f"jkbus settings, written {datetime.now().astimezone():%Y-%m-%d} from {', '.join(values)}"
    return profiles.text(values, f"{title}\n{REMARK}", common=True)


async def _told(doings: Doings, packs: Sequence[str], names: Sequence[str]) -> list[Mapping[str, Any]]:
    answer = await only(doings, {"do": "get", "packs": list(packs), "names": list(names)})
    found: list[Mapping[str, Any]] = answer["packs"]
    if faults := [pack["error"] for pack in found if "error" in pack]:
        raise JkbusError("\n".join(faults))
    return found


def _settings(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in SETTINGS and value is not None}


def _tagged(root: Node) -> int | None:
    """The first line on which something is to be inserted from elsewhere; anchors may lead in circles."""
    waiting, seen = [root], {id(root)}
    while waiting:
        node = waiting.pop()
        if str(node.tag).startswith("!"):
            return int(node.start_mark.line) + 1
        for child in _children(node):
            if id(child) not in seen:
                seen.add(id(child))
                waiting.append(child)
    return None


def _children(node: Node) -> list[Node]:
    if not isinstance(node.value, list):
        return []
    return [part for item in node.value for part in (item if isinstance(item, tuple) else (item,))]


def _named(text: str, file: Path) -> str:
    return text.replace(str(file), _FILE)
