"""The battery as a whole: what its packs are together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkbus.history.whole import Whole, whole
from jkbus.model.pack import SILENT, Pack
from jkbus.outputs.totals import totals
from jkbus.protocol import Report, Status
from jkbus.simulator import bank
from remembering import status


def pack(report: bytes, address: int = 1) -> Pack:
    found = Pack("bus1", address, f"pack {address}")
    found.take(Report(report, address), 0.0)
    return found


def test_the_whole_is_what_other_outputs_say_it_is() -> None:
    line = bank(7, seed=2)
    assert line.world is not None
    line.world.run(0.0)
    packs = [pack(one.frame(Status.type).sealed(), one.address) for one in line.packs]
    packs[3].state = SILENT
    together, told = whole(packs), totals(packs)
    assert together is not None
    assert together.packs_heard == told.heard == 6
    assert together.state_of_charge == pytest.approx(told.state_of_charge, abs=0.01)
    assert together.battery_voltage == pytest.approx(told.voltage, abs=0.001)
    assert together.battery_current == pytest.approx(told.current, abs=0.001)
    assert together.power == pytest.approx(told.power, abs=0.1)
    assert together.remaining_capacity == pytest.approx(told.remaining)
    assert together.full_charge_capacity == pytest.approx(told.capacity)
    assert (together.cell_voltage_min, together.cell_voltage_max) == told.cells
    assert (together.temperature_min, together.temperature_max) == told.temperatures


def test_alarms_of_any_pack_are_alarms_of_the_whole() -> None:
    packs = [pack(status()), pack(status(alarms=1 << 11)), pack(status(alarms=1 << 19))]
    together = whole(packs)
    assert together is not None
    assert (together.alarms, together.packs_alarmed) == (1 << 11 | 1 << 19, 1)


def test_while_no_pack_is_heard_there_is_no_whole() -> None:
    silent = pack(status())
    silent.state = SILENT
    assert whole([]) is None
    assert whole([silent, Pack("bus1", 2, "never heard")]) is None


def test_without_a_probe_there_is_no_temperature() -> None:
    together = whole([pack(status(temperature_sensor_present=0))])
    assert together is not None
    assert (together.temperature_min, together.temperature_max) == (None, None)


def test_packs_that_know_no_capacity_count_alike() -> None:
    together = whole([pack(status(state_of_charge=40)), pack(status(state_of_charge=60))])
    assert together is not None
    assert together.state_of_charge == 50.0


@given(st.lists(st.binary(min_size=293, max_size=293), max_size=4))
def test_reports_that_no_battery_can_be_hold_nothing_up(payloads: list[bytes]) -> None:
    packs = [pack(status()[:6] + payload + b"\0") for payload in payloads]
    together = whole(packs)
    assert together is None or Whole(together.data).packs_heard == len(packs)
