"""Packs, who they are, what they say, and who is told."""

import pytest

from jkbus.bus.events import Event, Heard, NodeChanged
from jkbus.config import BusConfig, PackConfig, SecretUrl
from jkbus.model.alarms import ALARMS, Severity, active, problem
from jkbus.model.battery import IDENTIFY_WITHIN, Battery
from jkbus.model.identity import Identities
from jkbus.protocol import About, Report, Settings, Status
from jkbus.simulator import VirtualPack
from material import table


def told(pack: VirtualPack, kind: str, at: float = 0.0) -> Event:
    """The event of a report of that pack."""
    frame = {"settings": pack.settings, "status": pack.status, "about": pack.about}[kind]
    return Heard(Report(frame.sealed(), pack.address, "acknowledgement"), at)


def battery(*packs: PackConfig) -> Battery:
    return Battery(Identities([BusConfig(link=SecretUrl("sim:2"), name="bus1", packs=packs)], {}))


def test_a_pack_with_a_name_is_known_at_once_by_its_name() -> None:
    packs = battery(PackConfig(name="Garage left", address=3))
    packs.apply("bus1", told(VirtualPack(3), "status"))
    (pack,) = packs.packs
    assert (pack.key, pack.name, pack.address) == ("garage_left", "Garage left", 3)


def test_a_found_pack_is_known_by_its_serial_number_once_it_tells_it() -> None:
    packs = battery()
    virtual = VirtualPack(3, serial="40123456789")
    packs.apply("bus1", told(virtual, "status"))
    assert packs.packs[0].key is None
    packs.apply("bus1", told(virtual, "about"))
    assert packs.packs[0].key == "jk_40123456789"


def test_a_found_pack_that_tells_no_serial_number_is_known_by_its_place_after_a_while() -> None:
    packs = battery()
    virtual = VirtualPack(3)
    packs.apply("bus1", told(virtual, "status"))
    packs.apply("bus1", told(virtual, "status", IDENTIFY_WITHIN + 1))
    assert packs.packs[0].key == "bus1_3"


def test_the_master_is_known_by_its_place_at_once() -> None:
    packs = battery()
    packs.apply("bus1", told(VirtualPack(0), "status"))
    assert packs.packs[0].key == "bus1_0"
    assert packs.packs[0].role == "master"


def test_a_pack_that_moves_to_another_address_keeps_its_key_and_its_energy() -> None:
    packs = battery()
    virtual = VirtualPack(3, serial="40123456789")
    packs.apply("bus1", told(virtual, "status"))
    packs.apply("bus1", told(virtual, "about"))
    packs.packs[0].energy.charged = 12.5
    moved = VirtualPack(5, serial="40123456789")
    packs.apply("bus1", told(moved, "status", 10))
    packs.apply("bus1", told(moved, "about", 11))
    (pack,) = packs.packs
    assert (pack.address, pack.key, pack.energy.charged) == (5, "jk_40123456789", 12.5)


def test_a_silent_pack_is_not_available_and_its_age_grows() -> None:
    packs = battery()
    packs.apply("bus1", told(VirtualPack(1), "status", 5.0))
    assert packs.packs[0].available
    packs.apply("bus1", NodeChanged(1, "silent", 20.0))
    assert not packs.packs[0].available
    assert packs.packs[0].age("status", 25.0) == 20.0
    assert packs.packs[0].age("about", 25.0) is None


def test_a_cell_at_zero_volts_is_still_a_cell() -> None:
    packs, virtual = battery(), VirtualPack(1)
    volts = list(virtual.status.cell_voltage)
    volts[4] = 0.0
    virtual.status.cell_voltage = tuple(volts)
    packs.apply("bus1", told(virtual, "status"))
    assert packs.packs[0].cells[4] == 0.0
    assert len(packs.packs[0].cells) == 16
    assert len(packs.packs[0].wire_resistances) == 16


def test_power_has_the_sign_of_the_current() -> None:
    packs, virtual = battery(), VirtualPack(1)
    virtual.status.battery_voltage, virtual.status.battery_current = 52.0, -10.0
    packs.apply("bus1", told(virtual, "status"))
    assert packs.packs[0].power == pytest.approx(-520.0)


async def test_a_subscriber_is_told_the_latest_once_however_often_it_changed() -> None:
    packs, virtual = battery(), VirtualPack(1)
    subscription = packs.subscribe()
    for second in range(1000):
        packs.apply("bus1", told(virtual, "status", float(second)))
    assert await subscription.wait() == packs.packs
    assert subscription.take() == []
    subscription.close()
    packs.apply("bus1", told(virtual, "status"))
    assert subscription.take() == []


def test_a_full_battery_and_the_password_reminder_are_no_problem() -> None:
    status = Status(Status.blank().data)
    status.alarms = 1 << 4 | 1 << 19
    assert not problem(status)
    assert [alarm.severity for alarm in active(status)] == [Severity.INFO, Severity.INFO]
    status.alarms |= 1 << 11
    assert problem(status)
    assert active(status)[0].name == "alarm_cell_undervoltage"


def test_a_bit_without_a_name_is_shown_as_unknown() -> None:
    status = Status(Status.blank().data)
    status.alarms = 1 << 30
    assert [alarm.title for alarm in active(status)] == ["unknown alarm 30"]


def test_the_alarms_stand_in_the_order_of_their_bits() -> None:
    rows = [row for row in table("frames") if row["name"].startswith("alarm_") and row["type"] == "bit"]
    assert [alarm.name for alarm in ALARMS] == [
        row["name"] for row in sorted(rows, key=lambda r: int(r["bit"]))
    ]


def test_absent_probes_have_no_temperature() -> None:
    packs, virtual = battery(), VirtualPack(1)
    virtual.status.battery_temperature_4 = None
    packs.apply("bus1", told(virtual, "status"))
    assert "battery_temperature_4" not in packs.packs[0].temperatures
    assert "mosfet_temperature" in packs.packs[0].temperatures


def test_reports_of_all_kinds_are_kept() -> None:
    packs, virtual = battery(), VirtualPack(1)
    for kind in ("settings", "status", "about"):
        packs.apply("bus1", told(virtual, kind))
    (pack,) = packs.packs
    assert isinstance(pack.settings, Settings)
    assert isinstance(pack.status, Status)
    assert isinstance(pack.about, About)


def found(packs: Battery, address: int, serial: str, at: float) -> None:
    """A pack is heard, and tells its serial number a second later."""
    virtual = VirtualPack(address, serial=serial)
    packs.apply("bus1", told(virtual, "status", at))
    packs.apply("bus1", told(virtual, "about", at + 1))


def back(packs: Battery, address: int, at: float) -> None:
    """A pack was silent and is heard again."""
    packs.apply("bus1", NodeChanged(address, "silent", at - 5, "late"))
    packs.apply("bus1", NodeChanged(address, "heard", at, "silent"))


def by_address(packs: Battery) -> dict[int, tuple[str | None, float]]:
    return {pack.address: (pack.key, pack.energy.charged) for pack in packs.packs}


def test_packs_that_swap_their_addresses_keep_their_keys_and_their_energy() -> None:
    packs = battery()
    found(packs, 3, "40111111112", 0)
    found(packs, 5, "40222222223", 0)
    packs.packs[0].energy.charged, packs.packs[1].energy.charged = 500.0, 300.0
    back(packs, 3, 100)
    back(packs, 5, 100)
    found(packs, 3, "40222222223", 100)
    found(packs, 5, "40111111112", 102)
    assert by_address(packs) == {3: ("jk_40222222223", 300.0), 5: ("jk_40111111112", 500.0)}


def test_a_pack_put_in_the_place_of_another_is_a_new_one() -> None:
    packs = battery()
    found(packs, 3, "40111111112", 0)
    packs.packs[0].energy.charged = 500.0
    back(packs, 3, 100)
    found(packs, 3, "40333333334", 100)
    assert by_address(packs) == {3: ("jk_40333333334", 0.0)}


def test_two_packs_with_the_same_serial_number_are_two_packs() -> None:
    packs = battery()
    for hour in range(4):
        found(packs, 3, "40123456789", hour * 3600.0)
        found(packs, 5, "40123456789", hour * 3600.0)
    assert {pack.address: pack.key for pack in packs.packs} == {3: "jk_40123456789", 5: "jk_40123456789_2"}


def test_energy_counted_before_a_moved_pack_told_who_it_is_is_its_own() -> None:
    packs = battery()
    found(packs, 3, "40123456789", 0)
    packs.packs[0].energy.charged = 10.0
    packs.apply("bus1", NodeChanged(3, "silent", 10.0, "late"))
    moved = VirtualPack(5, serial="40123456789")
    packs.apply("bus1", told(moved, "status", 20))
    packs.packs[1].energy.charged = 0.5
    packs.apply("bus1", told(moved, "about", 21))
    assert by_address(packs) == {5: ("jk_40123456789", 10.5)}


def test_a_pack_that_returns_is_available_once_it_tells_its_status() -> None:
    packs = battery()
    found(packs, 3, "40123456789", 0)
    back(packs, 3, 100)
    packs.apply("bus1", told(VirtualPack(3), "settings", 100))
    assert not packs.packs[0].available
    packs.apply("bus1", told(VirtualPack(3), "status", 101))
    assert packs.packs[0].available
