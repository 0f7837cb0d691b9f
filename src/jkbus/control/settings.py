"""What an owner may set: a row of a report, the range its values may have, and what it does.

Register, unit and scale come from the row of the protocol; the ranges are those of JK's PC application,
within which a board takes a value. The few settings that only newer boards have say from which on.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from ..errors import UsageError
from ..protocol import About, Settings, Status
from ..protocol.fields import Field
from ..protocol.frames import Frame


@dataclass(frozen=True, slots=True)
class Setting:
    """A value that can be set: `low` to `high` in the unit of its row, or on and off for a `switch`.

    `text` is a sentence for owners. `software` and `hardware` are the first versions that have it.
    """

    name: str
    frame: type[Frame]
    row: Field
    low: float
    high: float
    switch: bool
    text: str
    software: tuple[int, int] = (0, 0)
    hardware: int = 0

    @property
    def type(self) -> int:
        """The report that shows it: 1 Settings, 3 About."""
        return self.frame.type

    @property
    def unit(self) -> str:
        """V, A, Ah, °C, s, µs, h, or "" for numbers and switches."""
        return self.row.unit

    @property
    def register(self) -> int:
        """The register a write of it begins at, always even."""
        register = self.row.register
        assert register is not None
        return register

    @property
    def step(self) -> float:
        """The smallest difference a board can keep, in `unit`."""
        return 1 / self.row.per

    def known(self, about: About | None) -> bool | None:
        """Whether this board's firmware has it; None as long as the board's versions are not known."""
        if self.software == (0, 0):
            return True
        if about is None or (software := version(about.software_version)) is None:
            return None
        if not self.hardware:
            return software >= self.software
        hardware = version(about.hardware_version)
        return None if hardware is None else software >= self.software and hardware[0] >= self.hardware


def version(text: str) -> tuple[int, int] | None:
    """15.41 as (15, 41), 14.XA and 19A as (14, 0) and (19, 0); None for what does not begin with a number."""
    found = re.match(r"\s*(\d{1,3})(?:\.(\d{1,3}))?", text, re.ASCII)
    return (int(found[1]), int(found[2] or 0)) if found else None


_CELL = (1.2, 4.4)
_DELAY = (2, 600)
_HOT = (30, 80)
_COLD = (-45, 20)
_MOSFET = (50, 110)
_V14 = (14, 0)
_HEATER = ((15, 41), 15)

_NUMBERS: tuple[tuple[str, tuple[float, float], str], ...] = (
    ("cell_undervoltage_protection_voltage", _CELL, "Discharging stops when any cell falls below this."),
    ("cell_undervoltage_release_voltage", _CELL, "Discharging resumes when all cells are above this."),
    ("cell_overvoltage_protection_voltage", _CELL, "Charging stops when any cell rises above this."),
    ("cell_overvoltage_release_voltage", _CELL, "Charging resumes when all cells are below this."),
    ("power_off_cell_voltage", _CELL, "The board switches itself off when any cell falls below this."),
    ("smart_sleep_cell_voltage", _CELL, "Smart sleep may begin when the cells are below this."),
    ("soc_100_cell_voltage", _CELL, "The state of charge is set to 100 % when a cell reaches this."),
    ("soc_0_cell_voltage", _CELL, "The state of charge is set to 0 % when a cell falls to this."),
    ("requested_charge_cell_voltage", _CELL, "RCV: the cell voltage the inverter is asked to charge to."),
    ("requested_float_cell_voltage", _CELL, "RFV: the cell voltage the inverter is asked to hold when full."),
    ("requested_charge_voltage_time", (0, 25), "How long the charge voltage (RCV) is held before floating."),
    ("requested_float_voltage_time", (0, 25), "How long the float voltage (RFV) is held."),
    ("balancing_start_cell_voltage", (1.2, 4.25), "Balancing begins only when a cell is above this."),
    ("balancing_trigger_delta_voltage", (0.003, 1), "Balancing begins when cells differ by more than this."),
    ("balancing_current_limit", (0.3, 15), "The most current the balancer moves from cell to cell."),
    ("charge_current_limit", (1, 600), "Charging stops when the current stays above this."),
    ("charge_overcurrent_delay", _DELAY, "How long charging may be over its limit before it stops."),
    ("charge_overcurrent_release_time", _DELAY, "How long until charging is tried again after a stop."),
    ("discharge_current_limit", (1, 1200), "Discharging stops when the current stays above this."),
    ("discharge_overcurrent_delay", _DELAY, "How long discharging may be over its limit before it stops."),
    ("discharge_overcurrent_release_time", _DELAY, "How long until discharging is tried again after a stop."),
    ("short_circuit_delay", (0, 1000000), "How long a short circuit may last before the board disconnects."),
    ("short_circuit_release_time", _DELAY, "How long until the board tries again after a short circuit."),
    ("charge_overtemperature_protection", _HOT, "Charging stops above this battery temperature."),
    ("charge_overtemperature_release", _HOT, "Charging resumes below this battery temperature."),
    ("discharge_overtemperature_protection", _HOT, "Discharging stops above this battery temperature."),
    ("discharge_overtemperature_release", _HOT, "Discharging resumes below this battery temperature."),
    ("charge_undertemperature_protection", _COLD, "Charging stops below this battery temperature."),
    ("charge_undertemperature_release", _COLD, "Charging resumes above this battery temperature."),
    ("mosfet_overtemperature_protection", _MOSFET, "The board stops everything when its MOSFETs are hotter."),
    ("mosfet_overtemperature_release", _MOSFET, "The board goes on when its MOSFETs are cooler than this."),
    ("heating_start_temperature", (-40, 100), "The heater is switched on below this battery temperature."),
    ("heating_stop_temperature", (-40, 100), "The heater is switched off above this battery temperature."),
    ("cell_count_setting", (2, 32), "How many cells in series the board expects; must be what is wired."),
    ("design_capacity", (2, 20000), "The capacity of the pack when new; the SoC is counted from it."),
    ("precharge_time", (0, 300), "How long loads are charged gently before discharging starts; 0 is off."),
    ("smart_sleep_delay", (1, 100), "How long the pack must be idle before smart sleep begins."),
)  # fmt: skip

_SWITCHES: tuple[tuple[str, str], ...] = (
    ("charge_enabled", "Lets the pack be charged; off acts at once."),
    ("discharge_enabled", "Lets the pack give power; off acts at once, and what lives on it goes dark."),
    ("balancing_enabled", "Lets the balancer work."),
    ("heating_enabled", "Lets the board heat the cells when they are too cold to be charged."),
    ("temperature_sensors_disabled", "Ignores the temperature sensors; on takes the heat protection away."),
    ("gps_heartbeat_enabled", "Supervises a GPS module; leave it off where none is fitted."),
    ("shared_port_is_rs485", "Makes the port that RS485 and CAN share speak RS485 instead of CAN."),
    ("display_always_on", "Keeps the display lit."),
    ("special_charger_enabled", "Recognises JK's dedicated charger."),
    ("smart_sleep_enabled", "Lets the board sleep when the pack is idle and low."),
    ("parallel_current_limiter_disabled", "Turns the limiter of currents between parallel packs off."),
    ("timed_data_storage_enabled", "Lets the board log its data at regular intervals."),
    ("charge_float_mode_enabled", "Lets the board ask for the float voltage (RFV) once the pack is full."),
)
_SINCE: dict[str, tuple[tuple[int, int], int]] = {
    "requested_charge_cell_voltage": (_V14, 0),
    "requested_float_cell_voltage": (_V14, 0),
    "requested_charge_voltage_time": (_V14, 0),
    "requested_float_voltage_time": (_V14, 0),
    "smart_sleep_delay": (_V14, 0),
    "parallel_current_limiter_disabled": (_V14, 0),
    "timed_data_storage_enabled": (_V14, 0),
    "charge_float_mode_enabled": (_V14, 0),
    "heating_start_temperature": _HEATER,
    "heating_stop_temperature": _HEATER,
}


def _settings() -> Iterator[Setting]:
    numbers = [(name, low, high, False, text) for name, (low, high), text in _NUMBERS]
    switches = [(name, 0.0, 1.0, True, text) for name, text in _SWITCHES]
    names = {row.name for row in Settings.rows()}
    for name, low, high, switch, text in numbers + switches:
        frame = Settings if name in names else About
        software, hardware = _SINCE.get(name, ((0, 0), 0))
        yield Setting(name, frame, frame.row(name), low, high, switch, text, software, hardware)


SETTINGS = {setting.name: setting for setting in _settings()}

PAIRS: tuple[tuple[str, str], ...] = (
    ("cell_undervoltage_protection_voltage", "cell_undervoltage_release_voltage"),
    ("cell_undervoltage_release_voltage", "cell_overvoltage_release_voltage"),
    ("cell_overvoltage_release_voltage", "cell_overvoltage_protection_voltage"),
    ("charge_overtemperature_release", "charge_overtemperature_protection"),
    ("discharge_overtemperature_release", "discharge_overtemperature_protection"),
    ("charge_undertemperature_protection", "charge_undertemperature_release"),
    ("mosfet_overtemperature_release", "mosfet_overtemperature_protection"),
    ("heating_start_temperature", "heating_stop_temperature"),
)
"""Settings of which the first must be below the second: nothing is written that would let them cross."""


BY_MODEL = {"balancing_current_limit": 1.0, "charge_current_limit": 100.0, "discharge_current_limit": 100.0}
"""Settings that end where the board does, in A, and how much any of them can do."""


def span(setting: Setting, about: About | None) -> tuple[float, float]:
    """Lowest and highest value for a board: narrower than `low` to `high` where its model says so.

    A PB1A balances with 1 A, a PB2A with 2 A: the number before the A is what its hardware can do.
    """
    found = re.search(r"B(\d{1,2})A", about.model, re.ASCII) if about is not None else None
    if setting.name != "balancing_current_limit" or found is None:
        return setting.low, setting.high
    return setting.low, min(setting.high, max(setting.low, float(found[1])))


def find(name: str) -> Setting:
    """The setting of that name. Raises UsageError that says what was probably meant."""
    if setting := SETTINGS.get(name):
        return setting
    short = name if len(name) <= 50 else name[:50] + "…"
    if name in _READABLE:
        raise UsageError(f"{short} can be read but not set{_INSTEAD.get(name, '')}")
    words = name.lower().replace("-", "_").replace(" ", "_")
    known = _SHORT.get(words.removeprefix("cell_"))
    close = [known] if known else get_close_matches(words[:60], SETTINGS, 1, 0.6)
    hint = f"did you mean {close[0]}?" if close else "`jkbus get PACK` lists what can be set"
    raise UsageError(f"there is no setting {short!r}; {hint}")


_SHORT = {
    "uvp": "cell_undervoltage_protection_voltage",
    "uvpr": "cell_undervoltage_release_voltage",
    "ovp": "cell_overvoltage_protection_voltage",
    "ovpr": "cell_overvoltage_release_voltage",
    "rcv": "requested_charge_cell_voltage",
    "rfv": "requested_float_cell_voltage",
}
_READABLE = {row.name for frame in (Settings, Status, About) for row in frame.rows()}
_INSTEAD = {
    "emergency_countdown": "; the emergency mode is begun by the action emergency_start",
    "precharge_active": "; no register of the board switches it",
    "rtc": "; the clock is set by the action set_clock",
    "settings_switches": "; set its switches by their own names",
}
