"""The live view: what an owner sees, at any width, and what must not look like present."""

import io
from collections.abc import Callable

import pytest
from rich.console import Console

from jkbus.bus.bus import Bus
from jkbus.bus.events import Heard, NodeChanged
from jkbus.model.battery import Battery
from jkbus.outputs.columns import bar, duration
from jkbus.outputs.terminal import cut, render
from jkbus.outputs.totals import totals
from jkbus.protocol import Report, Settings, Status

NOW = 1000.0
FULL, TOO_LOW, NO_CURRENT_SENSOR = 1 << 4, 1 << 11, 1 << 3


class Names:
    """Calls each pack by bus and address."""

    def name(self, bus: str, address: int, serial: str | None) -> tuple[str, str] | None:
        return self.adopt(bus, address, serial)

    def adopt(self, bus: str, address: int, serial: str | None) -> tuple[str, str]:
        return f"{bus}-{address}", f"{bus}-{address}"


def status(change: Callable[[Status], None] = lambda status: None) -> Status:
    """A pack of four cells that discharges; `change` makes it another one."""
    frame = Status.blank()
    assert isinstance(frame, Status)
    frame.cell_voltage = (3.29, 3.291, 3.292, 3.296)
    frame.cell_present_mask = 0b1111
    frame.battery_voltage, frame.battery_current = 13.169, -12.5
    frame.state_of_charge, frame.remaining_capacity, frame.full_charge_capacity = 78, 78.0, 100.0
    frame.temperature_sensor_present = 0b11
    frame.mosfet_temperature, frame.battery_temperature_1 = 31.0, 24.2
    frame.charge_mosfet_on = frame.discharge_mosfet_on = 1
    change(frame)
    return frame


def battery(*packs: Status, bus: str = "bus1", age: float = 0.4, into: Battery | None = None) -> Battery:
    """The packs at addresses 0, 1, ... as they spoke `age` seconds ago."""
    whole = into or Battery(Names())
    for address, frame in enumerate(packs):
        whole.apply(bus, Heard(Report(frame.sealed(), address), NOW - age))
    return whole


def drawn(whole: Battery, width: int = 120, *notes: str) -> str:
    """The view as plain text."""
    console = Console(width=width, file=io.StringIO(), record=True)
    console.print(render(whole, [Bus()], NOW, width, notes))
    return console.export_text()


def row(view: str, name: str) -> str:
    """The line of the table that belongs to a pack."""
    return next(line for line in view.splitlines() if name in line.split()[:4])


def test_a_pack_is_one_row_with_all_that_matters() -> None:
    line = row(drawn(battery(status())), "bus1-0")
    for told in ("0.4 s", "78", "13.17", "-12.5", "-165", "3.290..3.296", "6 mV", "24..24", "on  on"):
        assert told in line


def test_the_battery_is_shown_as_one() -> None:
    view = drawn(battery(status(), status()))
    assert "78 %" in view
    assert "-25.0 A   -329 W   discharging" in view
    assert "156 of 200 Ah" in view


@pytest.mark.parametrize("current, word", [(-30.0, "discharging"), (30.0, "charging"), (0.1, "resting")])
def test_the_direction_is_a_word(current: float, word: str) -> None:
    view = drawn(battery(status(lambda frame: setattr(frame, "battery_current", current))))
    assert f"   {word} " in view


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    view = drawn(battery(*[status(lambda frame: setattr(frame, "alarms", TOO_LOW))] * 16), width)
    assert max(map(len, view.splitlines())) <= width
    assert "bus1-15" in view


def test_narrow_terminals_keep_the_essentials_and_wide_ones_show_more() -> None:
    narrow, wide = (drawn(battery(status()), width) for width in (80, 200))
    for title in ("pack", "age", "SoC %", "cells V", "spread"):
        assert title in narrow
    for title in ("MOS °C", "chg dis bal", "cycles", "kWh in"):
        assert title in wide and title not in narrow
    assert "master" in row(wide, "bus1-0")


def test_a_silent_pack_shows_no_values() -> None:
    whole = battery(status(), status())
    whole.apply("bus1", NodeChanged(1, "silent", NOW - 20))
    view = drawn(whole)
    line = row(view, "bus1-1")
    assert "13.17" not in line and "78" not in line
    assert "○" in line and "0.4 s" in line
    assert "bus1-1 has been silent for 20 s; check its power and bus cable" in view
    assert "2 packs, 1 silent" in view
    assert "78 of 100 Ah" in view


def test_a_late_pack_shows_its_age() -> None:
    whole = battery(status(), age=7.0)
    whole.apply("bus1", NodeChanged(0, "late", NOW))
    assert "7.0 s" in row(drawn(whole), "bus1-0")


def test_an_alarm_is_told_with_what_to_do() -> None:
    view = drawn(battery(status(lambda frame: setattr(frame, "alarms", TOO_LOW | NO_CURRENT_SENSOR))))
    assert "▲" in row(view, "bus1-0")
    assert "bus1-0: cell under-voltage; charge the pack soon" in view
    assert "bus1-0: current sensor fault; have the board checked" in view


def test_a_full_battery_is_no_alarm() -> None:
    assert "▲" not in drawn(battery(status(lambda frame: setattr(frame, "alarms", FULL))))


def test_a_switch_that_is_off_catches_the_eye() -> None:
    line = row(drawn(battery(status(lambda frame: setattr(frame, "discharge_mosfet_on", 0)))), "bus1-0")
    assert "on  OFF" in line


def test_a_dead_cell_is_the_lowest_one() -> None:
    dead = status(lambda frame: setattr(frame, "cell_voltage", (0.0, 3.3, 3.3, 3.3)))
    assert "0.000..3.300" in row(drawn(battery(dead)), "bus1-0")


def test_before_the_first_word_it_says_that_it_listens() -> None:
    view = drawn(Battery(Names()))
    assert "Listening; no pack has been heard yet." in view
    assert "sniffer: not started" in view


def test_a_pack_known_only_by_its_settings_waits_for_values() -> None:
    whole = Battery(Names())
    whole.apply("bus1", Heard(Report(Settings.blank().sealed(), 3), NOW))
    assert "waiting" in row(drawn(whole), "bus1-3")


def test_packs_of_two_buses_stand_apart() -> None:
    whole = battery(status(), bus="bus2", into=battery(status()))
    lines = drawn(whole).splitlines()
    first = next(number for number, line in enumerate(lines) if "bus1-0" in line)
    assert not lines[first + 1].strip() and "bus2-0" in lines[first + 2]


def test_the_log_is_below() -> None:
    assert drawn(battery(status()), 80, "12:00:01 a JK master polls").rstrip().endswith("a JK master polls")


def test_soc_is_weighted_by_capacity() -> None:
    big = status(lambda frame: setattr(frame, "full_charge_capacity", 300.0))
    empty = status(lambda frame: setattr(frame, "state_of_charge", 10))
    assert totals(battery(big, empty).packs).state_of_charge == (78 * 300 + 10 * 100) / 400


def test_no_pack_no_totals() -> None:
    nothing = totals([])
    assert (nothing.state_of_charge, nothing.voltage, nothing.power, nothing.cells) == (None, None, None, ())


@pytest.mark.parametrize(
    "seconds, text",
    [
        (0.04, "0.0 s"),
        (9.94, "9.9 s"),
        (12, "12 s"),
        (99.6, "2 min"),
        (7300, "2 h"),
        (3e5, "3 d"),
        (-1, "0.0 s"),
    ],
)
def test_time_spans_are_a_few_characters(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize("per_cent", [-5, 0, 3, 50, 99, 100, 255])
def test_a_bar_has_the_width_it_was_given(per_cent: float) -> None:
    assert len(bar(per_cent, 10).plain) == 10


@pytest.mark.parametrize("width, height", [(120, 8), (60, 15), (20, 5), (120, 60)])
def test_a_low_terminal_says_how_much_is_below(width: int, height: int) -> None:
    console = Console(width=width, height=height, file=io.StringIO(), record=True)
    picture = render(battery(*(status() for _ in range(16))), [Bus()], NOW, width)
    whole = console.render_lines(picture, pad=False)
    console.print(cut(picture, console))
    lines = console.export_text().splitlines()
    assert len(lines) == min(height, len(whole))
    if height < len(whole):
        assert lines[-1].startswith(f"  … {len(whole) - height + 1} more lines"[: width - 1])
