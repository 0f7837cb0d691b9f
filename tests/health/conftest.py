"""Lives that several tests look at, lived once."""

import pytest

from biography import LEAK, Bank, bank, level, live_days, packs
from jkbus.simulator import SunnyDay


@pytest.fixture(scope="session")
def fortnight() -> Bank:
    """Fifteen sunny days of four packs: one sound, three with a fault each that is written here."""
    lived = packs(4)
    world = SunnyDay(lived, hour=0.0, seed=3)
    world.sun = 2900.0
    _, leaking, loose, drifting = lived
    level(leaking)
    leaking.cells.leak[6] = LEAK
    leaking.settings.balancing_enabled = 0
    leaking.obey()
    world.leads[loose] += 0.012
    loose.cells.resistance[4] *= 3
    drifting.zero, drifting.gain = 0.4, 1.01
    return bank(world, live_days(world, 15), ["sound", "leaking", "loose", "drifting"])
