"""`settings export`, `apply` and `undo`: profiles written, applied and taken back."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from ..config import slug
from ..control import profiles, undoing
from ..control.profiles import Profile
from ..errors import JkbusError, UsageError
from .changing import Consent, change
from .getting import present, told
from .showing import several
from .talking import Answer, Talk, configuration, converse, selected

REMARK = "A profile governs what it states and nothing else: delete the lines it should leave alone."


def export(config: Path | None, packs: Sequence[str], output: Path | None) -> None:
    """Write the settings of packs as a profile, to stdout if no file is named. Raises JkbusError."""
    if output is not None and output.exists():
        raise UsageError(f"{output} is there already; nothing was changed, name another file or move it away")

    async def work(talk: Talk) -> None:
        found = {pack["name"]: present(pack["values"]) for pack in await told(talk, selected(packs))}
        written = f"jkbus settings, written {datetime.now().astimezone():%Y-%m-%d} from {', '.join(found)}"
        write(profiles.text(found, f"{written}\n{REMARK}", common=True), output)
        if output is not None:
            print(f"{output} holds the settings of {several(list(found))}")

    converse(configuration(config), work)


def write(text: str, output: Path | None) -> None:
    """To a file, or to stdout."""
    if output is None:
        print(text, end="")
    else:
        output.write_text(text)


def apply(config: Path | None, profile: Path, packs: Sequence[str], consent: Consent) -> None:
    """Make packs as a profile wants them. Raises JkbusError."""
    wanted = profiles.load(profile)

    async def work(talk: Talk) -> None:
        found = await told(talk, selected(packs), ["charge_enabled"])  # who they are
        await check_names(talk, profile, wanted, found)
        each = {pack["name"]: wanted.wishes_for(pack["name"], pack["key"] or "") for pack in found}
        await change(talk, {"do": "plan", "packs": selected(packs), "wishes": {}, "each": each}, consent)

    converse(configuration(config), work)


async def check_names(talk: Talk, file: Path, profile: Profile, found: Sequence[Answer]) -> None:
    """See to it that a profile speaks of packs there are; `found` are some of them.

    Of a name with a slip in it nothing would come, and the pack would get what is for all the others. Raises
    UsageError.
    """
    known = {slug(name) for pack in found for name in (pack["name"], pack["key"] or "")}
    if others := [name for name in profile.packs if slug(name) not in known]:
        try:
            await told(talk, others, ["charge_enabled"])
        except UsageError as error:
            raise UsageError(f"{file}: packs: {error}") from None
        except JkbusError:
            pass  # it is known, and cannot be read at present


def undo(config: Path | None, file: Path | None, consent: Consent) -> None:
    """Take a change back: write again what was there before. Raises JkbusError."""

    chosen = configuration(config)
    file = file or last(chosen.state / "undo")
    before, title = undoing.load(file), undoing.title(file)

    async def work(talk: Talk) -> None:
        if title and not consent.json:
            print(f"{title}\n", flush=True)
        request = {"do": "plan", "packs": list(before.packs), "wishes": {}, "each": before.packs}
        await change(talk, request, consent)

    converse(chosen, work)


def last(folder: Path) -> Path:
    """The newest file that undoes something. Raises UsageError if there is none."""
    files = undoing.saved(folder)
    if not files:
        raise UsageError(f"there is nothing to undo: no file in {folder}")
    return files[0]
