"""Faults of a line by name, to see what the wiring check makes of them."""

from collections.abc import Callable

from .line import VirtualLine
from .strangers import foreigner, poller, second_master


def _set(**faults: float | bool) -> Callable[[VirtualLine], None]:
    def afflict(line: VirtualLine) -> None:
        for name, value in faults.items():
            setattr(line.faults, name, value)

    return afflict


def _mute(line: VirtualLine) -> None:
    line.packs.clear()
    line.master = None


AFFLICTIONS: dict[str, Callable[[VirtualLine], None]] = {
    "swapped": _set(swapped=True),
    "rate": _set(rate=57600),
    "termination": _set(reflections=2e-6),
    "floating": _set(flood=40.0),
    "masters": second_master,
    "poller": lambda line: poller(line, 0.15),
    "foreign": foreigner,
    "silent": _mute,
}
