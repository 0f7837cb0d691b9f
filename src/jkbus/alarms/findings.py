"""What the gateway finds by itself, beside the alarm bits of the packs: names, severity, what to do.

Other parts tell theirs through `keeping.Alarms.found` and `cleared`, with one of these or with an alarm of
their own; its name must not begin like that of an alarm bit.
"""

from collections.abc import Callable

from ..config.alarms import DebounceConfig
from ..model.alarms import Alarm, Severity
from .journal import Patience

_I, _W, _P, _F = Severity

# Seen in a pack's reports.
CELL_OVERVOLTAGE = Alarm(
    "cell_overvoltage", "cell over-voltage", _P, "lower the charge voltage, and see whether the cells balance"
)
CELL_SPREAD = Alarm(
    "cell_spread_high",
    "cells far apart",
    _W,
    "let the balancer work at full charge; a cell that stays behind is weak or has a loose wire",
)
PACK_CLOCK = Alarm(
    "pack_clock_off", "clock of the pack is wrong", _I, "`jkbus action PACK set_clock` sets it"
)

# Seen in their absence.
PACK_SILENT = Alarm("pack_silent", "pack is silent", _W, "see whether it is switched on and its plug sits")
PACK_GONE = Alarm(
    "pack_gone",
    "pack is gone",
    _F,
    "see whether it is switched on; `jkbus alarms close` ends this if the pack was taken away",
)
BUS_SILENT = Alarm(
    "bus_silent",
    "nobody is heard on the bus",
    _F,
    "check the adapter, its cable, and that A and B are not swapped",
)
BUS_NOISY = Alarm(
    "bus_noisy",
    "bus is noisy",
    _W,
    "check the 120 Ω resistors at both ends, the common ground and the way of the cable",
)

# Told by others.
SHARE_WRONG = Alarm(
    "current_share_wrong", "share of current is wrong", _W, "check this pack's cables, lugs, fuse and MOSFETs"
)

FINDINGS = (
    CELL_OVERVOLTAGE,
    CELL_SPREAD,
    PACK_CLOCK,
    PACK_SILENT,
    PACK_GONE,
    BUS_SILENT,
    BUS_NOISY,
    SHARE_WRONG,
)
IN_SILENCE = (PACK_SILENT, PACK_GONE)
_IN_REPORTS = {alarm.name for alarm in (CELL_OVERVOLTAGE, CELL_SPREAD, PACK_CLOCK)}
_BITS = ("alarm_", "user_alarm_", "unknown ")  # how the names of alarm bits begin
_SECONDS = {CELL_SPREAD.name: 60.0, PACK_SILENT.name: 30.0, PACK_GONE.name: 0.0, BUS_SILENT.name: 60.0}
_OURS = {alarm.name for alarm in (*IN_SILENCE, BUS_SILENT, BUS_NOISY)}


def is_in_reports(name: str) -> bool:
    """Whether a Status tells of that alarm: all bits do, also those nobody knows."""
    return name in _IN_REPORTS or name.startswith(_BITS)


def patience(config: DebounceConfig) -> Callable[[Alarm], Patience]:
    """How long each alarm must be seen; what others tell us they have judged, so it counts at once."""
    by_severity = {
        Severity.INFO: config.info,
        Severity.WARNING: config.warning,
        Severity.PROTECTION: config.protection,
        Severity.FAULT: config.fault,
    }

    def for_(alarm: Alarm) -> Patience:
        if is_in_reports(alarm.name) or alarm.name in _OURS:
            return Patience(_SECONDS.get(alarm.name, by_severity[alarm.severity]), config.gone)
        return Patience(0.0, config.gone, 1)

    return for_
