"""The last hour of a bus in steps of ten seconds."""

from jkbus.bus.bus import Bus
from jkbus.wiring.samples import KEPT, Samples


def test_a_step_tells_what_came_in_it() -> None:
    bus = Bus()
    samples = Samples(bus)
    for second in range(35):
        bus.counters.reports += 2
        bus.counters.noise += second == 12
        samples.look(float(second), 1000.0 + second)
    document = samples.document()
    assert document["times"] == [1010.0, 1020.0, 1030.0]
    assert document["reports"] == [20, 20, 20]
    assert document["noise"] == [0, 1, 0]


def test_a_gap_is_a_gap_and_not_a_line_at_zero() -> None:
    samples = Samples(Bus())
    for second in (0, 10, 60, 70):
        samples.look(float(second), 1000.0 + second)
    document = samples.document()
    assert document["times"] == [1010.0, 1050.0, 1060.0, 1070.0]
    assert document["reports"] == [0, None, None, 0]


def test_no_more_than_an_hour_is_kept() -> None:
    samples = Samples(Bus())
    for step in range(2 * KEPT):
        samples.look(10.0 * step, 10.0 * step)
    assert len(samples.document()["times"]) == KEPT
