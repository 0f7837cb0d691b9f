"""A value over time in a terminal, made of braille dots: two beside and four above each other a character.

The line is the mean, the sparse dots around it reach from the lowest to the highest reading, so that both
can be told apart without colours. Where nothing is known there is nothing. Of the libraries that draw in
terminals (plotext, plotille, uniplot, asciichartpy) none draws such a band or leaves gaps by itself, most are
not typed, and some want NumPy; this is smaller than what it would take to bend one of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median

from rich.text import Text

from ..history.curves import Curve
from . import ticks
from .showing import DIM

LINE = "green"
ACROSS, DOWN = 2, 4  # dots a character
_BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))  # by column, then row from the top
_BLANK = 0x2800
_GAP = 2.2  # times the usual distance between two points, from which on something is missing
_MARK = 10  # columns a mark of the time needs

Slices = list[tuple[float, float, float] | None]  # low, mean and high in a column of dots


@dataclass(frozen=True)
class Frame:
    """Where to draw: from `start` to `end` (unix s), so many characters wide and high without the axes.

    `held` values stay as they are until the next point.
    """

    start: float
    end: float
    width: int
    height: int
    held: bool = False

    @property
    def columns(self) -> int:
        """Columns of dots."""
        return self.width * ACROSS

    def column(self, at: float) -> float:
        """The column of dots of a time."""
        return (at - self.start) / (self.end - self.start) * self.columns


def slices(curve: Curve, frame: Frame) -> Slices:
    """What is known in each column of dots, from left to right; short ways between points are filled in."""
    found: Slices = [None] * frame.columns
    points = list(_points(curve, frame))
    gap = max(_GAP * median([b[0] - a[0] for a, b in pairwise(points)] or [0.0]), _GAP)
    for (left, *from_), (right, *to) in pairwise(points):
        if frame.held or right - left <= gap:
            for column in range(int(left) + 1, min(int(right), frame.columns)):
                share = 0.0 if frame.held else (column - left) / (right - left)
                low, mean, high = (a + (b - a) * share for a, b in zip(from_, to, strict=True))
                found[column] = low, mean, high
    for at, low, mean, high in points:
        if (place := int(at)) < frame.columns:
            before = found[place]
            found[place] = (low, mean, high) if before is None else _both(before, (low, mean, high))
    return found


def _points(curve: Curve, frame: Frame) -> Iterator[tuple[float, float, float, float]]:
    """Column, low, mean and high of each point, in the middle of the time it stands for."""
    for at, low, mean, high in zip(curve.times, curve.low, curve.mean, curve.high, strict=True):
        middle = at if frame.held else min(max(at + curve.step / 2, frame.start), frame.end - 1e-3)
        if middle < frame.end:
            yield max(0.0, frame.column(middle)), low, mean, high
    if frame.held and curve.times:
        yield float(frame.columns), curve.low[-1], curve.mean[-1], curve.high[-1]


def _both(one: tuple[float, float, float], other: tuple[float, float, float]) -> tuple[float, float, float]:
    return min(one[0], other[0]), (one[1] + other[1]) / 2, max(one[2], other[2])


class _Dots:
    """Characters of dots: `line` and `band` hold which dots of each are set."""

    def __init__(self, width: int, height: int) -> None:
        self.rows = height * DOWN
        self.line = [[0] * width for _ in range(height)]
        self.band = [[0] * width for _ in range(height)]

    def draw(self, found: Slices, scale: ticks.Scale) -> None:
        """Draw the band, and the line from each column's mean to the next one's."""
        before: int | None = None
        for column, slice in enumerate(found):
            if slice is None:
                before = None
                continue
            low, mean, high = (self._row(value, scale) for value in slice)
            for row in range(high, low + 1):
                if (row + column) % 2 == 0:
                    self._set(self.band, column, row)
            last = mean if before is None else before
            nearest = last + (mean > last) - (mean < last)
            for row in range(min(nearest, mean), max(nearest, mean) + 1):
                self._set(self.line, column, row)
            before = mean

    def _row(self, value: float, scale: ticks.Scale) -> int:
        """The row of dots of a value, counted from the top."""
        share = (scale.high - value) / (scale.high - scale.low)
        return min(max(round(share * (self.rows - 1)), 0), self.rows - 1)

    @staticmethod
    def _set(layer: list[list[int]], column: int, row: int) -> None:
        layer[row // DOWN][column // ACROSS] |= _BITS[column % ACROSS][row % DOWN]

    def text(self, row: int) -> Text:
        """A row of characters."""
        shown = Text()
        pairs = zip(self.line[row], self.band[row], strict=True)
        for drawn, run in groupby(pairs, lambda pair: pair[0] > 0):
            chars = (chr(_BLANK + (line | band)) if line | band else " " for line, band in run)
            shown.append("".join(chars), LINE if drawn else DIM)
        return shown


def plot(curve: Curve, frame: Frame, scale: ticks.Scale, margin: int) -> Iterator[Text]:
    """The lines of a plot: axes with their marks, `margin` characters for those at the left."""
    dots = _Dots(frame.width, frame.height)
    dots.draw(slices(curve, frame), scale)
    marks = {
        round((scale.high - value) / (scale.high - scale.low) * (frame.height - 1)): scale.label(value)
        for value in scale.marks
    }
    for row in range(frame.height):
        axis = "┤" if row in marks else "│"
        yield Text().append(f"{marks.get(row, ''):>{margin}}{axis}", DIM).append_text(dots.text(row))
    yield from time_axis(frame, margin)


def time_axis(frame: Frame, margin: int) -> Iterator[Text]:
    """The axis below a plot and the names of its marks."""
    line, names = ["─"] * frame.width, [" "] * (frame.width + margin + _MARK)
    for mark in ticks.times(frame.start, frame.end, max(1, frame.width // _MARK)):
        place = int(frame.column(mark.at) / ACROSS)
        line[place] = "┬"
        begin = margin + 1 + place - len(mark.label) // 2
        if begin + len(mark.label) <= margin + 1 + frame.width:
            names[begin : begin + len(mark.label)] = mark.label
    yield Text(f"{'':>{margin}}└{''.join(line)}", style=DIM)
    yield Text("".join(names).rstrip(), style=DIM)


def drawable(encoding: str) -> bool:
    """Whether a terminal of this encoding can show a plot."""
    try:
        "⣿┤└".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def margin_for(scales: Sequence[ticks.Scale]) -> int:
    """Characters that the longest name of a mark needs."""
    return max(len(scale.label(value)) for scale in scales for value in scale.marks)
