"""What is believed on a line that is never quite clean: what is true, at the latest one report later."""

import pytest

from jkbus.bus.doubt import Doubt
from jkbus.protocol import Status
from jkbus.protocol.framing import Framer
from jkbus.protocol.messages import Report
from jkbus.simulator import bank
from material import STREAMS, chunks


def noisy() -> Doubt:
    doubt = Doubt()
    doubt.noise(0.0)
    return doubt


def believed(doubt: Doubt, status: Status) -> bool:
    return doubt.believes(Report(status.sealed(), 1, "acknowledgement"), 1.0)


def charging() -> Status:
    """A Status as a living pack tells it, to be changed."""
    (pack,) = bank(1, master=False).packs
    return Status(bytearray(pack.report(2)[:300]))


@pytest.mark.parametrize("name", STREAMS)
def test_real_reports_are_believed_but_for_those_that_bring_a_change(name: str) -> None:
    doubt, framer, seen, believed_of = noisy(), Framer(), set(), []
    for message in framer.feed(b"".join(chunks(name))) + framer.finish():
        if isinstance(message, Report):
            believes = doubt.believes(message, 1.0)
            believed_of += [believes] if (message.address, message.type) in seen else []
            seen.add((message.address, message.type))
    assert believed_of.count(False) <= 2 + 0.05 * len(believed_of)


def test_an_alarm_that_comes_and_goes_hides_nothing() -> None:
    doubt, status = noisy(), charging()
    heard = []
    for turn in range(8):
        status.alarms = 1 << 11 if turn % 2 else 0
        heard.append(believed(doubt, status))
    assert heard == [False, False] + [True] * 6


def test_one_damaged_report_costs_one_report() -> None:
    doubt, status = noisy(), charging()
    assert [believed(doubt, status) for _ in range(2)] == [False, True]
    soc, status.state_of_charge = status.state_of_charge, 7
    assert not believed(doubt, status)
    status.state_of_charge = soc
    assert believed(doubt, status)


def test_a_pack_that_contradicts_itself_by_nature_is_shown() -> None:
    doubt, status = noisy(), charging()
    volts = list(status.cell_voltage)
    volts[4] = 0.0  # a broken sense wire
    status.cell_voltage = tuple(volts)
    assert [believed(doubt, status) for _ in range(3)] == [False, True, True]


def test_a_new_contradiction_is_doubted() -> None:
    doubt, status = noisy(), charging()
    assert [believed(doubt, status) for _ in range(2)] == [False, True]
    status.battery_current = 500.0
    assert not believed(doubt, status)
