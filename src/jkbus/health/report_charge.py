"""What a pack holds, counts and gives back, and what it had to bear, in sentences."""

import math
from collections.abc import Iterator

from .estimate import Missing
from .figures import Figures
from .findings import ACT, FINE, UNKNOWN, WATCH, Finding, graded
from .nameplate import Nameplate
from .phrases import many, milliohms, percent
from .stress import FROST, HIGH, HOT, LOW, STANDING
from .thresholds import (
    CAPACITY_ACT,
    CAPACITY_WATCH,
    COUNT_WATCH,
    DRIFT_ACT,
    DRIFT_WATCH,
    EFFICIENCY_ACT,
    EFFICIENCY_WATCH,
    FROST_ACT,
    HIGH_WATCH,
    HOT_WATCH,
    LOW_WATCH,
    STANDING_WATCH,
)

_WEEK_HOURS = 168.0


def charge_findings(figures: Figures, plate: Nameplate) -> Iterator[Finding]:
    """Capacity, the board's count, efficiency, resistance, hours beyond limits."""
    yield _capacity(figures, plate)
    yield from _drift(figures, plate)
    yield _efficiency(figures)
    yield _resistance(figures)
    yield from _stress(figures)


def _capacity(figures: Figures, plate: Nameplate) -> Finding:
    found, subject = figures.capacity.whole, "capacity"
    if isinstance(found, Missing):
        least = figures.capacity.at_least
        known = f"; it holds {least:.0f} Ah at least, so much was taken out once" if least > 0 else ""
        return Finding(UNKNOWN, "capacity", subject, f"the capacity needs {found.need}{known}")
    share = found.value / plate.capacity
    cases = many(found.count, "journey")
    sentence = (
        f"it holds {found.value:.0f} ± {found.error:.0f} Ah of {plate.capacity:.0f} Ah: {share:.0%} ({cases})"
    )
    if share >= CAPACITY_WATCH:
        return Finding(FINE, "capacity", subject, sentence)
    if (said := figures.capacity.board_at_empty) >= 5:
        sentence += f"; its board still said {said:.0f} % when it was empty"
    kind = ACT if share < CAPACITY_ACT else WATCH
    advice = "compare with the warranty; if the design capacity is set too high, set it right"
    return Finding(kind, "capacity", subject, sentence, advice)


def _drift(figures: Figures, plate: Nameplate) -> Iterator[Finding]:
    zero, subject = figures.zero, "charge count"
    if isinstance(zero, Missing):
        yield Finding(UNKNOWN, "count", subject, f"the drift of the board's count needs {zero.need}")
        return
    daily = zero.times(2400 / plate.capacity)
    if abs(zero.value) <= zero.error:
        yield Finding(FINE, "count", subject, f"the board counts right, within {zero.error:.2f} A")
        return
    way = "too much" if zero.value > 0 else "too little"
    sentence = (
        f"the board counts {abs(zero.value):.2f} ± {zero.error:.2f} A {way}, "
        f"{abs(daily.value):.1f} % of the capacity a day"
    )
    off = min(100.0, abs(daily.value) * figures.since_full)
    kind = graded(abs(daily.value), DRIFT_WATCH, DRIFT_ACT)
    if kind == FINE and off < COUNT_WATCH:
        yield Finding(FINE, "count", subject, sentence)
        return
    if off >= COUNT_WATCH:
        sentence += f"; it was full {figures.since_full:.0f} days ago, so it may be off by {off:.0f} % now"
    advice = "charge it full to set the count right; if it drifts on, calibrate the current in JK's app"
    yield Finding(WATCH if kind == FINE else kind, "count", subject, sentence, advice)


def _efficiency(figures: Figures) -> Finding:
    found, subject = figures.efficiency.energy, "efficiency"
    if isinstance(found, Missing):
        return Finding(UNKNOWN, "efficiency", subject, f"the efficiency needs {found.need}")
    kind = graded(-found.value, -EFFICIENCY_WATCH, -EFFICIENCY_ACT)
    sentence = f"{percent(found)} of the energy comes back ({many(found.count, 'full cycle')})"
    advice = "" if kind == FINE else "look at the resistances: what does not come back warms cells and joints"
    return Finding(kind, "efficiency", subject, sentence, advice)


def _resistance(figures: Figures) -> Finding:
    found, subject = figures.resistance.pack, "resistance"
    if isinstance(found, Missing):
        return Finding(UNKNOWN, "resistance", subject, f"the resistance needs {found.need}")
    after = figures.resistance.after
    return Finding(
        FINE,
        "resistance",
        subject,
        f"the pack has {milliohms(found)} at 25 °C, {after:.0f} s after a step of the load "
        f"({many(found.count, 'step')} at {figures.resistance.temperature:.0f} °C)",
    )


def _stress(figures: Figures) -> Iterator[Finding]:
    hours = figures.stress
    if hours.heard < 24:
        yield Finding(UNKNOWN, "limits", "limits", "hours beyond limits need a day of history")
        return
    weeks = hours.heard / _WEEK_HOURS
    cases = (
        (hours.high, HIGH_WATCH, math.inf, f"a cell above {HIGH:.2f} V", "lower the charge voltage"),
        (hours.low, LOW_WATCH, math.inf, f"a cell below {LOW:.2f} V", "stop discharging earlier"),
        (hours.hot, HOT_WATCH, math.inf, f"cells above {HOT:.0f} °C", "cool the room or lower the current"),
        (
            hours.frost,
            math.inf,
            FROST_ACT,
            f"charged below {FROST:.0f} °C",
            "warm the cells or stop charging",
        ),
    )
    beyond = False
    for total, watch, act, what, advice in cases:
        if (kind := graded(total / weeks, watch, act)) != FINE:
            beyond = True
            yield Finding(kind, "limits", "limits", f"{total / weeks:.1f} h a week: {what}", advice)
    if hours.standing > STANDING_WATCH * hours.heard:
        beyond = True
        share = hours.standing / hours.heard
        sentence = f"{share:.0%} of the time above {STANDING:.0f} % of charge, where cells age fastest"
        yield Finding(
            WATCH, "limits", "limits", sentence, "lower the float voltage or charge later in the day"
        )
    if not beyond:
        yield Finding(FINE, "limits", "limits", "no hours worth telling beyond voltages and temperatures")
