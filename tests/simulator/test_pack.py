"""A virtual pack's reports keep the rules of real ones, whatever is done to it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jkbus.protocol import About, Framer, Settings
from jkbus.protocol.messages import Report, request, write32
from jkbus.simulator import VirtualPack
from laboratory import ABOUT, SETTINGS, STATUS, live, status

VERSIONS = ("14.20", "15.41", "19.27")
versions = pytest.mark.parametrize("firmware", VERSIONS)


@settings(max_examples=60)
@given(
    st.sampled_from(VERSIONS),
    st.integers(1, 32),
    st.floats(0.0, 1.0),
    st.lists(st.tuples(st.floats(-400, 400), st.floats(-30, 60), st.floats(0.1, 5000)), max_size=6),
    st.integers(0, 2**32),
)
def test_every_status_keeps_the_rules_of_real_ones(
    firmware: str, cells: int, soc: float, life: list[tuple[float, float, float]], seed: int
) -> None:
    pack = VirtualPack(1, cells=cells, soc=soc, firmware=firmware, seed=seed)
    status(pack)
    for current, ambient, dt in life:
        pack.step(current, ambient, dt)
        status(pack)


@versions
@pytest.mark.parametrize("type", [SETTINGS, STATUS, ABOUT])
def test_an_answer_is_a_report_and_its_acknowledgement(firmware: str, type: int) -> None:
    pack = VirtualPack(7, firmware=firmware)
    answer = pack.hear(request(7, type))
    assert len(answer) == (310 if firmware == "15.41" else 308)
    framer = Framer()
    messages = [message for message in framer.feed(answer) + framer.finish() if message.kind != "noise"]
    report, ack = messages
    assert isinstance(report, Report)
    assert (report.type, report.address, report.evidence) == (type, 7, "acknowledgement")
    assert (ack.kind, ack.address) == ("ack", 7)


@versions
def test_settings_are_in_the_right_order_and_know_the_pack(firmware: str) -> None:
    told = Settings(VirtualPack(3, cells=15, capacity=314, firmware=firmware).report(SETTINGS)[:300])
    assert told.cell_undervoltage_protection_voltage < told.cell_undervoltage_release_voltage
    assert told.cell_overvoltage_release_voltage < told.cell_overvoltage_protection_voltage
    assert told.charge_undertemperature_protection < told.charge_undertemperature_release
    assert told.mosfet_overtemperature_release < told.mosfet_overtemperature_protection
    assert (told.device_address, told.cell_count_setting, told.design_capacity) == (3, 15, 314)


def test_what_differs_between_firmware_versions_differs() -> None:
    old, padded, new = [VirtualPack(1, firmware=version) for version in VERSIONS]
    for pack, version, hardware, digits in (
        (old, "14.20", "14.XA", 11),
        (padded, "15.41", "15A", 11),
        (new, "19.27", "19A", 15),
    ):
        about = About(pack.report(ABOUT)[:300])
        assert (about.software_version, about.hardware_version) == (version, hardware)
        assert len(about.serial_number) == digits
        assert about.serial_number.isdecimal()
    heaters = [
        (pack.settings.heating_start_temperature, pack.settings.heating_stop_temperature)
        for pack in (old, padded, new)
    ]
    assert heaters == [(60, 50), (0, 10), (10, 12)]
    assert padded.settings.settings_switches == 0x3300
    assert (new.about.max_cells, new.about.protocol_version, new.about.hardware_options) == (16, 2, "CEHMPRT")
    assert (old.about.max_cells, old.about.protocol_version, old.about.emergency_duration) == (0, 0, 0)
    assert new.settings.discharge_undertemperature_protection == -20
    assert new.settings.discharge_undertemperature_release == -15
    assert new.settings.current_range == 500


def test_an_old_board_keeps_a_passcode_behind_its_serial_number() -> None:
    about = VirtualPack(1, firmware="15.41", serial="12345678901").about
    assert about.serial_number == "12345678901"
    assert bytes(about.data[97:102]) == b"\x001234"


def test_the_same_seed_makes_the_same_pack_and_another_seed_another() -> None:
    one, same, other = VirtualPack(1, seed=5), VirtualPack(1, seed=5), VirtualPack(1, seed=6)
    assert [one.report(type) for type in (1, 2, 3)] == [same.report(type) for type in (1, 2, 3)]
    assert one.report(STATUS) != other.report(STATUS)


def test_soc_counts_charge_and_is_corrected_at_both_ends() -> None:
    pack = VirtualPack(1, capacity=100, soc=0.5)
    live(pack, 3600, 20.0)
    assert status(pack).remaining_capacity == pytest.approx(70)
    assert status(pack).state_of_charge == 70
    pack.remaining = 40.0  # it has lost count
    live(pack, 6000, 20.0)
    assert status(pack).state_of_charge == 100
    live(pack, 4 * 3600, -30.0)
    assert status(pack).state_of_charge == 0


def test_only_discharging_counts_as_cycles() -> None:
    pack = VirtualPack(1, capacity=100, soc=0.5, cycles=2.9)
    live(pack, 3600, 15.0)
    assert status(pack).cycle_count == 2
    live(pack, 3600, -15.0)
    assert status(pack).cycle_count == 3
    assert status(pack).cycle_capacity == pytest.approx(305)


def test_clocks_run_and_the_clock_can_be_set() -> None:
    pack = VirtualPack(1)
    before = status(pack)
    live(pack, 90, 0.0)
    after = status(pack)
    assert after.runtime - before.runtime == 90
    assert after.uptime - before.uptime == pytest.approx(90)
    assert after.rtc - before.rtc == 90
    pack.hear(write32(1, 0x1612, 197410438))
    live(pack, 5, 0.0)
    assert status(pack).rtc == 197410443


def test_the_balancer_brings_a_stray_cell_back() -> None:
    pack = VirtualPack(1, soc=0.97)
    pack.cells.weaken(5, missing=-5.0)
    total = sum(pack.cells.charge)
    pack.settings.balancing_start_cell_voltage = 3.2
    pack.settings.balancing_trigger_delta_voltage = 0.003
    pack.obey()
    live(pack, 10, 0.0)
    told = [status(pack)]
    for _ in range(20):
        live(pack, 4, 0.0)
        told.append(status(pack))
    assert {(each.balancing_state, each.balancing_current) for each in told} == {(1, 2.0), (2, -2.0)}
    live(pack, 6 * 3600, 0.0, step=10)
    assert status(pack).cell_voltage_delta <= 0.003
    assert status(pack).balancing_state == 0
    assert sum(pack.cells.charge) == pytest.approx(total)


def test_the_balancer_rests_below_its_start_voltage_and_when_switched_off() -> None:
    pack = VirtualPack(1, soc=0.6)
    pack.cells.weaken(5, missing=40)
    live(pack, 10, 0.0)
    assert status(pack).cell_voltage_delta > 0.005
    assert status(pack).balancing_state == 0
    pack.hear(write32(1, 0x1084, 3200))
    live(pack, 10, 0.0)
    assert status(pack).balancing_state
    pack.hear(write32(1, 0x1078, 0))
    live(pack, 1, 0.0)
    assert status(pack).balancing_state == 0


def test_the_heater_warms_a_cold_pack_until_it_is_warm_enough() -> None:
    pack = VirtualPack(1, firmware="19.27", temperature=5.0)
    live(pack, 60, 0.0, 5.0)
    told = status(pack)
    assert told.heating_active
    assert told.heating_current == 1.0
    assert told.battery_current == -1.0
    live(pack, 30 * 3600, 10.0, 9.0, step=10)
    assert status(pack).battery_temperature_1 is not None
    assert not status(pack).heating_active


def test_a_pack_warms_under_load_and_its_board_sooner() -> None:
    pack = VirtualPack(1, soc=0.9)
    before = status(pack)
    live(pack, 1800, -120.0)
    after = status(pack)
    assert before.mosfet_temperature and after.mosfet_temperature
    assert before.battery_temperature_1 and after.battery_temperature_1
    assert 3 < after.mosfet_temperature - before.mosfet_temperature < 40
    assert 0 < after.battery_temperature_1 - before.battery_temperature_1 < 5


def test_charging_goes_through_bulk_absorption_and_float() -> None:
    pack = VirtualPack(1, soc=0.97)
    stages = []
    for _ in range(6 * 3600 // 10):
        push = (pack.cells.resistance[0] * 16) or 1
        charger = min(60.0, (3.45 * 16 - pack.cells.resting_voltage) / push)
        live(pack, 10, charger, step=10)
        stages.append(pack.stages.stage)
    assert sorted(set(stages)) == [0, 1, 2]
    assert stages == sorted(stages)
    assert stages.count(1) == 360  # one hour of RCV time
    assert status(pack).charge_stage_elapsed > 3600
    live(pack, 3 * 3600, -20.0, step=10)
    assert status(pack).charge_stage == 0


def test_old_firmware_knows_no_charge_stage() -> None:
    pack = VirtualPack(1, firmware="14.20", soc=1.0)
    live(pack, 60, 0.0)
    assert (status(pack).charge_stage, status(pack).charge_stage_elapsed) == (0, 0)


def test_a_pack_that_is_not_meant_or_not_there_says_nothing() -> None:
    pack = VirtualPack(2)
    assert pack.hear(request(1, STATUS)) == b""
    assert pack.hear(request(2, STATUS)[:-1] + b"\0") == b""
    pack.silent = True
    assert pack.hear(request(2, STATUS)) == b""
    assert VirtualPack(0).hear(request(0, STATUS)) == b""


def test_time_passes_only_in_whole_seconds_when_it_is_asked_for() -> None:
    pack = VirtualPack(1)
    pack.wanted = 36.0
    for now in (100.0, 100.9, 101.5, 101.9):
        pack.run(now)
    assert pack.remaining == pytest.approx(280 * 0.6 + 36 * 1.5 / 3600)
