"""Whether to believe a report on a noisy line.

The checksum of a report has eight bits: two flipped bits cancel each other once in sixteen times. On a clean
line that never happens. Where one byte in a hundred is bad, a quarter of those that pass are damaged. So
after a bad sum, for a while, a report must not contradict itself, and must agree with one of the two before
it in everything that does not move by itself. A real change is then shown one report later, one that comes
and goes as it does; a damaged value that still passes is small: up to 20 mV in a cell, 3 °C in a probe.
"""

import struct

from ..protocol.messages import REPORTS, Report

_NOISY = 60.0  # s after a bad sum in which reports are doubted
_STATUS = 2
_FLICKER = 30  # tenths of °C that a probe may move between two reports

# Rows that change while nothing happens, by type of report; the bytes of all others stand still.
_MOVING = {
    1: "frame_counter checksum",
    2: """
        frame_counter cell_voltage cell_voltage_average cell_voltage_delta cell_voltage_max_index
        cell_voltage_min_index mosfet_temperature battery_voltage battery_power_magnitude balancing_state
        battery_current battery_temperature_1 battery_temperature_2 balancing_current remaining_capacity
        cycle_capacity runtime emergency_countdown discharge_current_correction charge_current_sensor_voltage
        discharge_current_sensor_voltage balancing_charge_pwm balancing_discharge_pwm battery_voltage_coarse
        heating_current uptime battery_temperature_3 battery_temperature_4 battery_temperature_5
        charge_current_correction rtc time_to_sleep charge_stage_elapsed checksum
    """,
    3: "frame_counter total_runtime checksum",
}
_EMERGENCY = 218  # two bytes
_PROBES = (144, 162, 164, 254, 256, 258)


class Doubt:
    """Remembers the last two reports of each kind and address; believes all until the line is noisy."""

    def __init__(self) -> None:
        self._noisy_until = -1e9
        self._before: dict[tuple[int | None, int], list[bytes]] = {}
        self._masks: dict[int, int] = {}

    def noise(self, now: float) -> None:
        """A report with a bad sum was heard."""
        self._noisy_until = now + _NOISY

    def noisy(self, now: float) -> bool:
        """Whether the line was noisy lately."""
        return now < self._noisy_until

    def believes(self, report: Report, now: float) -> bool:
        """Whether the report may be shown."""
        key = (report.address, report.type)
        before = self._before.setdefault(key, [])
        believed = not self.noisy(now) or any(self._agree(one, report.data) for one in before)
        before.append(report.data)
        if len(before) > 2:
            before.pop(0)
        return believed

    def _agree(self, before: bytes, now: bytes) -> bool:
        if self._steady(before) != self._steady(now):
            return False
        return now[4] != _STATUS or (_contradictions(now) <= _contradictions(before) and _calm(before, now))

    def _steady(self, data: bytes) -> int:
        mask = self._masks.get(data[4])
        if mask is None:
            mask = self._masks[data[4]] = _mask(data[4])
        return int.from_bytes(data, "big") & mask


def _mask(type: int) -> int:
    """All bits of a report of that type that stand still."""
    mask = bytearray(b"\xff" * 300)
    moving = _MOVING[type].split()
    for row in REPORTS[type].rows():
        if row.name in moving:
            for offset in range(row.offset, row.offset + row.size):
                mask[offset] = 0
    return int.from_bytes(mask, "big")


def _contradictions(status: bytes) -> "set[int]":
    """Which of the things that a Status says twice it says differently.

    The tolerances are those in which all captured reports lie, with some room. A pack may contradict itself
    by nature, as one with a broken sense wire or a drifted state of charge does; then it does so every time.
    """
    cells = [cell for cell in struct.unpack_from("<32H", status, 6) if cell]
    volts, watts, amperes = struct.unpack_from("<IIi", status, 150)
    average: int = struct.unpack_from("<H", status, 74)[0]
    coarse: int = struct.unpack_from("<H", status, 234)[0]
    remaining, full = struct.unpack_from("<II", status, 174)
    power = volts * abs(amperes) // 1000
    pairs = (
        (sum(cells), volts, 20),
        (average * len(cells), volts, 20 + len(cells)),
        (coarse * 10, volts, 20),
        (watts, power, 2000 + power // 100),
        (remaining * 100, full * status[173], 2 * full),
    )
    return {place for place, (one, other, most) in enumerate(pairs) if abs(one - other) > most}


def _calm(before: bytes, now: bytes) -> bool:
    """Whether no probe jumped and no emergency began or ended."""
    if any(before[_EMERGENCY : _EMERGENCY + 2]) != any(now[_EMERGENCY : _EMERGENCY + 2]):
        return False
    for offset in _PROBES:
        then: int = struct.unpack_from("<h", before, offset)[0]
        if abs(struct.unpack_from("<h", now, offset)[0] - then) > _FLICKER:
            return False
    return True
