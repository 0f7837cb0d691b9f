"""A bus and virtual packs on a virtual line: two honest ends and a wire between them that may be bad."""

from collections import defaultdict
from random import Random

import pytest

from jkbus.bus.bus import Bus
from jkbus.bus.events import Event, Heard, NodeChanged, RoleChanged
from jkbus.bus.timing import Timing
from jkbus.simulator import VirtualLine, bank
from jkbus.simulator.virtual import drive


def run(bus: Bus, line: VirtualLine, seconds: float, start: float = 0.0) -> list[Event]:
    """All events of so many seconds."""
    return list(drive(bus, line, start, start + seconds))


def heard(events: list[Event]) -> dict[str, set[int]]:
    """Addresses by kind of report."""
    found = defaultdict(set)
    for event in events:
        if isinstance(event, Heard):
            found[event.report.frame.kind].add(event.address)
    return found


def ages(events: list[Event], kind: str = "status") -> list[float]:
    """Age of each pack's report of that kind at the moment of its renewal."""
    last: dict[int, float] = {}
    found = []
    for event in events:
        if isinstance(event, Heard) and event.report.frame.kind == kind:
            if event.address in last:
                found.append(event.at - last[event.address])
            last[event.address] = event.at
    return sorted(found)


def test_fifteen_packs_without_a_master_are_kept_fresh() -> None:
    events = run(Bus(), bank(15, master=False), 400)
    fresh = ages(events)
    assert fresh[len(fresh) // 2] <= 1.3
    assert fresh[int(len(fresh) * 0.99)] <= 2.0
    assert max(ages(events, "settings")) <= 60
    known = [e.at for e in events if isinstance(e, Heard) and e.report.frame.kind == "about"]
    assert len(known) == 15
    assert max(known) <= 120


def test_every_pack_is_known_within_ten_seconds() -> None:
    events = run(Bus(), bank(6, master=False), 10)
    assert heard(events)["status"] == {1, 2, 3, 4, 5, 6}


def test_few_packs_are_not_kept_from_the_line_by_missing_ones() -> None:
    fresh = ages(run(Bus(), bank(2, master=False), 120))
    assert fresh[int(len(fresh) * 0.99)] <= 1.0


def test_a_sniffer_beside_a_master_hears_all_packs_and_never_speaks() -> None:
    bus = Bus(read_only=True)
    events = run(bus, bank(7), 20)
    assert heard(events) == {"settings": set(range(7)), "status": set(range(7))}
    assert bus.counters.bytes_out == 0


def test_a_pseudo_master_gets_the_device_info_of_every_slave_without_a_collision() -> None:
    bus, line = Bus(), bank(16)
    events = run(bus, line, 90)
    assert heard(events)["about"] == set(range(1, 16))
    assert line.collisions == 0
    assert bus.counters.noise == 0
    assert bus.role == "pseudo-master"


def test_device_info_is_asked_again_when_the_answer_was_damaged() -> None:
    bus, line = Bus(), bank(4)
    line.faults.flip = 0.002
    events = run(bus, line, 120)
    line.faults.flip = 0.0
    events += run(bus, line, 120, start=120)
    assert heard(events)["about"] == {1, 2, 3}


def test_a_master_that_leaves_is_replaced_and_one_that_returns_is_obeyed() -> None:
    bus, line = Bus(), bank(5)
    assert line.master is not None
    events = run(bus, line, 20)
    line.master.active = False
    events += run(bus, line, 20, start=20)
    assert bus.role == "master"
    line.master.active = True
    events += run(bus, line, 20, start=40)
    assert bus.role == "pseudo-master"
    roles = [event.role for event in events if isinstance(event, RoleChanged)]
    assert roles == ["sniffer", "pseudo-master", "master", "pseudo-master"]
    slaves = [e for e in events if isinstance(e, NodeChanged) and e.address]
    assert {e.state for e in slaves if e.at > 5} <= {"heard", "late"}


def test_a_pack_that_is_unplugged_is_silent_within_three_cycles_and_found_again() -> None:
    bus, line = Bus(), bank(6, master=False)
    run(bus, line, 30)
    line.packs[2].silent = True
    cycle = bus.cycle
    events = run(bus, line, 3 * cycle + 0.5, start=30)
    assert [e.state for e in events if isinstance(e, NodeChanged)] == ["late", "silent"]
    line.packs[2].silent = False
    run(bus, line, 10, start=30 + 3 * cycle + 0.5)
    assert bus.nodes[3].state == "heard"


def test_one_that_hears_itself_knows_its_own_voice() -> None:
    bus, line = Bus(), bank(6, master=False)
    line.faults.echo = True
    run(bus, line, 60)
    assert bus.role == "master"
    assert bus.counters.echoes > 500
    assert bus.counters.collisions == 0


def test_packs_that_are_deaf_for_longer_make_the_gap_longer() -> None:
    bus, line = Bus(), bank(1, master=False)
    line.packs[0].deaf = 0.07
    run(bus, line, 60)
    assert 0.07 <= bus.gap <= 0.12
    before = bus.nodes[1].timeouts
    run(bus, line, 60, start=60)
    assert bus.nodes[1].timeouts - before <= 4


@pytest.mark.parametrize("split", [1, 7, 400])
def test_chunks_of_any_size_change_nothing(split: int) -> None:
    bus, line = Bus(), bank(5)
    line.faults.split = split
    events = run(bus, line, 40)
    assert heard(events)["about"] == {1, 2, 3, 4}
    assert bus.counters.noise == 0


def test_a_slow_network_costs_time_and_no_data() -> None:
    bus, line = Bus(Timing(jitter=0.3)), bank(5, master=False)
    line.faults.delay = 0.25
    events = run(bus, line, 60)
    assert heard(events)["status"] == {1, 2, 3, 4, 5}
    assert bus.counters.bad_sums == 0
    assert {e.state for e in events if isinstance(e, NodeChanged)} <= {"heard", "late"}


def test_noise_between_messages_is_counted_and_does_not_stop_the_bus() -> None:
    bus, line = Bus(), bank(5, master=False)
    line.faults.flood = 20
    events = run(bus, line, 60)
    assert heard(events)["status"] == {1, 2, 3, 4, 5}
    assert bus.counters.noise > 1000
    assert all(node.alive for node in bus.nodes.values())


def test_two_programs_on_one_bus_settle() -> None:
    line = bank(4, master=False)
    one, other, tap = Bus(), Bus(Timing(listen=5.2, takeover=5.2)), line.attach()
    now = 0.0
    while now < 60:
        one.receive(line.read(now), now)
        other.receive(line.read(now, tap), now)
        for bus, voice in ((one, None), (other, tap)):
            if said := bus.poll(now):
                line.write(said, now, voice)
        now = max(min(one.wake_at, other.wake_at, line.wake_at, tap.wake_at), now + 1e-6)
    assert sorted([one.role, other.role]) == ["master", "pseudo-master"]
    assert all(len(bus.nodes) == 4 and all(n.alive for n in bus.nodes.values()) for bus in (one, other))


def test_what_is_shown_on_a_noisy_line_is_what_was_sent() -> None:
    bus, line = Bus(), bank(6, master=False, living=False)
    line.faults.flip = 0.003
    truth = {pack.address: pack.status for pack in line.packs}
    checked = 0
    for event in drive(bus, line, 0.0, 1200.0):
        if isinstance(event, Heard) and event.report.type == 2:
            checked += 1
            shown, sent = event.report.frame.values(), truth[event.address].values()
            for name in (
                "battery_voltage",
                "battery_current",
                "state_of_charge",
                "alarms",
                "charge_mosfet_on",
            ):
                assert shown[name] == pytest.approx(sent[name], abs=0.05), name
    assert checked > 500
    assert bus.counters.doubted > 5


@pytest.mark.parametrize("master", [True, False])
@pytest.mark.parametrize("timing", [Timing(), Timing(status=2.0, settings=0.5, jitter=0.3)])
def test_it_never_wakes_for_nothing_whatever_the_line_does(master: bool, timing: Timing) -> None:
    line, bus, chance, now, idle = bank(5, master=master, seed=3), Bus(timing), Random(3), 0.0, 0
    while now < 60 and idle < 3:
        if int(now) % 5 == 0:
            line.faults.flip = chance.choice([0.0, 0.001, 0.01, 0.05])
            line.faults.flood = chance.choice([0.0, 20.0, 500.0])
            line.faults.delay = chance.choice([0.0, 0.3])
            line.packs[2].silent = chance.random() < 0.5
        bus.receive(line.read(now), now)
        if said := bus.poll(now):
            line.write(said, now)
        idle = 0 if said or bus.wake_at > now else idle + 1
        now = max(min(bus.wake_at, line.wake_at), now + 1e-6)
    assert idle < 3, f"it wakes without end at {now} s"
