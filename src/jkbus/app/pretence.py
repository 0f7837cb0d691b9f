"""What the demo pretends: which packs there are, since when, and how they are called."""

from ..config import BusConfig, PackConfig, demo_config
from ..config.values import slug
from ..simulator.course import Course
from ..simulator.household import CAPACITY, Household

DAYS = 366  # of the past
BUS = "bus1"
_DAY = 86400.0


def household(packs: int, seed: int, now: float, zone: float) -> Household:
    """The packs of the demo at unix time `now`; local time is `zone` s ahead of UTC."""
    return Household(packs, Course(now - DAYS * _DAY, now, capacity=CAPACITY, seed=seed, zone=zone), now)


def name_of(address: int) -> str:
    """What the pack at an address is called."""
    return f"rs485-bms{address}"


def key_of(address: int) -> str:
    """By what it is known everywhere."""
    return slug(name_of(address))


def bus_config(packs: int) -> BusConfig:
    """The bus of the demo: settings may be changed, nothing can break."""
    named = tuple(PackConfig(name=name_of(address), address=address) for address in range(packs))
    (bus,) = demo_config(packs).buses
    return bus.model_copy(update={"name": BUS, "packs": named, "writes": True})
