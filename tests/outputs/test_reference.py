"""Each entity of the firmware that owners come from has a value of ours in its place."""

import pytest

from jkbus.control.settings import SETTINGS
from jkbus.outputs.diagnostics import BUS
from jkbus.outputs.entities import ENTITIES
from jkbus.outputs.facts import Facts
from jkbus.outputs.reference import FAULTS, Counterpart, counterparts
from material import CAPTURES, table
from outputs.support import captured

ROWS = [row for row in table("entities") if not row["key"].startswith("(")]
OURS = {entity.key: entity for entity in (*ENTITIES, *BUS)}
BUS_KEYS = {entity.key for entity in BUS}
ALL = list(counterparts().values())
SECRETS = {"password", "info_device_password", "info_device_setup_passcode"}


def ids(row: Counterpart) -> str:
    return f"{row.platform}.{row.key}"


def test_every_key_of_the_old_firmware_is_known_in_its_order() -> None:
    assert list(counterparts()) == [(row["platform"], row["key"]) for row in ROWS]


@pytest.mark.parametrize("row", ALL, ids=ids)
def test_it_looks_as_it_did(row: Counterpart) -> None:
    old = next(one for one in ROWS if (one["platform"], one["key"]) == (row.platform, row.key))
    assert row.unit == old["unit"].replace("us", "μs")
    assert row.precision == (int(old["accuracy_decimals"]) if old["accuracy_decimals"] else None)
    assert (row.state_class, row.icon, row.category) == (
        old["state_class"],
        old["icon"],
        old["entity_category"],
    )
    assert row.device_class == ("" if row.key == "balancing_direction" else old["device_class"])
    assert row.filled == (old["filled_by_reference"] == "yes")


@pytest.mark.parametrize("row", ALL, ids=ids)
def test_our_value_in_its_place_has_its_unit_and_kind(row: Counterpart) -> None:
    if row.ours and not row.ours.startswith("="):
        entity = OURS[row.ours]
        assert entity.unit == row.unit
        assert row.platform != "binary_sensor" or entity.platform == "binary_sensor"
    if row.platform in ("number", "switch") and row.ours:
        assert row.ours in SETTINGS or row.key == "emergency"  # which only shows, there as here
    assert row.fault in ("", *FAULTS)


def test_only_what_was_never_filled_or_is_a_secret_has_nothing() -> None:
    for row in ALL:
        if row.get is None:
            assert row.key in SECRETS or not row.filled, row
        assert row.key not in SECRETS or row.get is None


@pytest.mark.parametrize("capture", CAPTURES)
def test_every_capture_gives_values_of_the_kind_that_was_declared(capture: str) -> None:
    facts = Facts(captured(capture))
    for row in ALL:
        if row.get is None or row.ours in BUS_KEYS or OURS.get(row.ours, OURS["role"]).group == "gateway":
            continue
        value = row.get(facts)
        if row.platform == "sensor":
            assert value is None or isinstance(value, int | float), row
        elif row.platform == "text_sensor":
            assert value is None or isinstance(value, str), row
        elif row.platform == "binary_sensor":
            assert value is None or isinstance(value, bool), row


def test_an_alarm_is_counted_among_the_sensors_that_it_has() -> None:
    facts = Facts(captured("syssi_pdus_B2A8S20P_11.17"))
    count, active, bits = (
        counterparts()["sensor", key].get
        for key in ("battery_total_alarms_count", "battery_total_alarms_active", "errors_bitmask")
    )
    assert count and active and bits
    assert count(facts) == 30
    assert active(facts) == int(bits(facts) or 0).bit_count() + 3  # probes 3 to 5 are missing
