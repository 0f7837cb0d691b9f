"""What the sources of the captures say about them, in their own words and units."""

from typing import Any

import pytest

from jkbus.protocol import Settings, Status
from material import CAPTURES, is_report, records

STAGES = {"BULK": 0, "ABS": 1, "FLOAT": 2}


def reports(capture: str, type: int) -> list[dict[str, Any]]:
    return [record for record in records(capture) if is_report(record) and record["frame_type"] == type]


def test_a_charging_pack_that_lost_a_fifth_of_its_capacity() -> None:
    (record,) = reports("fl4p_issue365", 2)
    status, said = Status(record["data"]), record["expected"]
    (settings,) = reports("fl4p_issue365", 1)
    assert Settings(settings["data"]).design_capacity == said["capacity"]
    assert status.battery_voltage == said["voltage"]
    assert status.battery_current == -said["current"]  # the source counts charge as negative
    assert status.remaining_capacity == said["charge"]
    assert status.full_charge_capacity == said["aged_capacity"]
    assert status.state_of_health == said["soh"]
    assert status.state_of_charge == pytest.approx(said["soc"], abs=1)
    assert 100 * status.remaining_capacity / status.full_charge_capacity == pytest.approx(
        said["soc"], abs=0.005
    )
    assert (status.cycle_count, status.cycle_capacity) == (
        said["num_cycles"],
        said["total_charge_throughput"],
    )


def test_a_pack_of_fourteen_cells_with_two_sensors() -> None:
    (record,) = reports("golden_14cells", 2)
    status, said = Status(record["data"]), record["expected"]
    cells = [volt for volt in status.cell_voltage if volt is not None]
    assert len(cells) == said["cell_count"]
    assert (cells[0], cells[6]) == (said["cell_1_mV"] / 1000, said["cell_7_mV"] / 1000)
    assert status.battery_voltage == said["pack_mV"] / 1000
    assert status.battery_current == said["current_mA"] / 1000
    assert (status.battery_temperature_1, status.battery_temperature_2) == (said["t1"], said["t2"])
    assert status.state_of_charge == said["soc"]


@pytest.mark.parametrize("record", reports("syssi_faker_test_v15-charge-status", 2))
def test_a_charge_stage_and_how_long_it_has_lasted(record: dict[str, Any]) -> None:
    status, said = Status(record["data"]), record["expected"]
    assert status.charge_stage == STAGES[said["charge_status"]]
    assert status.charge_stage_elapsed == said["charge_status_elapsed_s"]


SWITCHED = {"开:": 1, None: 0}  # on, and the line below it
MAKERS = [record for record in records("modbus_official_examples") if "expected" in record]


@pytest.mark.parametrize("record", MAKERS, ids=[f"{place}" for place in range(len(MAKERS))])
def test_the_makers_examples_write_the_values_that_they_name(record: dict[str, Any]) -> None:
    data, said = record["data"], record["expected"]["value"]
    place = (data[2] << 8 | data[3]) - Settings.block
    payload = bytearray(293)
    payload[place : place + 4] = data[-6:-2]
    settings = Settings.from_registers(payload)
    (row,) = [row for row in Settings.rows() if row.offset <= place + 6 < row.offset + row.size]
    value = getattr(settings, row.name)
    if isinstance(value, tuple):
        assert sum(value) == value[(place + 6 - row.offset) // 4] == float(said) / 1000  # said in mΩ
    elif said in SWITCHED:
        assert value == SWITCHED[said]
    else:
        assert value == float(said)


def test_nothing_that_a_source_says_is_left_unread() -> None:
    speaking = {capture for capture in CAPTURES for record in records(capture) if "expected" in record}
    assert speaking == {
        "fl4p_issue365",
        "golden_14cells",
        "modbus_official_examples",
        "syssi_faker_test_v15-charge-status",
    }
