"""What each alarm bit of a Status means to an owner: how bad it is, in words, and what to do."""

from dataclasses import dataclass
from enum import IntEnum

from ..protocol import Status


class Severity(IntEnum):
    """How much an alarm matters: a remark, something to look at, a protection that acted, a broken part."""

    INFO = 0
    WARNING = 1
    PROTECTION = 2
    FAULT = 3


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm bit: its row in Status, its title for people, its severity and the remedy."""

    name: str
    title: str
    severity: Severity
    remedy: str


_I, _W, _P, _F = Severity

ALARMS: tuple[Alarm, ...] = (
    Alarm("alarm_wire_resistance", "balance wire resistance high", _W, "check the balance plug and its lugs"),
    Alarm("alarm_mosfet_overtemperature", "MOSFET too hot", _P, "lower the current, let the board cool"),
    Alarm(
        "alarm_cell_count_mismatch", "wrong number of cells", _F, "compare the cell count setting and wires"
    ),
    Alarm("alarm_current_sensor_fault", "current sensor fault", _F, "have the board checked"),
    Alarm("alarm_cell_overvoltage_or_full", "cell over-voltage or full", _I, "normal on a full battery"),
    Alarm("alarm_battery_overvoltage", "pack over-voltage", _P, "lower the charge voltage"),
    Alarm("alarm_charge_overcurrent", "charge over-current", _P, "lower the charge current"),
    Alarm("alarm_charge_short_circuit", "charge short circuit", _P, "check the cables before switching on"),
    Alarm("alarm_charge_overtemperature", "too hot to charge", _P, "let the cells cool"),
    Alarm("alarm_charge_undertemperature", "too cold to charge", _P, "warm the cells"),
    Alarm("alarm_internal_communication", "processors do not talk", _F, "restart the board"),
    Alarm("alarm_cell_undervoltage", "cell under-voltage", _P, "charge the pack soon"),
    Alarm("alarm_battery_undervoltage", "pack under-voltage", _P, "charge the pack soon"),
    Alarm("alarm_discharge_overcurrent", "discharge over-current", _P, "lower the load"),
    Alarm(
        "alarm_discharge_short_circuit", "discharge short circuit", _P, "check the cables before switching on"
    ),
    Alarm("alarm_discharge_overtemperature", "too hot to discharge", _P, "let the cells cool"),
    Alarm("alarm_charge_mosfet_fault", "charge MOSFET fault", _F, "have the board checked"),
    Alarm("alarm_discharge_mosfet_fault", "discharge MOSFET fault", _F, "have the board checked"),
    Alarm("alarm_gps_disconnected", "GPS module missing", _I, "switch GPS heartbeat off if there is none"),
    Alarm("alarm_change_password", "default password in use", _I, "change the settings password in JK's app"),
    Alarm(
        "alarm_discharge_start_failed", "discharge would not start", _F, "check the pre-charge and the load"
    ),
    Alarm("alarm_battery_overtemperature", "battery hot", _W, "lower the current, let the cells cool"),
    Alarm("alarm_temperature_sensor_fault", "temperature sensor fault", _F, "check the probes' plug"),
    Alarm("alarm_parallel_module_fault", "parallel limiter fault", _F, "have the board checked"),
    Alarm("alarm_short_circuit_release_failed", "short circuit persists", _F, "find the short circuit first"),
    Alarm("alarm_discharge_overcurrent_2", "discharge over-current 2", _P, "lower the load"),
    Alarm("alarm_discharge_overcurrent_3", "discharge over-current 3", _P, "lower the load"),
    Alarm("alarm_discharge_undertemperature", "too cold to discharge", _P, "warm the cells"),
    Alarm("alarm_gps_remote_lock", "locked through GPS", _W, "unlock the pack in the vendor's portal"),
)

# The second user-layer word, by bit. The vendor's application names these bits, another program reads the two
# bytes as something else, and they were 0 in every frame seen: so they are remarks, whatever they speak of.
_USER_ALARMS_2: dict[int, tuple[str, str]] = {
    0: ("temperature_high", "temperature high"),
    1: ("temperature_low", "temperature low"),
    2: ("temperature_spread", "temperatures far apart"),
    3: ("cell_voltage_high", "cell voltage high"),
    4: ("cell_voltage_low", "cell voltage low"),
    5: ("discharge_overcurrent", "discharge current high"),
    6: ("charge_overcurrent", "charge current high"),
    7: ("temperature_sensor_fault", "temperature sensor fault"),
    8: ("charger_communication_fault", "charger does not talk"),
    10: ("heating_relay_fault", "heating relay fault"),
    11: ("charger_fault", "charger fault"),
    12: ("low_temperature_heating_fault", "heating does not warm"),
    13: ("heater_fault", "heater fault"),
}


def active(status: Status) -> tuple[Alarm, ...]:
    """The alarms set in a Status, worst first; a bit without a name shows as `unknown 29`."""
    bits = status.alarms
    found = [ALARMS[bit] if bit < len(ALARMS) else _unknown(bit) for bit in range(32) if bits >> bit & 1]
    return tuple(sorted(found, key=lambda alarm: -alarm.severity))


def noticed(status: Status) -> tuple[Alarm, ...]:
    """The alarms set in a Status and in its two user-layer words, which are remarks only."""
    alarms = active(status)
    if status.user_alarm_1 or status.user_alarm_2:
        words = ((1, status.user_alarm_1), (2, status.user_alarm_2))
        alarms += tuple(_user(word, bit) for word, bits in words for bit in range(16) if bits >> bit & 1)
    return alarms


def problem(status: Status) -> bool:
    """Whether an alarm asks for attention; a full battery and the password reminder do not."""
    return any(alarm.severity > Severity.INFO for alarm in active(status))


def _unknown(bit: int) -> Alarm:
    return Alarm(f"unknown {bit}", f"unknown alarm {bit}", Severity.WARNING, "look it up in JK's app")


def _user(word: int, bit: int) -> Alarm:
    known = _USER_ALARMS_2.get(bit) if word == 2 else None
    name, title = known or (f"bit_{bit}", f"bit {bit}")
    remedy = "the board says so in a word that is hardly documented; look at the pack in JK's app"
    return Alarm(f"user_alarm_{word}_{name}", f"user alarm {word}: {title}", Severity.INFO, remedy)
