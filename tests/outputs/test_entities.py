"""What people see of a pack: everything that has a meaning, nothing that is not there, no secrets."""

from collections import Counter

import pytest

from jkbus.model.alarms import ALARMS
from jkbus.model.pack import Pack
from jkbus.outputs.diagnostics import BUS, GATEWAY
from jkbus.outputs.entities import ENTITIES, present
from jkbus.outputs.entity import TEXT_LIMIT
from jkbus.outputs.facts import Facts, Value, iso_date, span
from jkbus.protocol import About, Report, Settings, Status
from jkbus.simulator import VirtualPack
from material import CAPTURES
from outputs.support import captured

BY_KEY = {entity.key: entity for entity in ENTITIES}


def values(pack: Pack) -> dict[str, Value]:
    """What is published of a pack, without the counters of the wire."""
    facts = Facts(pack)
    return {entity.key: entity.value(facts) for entity in present(facts) if entity.group != "gateway"}


def virtual(pack: VirtualPack, about: bool = True) -> Pack:
    """A pack as it is heard."""
    heard = Pack("bus1", pack.address, "Garage", key="garage")
    for frame in (pack.settings, pack.status, pack.about)[: 3 if about else 2]:
        heard.take(Report(frame.sealed(), pack.address), 0.0)
    return heard


def test_keys_and_titles_are_unique_and_short() -> None:
    for entities in (ENTITIES, BUS):
        assert len({entity.key for entity in entities}) == len(entities)
        assert len({entity.title for entity in entities}) == len(entities)
    longest = max(ENTITIES, key=lambda entity: len(entity.title))
    assert len(longest.title) <= 44, longest.title
    methods = {"items", "keys", "values", "get", "pop", "update", "copy", "clear"}
    assert not methods & BY_KEY.keys()


@pytest.mark.parametrize("firmware", ["14.20", "15.41", "19.27"])
def test_a_pack_of_sixteen_cells_and_four_probes_has_45_entities_enabled(firmware: str) -> None:
    shown = present(Facts(virtual(VirtualPack(1, firmware=firmware))))
    enabled = [entity for entity in shown if entity.enabled]
    assert len(enabled) == 45, Counter(entity.group for entity in enabled)
    facts = Facts(virtual(VirtualPack(1, firmware=firmware)))
    assert all(entity.value(facts) is not None for entity in enabled)


@pytest.mark.parametrize("capture", CAPTURES)
def test_every_capture_gives_values_that_fit_their_entities(capture: str) -> None:
    shown = values(captured(capture))
    for key, value in shown.items():
        entity = BY_KEY[key]
        if entity.platform == "binary_sensor":
            assert value in (True, False, None), key
        elif entity.unit or entity.precision is not None:
            assert value is None or isinstance(value, int | float), key
        else:
            assert value is None or isinstance(value, str), key


def test_only_cells_and_probes_that_exist_are_shown() -> None:
    eight = values(captured("syssi_pdus_B2A8S20P_11.17"))
    assert "cell_voltage_8" in eight and "cell_voltage_9" not in eight
    assert "cell_wire_resistance_8" in eight and "cell_wire_resistance_9" not in eight
    probes = {key for key in eight if "battery_temperature_" in key and "missing" not in key}
    assert probes == {"battery_temperature_1", "battery_temperature_2"}
    sixteen = values(captured("syssi_faker_v19"))
    assert "cell_voltage_16" in sixteen and "cell_voltage_17" not in sixteen
    assert "battery_temperature_3" not in sixteen and "battery_temperature_5" in sixteen


def test_probes_that_old_boards_lack_do_not_show_zero_degrees() -> None:
    assert "battery_temperature_4" not in values(captured("fl4p_issue365"))


def test_a_probe_that_fails_stays_and_has_no_value() -> None:
    pack = VirtualPack(1)
    heard = virtual(pack)
    before = {entity.key for entity in present(Facts(heard))}
    pack.status.battery_temperature_4 = None
    heard.take(Report(pack.status.sealed(), 1), 1.0)
    after = present(Facts(heard), before)
    assert "battery_temperature_4" in [entity.key for entity in after]
    assert BY_KEY["battery_temperature_4"].value(Facts(heard)) is None


def test_a_dead_cell_is_still_a_cell() -> None:
    pack = VirtualPack(1)
    pack.status.cell_voltage = (0.0, *pack.status.cell_voltage[1:])
    shown = values(virtual(pack))
    assert (shown["cell_voltage_1"], shown["cell_voltage_min"], shown["cell_voltage_min_cell"]) == (
        0.0,
        0.0,
        1,
    )


def test_a_cell_goes_only_when_the_settings_agree() -> None:
    pack = VirtualPack(1)
    heard = virtual(pack)
    before = {entity.key for entity in present(Facts(heard))}
    pack.status.cell_voltage = pack.status.cell_voltage[:15]
    pack.status.cell_present_mask = 0x7FFF
    heard.take(Report(pack.status.sealed(), 1), 1.0)
    assert "cell_voltage_16" in [entity.key for entity in present(Facts(heard), before)]
    pack.settings.cell_count_setting = 15
    heard.take(Report(pack.settings.sealed(), 1), 1.0)
    assert "cell_voltage_16" not in [entity.key for entity in present(Facts(heard), before)]


@pytest.mark.parametrize(
    ("key", "first"),
    [
        ("heating_start_temperature", "15.41"),
        ("cell_chemistry", "15.38"),
        ("charge_stage", "15.32"),
        ("emergency_duration", "15.32"),
        ("discharge_undertemperature_protection", "19.27"),
        ("rebulk_soc", "19.27"),
        ("charge_float_mode_enabled", "14.20"),
        ("requested_charge_voltage_time", "14.20"),
    ],
)
def test_what_a_firmware_does_not_have_is_not_shown(key: str, first: str) -> None:
    pack = VirtualPack(1)
    for version in ("11.288H", "14.20", "15.32", "15.38", "15.41", "19.27"):
        pack.about.software_version = version
        shown = {entity.key for entity in present(Facts(virtual(pack)))}
        assert (key in shown) == (float(version[:5]) >= float(first)), version


def test_what_depends_on_an_unknown_firmware_waits() -> None:
    heard = virtual(VirtualPack(1), about=False)
    shown = {entity.key for entity in present(Facts(heard))}
    assert not shown & {"heating_start_temperature", "cell_chemistry", "model", "charge_stage"}
    assert "heating_start_temperature" in {
        entity.key for entity in present(Facts(heard), before=["heating_start_temperature"])
    }


def test_requested_voltages_that_are_zero_do_not_exist() -> None:
    assert "requested_charge_cell_voltage" not in values(captured("fl4p_issue365"))
    assert values(captured("syssi_faker_v19"))["requested_charge_cell_voltage"] == 3.46


def test_alarms_come_from_the_right_bytes() -> None:
    data = bytearray(VirtualPack(1).status.sealed())
    data[134:138] = b"\xff\xff\xff\xff"  # resistances of cells 28 and 29
    data[166:170] = (1 << 11 | 1 << 27).to_bytes(4, "little")
    heard = Pack("bus1", 1, "Garage", key="garage")
    heard.status = Status(bytes(data))
    shown = values(heard)
    on = {alarm.name for alarm in ALARMS if shown.get(alarm.name)}
    assert on == {"alarm_cell_undervoltage", "alarm_discharge_undertemperature"}
    assert shown["alarm_text"] == "cell under-voltage; too cold to discharge"
    assert (shown["problem"], shown["alarm_count"], shown["alarms"]) == (True, 2, 1 << 11 | 1 << 27)


@pytest.mark.parametrize("bit", [4, 18, 19])
def test_a_reminder_or_a_full_battery_is_no_problem(bit: int) -> None:
    pack = VirtualPack(1)
    pack.status.alarms = 1 << bit
    shown = values(virtual(pack))
    assert (shown["problem"], shown["alarm_count"]) == (False, 1)
    quiet = [
        entity.device_class
        for entity in ENTITIES
        if entity.key.startswith("alarm_") and shown[entity.key] is True
    ]
    assert quiet == [""]


def test_all_alarms_at_once_fit_into_a_state() -> None:
    pack = VirtualPack(1)
    pack.status.alarms = 0xFFFFFFFF
    text = values(virtual(pack))["alarm_text"]
    assert isinstance(text, str) and len(text) == TEXT_LIMIT


def test_one_byte_is_the_state_of_health_whatever_follows_it() -> None:
    pack = VirtualPack(1)
    pack.status.state_of_health = 97
    pack.status.precharge_active = 1
    shown = values(virtual(pack))
    assert (shown["state_of_health"], shown["precharge_active"]) == (97, True)


def test_the_heater_has_a_current_only_while_it_heats() -> None:
    pack = VirtualPack(1)
    pack.status.heating_current = -7.7
    pack.status.heating_active = 0
    assert values(virtual(pack))["heating_current"] is None
    pack.status.heating_current = 2.35
    pack.status.heating_active = 1
    assert values(virtual(pack))["heating_current"] == 2.35


def test_charge_and_discharge_power_are_two_positive_values() -> None:
    pack = VirtualPack(1)
    pack.status.battery_voltage = 52.0
    pack.status.battery_current = -10.0
    shown = values(virtual(pack))
    assert [shown[key] for key in ("power", "charge_power", "discharge_power")] == [-520, 0, 520]
    assert shown["operation"] == "discharging"
    pack.status.battery_current = 10.0
    shown = values(virtual(pack))
    assert [shown[key] for key in ("power", "charge_power", "discharge_power")] == [520, 520, 0]
    assert shown["operation"] == "charging"


def test_settings_are_shown_as_they_are() -> None:
    pack = captured("mpp-solar_utils_20240221_084252")
    assert pack.settings is not None
    shown = values(pack)
    assert (shown["short_circuit_delay"], shown["precharge_time"]) == (1500, 5)  # µs and s, as on the wire
    assert shown["charge_undertemperature_protection"] == -20.0
    assert shown["design_capacity"] == pack.settings.design_capacity
    assert (shown["display_always_on"], shown["heating_enabled"]) == (True, False)


def test_protocol_numbers_come_in_words() -> None:
    shown = values(captured("syssi_faker_v19"))
    assert shown["uart1_protocol"] == "Pylontech low voltage 9600"
    assert shown["uart2_protocol"] == "unknown 21"


def test_no_value_is_a_secret() -> None:
    pack = VirtualPack(1)
    pack.about.device_password = "Geheim1!"
    pack.about.setup_password = "Geheim2!"
    pack.about.user_data_2 = "Geheim3!"
    shown = values(virtual(pack))
    assert "Geheim" not in repr(shown)
    secret = {row.name for frame in (Settings, Status, About) for row in frame.rows() if row.secret}
    assert secret and not secret & BY_KEY.keys()
    words = {word for entity in (*ENTITIES, *BUS) for word in entity.key.split("_")}
    assert not words & {"pin", "password", "passcode"}


def test_nothing_is_shown_of_a_pack_that_told_nothing() -> None:
    shown = present(Facts(Pack("bus1", 1, "Garage", key="garage")))
    assert {entity.group for entity in shown} <= {"gateway", "availability"}


def test_a_date_that_is_none_is_none() -> None:
    assert iso_date("240131") == "2024-01-31"
    assert [iso_date(text) for text in ("", "000000", "XXXXXX", "241332")] == [None] * 4


def test_a_long_time_in_words() -> None:
    assert [span(seconds) for seconds in (0, 3600, 90000, (365 + 200) * 86400 + 5 * 3600)] == [
        "0h",
        "1h",
        "1d 1h",
        "1y 200d 5h",
    ]


def test_every_group_has_entities_of_one_kind() -> None:
    groups = {entity.group for entity in ENTITIES}
    assert groups == {
        "status",
        "cells",
        "temperatures",
        "alarms",
        "counters",
        "settings",
        "info",
        "gateway",
        "availability",
    }
    assert {entity.group for entity in BUS} == {"bus"}
    assert not any(entity.enabled for entity in GATEWAY)
