"""What the cells of a pack say about themselves, in sentences."""

from collections.abc import Iterator
from statistics import median

from .estimate import Answer, Estimate, Missing
from .figures import Figures
from .findings import ACT, FINE, UNKNOWN, WATCH, Finding, graded
from .nameplate import Nameplate
from .phrases import many, milliohms, millivolts
from .spread import Spread
from .thresholds import (
    BALANCING_WATCH,
    BOTTOM_ACT,
    BOTTOM_WATCH,
    CELL_OHM_ACT,
    CELL_OHM_WATCH,
    TOP_ACT,
    TOP_MARGIN,
    TOP_WATCH,
    TREND_WATCH,
)

_WEEK_DAYS = 7.0


def cell_findings(figures: Figures, plate: Nameplate) -> Iterator[Finding]:
    """Spread at both ends, its trend, weak cells, joints, balancing."""
    yield _spread("spread_top", "top", figures.top, TOP_WATCH, TOP_ACT)
    yield from _early(figures.top, plate)
    yield _spread("spread_bottom", "bottom", figures.bottom, BOTTOM_WATCH, BOTTOM_ACT)
    yield from _trend(figures.top)
    yield from _outlier(figures)
    yield from _joints(figures)
    yield from _balancing(figures)


def _spread(topic: str, end: str, spread: Spread, watch: float, act: float) -> Finding:
    subject = f"cells at the {end}"
    if isinstance(spread.now, Missing):
        return Finding(UNKNOWN, topic, subject, f"the spread at the {end} of charge needs {spread.now.need}")
    kind = graded(spread.now.value, watch, act)
    visits = many(spread.now.count, "day")
    sentence = f"cells are {millivolts(spread.now)} apart at the {end} of charge ({visits})"
    if kind == FINE:
        return Finding(kind, topic, subject, sentence)
    cell, by = _farthest(spread.cells)
    sentence += f"; cell {cell} is {abs(by) * 1000:.0f} mV {'above' if by > 0 else 'below'} the average"
    advice = (
        "let the balancer work: hold the pack at 3.45 V per cell for some hours, balancing from 3.40 V on"
        if end == "top"
        else "no harm by itself; stop discharging earlier if the lowest cell reaches its protection"
    )
    return Finding(kind, topic, subject, sentence, advice)


def _early(top: Spread, plate: Nameplate) -> Iterator[Finding]:
    """A cell so high at the top that its protection ends the charge."""
    if not top.visits:
        return
    last = top.visits[-1]
    highest = last.level + max(last.deviations)
    if highest >= plate.overvoltage - TOP_MARGIN:
        number = last.deviations.index(max(last.deviations)) + 1
        yield Finding(
            ACT,
            "charge_end",
            f"cell {number}",
            f"cell {number} comes to {highest:.3f} V; at {plate.overvoltage:.2f} V its protection stops it",
            "lower the charge voltage until the balancer has brought the cells together",
        )


def _farthest(cells: tuple[Answer, ...]) -> tuple[int, float]:
    """Number of the cell that is farthest from the average, and by how much."""
    known = [(number, answer.value) for number, answer in enumerate(cells, 1) if isinstance(answer, Estimate)]
    return max(known, key=lambda cell: abs(cell[1]))


def _trend(top: Spread) -> Iterator[Finding]:
    if isinstance(top.trend, Missing):
        yield Finding(UNKNOWN, "spread_trend", "trend of the spread", f"the trend needs {top.trend.need}")
        return
    sentence = f"the spread at the top changes by {millivolts(top.trend)} a week"
    if top.trend.value >= TREND_WATCH and top.trend.low > 0:
        cell, by = _farthest(top.drifts)
        yield Finding(
            WATCH,
            "spread_trend",
            f"cell {cell}",
            f"{sentence}; cell {cell} drifts by {by * 1000:+.0f} mV a week against the average",
            "let the balancer work longer; if the trend stays, the cell loses charge by itself",
        )
    else:
        yield Finding(FINE, "spread_trend", "trend of the spread", sentence)


def _outlier(figures: Figures) -> Iterator[Finding]:
    """A cell that is the first at both ends holds less; one that is behind at both lacks charge."""
    top, bottom = figures.top, figures.bottom
    if isinstance(top.now, Missing) or isinstance(bottom.now, Missing):
        return
    number, at_bottom = _farthest(bottom.cells)
    at_top = top.cells[number - 1]
    if bottom.now.value < BOTTOM_WATCH or at_bottom > 0 or isinstance(at_top, Missing):
        return
    if at_top.low > 0.003:
        yield Finding(
            WATCH,
            "weak_cell",
            f"cell {number}",
            f"cell {number} is full before the others ({at_top.value * 1000:+.0f} mV) and empty before them "
            f"({at_bottom * 1000:+.0f} mV): it holds less than they do",
            "the pack holds what this cell holds; compare the capacity with the warranty",
        )
    elif at_top.high < -0.003:
        yield Finding(
            WATCH,
            "behind_cell",
            f"cell {number}",
            f"cell {number} is behind the others at both ends ({at_top.value * 1000:+.0f} mV at the top, "
            f"{at_bottom * 1000:+.0f} mV at the bottom): it lacks charge, not capacity",
            "hold the pack at 3.45 V per cell until the balancer has brought it up",
        )


def _joints(figures: Figures) -> Iterator[Finding]:
    ohms = {
        number: answer
        for number, answer in enumerate(figures.resistance.cells, 1)
        if isinstance(answer, Estimate)
    }
    if len(ohms) < 3:
        answer = figures.resistance.pack
        need = answer.need if isinstance(answer, Missing) else "cell voltages"
        yield Finding(UNKNOWN, "cell_resistance", "cell resistances", f"they need {need}")
        return
    typical = median(answer.value for answer in ohms.values())
    number, worst = max(ohms.items(), key=lambda item: item[1].value)
    ratio = worst.value / typical if typical > 0 else 1.0
    kind = graded(ratio, CELL_OHM_WATCH, CELL_OHM_ACT)
    sure = worst.low > typical * (CELL_OHM_WATCH + 1) / 2
    if kind == FINE or not sure:
        yield Finding(
            FINE,
            "cell_resistance",
            "cell resistances",
            f"cells have {typical * 1000:.2f} mΩ each; the most, cell {number}, {ratio:.2f} times that",
        )
        return
    yield Finding(
        kind,
        "cell_resistance",
        f"cell {number}",
        f"cell {number} has {milliohms(worst)}, {ratio:.1f} times as much as its neighbours",
        f"switch off and check the nuts and busbars of cell {number}; if they are tight, the cell is worn",
    )


def _balancing(figures: Figures) -> Iterator[Finding]:
    work = figures.balancing
    weeks = max(figures.days / _WEEK_DAYS, 1 / _WEEK_DAYS)
    if figures.days < _WEEK_DAYS or not work.given:
        yield Finding(UNKNOWN, "balancing", "balancer", "its hours need a week of history")
        return
    fed, bled = max(work.given) / weeks, max(work.taken) / weeks
    word, hours, cells = ("gives to", fed, work.given) if fed >= bled else ("takes from", bled, work.taken)
    number = cells.index(max(cells)) + 1
    sentence = f"the balancer works {work.hours / weeks:.1f} h a week"
    if hours < BALANCING_WATCH:
        yield Finding(FINE, "balancing", "balancer", sentence)
        return
    yield Finding(
        WATCH,
        "balancing",
        f"cell {number}",
        f"{sentence} and {word} cell {number} for {hours:.1f} h of them",
        f"cell {number} {'loses charge by itself' if fed >= bled else 'fills before the others'}: "
        "watch its drift; a balancer that starts below 3.40 V can also cause this",
    )
