"""A day and more of a bad bus in virtual time: what is shown stays right, and memory stays flat."""

import gc
import os
from pathlib import Path

import pytest

from jkbus.bus.bus import Bus
from jkbus.bus.events import Heard
from jkbus.model.battery import Battery
from jkbus.model.identity import Identities
from jkbus.model.pack import Pack
from jkbus.protocol import Status
from jkbus.simulator import VirtualLine, bank
from jkbus.simulator.virtual import drive

HOURS = float(os.environ.get("SOAK_HOURS", "0.5"))
SHIFT = 900.0  # s after which the JK master leaves or comes back
CLEAN = 300.0  # s without bad bytes at the end


def resident() -> float:
    """Memory of this process in MB."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def far_off(shown: Status, sent: Status) -> list[str]:
    """Values an owner would act on that differ from the pack's own by more than it moves in a period."""
    tolerances = {"battery_voltage": 1.5, "state_of_charge": 2, "full_charge_capacity": 0.5, "cycle_count": 1}
    return [
        name for name, most in tolerances.items() if abs(getattr(shown, name) - getattr(sent, name)) > most
    ]


def run(battery: Battery, bus: Bus, line: VirtualLine, start: float, end: float) -> list[str]:
    """Drive them for a while; returns what was shown and wrong."""
    packs = {pack.address: pack for pack in line.packs}
    wrong = []
    for event in drive(bus, line, start, end):
        battery.apply("bus1", event)
        if isinstance(event, Heard) and isinstance(event.report.frame, Status):
            found = far_off(event.report.frame, packs[event.address].status)
            wrong += [f"{event.at:.1f} s, pack {event.address}: {name}" for name in found]
    return wrong


def same(shown: Pack, sent: Status) -> bool:
    assert shown.status is not None
    mine, theirs = shown.status.values(), sent.values()
    steady = ("state_of_charge", "cell_present_mask", "alarms", "charge_mosfet_on", "discharge_mosfet_on")
    return all(mine[name] == theirs[name] for name in steady)


@pytest.mark.soak
def test_every_pack_is_right_after_hours_of_bad_bytes_and_a_master_that_comes_and_goes() -> None:
    line, bus = bank(16, seed=5), Bus()
    battery = Battery(Identities([], {}))
    assert line.master is not None
    line.faults.flip = 0.01
    now, wrong, sizes = 0.0, [], []
    while now < HOURS * 3600 - CLEAN:
        line.master.active = int(now / SHIFT) % 2 == 0
        wrong += run(battery, bus, line, now, now + SHIFT)
        now += SHIFT
        sizes.append(resident())
    line.master.active, line.faults.flip = True, 0.0
    run(battery, bus, line, now, now + CLEAN)
    assert len(battery.packs) == 16
    for pack, truth in zip(battery.packs, sorted(line.packs, key=lambda p: p.address), strict=True):
        assert pack.available, pack.address
        assert same(pack, truth.status), pack.address
    assert wrong == []
    assert sizes[-1] - sizes[len(sizes) // 4] < 5.0, sizes
