"""Whether what shall survive a restart can be kept."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from .finding import BAD, GOOD, NOTE, Finding

SCARCE, SHORT = 100e6, 1e9  # bytes; two weeks of 16 packs take some hundred MB


Free = Callable[[Path], float]


def free_of(folder: Path) -> float:
    """Bytes that are free where a folder is."""
    return float(shutil.disk_usage(folder).free)


def disk(state: Path, free: Free = free_of) -> Finding:
    """Whether the folder for state can be written to, and has room."""
    there = next((folder for folder in (state, *state.parents) if folder.is_dir()), Path("/"))
    if not os.access(there, os.W_OK | os.X_OK):
        remedy = f"run this as the gateway's user, or type `sudo chown -R $USER {there}`"
        return Finding("state", BAD, f"{state} cannot be written to by this user", remedy)
    room = free(there)
    said = f"{state} can be written to, {room / 1e9:.1f} GB are free"
    if room < SCARCE:
        return Finding("state", BAD, said, "delete something, or name another folder with state:")
    if room < SHORT:
        return Finding("state", NOTE, said, "a shorter history needs less: history: {raw: 7d}")
    return Finding("state", GOOD, said)
