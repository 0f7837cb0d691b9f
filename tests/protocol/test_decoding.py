"""Every report of every capture: against a decoder from the table, against itself, against its source."""

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from jkbus.protocol import REPORTS, About, Report, Settings, Status
from jkbus.protocol.fields import Probe, Text
from jkbus.protocol.frames import Frame
from material import CAPTURES, TESTS, is_report, records, reports, table

REPORTED = list(reports())
EVERY = pytest.mark.parametrize("data", [data for _, data in REPORTED], ids=[name for name, _ in REPORTED])


# Boards measure cells, voltage and current one after the other: how far apart that came out, in W and V.
POWER_APART = {"fl4p_issue377:2": 12.0, "txubelaxu_replay_test_yaml_short:5": 20.2}
DELTA_APART = {"mpp-solar_utils_20240222_114810:487": 0.0030001}


def of_type(type: int) -> pytest.MarkDecorator:
    some = [(name, data) for name, data in REPORTED if data[4] == type]
    return pytest.mark.parametrize("name, data", some, ids=[name for name, _ in some])


def number(raw: bytes, type: str) -> int:
    return int.from_bytes(raw, "little", signed=type[0] == "i")


def independent(data: bytes, line: dict[str, str]) -> Any:
    """The value of a line of the table, by other means than the rows' own."""
    offset, size, type, scale = int(line["offset"]), int(line["size"]), line["type"], line["scale"]
    raw = data[offset : offset + size]
    if type == "bytes":
        return raw
    if type == "ascii":
        return raw.partition(b"\0")[0].decode("ascii")
    if type == "bit":
        return bool(int.from_bytes(raw, "little") & 2 ** int(line["bit"]))
    if type == "f32":
        sign, exponent, fraction = (
            raw[3] >> 7,
            (raw[3] & 127) << 1 | raw[2] >> 7,
            number(raw[:3], "u") & 0x7FFFFF,
        )
        return (-1) ** sign * (1 + fraction / 2**23) * 2.0 ** (exponent - 127)
    width = size // int(line["count"] or 1)
    numbers = [number(raw[start : start + width], type) for start in range(0, size, width)]
    scaled: list[Any] = [float(n * Decimal(scale)) if scale != "1" else n for n in numbers]
    if line["name"] == "cell_voltage":
        mask = int.from_bytes(data[70:74], "little")
        scaled = [None if v == 0 and not mask & 1 << i else v for i, v in enumerate(scaled)]
    return scaled if line["count"] else scaled[0]


def is_absent(data: bytes, line: dict[str, str]) -> bool:
    """Whether a probe says in one of its two ways that it is not there."""
    if line["absent_value"] != "-2000":
        return False
    place = 0 if line["name"].startswith("mosfet") else int(line["name"][-1])
    offset = int(line["offset"])
    return data[offset : offset + 2] == b"\x30\xf8" or not data[214] & 1 << place


@EVERY
def test_a_captured_report_decodes_as_the_table_says(data: bytes) -> None:
    frame = Report(data).frame
    values = frame.values()
    lines = [line for line in table("frames") if line["frame"] in ("all", f"{data[4]:02}")]
    expected = {n["name"]: None if is_absent(data, n) else independent(data, n) for n in lines}
    assert values == expected
    assert {name: type(value) for name, value in values.items()} == {n: type(v) for n, v in expected.items()}


@EVERY
def test_an_attribute_and_the_whole_decode_agree(data: bytes) -> None:
    frame = Report(data).frame
    for name, value in frame.values().items():
        attribute = getattr(frame, name)
        assert (list(attribute) if isinstance(attribute, tuple) else attribute) == value


@EVERY
def test_a_captured_report_comes_back_from_its_values(data: bytes) -> None:
    source = Report(data).frame
    copy = type(source)(bytearray(300))
    unsaid = {299}
    for row in source.rows():
        value = getattr(source, row.name)
        setattr(copy, row.name, value)
        if isinstance(row, Text):
            unsaid.update(range(row.offset + len(value), row.offset + row.size))
        elif value is None:
            unsaid.update(range(row.offset, row.offset + row.size))
    if source.kind != "unknown":
        assert {place for place in range(300) if copy.data[place] != data[place]} <= unsaid
        assert {**copy.values(), "checksum": data[299]} == source.values()


def test_a_report_of_unknown_type_keeps_its_bytes() -> None:
    (data,) = [data for _, data in REPORTED if data[4] not in REPORTS]
    report = Report(data)
    assert type(report.frame) is Frame
    assert (report.type, report.frame.kind, report.data) == (5, "unknown", data)
    assert report.frame.values() == {
        "preamble": b"\x55\xaa\xeb\x90",
        "frame_type": 5,
        "frame_counter": data[5],
        "checksum": data[299],
    }


@of_type(2)
def test_a_status_is_consistent_in_itself(name: str, data: bytes) -> None:
    status = Status(data)
    cells = [volt for volt in status.cell_voltage if volt is not None]
    assert len(cells) == status.cell_present_mask.bit_count() == status.cell_present_mask.bit_length()
    assert status.battery_voltage == pytest.approx(sum(cells), abs=0.010001)
    assert status.battery_voltage_coarse == pytest.approx(status.battery_voltage, abs=0.010001)
    power = abs(status.battery_voltage * status.battery_current)
    assert status.battery_power_magnitude == pytest.approx(power, abs=POWER_APART.get(name, 0.02))
    assert 0 <= status.state_of_charge <= 100
    share = 100 * status.remaining_capacity / status.full_charge_capacity
    assert status.state_of_charge == pytest.approx(share, abs=1)
    temperatures = [getattr(status, row.name) for row in Status.rows() if isinstance(row, Probe)]
    assert all(-30 < celsius < 100 for celsius in temperatures if celsius is not None)


@of_type(2)
def test_the_extremes_of_a_status_are_those_of_its_cells(name: str, data: bytes) -> None:
    status = Status(data)
    cells = [volt for volt in status.cell_voltage if volt is not None]
    slack = 0.0040001 if status.balancing_state else DELTA_APART.get(name, 0.0020001)
    assert status.cell_voltage_average == pytest.approx(sum(cells) / len(cells), abs=0.0012001)
    assert status.cell_voltage_delta == pytest.approx(max(cells) - min(cells), abs=slack)
    assert cells[status.cell_voltage_max_index] == pytest.approx(max(cells), abs=slack)
    assert cells[status.cell_voltage_min_index] == pytest.approx(min(cells), abs=slack)


@of_type(1)
def test_the_limits_of_settings_are_in_order(name: str, data: bytes) -> None:
    s = Settings(data)
    falling = [
        s.cell_overvoltage_protection_voltage,
        s.cell_overvoltage_release_voltage,
        s.cell_undervoltage_release_voltage,
        s.cell_undervoltage_protection_voltage,
        s.power_off_cell_voltage,
    ]
    assert all(upper > lower for upper, lower in pairwise(falling))
    assert s.soc_100_cell_voltage > s.soc_0_cell_voltage or s.soc_100_cell_voltage == 0
    assert s.charge_overtemperature_protection > s.charge_overtemperature_release
    assert s.discharge_overtemperature_protection > s.discharge_overtemperature_release
    assert s.mosfet_overtemperature_protection > s.mosfet_overtemperature_release
    assert s.charge_undertemperature_protection < s.charge_undertemperature_release
    assert 2 <= s.cell_count_setting <= 32


@of_type(3)
def test_an_about_names_its_board_as_the_source_does(name: str, data: bytes) -> None:
    about = About(data)
    record = next(r for c in CAPTURES for r in records(c) if r["data"] == data)
    assert about.model == record["model"]
    assert record["hw"] == about.hardware_version
    assert record["fw"] == about.software_version
    assert about.model.startswith(("JK_", "JK-"))


def test_the_list_of_captures_counts_their_reports_right() -> None:
    lines = (TESTS / "captures" / "README.md").read_text().splitlines()
    listed = {
        cells[1].strip(): cells[7].split() for cells in (line.split("|") for line in lines) if len(cells) > 9
    }
    for capture in CAPTURES:
        valid = sum(is_report(record) for record in records(capture))
        assert listed[capture][0].startswith(f"{valid}/")
