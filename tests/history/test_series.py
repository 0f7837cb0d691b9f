"""The series of a report: every number of it, under its name, as the report itself tells it."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkbus.history.packing import Columns
from jkbus.history.series import frame_with, series_of
from jkbus.history.whole import Whole
from jkbus.model.pack import Pack
from jkbus.outputs.entities import ENTITIES
from jkbus.protocol import About, Report, Settings, Status
from jkbus.protocol.frames import Frame
from material import reports
from remembering import status

NUMBERED = re.compile(r"(cell_voltage|cell_wire_resistance|cell_wire_compensation_resistance)_(\d+)")
FRAMING = {"preamble", "frame_type", "frame_counter", "checksum"}


def told(frame: Frame, name: str) -> float | None:
    """A value of a report, looked up the long way."""
    values, pack = frame.values(), Pack("bus", 1, "one")
    if isinstance(frame, Status):
        pack.take(Report(bytes(frame.data)), 0.0)
        if name == "power":
            return float(frame.battery_voltage * frame.battery_current)
        if name in ("cell_voltage_min", "cell_voltage_max"):
            return (min if name.endswith("min") else max)(pack.cells, default=None)
        if name == "heating_current" and not values["heating_active"]:
            return None
    if found := NUMBERED.fullmatch(name):
        place = int(found[2]) - 1
        if found[1] == "cell_wire_resistance" and values["cell_voltage"][place] is None:
            return None
        return float(volts) if (volts := values[found[1]][place]) is not None else None
    return None if values[name] is None else float(values[name])


def agree(frames: list[Frame]) -> None:
    columns = Columns.of(range(len(frames)), [bytes(frame.data) for frame in frames])
    for series in series_of(type(frames[0])).values():
        for number, frame in zip(series.read(columns), frames, strict=True):
            value = told(frame, series.name)
            if value is not None and series.name == "battery_voltage_correction" and abs(value) >= 1e9:
                value = None
            near = 0.51 if series.name in ("power", "battery_voltage_correction") else 1e-6
            assert (number is None) == (value is None), series.name
            if number is not None and value is not None:
                assert abs(number - value * series.per) <= max(near, abs(number) * 1e-12), series.name


@given(st.lists(st.binary(min_size=293, max_size=293), min_size=1, max_size=3))
def test_any_status_at_all_tells_the_same_numbers_as_its_rows(payloads: list[bytes]) -> None:
    agree([Status(bytes([0x55, 0xAA, 0xEB, 0x90, 2, 0]) + payload + b"\0") for payload in payloads])


def test_real_reports_tell_the_same_numbers_as_their_rows() -> None:
    for _, data in reports():
        if data[4] in (1, 2, 3):
            agree([{1: Settings, 2: Status, 3: About}[data[4]](data)])


@pytest.mark.parametrize("kind", [Status, Settings, About, Whole])
def test_every_number_of_a_report_is_a_series(kind: type[Frame]) -> None:
    known = {found[1] if (found := NUMBERED.fullmatch(name)) else name for name in series_of(kind)}
    numeric = {row.name for row in kind.rows() if row.code[-1] != "s"}
    assert numeric - FRAMING <= known


def test_series_are_named_as_their_entities_are() -> None:
    entities = {entity.key: entity for entity in ENTITIES}
    for name, series in series_of(Status).items():
        if name in entities and entities[name].platform == "sensor" and not entities[name].options:
            assert entities[name].unit == series.unit.replace("µ", "μ"), name


def test_a_cell_at_zero_volts_is_a_reading_and_an_empty_place_is_none() -> None:
    columns = Columns.of([0], [status(cells=[3.3, 0.0, 3.2])])
    read = {name: list(series_of(Status)[name].read(columns)) for name in series_of(Status)}
    assert read["cell_voltage_2"] == [0]
    assert read["cell_voltage_4"] == [None]
    assert read["cell_voltage_min"] == [0]
    assert read["cell_wire_resistance_4"] == [None]


def test_a_probe_that_comes_and_goes_is_none_while_it_is_gone() -> None:
    told = [status(battery_temperature_1=21.5), status(battery_temperature_1=None)]
    assert list(series_of(Status)["battery_temperature_1"].read(Columns.of([0, 1], told))) == [215, None]


def test_a_correction_that_is_no_number_is_none() -> None:
    told = [status(battery_voltage_correction=value) for value in (None, 1e30, 0.5)]
    found = series_of(Status)["battery_voltage_correction"].read(Columns.of([0, 1, 2], told))
    assert list(found) == [None, None, 500_000]
    assert math.isclose(500_000 / series_of(Status)["battery_voltage_correction"].per, 0.5)


def test_a_name_leads_to_its_kind_of_report() -> None:
    assert frame_with("cell_voltage_16") is Status
    assert frame_with("charge_current_limit") is Settings
    assert frame_with("power_on_count") is About
    assert frame_with("serial_number") is None
