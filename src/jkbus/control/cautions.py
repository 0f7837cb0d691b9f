"""What an owner should hear before a plan is carried out: allowed, but perhaps not what was meant.

Four tables: limits that cells are beyond already, settings that should be in order, changes that have
consequences, and limits above what the board is made for; and what cannot be undone. Only what a plan touches
is spoken of.
"""

import re
from collections.abc import Iterator, Mapping

from ..protocol import About, Status
from .settings import SETTINGS
from .values import Value, shown

_OVP, _UVP = "cell_overvoltage_protection_voltage", "cell_undervoltage_protection_voltage"
_RCV, _RFV = "requested_charge_cell_voltage", "requested_float_cell_voltage"
_OFF = "power_off_cell_voltage"

# lower, upper, whether they may be equal, and what happens where they are not in this order
_ORDERS: tuple[tuple[str, str, bool, str], ...] = (
    (_OFF, _UVP, False, "the board will switch itself off before it protects the cells"),
    (_RCV, _OVP, False, "charging will end in the over-voltage alarm instead of a full battery"),
    (_RFV, _RCV, True, "the pack would float higher than it is charged"),
    ("balancing_start_cell_voltage", _OVP, True, "balancing will never begin"),
    ("soc_100_cell_voltage", _OVP, True, "the state of charge will never be set to 100 %"),
    (_OFF, "soc_0_cell_voltage", True, "the board will switch itself off before it shows 0 %"),
)

# name, the value it is set to (None: any), and what that means
_CONSEQUENCES: tuple[tuple[str, Value | None, str], ...] = (
    ("cell_count_setting", None, "the board stops with an alarm when so many cells are not wired"),
    ("discharge_enabled", False, "everything that lives on this pack goes dark at once"),
    ("charge_enabled", False, "the pack takes no charge until it is switched on again"),
    ("balancing_enabled", False, "the cells will drift apart"),
    ("temperature_sensors_disabled", True, "the pack is no longer protected from heat and frost"),
    ("shared_port_is_rs485", None, "what is connected to this port, perhaps the inverter, may lose the pack"),
    ("gps_heartbeat_enabled", True, "without a GPS module the board may refuse to work"),
    ("requested_charge_voltage_time", 0, "boards were seen to refuse 0 h"),
    ("design_capacity", None, "the state of charge is wrong until the pack has been full once"),
)  # fmt: skip

# limit, whether the lowest or the highest cell is held against it, and what follows where that is beyond it
_AT_ONCE: tuple[tuple[str, bool, str], ...] = (
    (_UVP, True, "discharging stops at once, and what lives on this pack goes dark"),
    (_OFF, True, "the board switches itself off at once"),
    (_OVP, False, "charging stops at once"),
)
BY_CELLS = frozenset(name for name, _, _ in _AT_ONCE)
"""Settings that are held against the cell voltages of this moment."""

_LIMITS = ("charge_current_limit", "discharge_current_limit")
_RISE = 0.15  # V by which the over-voltage protection of one chemistry is not raised


def cautions(
    old: Mapping[str, Value], new: Mapping[str, Value], about: About | None, status: Status | None
) -> tuple[str, ...]:
    """Sentences on the way from `old` to `new`, which hold every setting of the pack by name."""
    touched = {name for name in new if new[name] != old[name]}
    return (
        *_at_once(touched, new, status),
        *_out_of_order(touched, new),
        *_consequences(touched, new),
        *_beyond_the_board(touched, new, about),
        *_other_chemistry(touched, old, new),
        *_no_way_back(touched, old),
    )


def consequences(name: str) -> Iterator[str]:
    """Sentences on what a change of a setting brings with it, as far as that is known beforehand."""
    for touched, value, text in _CONSEQUENCES:
        if touched == name:
            yield text if value is None else f"{shown(SETTINGS[name], value)}: {text}"


def _at_once(touched: set[str], new: Mapping[str, Value], status: Status | None) -> Iterator[str]:
    cells = sorted(volts for volts in (status.cell_voltage if status else ()) if volts is not None)
    for name, lowest, text in _AT_ONCE if cells else ():
        cell = cells[0] if lowest else cells[-1]
        if name in touched and (cell < new[name] if lowest else cell > new[name]):
            yield f"{_said(name, new)} while a cell is at {cell:.3f} V: {text}"


def _out_of_order(touched: set[str], new: Mapping[str, Value]) -> Iterator[str]:
    for lower, upper, equal, text in _ORDERS:
        if touched & {lower, upper} and (new[lower] > new[upper] or (new[lower] == new[upper] and not equal)):
            yield (
                f"{_said(lower, new)} is {'above' if new[lower] > new[upper] else 'as high as'} "
                f"{_said(upper, new)}: {text}"
            )


def _consequences(touched: set[str], new: Mapping[str, Value]) -> Iterator[str]:
    for name, value, text in _CONSEQUENCES:
        if name in touched and (value is None or new[name] == value):
            yield f"{_said(name, new)}: {text}"


def _beyond_the_board(touched: set[str], new: Mapping[str, Value], about: About | None) -> Iterator[str]:
    """A model that ends in 10P, 15P or 20P is made for 100, 150 or 200 A."""
    found = re.search(r"S(\d{1,2})P", about.model, re.ASCII) if about is not None else None
    if about is None or found is None:
        return
    amperes = 10 * int(found[1])
    for name in _LIMITS:
        if name in touched and new[name] > amperes:
            yield f"{_said(name, new)}: a {about.model} is made for {amperes} A"


def _other_chemistry(touched: set[str], old: Mapping[str, Value], new: Mapping[str, Value]) -> Iterator[str]:
    if _OVP in touched and new[_OVP] - old[_OVP] > _RISE:
        was = shown(SETTINGS[_OVP], old[_OVP])
        yield f"{_said(_OVP, new)} is much more than {was}: cells made for less are ruined by it and may burn"


def _no_way_back(touched: set[str], old: Mapping[str, Value]) -> Iterator[str]:
    for name in sorted(touched):
        setting = SETTINGS[name]
        if not setting.low <= old[name] <= setting.high:
            yield f"{_said(name, old)} is beyond what can be set: this cannot be undone"


def _said(name: str, values: Mapping[str, Value]) -> str:
    return f"{name} {shown(SETTINGS[name], values[name])}"
