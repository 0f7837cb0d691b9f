"""When the MOSFETs of a pack open and close, and which alarm bits say why: from its own Settings.

Two kinds of protection. A `_Limit` trips when a value passes its limit and releases when it has come back
beyond another one. A `_Fuse` trips when a current was too high for too long and tries again after a time,
which it counts down. Bit 4 is special: it is also the sign of a full battery, so once set it stays while the
battery is full, whatever the cell voltages do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CHARGE, DISCHARGE = 1, 2  # the MOSFET a protection opens
_BOTH = CHARGE | DISCHARGE
FULL = 1 << 4  # cell over-voltage, or a full battery
UNDERVOLTAGE = 1 << 11
_CELL_COUNT = 1 << 2
_SENSOR = 1 << 22
_WIRE = 1 << 0
_DELAY = 3.0  # s that a cell voltage must be back before its protection releases

# alarm bit, what is watched, +1 trips above and -1 below, its setting, the setting of its release, what opens
_LIMITS = (
    (1, "mosfet", 1, "mosfet_overtemperature_protection", "mosfet_overtemperature_release", _BOTH),
    (4, "highest", 1, "cell_overvoltage_protection_voltage", "cell_overvoltage_release_voltage", CHARGE),
    (8, "hottest", 1, "charge_overtemperature_protection", "charge_overtemperature_release", CHARGE),
    (9, "coldest", -1, "charge_undertemperature_protection", "charge_undertemperature_release", CHARGE),
    (
        11,
        "lowest",
        -1,
        "cell_undervoltage_protection_voltage",
        "cell_undervoltage_release_voltage",
        DISCHARGE,
    ),
    (
        15,
        "hottest",
        1,
        "discharge_overtemperature_protection",
        "discharge_overtemperature_release",
        DISCHARGE,
    ),
)
_WARNING = (21, "hottest", 1, "heating_start_temperature", "heating_stop_temperature", 0)
_COLD = (
    27,
    "coldest",
    -1,
    "discharge_undertemperature_protection",
    "discharge_undertemperature_release",
    DISCHARGE,
)


@dataclass
class Senses:
    """What the board measures, in V, A and °C; a temperature is None where no probe tells."""

    highest: float
    lowest: float
    voltage: float
    current: float
    hottest: float | None
    coldest: float | None
    mosfet: float | None
    full: bool
    cells: int
    sensor_missing: bool
    wire_alarm: bool


class _Limit:
    def __init__(self, row: tuple[int, str, int, str, str, int], settings: Mapping[str, Any]) -> None:
        bit, self.watched, self.sign, protection, release, self.opens = row
        self.mask = 1 << bit
        self.limit = settings[protection] * self.sign
        self.release = settings[release] * self.sign


class _Fuse:
    """Counts how long a current is too high and, once tripped, how long until it is tried again."""

    def __init__(self, bit: int, opens: int) -> None:
        self.mask = 1 << bit
        self.opens = opens
        self.over = 0.0
        self.left = 0.0

    def step(self, over: bool, delay: float, release: float, dt: float) -> None:
        if self.left > 0:
            self.left = max(0.0, self.left - dt)
        elif over:
            self.over += dt
            if self.over >= delay:
                self.over, self.left = 0.0, release
        else:
            self.over = 0.0


class Guard:
    """Decides over the MOSFETs of a pack: `charge`, `discharge`, the `alarms` word, what is counted down."""

    def __init__(self, settings: Mapping[str, Any], *, warns_of_heat: bool, cold_discharge: bool) -> None:
        self._rows = _LIMITS + ((_WARNING,) if warns_of_heat else ()) + ((_COLD,) if cold_discharge else ())
        self.charge_overcurrent = _Fuse(6, CHARGE)
        self.charge_short_circuit = _Fuse(7, CHARGE)
        self.discharge_overcurrent = _Fuse(13, DISCHARGE)
        self.discharge_short_circuit = _Fuse(14, DISCHARGE)
        self.fuses = (
            self.charge_overcurrent,
            self.charge_short_circuit,
            self.discharge_overcurrent,
            self.discharge_short_circuit,
        )
        self.alarms = 0
        self.reminders = 0  # alarm bits that somebody wants set: nothing opens for them
        self.emergency = 0.0  # s left in which discharging is allowed below the under-voltage limit
        self.precharge = 0.0  # s left until the discharge MOSFET closes
        self.releasing: dict[int, float] = {}  # alarm mask -> s until the cell voltage protection releases
        self.charge = self.discharge = True
        self.obey(settings)

    def obey(self, settings: Mapping[str, Any]) -> None:
        """Take over new settings (values by row name)."""
        self.settings = settings
        self._limits = [_Limit(row, settings) for row in self._rows]

    def step(self, senses: Senses, dt: float) -> None:
        """Look at what was measured over the last `dt` s and open or close the MOSFETs."""
        alarms = self._limited(senses, dt) | self._fused(senses.current, dt)
        settings = self.settings
        if senses.cells != settings["cell_count_setting"]:
            alarms |= _CELL_COUNT
        alarms |= (_SENSOR if senses.sensor_missing else 0) | (_WIRE if senses.wire_alarm else 0)
        per_cell = senses.voltage / senses.cells
        if per_cell > settings["cell_overvoltage_protection_voltage"]:
            alarms |= 1 << 5
        elif per_cell < settings["cell_undervoltage_protection_voltage"]:
            alarms |= 1 << 12
        self.emergency = max(0.0, self.emergency - dt)
        self.alarms = alarms
        self._switch(dt)

    def _limited(self, senses: Senses, dt: float) -> int:
        before, alarms = self.alarms, 0
        ignored = self.settings["temperature_sensors_disabled"]
        for limit in self._limits:
            value = getattr(senses, limit.watched)
            if value is None or (ignored and limit.watched in ("hottest", "coldest")):
                continue
            value *= limit.sign
            if value > limit.limit or (before & limit.mask and self._holds(limit, value, senses.full, dt)):
                alarms |= limit.mask
        return alarms

    def _holds(self, limit: _Limit, value: float, full: bool, dt: float) -> bool:
        """Whether a protection that has tripped stays so."""
        if value > limit.release or (limit.mask == FULL and full):
            self.releasing.pop(limit.mask, None)
            return True
        if limit.mask not in (FULL, UNDERVOLTAGE):
            return False
        left = self.releasing.get(limit.mask, _DELAY) - dt
        self.releasing[limit.mask] = left
        if left > 0:
            return True
        del self.releasing[limit.mask]
        return False

    def _fused(self, current: float, dt: float) -> int:
        settings = self.settings
        scale, again = settings["current_range"], settings["short_circuit_release_time"]
        self.charge_short_circuit.step(current > scale, 0, again, dt)
        self.discharge_short_circuit.step(-current > scale, 0, again, dt)
        for way, fuse, strength in (
            ("charge", self.charge_overcurrent, current),
            ("discharge", self.discharge_overcurrent, -current),
        ):
            delay, release = settings[f"{way}_overcurrent_delay"], settings[f"{way}_overcurrent_release_time"]
            fuse.step(settings[f"{way}_current_limit"] < strength <= scale, delay, release, dt)
        return sum(fuse.mask for fuse in self.fuses if fuse.left > 0)

    def _switch(self, dt: float) -> None:
        alarms = self.alarms & ~(UNDERVOLTAGE if self.emergency > 0 else 0)
        opened = _BOTH if alarms & _CELL_COUNT else 0
        for limit in self._limits:
            opened |= limit.opens if alarms & limit.mask else 0
        for fuse in self.fuses:
            opened |= fuse.opens if alarms & fuse.mask else 0
        self.charge = bool(self.settings["charge_enabled"]) and not opened & CHARGE
        self._discharge(bool(self.settings["discharge_enabled"]) and not opened & DISCHARGE, dt)

    def _discharge(self, wanted: bool, dt: float) -> None:
        """Close the discharge MOSFET after the pre-charge time, open it at once."""
        if not wanted:
            self.discharge, self.precharge = False, 0.0
        elif not self.discharge:
            if self.precharge <= 0:
                self.precharge = self.settings["precharge_time"]
            else:
                self.precharge = max(0.0, self.precharge - dt)
            self.discharge = self.precharge <= 0
