"""The file that undoes a change: a profile with the old values, saved before the first byte is sent.

Its first line says whose change that was, and when. Old values that cannot be set, since they are out of
range, are remarks in it.
"""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from ..config.words import reason
from ..errors import ConfigError, JkbusError, UsageError
from ..model.pack import Pack
from ..protocol import Settings
from . import profiles
from .audit import sync
from .plan import Plan, present
from .profiles import Profile
from .settings import SETTINGS
from .values import Value

KEPT = 100  # files
_PRESET = "preset_"  # such actions replace settings that nobody lists


def old_values(plan: Plan, pack: Pack) -> dict[str, Value]:
    """What a pack has now of all that a plan changes; of a preset, every setting that can be set back."""
    if plan.action.startswith(_PRESET):
        return {
            name: value
            for name, value in present(pack).items()
            if SETTINGS[name].frame is Settings and SETTINGS[name].known(pack.about)
        }
    return {change.name: change.old for change in plan.changes}


def save(folder: Path, values: Mapping[str, Mapping[str, Value]], who: str) -> Path | None:
    """Save old values by name of pack in a new file of the folder, the oldest beyond `KEPT` are deleted.

    None if there are none. Raises JkbusError when it cannot be saved.
    """
    if not any(values.values()):
        return None
    now = datetime.now(UTC)
    title = f"As it was before the change of {now:%Y-%m-%d %H:%M:%S} UTC ({who})"
    file = folder / f"{now:%Y%m%d-%H%M%S-%f}.yaml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(file, profiles.text(values, title))
        for old in saved(folder)[KEPT:]:
            old.unlink(missing_ok=True)
    except OSError as error:
        forget(str(file))
        raise JkbusError(
            f"{file}: the old values cannot be saved ({reason(error)}), and nothing is changed without them;"
            " make room there, or allow it"
        ) from None
    return file


def forget(file: str) -> None:
    """Delete a file that undoes nothing, so that the last one is always that of the last change."""
    if file:
        with suppress(OSError):
            Path(file).unlink(missing_ok=True)


def saved(folder: Path) -> Sequence[Path]:
    """The files in the folder, the newest first."""
    return sorted(folder.glob("*.yaml"), reverse=True)


def title(file: Path) -> str:
    """What the first line of a file that was loaded says of it, "" where that is no remark."""
    first, _, _ = file.read_text(encoding="utf-8").partition("\n")
    return first.removeprefix("#").strip() if first.startswith("#") else ""


def load(file: Path) -> Profile:
    """What a file undoes. Raises UsageError if that is nothing, ConfigError for every fault in it."""
    try:
        return profiles.load(file)
    except ConfigError as error:
        empty = profiles.EMPTY in str(error)
        lost = [remark for remark in _remarks(file) if remark.partition(":")[0] in SETTINGS] if empty else []
        if not lost:
            raise
        raise UsageError(f"{file}: nothing of this change can be undone: {'; '.join(lost)}") from None


def _remarks(file: Path) -> list[str]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return [line.removeprefix("#").strip() for line in lines if line.startswith("#")]


def _write(file: Path, text: str) -> None:
    with file.open("x", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    sync(file.parent)
