"""The wiring check on a recording."""

from collections.abc import Iterable

from ..protocol.uart import BAUDRATE
from .ear import Ear

Recorded = tuple[bytes, float | None, bool]  # bytes, s since the start where known, whether we said them


def replayed(recorded: Iterable[Recorded], rate: int = BAUDRATE) -> Ear:
    """An ear that has heard a recording. Without times nothing is told of rhythm and of silence."""
    ear, now = Ear(rate), 0.0
    for data, at, said in recorded:
        now = now if at is None else max(now, at)
        (ear.said if said else ear.heard)(data, now)
    ear.finish()
    return ear
