"""A bank of virtual packs that look alike and are not: what demos, benches and tests start from."""

import time
from collections.abc import Sequence
from random import Random

from ..errors import UsageError
from .faults import Faults
from .firmware import FIRMWARE
from .line import VirtualLine
from .pack import VirtualPack
from .world import SunnyDay

_MIX = ("15.41", "15.41", "14.20", "19.27", "15.41", "19.27", "14.20")
_YEAR_2020 = 1_577_836_800  # unix s
_RTC = 199_800_000  # s since 2020-01-01: a day in May 2026, shortly before noon


def bank(
    count: int = 7,
    *,
    master: bool = True,
    seed: int = 0,
    firmware: str | Sequence[str] | None = None,
    cells: int = 16,
    soc: float = 0.62,
    faults: Faults | None = None,
    speed: float = 1.0,
    living: bool = True,
    chunk: int = 62,
    rtc: int = _RTC,
    weak: bool = True,
) -> VirtualLine:
    """`count` packs on a line: with `master` addresses 0 to count - 1 and a JK master, else 1 to count.

    `firmware` is one version for all or one for each in turn. With `living` a day of sun and loads moves
    them, `speed` times as fast as the clock; without it they rest. Their clocks show `rtc` (s since 2020).
    With `weak` the last pack has a cell that lags behind.
    Raises UsageError for a count that has no room and for a firmware that is unknown.
    """
    first = 0 if master else 1
    if not 1 <= count <= 16 - first:
        raise UsageError(f"{count} packs: addresses {first} to 15 take 1 to {16 - first}")
    versions = _MIX if firmware is None else (firmware,) if isinstance(firmware, str) else firmware
    for version in versions:
        if version not in FIRMWARE:
            raise UsageError(f"firmware {version}: unknown; choose among {', '.join(FIRMWARE)}")
    random = Random(seed)
    packs = [
        VirtualPack(
            address,
            cells=cells,
            soc=min(1.0, max(0.02, soc + random.uniform(-0.03, 0.03))),
            firmware=versions[place % len(versions)],
            name=f"Pack {address}",
            seed=seed,
            temperature=21 + random.uniform(-1.5, 2.5),
            cycles=random.uniform(8, 160),
            rtc=rtc + random.randrange(-30, 30),
        )
        for place, address in enumerate(range(first, first + count))
    ]
    if weak:
        _trouble(packs[-1])
    world = SunnyDay(packs, seed=seed, speed=speed) if living else None
    return VirtualLine(packs, master=master, seed=seed, faults=faults, world=world, chunk=chunk)


def _trouble(pack: VirtualPack) -> None:
    """Give a pack a cell that lags behind, and let its balancer work on it in the middle of the curve too."""
    weak = len(pack.cells) * 2 // 3
    pack.cells.weaken(weak, missing=min(0.15 * pack.full, 0.25 * pack.remaining), resistance=1.6)
    pack.settings.balancing_start_cell_voltage = 3.2
    pack.obey()


def clock_of_now() -> int:
    """What the clock of a pack should show now: seconds since 2020-01-01 00:00 in local time."""
    now = time.time()
    return clock_of(now, time.localtime(now).tm_gmtoff)


def clock_of(now: float, zone: float) -> int:
    """The same at unix time `now`, where local time is `zone` s ahead of UTC."""
    return round(now + zone) - _YEAR_2020
