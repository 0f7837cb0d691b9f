"""Orders on a bus: what somebody wants written or read, on a wire that is not always kind."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkbus.bus.bus import Bus
from jkbus.bus.events import Event, Heard, OrderEnded, RoleChanged
from jkbus.bus.law import COMMANDS, SETTABLE, lawful
from jkbus.bus.orders import Order
from jkbus.bus.timing import Timing
from jkbus.protocol import Settings
from jkbus.protocol.frames import Frame
from jkbus.protocol.messages import TRIGGERS, command, write16, write32
from jkbus.simulator import VirtualLine, VirtualPack, bank
from jkbus.simulator.mishaps import Mishap
from jkbus.simulator.virtual import drive

SETTINGS, STATUS, ABOUT = 1, 2, 3
OVP = 0x100C
SETTLED = 20.0  # s after which a bus knows its packs and its role
IN_TIME = 15.0


class Bench:
    """A bus on a virtual line that has found its packs; `line.tap` hears what the packs hear."""

    def __init__(self, packs: int = 3, master: bool = False, timing: Timing | None = None) -> None:
        self.line: VirtualLine = bank(packs, master=master)
        self.bus = Bus(timing)
        self.now = 0.0
        self.events: list[Event] = []
        self.run(SETTLED)

    def pack(self, address: int) -> VirtualPack:
        return next(pack for pack in self.line.packs if pack.address == address)

    def run(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        end = self.now + seconds
        for event in drive(self.bus, self.line, self.now, end):
            self.events.append(event)
            self.now = event.at
            if until():
                return
        self.now = end

    def carry_out(self, order: Order, within: float = 40.0) -> float:
        """Let the bus work on it; the seconds it took."""
        start, before = self.now, self.ended()
        self.bus.order(order, self.now)
        self.run(within, until=lambda: self.ended() == [*before, order])
        assert self.ended() == [*before, order]
        return self.now - start

    def ended(self) -> list[Order]:
        return [event.order for event in self.events if isinstance(event, OrderEnded)]

    def overvoltage(self, address: int = 2, millivolts: int = 3633) -> Order:
        """An order for another over-voltage protection."""
        data = write32(address, OVP, millivolts)
        return Order(address, SETTINGS, self.now + IN_TIME, data, shows(millivolts))


def shows(millivolts: int) -> Callable[[Frame], bool]:
    def judge(frame: Frame) -> bool:
        assert isinstance(frame, Settings)
        return round(frame.cell_overvoltage_protection_voltage * 1000) == millivolts

    return judge


@pytest.mark.parametrize(("master", "longest"), [(False, 1.0), (True, 9.5)])
def test_a_write_is_acknowledged_and_read_back(master: bool, longest: float) -> None:
    bench = Bench(4, master)
    order = bench.overvoltage()
    took = bench.carry_out(order)
    assert (order.outcome, order.sent, order.acknowledged) == ("done", 1, True)
    assert bench.pack(2).settings.cell_overvoltage_protection_voltage == 3.633
    assert took < longest
    assert bench.line.collisions == 0


def test_beside_a_master_writes_fall_into_its_pause_and_disturb_nobody() -> None:
    bench = Bench(16, master=True)
    for address in range(1, 16):
        bench.carry_out(bench.overvoltage(address))
    assert bench.line.collisions == 0
    assert all(pack.settings.cell_overvoltage_protection_voltage == 3.633 for pack in bench.line.packs[1:])


def test_boards_are_left_in_peace_for_three_hundred_milliseconds_after_a_write() -> None:
    bench = Bench(2)
    order = bench.overvoltage()
    bench.bus.order(order, bench.now)
    said: list[tuple[float, bool]] = []
    now = bench.now
    while now < bench.now + 3.0:
        bench.bus.receive(bench.line.read(now), now)
        if data := bench.bus.poll(now):
            bench.line.write(data, now)
            said.append((now, data == order.data))
        now = max(min(bench.bus.wake_at, bench.line.wake_at), now + 1e-6)
    written = next(at for at, is_write in said if is_write)
    following = next(at for at, _ in said if at > written)
    assert following - written >= 0.3


@pytest.mark.parametrize("master", [False, True])
@pytest.mark.parametrize(
    ("mishaps", "outcome", "sent"),
    [
        (["deaf"], "done", 2),
        (["mute"], "done", 1),
        (["deaf", "mute"], "done", 2),
        (["deaf", "deaf", "deaf"], "unanswered", 3),
        (["ignore"], "unlike", 1),
        (["other"], "unlike", 1),
        (["gone"], "unknown", 1),
        ([("refuse", 2)], "refused", 1),
    ],
)
def test_whatever_happens_to_a_write_its_outcome_is_the_truth(
    mishaps: list[Mishap], outcome: str, sent: int, master: bool
) -> None:
    bench = Bench(4, master)
    pack = bench.pack(2)
    before = pack.settings.cell_overvoltage_protection_voltage
    pack.mishaps = list(mishaps)
    order = bench.overvoltage()
    bench.carry_out(order, within=60.0)
    after = pack.settings.cell_overvoltage_protection_voltage
    if master and sent > 2:
        outcome, sent = "unanswered", order.sent  # the time is over before the third try
        assert order.sent >= 2
    assert (order.outcome, order.sent) == (outcome, sent)
    if outcome == "done":
        assert after == 3.633
    if outcome in ("unanswered", "refused"):
        assert after == before
    if outcome == "refused":
        assert order.code == 2


def test_a_lost_acknowledgement_is_answered_by_reading_and_not_by_writing_again() -> None:
    bench = Bench()
    bench.pack(2).mishaps = ["mute"]
    order = bench.overvoltage()
    bench.carry_out(order)
    assert order.frame is not None
    assert not order.acknowledged
    assert order.sent == 1


def test_a_command_without_proof_is_never_said_twice() -> None:
    bench = Bench()
    bench.pack(2).mishaps = ["deaf"]
    order = Order(2, STATUS, bench.now + IN_TIME, write16(2, 0x1610, 1))
    bench.carry_out(order)
    assert (order.outcome, order.sent) == ("unknown", 1)


def test_a_command_is_done_when_it_was_acknowledged() -> None:
    bench = Bench()
    order = Order(2, STATUS, bench.now + IN_TIME, write16(2, 0x1610, 1))
    bench.carry_out(order)
    assert order.outcome == "done"
    assert bench.pack(2).commands == [(0x1610, b"\x00\x01")]


def test_a_write_that_follows_the_clock_is_made_when_it_is_said() -> None:
    bench = Bench(master=True)
    times: list[float] = []

    def renew() -> bytes:
        times.append(bench.now)
        return write32(2, 0x1612, 1234)

    order = Order(2, STATUS, bench.now + IN_TIME, write32(2, 0x1612, 1), renew=renew)
    bench.carry_out(order)
    assert (order.outcome, len(times)) == ("done", 1)
    assert bench.pack(2).commands == [(0x1612, (1234).to_bytes(4, "big"))]
    assert order.data == write32(2, 0x1612, 1234)


def test_a_write_that_never_gets_its_turn_expires_without_a_word() -> None:
    bench = Bench(2, timing=Timing(listen=100.0))
    order = bench.overvoltage()
    assert bench.carry_out(order) == pytest.approx(IN_TIME, abs=0.3)
    assert (order.outcome, order.sent) == ("expired", 0)
    assert bench.bus.counters.bytes_out == 0


@pytest.mark.parametrize("master", [False, True])
def test_a_write_that_was_not_taken_is_not_said_again_after_its_time(master: bool) -> None:
    for turn in range(1, 60):
        bench = Bench(4, master)
        bench.pack(2).mishaps = ["deaf"] * 3
        order = bench.overvoltage()
        order.expires = bench.now + turn / (5 if master else 20)
        bench.bus.order(order, bench.now)
        said, now = [], bench.now
        while not order.outcome:
            bench.bus.receive(bench.line.read(now), now)
            if data := bench.bus.poll(now + 1e-4):
                bench.line.write(data, now + 1e-4)
                said += [now] if data == order.data else []
            now = max(min(bench.bus.wake_at, bench.line.wake_at), now + 2e-4)
        assert all(at + 1e-4 < order.expires for at in said)
        assert order.outcome == ("unanswered" if said else "expired")


def test_a_write_waits_for_a_link_that_comes_back_in_time() -> None:
    bench = Bench()
    order = bench.overvoltage()
    bench.bus.order(order, bench.now)
    bench.bus.lost(bench.now)
    bench.now += 3.0
    bench.run(20.0, until=lambda: order.outcome != "")
    assert order.outcome == "done"


def test_a_write_does_not_go_out_after_a_link_came_back_too_late() -> None:
    bench = Bench()
    before = bench.pack(2).settings.cell_overvoltage_protection_voltage
    order = bench.overvoltage()
    bench.bus.order(order, bench.now)
    bench.bus.lost(bench.now)
    bench.now += IN_TIME + 1
    bench.run(20.0)
    assert (order.outcome, order.sent) == ("expired", 0)
    assert bench.pack(2).settings.cell_overvoltage_protection_voltage == before


def test_after_a_link_was_lost_in_the_middle_of_a_write_the_pack_is_read_first() -> None:
    bench = Bench()
    order = bench.overvoltage()
    bench.bus.order(order, bench.now)
    now = bench.now
    while not order.sent:
        bench.bus.receive(bench.line.read(now), now)
        if data := bench.bus.poll(now):
            bench.line.write(data, now)
        now = max(min(bench.bus.wake_at, bench.line.wake_at), now + 1e-6)
    bench.bus.lost(now)
    bench.line.read(now + 1.0)  # the acknowledgement is heard by nobody
    bench.now = now + 2.0
    bench.run(20.0, until=lambda: order.outcome != "")
    assert (order.outcome, order.sent, order.acknowledged) == ("done", 1, False)


def test_a_master_that_appears_in_the_middle_is_given_way_and_the_write_still_succeeds() -> None:
    bench = Bench(4, master=True)
    assert bench.line.master is not None
    bench.line.master.active = False
    bench.run(20.0)
    assert bench.bus.role == "master"
    order = bench.overvoltage()
    bench.bus.order(order, bench.now)
    bench.run(0.12)
    bench.line.master.active = True
    bench.run(30.0, until=lambda: order.outcome != "")
    assert order.outcome == "done"
    assert bench.bus.role == "pseudo-master"
    assert [event.role for event in bench.events if isinstance(event, RoleChanged)][-1] == "pseudo-master"


def test_a_silent_pack_keeps_nobody_else_from_the_line() -> None:
    bench = Bench(3)
    waiting = Order(9, SETTINGS, bench.now + IN_TIME)
    bench.bus.order(waiting, bench.now)
    order = bench.overvoltage()
    assert bench.carry_out(order) < 2.0
    bench.run(20.0)
    assert waiting.outcome == "expired"


def test_beside_a_master_a_silent_pack_does_not_take_every_pause() -> None:
    bench = Bench(4, master=True)
    bench.bus.order(Order(9, ABOUT, bench.now + IN_TIME), bench.now)
    orders = [bench.overvoltage(), Order(3, ABOUT, bench.now + IN_TIME)]
    for order in orders:
        bench.bus.order(order, bench.now)
    bench.run(30.0)
    assert [order.outcome for order in orders] == ["done", "done"]


def test_a_write_is_not_said_once_somebody_else_changed_what_it_was_made_from() -> None:
    bench = Bench(4, master=True)
    bench.run(5.0, until=lambda: isinstance(last := bench.events[-1], Heard) and last.address == 0)
    bench.run(0.3)  # the master's pause is over: the packs are polled before the next one
    order = bench.overvoltage()
    order.stands = shows(3610)
    bench.pack(2).settings.cell_overvoltage_protection_voltage = 3.55
    bench.carry_out(order)
    assert (order.outcome, order.sent) == ("overtaken", 0)


def test_a_write_is_not_said_again_once_somebody_else_changed_what_it_was_made_from() -> None:
    bench = Bench()
    bench.pack(2).mishaps = ["deaf"]
    order = bench.overvoltage()
    order.stands = shows(3610)
    bench.bus.order(order, bench.now)
    bench.run(0.1)
    bench.pack(2).settings.cell_overvoltage_protection_voltage = 3.55
    bench.run(10.0)
    assert (order.outcome, order.sent) == ("overtaken", 1)
    assert bench.pack(2).settings.cell_overvoltage_protection_voltage == 3.55


def test_orders_for_one_pack_are_carried_out_in_their_order() -> None:
    bench = Bench()
    orders = [bench.overvoltage(2, millivolts) for millivolts in (3600, 3610, 3620)]
    for order in orders:
        bench.bus.order(order, bench.now)
    bench.run(20.0)
    assert bench.ended() == orders
    assert [order.outcome for order in orders] == ["done"] * 3
    assert bench.pack(2).settings.cell_overvoltage_protection_voltage == 3.62


def test_a_report_can_be_ordered_without_a_write() -> None:
    bench = Bench()
    order = Order(3, ABOUT, bench.now + IN_TIME)
    assert bench.carry_out(order) < 1.0
    assert order.outcome == "done"
    assert order.frame is not None
    assert order.frame.kind == "about"


def test_who_hears_itself_is_not_confused_by_its_own_write() -> None:
    bench = Bench()
    bench.line.faults.echo = True
    order = bench.overvoltage()
    bench.carry_out(order)
    assert (order.outcome, order.sent, order.acknowledged) == ("done", 1, True)
    assert bench.bus.role == "master"


def test_on_a_noisy_line_a_write_is_still_proved() -> None:
    bench = Bench()
    bench.line.faults.flip = 0.001
    outcomes = []
    for turn in range(20):
        order = bench.overvoltage(millivolts=3600 + turn)
        bench.carry_out(order, within=60.0)
        outcomes.append(order.outcome)
        if order.outcome == "done":
            assert round(bench.pack(2).settings.cell_overvoltage_protection_voltage * 1000) == 3600 + turn
    assert outcomes.count("done") >= 18


def test_an_order_can_be_withdrawn_and_is_not_said_then() -> None:
    bench = Bench()
    order = bench.overvoltage()
    bench.bus.order(order, bench.now)
    bench.bus.withdraw(order, bench.now)
    bench.run(5.0)
    assert (order.outcome, order.sent) == ("expired", 0)


def test_a_link_that_only_listens_takes_no_write() -> None:
    bus = Bus(read_only=True)
    with pytest.raises(ValueError, match="only listens"):
        bus.order(Order(2, SETTINGS, 15.0, write32(2, OVP, 3600)), 0.0)


@pytest.mark.parametrize(("only", "address"), [(None, 0), (None, 16), (None, 99), (0, 1), (3, 0)])
@pytest.mark.parametrize("data", [b"", b"write"])
def test_nothing_is_ordered_where_nobody_answers(only: int | None, address: int, data: bytes) -> None:
    """At address 0 of a bus its master answers nobody, and its slaves may take it for all of them."""
    data = data and write32(address, OVP, 3600)
    with pytest.raises(ValueError, match="nobody answers"):
        Bus(only=only).order(Order(address, SETTINGS, 15.0, data), 0.0)


def test_at_a_port_of_its_own_a_pack_with_address_zero_answers() -> None:
    pack = VirtualPack(0)
    line = VirtualLine([pack.port()])
    bus = Bus(only=0)
    list(drive(bus, line, 0.0, 20.0))
    assert bus.role == "master"
    assert set(bus.nodes[0].heard_at) == {1, 2, 3}
    order = Order(0, SETTINGS, 35.0, write32(0, OVP, 3633), shows(3633))
    bus.order(order, 20.0)
    list(drive(bus, line, 20.0, 25.0))
    assert order.outcome == "done"
    assert pack.settings.cell_overvoltage_protection_voltage == 3.633


FORBIDDEN = [register for register in range(0x1600, 0x1700) if register not in {*COMMANDS, *TRIGGERS}]


@pytest.mark.parametrize("register", FORBIDDEN)
@pytest.mark.parametrize("write", [write16, write32])
def test_no_undocumented_command_register_can_be_written(
    register: int, write: Callable[[int, int, int], bytes]
) -> None:
    for value in (0, 1):
        data = write(1, register, value)
        assert not lawful(data)
        with pytest.raises(ValueError, match="nothing that may be"):
            Bus().order(Order(1, SETTINGS, 15.0, data), 0.0)


@given(st.binary(max_size=40))
def test_what_is_not_listed_is_not_lawful(body: bytes) -> None:
    for data in (body, command(body)):
        if lawful(data):
            assert data[2] << 8 | data[3] in {*SETTABLE, *COMMANDS, *TRIGGERS}


@given(
    address=st.integers(0, 20),
    register=st.integers(0, 0xFFFF),
    count=st.integers(0, 4),
    value=st.integers(0, 0xFFFFFFFFFFFFFFFF),
)
def test_a_long_write_cannot_reach_over_what_is_listed(
    address: int, register: int, count: int, value: int
) -> None:
    values = value.to_bytes(8, "big")[8 - 2 * count :]
    data = command(bytes([address, 0x10, register >> 8, register & 0xFF, 0, count, 2 * count]) + values)
    reached = range(register, register + 2 * count)
    if lawful(data):
        assert address < 16
        assert {*reached} <= {r + i for r, size in {**SETTABLE, **COMMANDS}.items() for i in range(size)} or (
            register in TRIGGERS and values == b"\0\0"
        )


def test_the_dangerous_registers_are_known_by_name_and_forbidden() -> None:
    for register in (0x1604, 0x1616, 0x1618, 0x161A, 0x1622, 0x1624, 0x1626):
        assert not lawful(write16(1, register, 1))


def test_a_virtual_bus_full_of_orders_sees_no_forbidden_write() -> None:
    bench = Bench(5)
    for register, size in {**SETTABLE, **COMMANDS}.items():
        write = write32 if size == 4 else write16
        bench.bus.order(Order(2, SETTINGS, bench.now + 600, write(2, register, 1)), bench.now)
    bench.run(120.0)
    assert all(not pack.forbidden_writes for pack in bench.line.packs)
