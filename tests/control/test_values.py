"""What people write becomes the nearest number a board can keep, or a sentence."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkbus.control.settings import SETTINGS, Setting, span
from jkbus.control.values import Value, decimal, parse, plain, raw_of, shown
from jkbus.errors import UsageError
from jkbus.protocol import About
from planning import raw_numbers

OVP = SETTINGS["cell_overvoltage_protection_voltage"]
COLD = SETTINGS["charge_undertemperature_protection"]
LIMIT = SETTINGS["charge_current_limit"]
SHORT = SETTINGS["short_circuit_delay"]
SWITCH = SETTINGS["charge_enabled"]
NAMES = st.sampled_from(sorted(SETTINGS))
ANYTHING: st.SearchStrategy[Any] = st.one_of(
    st.text(), st.floats(), st.integers(), st.booleans(), st.none(), st.lists(st.integers()), st.binary()
)


def fault(setting: Setting, text: object, **known: Any) -> str:
    with pytest.raises(UsageError) as caught:
        parse(setting, text, **known)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("setting", "text", "raw"),
    [
        (OVP, "3.65", 3650),
        (OVP, "3.65 V", 3650),
        (OVP, "3.65V", 3650),
        (OVP, " 3,65 v ", 3650),
        (OVP, "3,650", 3650),
        (OVP, "+3.65", 3650),
        (OVP, 3.65, 3650),
        (OVP, 4, 4000),
        (OVP, 3.55, 3550),  # cut off, 3.55 as a 32-bit float becomes 3549
        (OVP, "4.4", 4400),
        (OVP, "1.2", 1200),
        (COLD, "-20", -200),
        (COLD, "−20 °C", -200),
        (COLD, "-20C", -200),
        (COLD, -0.05, -1),
        (LIMIT, "25 A", 25000),
        (LIMIT, "100.000", 100000),
        (SHORT, "1500 µs", 1500),
        (SHORT, "1500 us", 1500),
        (SHORT, "1500 μs", 1500),
        (SHORT, ".5", 1),
        (SETTINGS["precharge_time"], "0 s", 0),
        (SETTINGS["design_capacity"], "280 Ah", 280000),
        (SETTINGS["cell_count_setting"], "16", 16),
    ],
)
def test_a_number_is_read_as_people_write_it(setting: Setting, text: str | float, raw: int) -> None:
    assert parse(setting, text) == raw


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("3.6504", 3650),
        ("3.6505", 3651),
        ("3.6506", 3651),
        ("4.4004", 4400),
        ("1.1995", 1200),
        (0.1 * 36, 3600),
    ],
)
def test_a_number_is_rounded_and_never_cut_off(text: str | float, raw: int) -> None:
    assert parse(OVP, text) == raw


@pytest.mark.parametrize("text", ["on", "ON", "true", "yes", "1", True, 1, 1.0])
def test_a_switch_is_turned_on(text: object) -> None:
    assert parse(SWITCH, text) == 1


@pytest.mark.parametrize("text", ["off", "False", "no", "0", False, 0])
def test_a_switch_is_turned_off(text: object) -> None:
    assert parse(SWITCH, text) == 0


@pytest.mark.parametrize(
    ("setting", "text", "said"),
    [
        (OVP, "4.5", "4.5 V is not within 1.200 V to 4.400 V"),
        (OVP, "4.5 V", "4.5 V is not within 1.200 V to 4.400 V"),
        (OVP, 4.4006, "4.4006 V is not within"),
        (OVP, "-3.65", "-3.65 V is not within"),
        (OVP, "3.65 A", "A is not its unit; give it in V"),
        (OVP, "3650 mV", "mV is not its unit; give it in V"),
        (OVP, "high", "high is no number; give one in V"),
        (OVP, "", "is no number; give one in V"),
        (OVP, "nan", "nan is no number"),
        (OVP, "inf", "inf is no number"),
        (OVP, "1e3", "1e3 is no number"),
        (OVP, float("nan"), "nan is no number"),
        (OVP, float("inf"), "is not within"),
        pytest.param(OVP, 10**6000, "is not within", id="a number too long to print"),
        pytest.param(OVP, "9" * 10000, "is not within", id="many digits"),
        (OVP, "1.2.3", "is no number"),
        (OVP, "1.200,5", "is no number"),
        (OVP, "٣.٦", "is no number"),
        (OVP, None, "is no number"),
        (OVP, [3.65], "is no number"),
        (OVP, True, "true is no number"),
        (OVP, "on", "on is no number"),
        (SWITCH, 3.65, "3.65 is neither on nor off; it is a switch"),
        (SWITCH, "3.65", "3.65 is neither on nor off"),
        (SWITCH, 2, "2 is neither on nor off"),
        (SWITCH, None, "neither on nor off"),
        (SWITCH, float("nan"), "neither on nor off"),
        (COLD, "20.1", "20.1 °C is not within -45.0 °C to 20.0 °C"),
        (LIMIT, "1,200", "1,200 can be read in two ways; write 1200 or 1.200"),
        (SHORT, "1,500 µs", "write 1500 or 1.500"),
        (SETTINGS["cell_count_setting"], "16 cells", "cells is not its unit; it is a number without a unit"),
        (SETTINGS["cell_count_setting"], 33, "33 is not within 2 to 32"),
    ],
)
def test_anything_else_gets_a_sentence_with_name_and_remedy(
    setting: Setting, text: object, said: str
) -> None:
    told = fault(setting, text)
    assert told.startswith(f"{setting.name}: ")
    assert said in told
    assert len(told) < 200


def test_a_voltage_of_a_pack_is_recognised() -> None:
    told = fault(OVP, "36.5 V", cells=16)
    assert told == (
        "cell_overvoltage_protection_voltage: 36.5 V: a cell value is expected, did you mean the pack? "
        "16 cells at 36.5 V are 2.281 V each"
    )
    assert fault(OVP, 36.5).endswith("36.5 V: a cell value is expected, did you mean the pack?")
    assert "pack" not in fault(SETTINGS["balancing_trigger_delta_voltage"], 53, cells=16)
    assert "pack" not in fault(OVP, 4.5, cells=16)
    assert "pack" not in fault(OVP, 3650, cells=16)


def test_the_range_of_the_board_counts_where_it_is_known() -> None:
    about = About.blank()
    about.model = "JK_PB1A16S15P"
    limit = SETTINGS["balancing_current_limit"]
    assert "2 A is not within 0.3 A to 1 A" in fault(limit, 2, about=about)
    assert parse(limit, 2) == 2000


@pytest.mark.parametrize(
    ("setting", "value", "text"),
    [
        (OVP, 3.6, "3.600 V"),
        (COLD, -20.0, "-20.0 °C"),
        (LIMIT, 25.0, "25 A"),
        (LIMIT, 1.1, "1.1 A"),
        (LIMIT, 100, "100 A"),
        (SWITCH, True, "on"),
        (SWITCH, False, "off"),
        (SHORT, 1500, "1500 µs"),
        (SETTINGS["cell_count_setting"], 16, "16"),
        (SETTINGS["requested_charge_voltage_time"], 1.0, "1.0 h"),
        (SETTINGS["heating_start_temperature"], -5, "-5 °C"),
    ],
)
def test_a_value_is_shown_with_its_unit(setting: Setting, value: Value, text: str) -> None:
    assert shown(setting, value) == text


@given(NAMES, st.data())
def test_what_is_shown_can_be_given_back(name: str, data: st.DataObject) -> None:
    setting = SETTINGS[name]
    raw = data.draw(raw_numbers(name))
    value = plain(setting, raw)
    assert raw_of(setting, value) == raw
    assert parse(setting, value) == raw
    assert parse(setting, shown(setting, value)) == raw
    assert parse(setting, str(value)) == raw


@given(NAMES, st.data())
def test_the_nearest_number_is_taken(name: str, data: st.DataObject) -> None:
    setting = SETTINGS[name]
    if setting.switch:
        return
    low, high = span(setting, None)
    value = data.draw(st.floats(low, high))
    assert abs(parse(setting, value) - Decimal(str(value)) * setting.row.per) <= Decimal("0.5")


@given(NAMES, ANYTHING, st.integers(0, 32))
def test_whatever_is_given_becomes_a_number_in_range_or_a_sentence(name: str, given: Any, cells: int) -> None:
    setting = SETTINGS[name]
    try:
        raw = parse(setting, given, cells=cells)
    except UsageError as error:
        assert str(error).startswith(f"{name}: ") and len(str(error)) < 250
    else:
        assert round(setting.low * setting.row.per) <= raw <= round(setting.high * setting.row.per)


def test_a_bare_number_needs_no_setting() -> None:
    assert decimal("calibrate_voltage", "V", "53,2 V") == Decimal("53.2")
