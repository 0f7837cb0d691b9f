"""Packs as a gateway knows them, made from virtual ones, and settings that no two of which cross."""

from typing import Any

from hypothesis import strategies as st

from jkbus.control.settings import PAIRS, SETTINGS
from jkbus.control.values import Value, plain
from jkbus.model.pack import Pack
from jkbus.protocol import About, Settings, Status
from jkbus.protocol.frames import Frame
from jkbus.simulator import VirtualPack


def copied(frame: Frame) -> bytearray:
    return bytearray(frame.data)


def pack_of(virtual: VirtualPack, name: str = "Pack 1", key: str = "jk_1") -> Pack:
    """What a gateway knows of a virtual pack at this moment; its frames can be written."""
    pack = Pack("roof", virtual.address, name, key)
    pack.settings = Settings(copied(virtual.frame(1)))
    pack.status = Status(copied(virtual.frame(2)))
    pack.about = About(copied(virtual.frame(3)))
    return pack


def known_pack(address: int = 1, firmware: str = "15.41", **values: Any) -> Pack:
    """A pack whose reports show `values` by row name."""
    pack = pack_of(VirtualPack(address, firmware=firmware))
    for frame in (pack.settings, pack.status, pack.about):
        assert frame is not None
        for name in values.keys() & {row.name for row in frame.rows()}:
            setattr(frame, name, values[name])
    return pack


def dress(pack: Pack | VirtualPack, state: dict[str, Value]) -> None:
    """Let a pack's reports show a state."""
    for name, value in state.items():
        setattr(pack.settings if SETTINGS[name].type == 1 else pack.about, name, value)


def crossed(state: dict[str, Value]) -> list[tuple[str, str]]:
    return [(lower, upper) for lower, upper in PAIRS if state[lower] >= state[upper]]


@st.composite
def states(draw: st.DrawFn) -> dict[str, Value]:
    """A value for every setting, each in its range and no pair crossed, as any board may show them."""
    raws = {name: draw(raw_numbers(name)) for name in SETTINGS}
    for chain in chains():
        scarce = SETTINGS[chain[0]].row.per
        low = max(round(SETTINGS[name].low * scarce) for name in chain)
        high = min(round(SETTINGS[name].high * scarce) for name in chain)
        size = len(chain)
        ordered = draw(st.lists(st.integers(low, high), min_size=size, max_size=size, unique=True))
        raws.update(zip(chain, sorted(ordered), strict=True))
    return {name: plain(SETTINGS[name], raw) for name, raw in raws.items()}


def raw_numbers(name: str) -> st.SearchStrategy[int]:
    """Every raw number a setting may have on a PB2A."""
    setting = SETTINGS[name]
    high = 2 if name == "balancing_current_limit" else setting.high
    return st.integers(round(setting.low * setting.row.per), round(high * setting.row.per))


def chains() -> list[list[str]]:
    """The pairs put together: names from the lowest to the highest."""
    above = dict(PAIRS)
    found = []
    for lower in above.keys() - set(above.values()):
        chain = [lower]
        while chain[-1] in above:
            chain.append(above[chain[-1]])
        found.append(chain)
    return sorted(found)
