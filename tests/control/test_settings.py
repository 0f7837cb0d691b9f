"""Every setting of the vendor is there, with the vendor's range, and knows which boards have it."""

import pytest

from jkbus.bus.law import SETTABLE
from jkbus.control.settings import PAIRS, SETTINGS, Setting, find, span, version
from jkbus.errors import UsageError
from jkbus.protocol import About, Settings
from material import reports, table

COMMANDS = 0x1600
WRITES = [row for row in table("writes") if row["register"] and int(row["register"], 16) < COMMANDS]
BEYOND = {"heating_start_temperature", "heating_stop_temperature", "smart_sleep_delay"}
REGISTERS = {row["name"]: row for row in table("registers")}


def about(software: str, hardware: str = "15A", model: str = "JK_PB2A16S20P") -> About:
    frame = About.blank()
    frame.software_version, frame.hardware_version, frame.model = software, hardware, model
    return frame


@pytest.mark.parametrize("row", WRITES, ids=lambda row: row["name"])
def test_every_number_and_switch_of_the_vendor_is_a_setting(row: dict[str, str]) -> None:
    setting = SETTINGS[row["name"]]
    assert setting.register == int(row["register"], 16)
    assert setting.switch == (row["platform"] == "switch")
    assert (setting.low, setting.high) == (float(row["vendor_min"]), float(row["vendor_max"]))
    assert setting.row.per == int(row["right_raw_per_unit"])
    assert setting.unit == row["unit"]
    assert setting.type == int(row["frame"])
    assert setting.step == 1 / int(row["right_raw_per_unit"])


def test_there_are_three_settings_beside_them_and_no_more() -> None:
    assert set(SETTINGS) == {row["name"] for row in WRITES} | BEYOND


@pytest.mark.parametrize("name", sorted(BEYOND))
def test_those_three_have_the_range_of_the_register_map(name: str) -> None:
    setting, row = SETTINGS[name], REGISTERS[name]
    assert (setting.low, setting.high) == (float(row["min"]), float(row["max"]))
    assert setting.register == int(row["modbus_register"], 16)


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=lambda setting: setting.name)
def test_every_setting_says_what_it_does_and_may_be_sent(setting: Setting) -> None:
    assert setting.text[0].isupper() and setting.text.endswith(".")
    assert setting.low < setting.high
    assert max(2, setting.row.size) == SETTABLE[setting.register]


def test_no_pair_is_crossed_on_any_real_pack() -> None:
    seen = 0
    for name, data in reports():
        if data[4] == 1:
            seen += 1
            values = Settings(data).values()
            for lower, upper in PAIRS[:-1]:  # where the last is the heater's and where not, no report tells
                assert values[lower] < values[upper], name
    assert seen > 5


@pytest.mark.parametrize(
    ("software", "hardware", "known"),
    [
        ("15.41", "15A", True),
        ("15.50", "15H", True),
        ("19.27", "19A", True),
        ("15.38", "15A", False),
        ("14.20", "14.XA", False),
        ("15.41", "14.XA", False),
        ("", "15A", None),
        ("15.41", "", None),
        ("beta", "15A", None),
    ],
)
def test_only_newer_boards_have_temperatures_of_a_heater(
    software: str, hardware: str, known: bool | None
) -> None:
    assert SETTINGS["heating_start_temperature"].known(about(software, hardware)) is known


def test_what_came_with_v14_is_not_on_older_boards() -> None:
    setting = SETTINGS["requested_charge_cell_voltage"]
    assert setting.known(about("14.20", "14.XA")) is True
    assert setting.known(about("11.17", "11.XW")) is False
    assert setting.known(None) is None


def test_what_every_board_has_needs_no_version() -> None:
    assert SETTINGS["cell_overvoltage_protection_voltage"].known(None) is True


def test_versions_are_compared_by_number() -> None:
    assert version("15.41") == (15, 41)
    assert version("14.XA") == (14, 0)
    assert version("19H") == (19, 0)
    assert version("") is None
    assert version("V15") is None


@pytest.mark.parametrize(
    ("model", "high"),
    [
        ("JK_PB1A16S15P", 1),
        ("JK_PB2A16S20P", 2),
        ("JK-B2A8S20P", 2),
        ("JK_B10A24S15P", 10),
        ("something", 15),
        ("", 15),
    ],
)
def test_a_balancer_is_not_asked_for_more_than_its_hardware_has(model: str, high: float) -> None:
    assert span(SETTINGS["balancing_current_limit"], about("15.41", model=model)) == (0.3, high)
    assert span(SETTINGS["charge_current_limit"], about("15.41", model=model)) == (1, 600)


def test_an_unknown_board_has_the_vendors_range() -> None:
    assert span(SETTINGS["balancing_current_limit"], None) == (0.3, 15)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("cell_overvoltage_protection", "did you mean cell_overvoltage_protection_voltage?"),
        ("ovp", "did you mean cell_overvoltage_protection_voltage?"),
        ("cell-ovpr", "did you mean cell_overvoltage_release_voltage?"),
        ("Balancing Enabled", "did you mean balancing_enabled?"),
        ("colour", "`jkbus get PACK` lists"),
        ("battery_voltage", "can be read but not set"),
        ("device_password", "can be read but not set"),
        ("emergency_countdown", "by the action emergency_start"),
        ("precharge_active", "no register of the board switches it"),
        ("settings_switches", "by their own names"),
        pytest.param("x" * 100000, "there is no setting 'xxxxx", id="a name too long"),
        ("", "there is no setting ''"),
    ],
)
def test_a_name_that_is_no_setting_gets_a_way_on(name: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        find(name)
    assert said in str(caught.value)
    assert len(str(caught.value)) < 200
