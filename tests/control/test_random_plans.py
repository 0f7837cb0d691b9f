"""Random plans: the legal ones arrive on a virtual pack as wished, the others put no byte on the wire."""

from collections.abc import Sequence
from itertools import pairwise, permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jkbus.bus.law import lawful
from jkbus.control.order import arranged
from jkbus.control.plan import Rejected, plan, present
from jkbus.control.settings import SETTINGS
from jkbus.control.values import Value
from jkbus.model.pack import Pack
from jkbus.simulator import VirtualPack, registers
from planning import chains, crossed, dress, known_pack, pack_of, states

RCV_TIME = "requested_charge_voltage_time"
FIRMWARE = ("14.20", "15.41", "19.27")


def legal(pack: Pack, wished: dict[str, Value]) -> bool:
    """Whether a plan must be possible, told without a look at how plans are made."""
    old = present(pack)
    new = {**old, **wished}
    changed = {name for name in wished if new[name] != old[name]}
    has_heater = pack.about is not None and pack.about.software_version >= "15.41"
    lacks = not has_heater and wished.keys() & {"heating_start_temperature", "heating_stop_temperature"}
    return not lacks and not any(changed & set(pair) for pair in crossed(new))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FIRMWARE), states(), states(), st.permutations(sorted(SETTINGS)), st.data())
def test_a_legal_plan_is_carried_out_without_a_refusal_and_no_other_is_made(
    firmware: str,
    before: dict[str, Value],
    after: dict[str, Value],
    names: list[str],
    data: st.DataObject,
) -> None:
    virtual = VirtualPack(1, firmware=firmware)
    before[RCV_TIME] = before[RCV_TIME] or 0.1  # a board refuses 0 whatever it held before
    dress(virtual, before)
    virtual.settings.settings_switches |= data.draw(st.integers(0, 63)) << 10
    high_bits = virtual.settings.settings_switches & 0xFC00
    wished = {name: after[name] for name in names[: data.draw(st.integers(0, len(names)))]}
    if wished.get(RCV_TIME) == 0:
        wished[RCV_TIME] = 0.1
    pack = pack_of(virtual)
    if not legal(pack, wished):
        with pytest.raises(Rejected):
            plan(pack, wished)
        return
    made = plan(pack, wished)
    for step in made.steps:
        assert lawful(step.data)
        registers.write(virtual, step.register, step.data[7:-2])
        judge = step.judge
        assert judge is not None and judge(virtual.frame(step.type))
        assert not crossed(present(pack_of(virtual)))
    assert present(pack_of(virtual)) == {**before, **wished}
    assert virtual.settings.settings_switches & 0xFC00 == high_bits
    assert plan(pack_of(virtual), wished).steps == ()


NAMES = st.one_of(st.sampled_from([*SETTINGS, "battery_voltage", "settings_switches", "rtc"]), st.text())
ANYTHING: st.SearchStrategy[Any] = st.one_of(
    st.floats(), st.integers(), st.booleans(), st.none(), st.text(), st.floats(0, 100).map(str), st.just("on")
)


@settings(deadline=None)
@given(
    st.sampled_from(FIRMWARE),
    st.dictionaries(NAMES, ANYTHING, max_size=8),
    st.sampled_from(["", "about", "settings"]),
)
def test_whatever_is_wished_is_a_lawful_plan_or_rejected(
    firmware: str, wishes: dict[str, Any], missing: str
) -> None:
    pack = known_pack(firmware=firmware)
    if missing:
        setattr(pack, missing, None)
    try:
        made = plan(pack, wishes)
    except Rejected as error:
        assert error.faults and all(len(fault) < 300 for fault in error.faults)
    else:
        for step in made.steps:
            assert lawful(step.data)
            assert step.register < 0x1600
            assert step.data[2] << 8 | step.data[3] == step.register


CHAIN = max(chains(), key=len)
LEVELS = st.fixed_dictionaries({name: st.integers(1200, 1206).map(lambda raw: raw / 1000) for name in CHAIN})


def goes(names: Sequence[str], old: dict[str, float], new: dict[str, float]) -> bool:
    """Whether every write in this order leaves its own pairs in order."""
    state = dict(old)
    for name in names:
        state[name] = new[name]
        if any(name in pair and state[pair[0]] >= state[pair[1]] for pair in pairwise(CHAIN)):
            return False
    return True


@given(LEVELS, LEVELS)
def test_an_order_is_found_whenever_there_is_one(old: dict[str, float], new: dict[str, float]) -> None:
    found = arranged([[name] for name in CHAIN], old, new)
    possible = [names for names in permutations(CHAIN) if goes(names, old, new)]
    if found is None:
        assert not possible
    else:
        assert tuple(name for (name,) in found) in possible
    if all(old[a] < old[b] and new[a] < new[b] for a, b in pairwise(CHAIN)):
        assert found is not None
