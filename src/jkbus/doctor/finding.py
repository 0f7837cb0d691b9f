"""What an examination comes to, and where it looks."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

GOOD: Final = "good"
NOTE: Final = "note"
BAD: Final = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: `about` what, its state (good, note, bad), and what to do about it."""

    about: str
    state: str
    sentence: str
    remedy: str = ""

    def document(self) -> dict[str, str]:
        """The same for programs."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Machine:
    """Where the kernel tells of this computer."""

    sys: Path = Path("/sys")
    proc: Path = Path("/proc")
    dev: Path = Path("/dev")
