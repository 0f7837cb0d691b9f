"""Writing to virtual packs: what the board does with it, what may go wrong, and the port beside the bus."""

import pytest

from jkbus.protocol import Settings, Status
from jkbus.protocol.messages import acknowledgement, closing, command, read, request, write16, write32
from jkbus.simulator import SunnyDay, VirtualLine, VirtualPack
from jkbus.simulator.mishaps import Mishap
from jkbus.simulator.wire import BYTE
from laboratory import ABOUT, SETTINGS, STATUS, accepts, ask, listen, live, say, status

OVP, CURRENT_LIMIT, SWITCHES, HEATER, TIMES = 0x100C, 0x102C, 0x1114, 0x1116, 0x1504
VOLTAGE, CURRENT, CLOCK, SHUTDOWN = 0x1600, 0x1606, 0x1612, 0x1604
LIMIT = write32(1, CURRENT_LIMIT, 99_000)
TAKEN = acknowledgement(1, CURRENT_LIMIT, 2)


def limit_after(*mishaps: Mishap) -> tuple[bytes, float]:
    """What answers a write of 99 A in place of 120 A, and the limit afterwards."""
    pack = VirtualPack(1)
    pack.mishaps += mishaps
    return pack.hear(LIMIT), pack.settings.charge_current_limit


@pytest.mark.parametrize(
    ("mishap", "answer", "limit"),
    [
        ("deaf", b"", 120.0),
        ("mute", b"", 99.0),
        ("ignore", TAKEN, 120.0),
        ("other", TAKEN, 99.001),
        ("gone", b"", 120.0),
        (("refuse", 3), command(b"\x01\x90\x03"), 120.0),
    ],
)
def test_a_write_goes_wrong_as_told(mishap: Mishap, answer: bytes, limit: float) -> None:
    assert limit_after() == (TAKEN, 99.0)
    assert limit_after(mishap) == (answer, limit)


def test_a_mishap_befalls_one_write_and_no_request() -> None:
    pack = VirtualPack(1)
    pack.mishaps += ["deaf", "ignore"]
    assert len(pack.hear(request(1, SETTINGS))) == 310
    assert pack.hear(read(1, CURRENT_LIMIT, 2))
    assert pack.mishaps == ["deaf", "ignore"]
    assert [pack.hear(LIMIT), pack.hear(LIMIT), pack.settings.charge_current_limit] == [b"", TAKEN, 120.0]
    assert pack.hear(LIMIT) == TAKEN
    assert pack.settings.charge_current_limit == 99.0


def test_a_pack_that_is_gone_stays_so() -> None:
    pack = VirtualPack(1)
    pack.mishaps.append("gone")
    assert pack.hear(LIMIT) == pack.hear(request(1, STATUS)) == pack.hear(LIMIT) == b""


def test_nothing_is_heard_for_300_ms_after_a_write() -> None:
    line = VirtualLine([VirtualPack(1), VirtualPack(2)])
    line.write(LIMIT, 0.0)
    ((end, heard),) = listen(line, 0.0, 0.1)
    assert heard == TAKEN
    assert ask(line, 1, STATUS, end + 0.05, within=0.1) == b""
    assert len(ask(line, 2, STATUS, end + 0.16, within=0.1)) == 310
    assert ask(line, 1, STATUS, end + 0.299, within=0.1) == b""
    assert len(ask(line, 1, STATUS, end + 0.4)) == 310


def test_a_request_exactly_300_ms_after_a_write_is_heard() -> None:
    line = VirtualLine([VirtualPack(1)])
    line.write(LIMIT, 0.1)
    ((end, _),) = listen(line, 0.1, 0.2)
    assert len(ask(line, 1, STATUS, end + 0.3)) == 310


def test_a_pack_settles_though_its_acknowledgement_was_lost_and_not_after_a_refusal() -> None:
    line = VirtualLine([VirtualPack(1)])
    line.packs[0].mishaps += ["mute", ("refuse", 2)]
    assert say(line, LIMIT, 0.0) == b""
    assert ask(line, 1, STATUS, 0.2, within=0.1) == b""
    assert len(ask(line, 1, STATUS, 0.4)) == 310
    assert len(say(line, LIMIT, 1.0, within=0.1)) == 5
    assert len(ask(line, 1, STATUS, 1.15)) == 310


def test_what_was_not_heard_leaves_a_pack_awake() -> None:
    line = VirtualLine([VirtualPack(1)])
    line.packs[0].mishaps.append("deaf")
    assert say(line, LIMIT, 0.0, within=0.002) == b""
    assert len(ask(line, 1, STATUS, 0.01)) == 310


def test_a_write_in_a_masters_pause_does_not_disturb_its_rhythm() -> None:
    line = VirtualLine([VirtualPack(address) for address in range(3)], master=True)
    assert line.master
    listen(line, 0.0, 9.0)
    while line.master.wake_at - line.now < 0.4:
        line.read(line.wake_at)
    cycles, now = line.master.cycles, line.now + 0.05
    assert say(line, LIMIT, now, within=0.1) == TAKEN
    later = b"".join(data for _, data in listen(line, now + 0.1, now + 9.0))
    assert line.master.cycles - cycles in (2, 3)
    assert later.count(closing(1, SETTINGS)) >= 2
    assert line.collisions == 0


def test_voltage_calibration_makes_the_pack_show_what_was_measured() -> None:
    pack = VirtualPack(1)
    assert accepts(pack, write32(1, VOLTAGE, 52_345))
    assert Status(pack.report(STATUS)[:300]).battery_voltage == 52.345


@pytest.mark.parametrize("current", [40.0, -40.0])
def test_current_calibration_scales_what_the_pack_shows(current: float) -> None:
    pack = VirtualPack(1)
    live(pack, 10, current)
    assert accepts(pack, write32(1, CURRENT, 44_000))
    assert status(pack).battery_current == pytest.approx(1.1 * current)
    live(pack, 10, current / 2)
    assert status(pack).battery_current == pytest.approx(0.55 * current)


def test_without_a_current_there_is_nothing_to_calibrate_by() -> None:
    pack = VirtualPack(1)
    assert accepts(pack, write32(1, CURRENT, 44_000))
    assert status(pack).battery_current == 0.0


def test_the_clock_goes_on_from_where_it_was_set() -> None:
    pack = VirtualPack(1)
    assert accepts(pack, write32(1, CLOCK, 200_000_000))
    live(pack, 60, 0.0)
    assert status(pack).rtc == 200_000_060


def test_both_temperatures_of_the_heater_are_written_together() -> None:
    pack = VirtualPack(1)
    assert accepts(pack, write16(1, HEATER, 0xFB05))
    assert (pack.settings.heating_start_temperature, pack.settings.heating_stop_temperature) == (-5, 5)
    assert accepts(pack, write16(1, SWITCHES, 0x3301))
    live(pack, 60, 0.0, ambient=-30.0, step=10.0)
    assert not pack.heat.heating
    live(pack, 40_000, 0.0, ambient=-30.0, step=10.0)
    assert pack.heat.heating


def test_the_hold_times_keep_each_other() -> None:
    pack = VirtualPack(1)
    assert accepts(pack, write16(1, TIMES, 20 << 8 | 80))
    assert (pack.about.requested_charge_voltage_time, pack.about.requested_float_voltage_time) == (2.0, 8.0)
    assert pack.hear(write16(1, TIMES, 80)) == command(b"\x01\x90\x03")
    assert pack.about.requested_charge_voltage_time == 2.0


def own_port(address: int) -> tuple[VirtualPack, VirtualLine, VirtualLine]:
    """A pack on a bus with a master, that bus, and a line to the pack's own port."""
    packs = [VirtualPack(number, firmware="14.20") for number in range(3)]
    pack = packs[address]
    return pack, VirtualLine(packs, master=True), VirtualLine([pack.port()])


@pytest.mark.parametrize("address", [0, 2])
def test_a_pack_answers_on_its_own_port_at_its_own_address(address: int) -> None:
    pack, _, line = own_port(address)
    assert len(ask(line, address, ABOUT, 0.0)) == 308
    limit = write32(address, CURRENT_LIMIT, 99_000)
    assert say(line, limit, 1.0) == acknowledgement(address, CURRENT_LIMIT, 2)
    assert say(line, read(address, CURRENT_LIMIT, 2), 2.0)[3:7] == (99_000).to_bytes(4, "big")
    assert ask(line, address + 1, STATUS, 3.0) == b""
    assert pack.settings.charge_current_limit == 99.0


def test_a_master_tells_on_its_bus_what_was_written_through_its_own_port() -> None:
    pack, bus, line = own_port(0)
    say(line, write32(0, OVP, 3_600), 0.0)
    heard = b"".join(data for _, data in listen(bus, 0.0, 10.0))
    assert Settings(pack.settings.sealed()).cell_overvoltage_protection_voltage == 3.6
    assert pack.settings.sealed() in heard
    assert bus.master
    assert bus.master.cycles >= 1


def test_a_pack_on_two_lines_lives_only_once() -> None:
    packs = [VirtualPack(0), VirtualPack(1)]
    bus = VirtualLine(packs, master=True, world=SunnyDay(packs))
    line = VirtualLine([packs[0].port()])
    before = packs[0].uptime
    for second in range(20):
        listen(bus, second, second + 0.99)
        ask(line, 0, STATUS, 500.0 + 3 * second)
    assert packs[0].uptime - before <= 20


def test_an_own_port_keeps_the_pauses_and_mishaps_of_its_pack() -> None:
    pack, _, line = own_port(0)
    pack.mishaps.append("gone")
    line.write(request(0, STATUS), 0.0)
    end = listen(line, 0.0, 0.1)[-1][0]
    assert ask(line, 0, STATUS, end + 20 * BYTE, within=0.05) == b""
    assert say(line, write16(0, SWITCHES, 0), 1.0) == b""
    assert ask(line, 0, STATUS, 2.0) == b""


def test_a_pack_that_switched_itself_off_is_silent_on_its_port_too() -> None:
    _, _, line = own_port(0)
    assert say(line, write16(0, SHUTDOWN, 1), 0.0)
    assert ask(line, 0, STATUS, 1.0) == b""
