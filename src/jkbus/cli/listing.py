"""All values of a report as a block of text, in as few lines as the width allows."""

import math
import textwrap
from collections.abc import Sequence

from ..protocol.fields import Bit, Field, Flags, Opaque
from ..protocol.frames import SIZE, Frame
from .painting import Paint

INDENT = "    "
ENVELOPE = ("preamble", "frame_type", "frame_counter", "checksum")  # said by the line above already


def block(frame: Frame, width: int, paint: Paint) -> list[str]:
    """Every value by its name, with its unit; secrets masked, of the bits only those that are set.

    Single values stand in columns, arrays and unexplained bytes that are not all 0 on lines of their own.
    """
    rows = [row for row in frame.rows() if row.name not in ENVELOPE and not isinstance(row, Bit)]
    if not rows:
        return _wrapped("bytes", bytes(frame.data[5 : SIZE - 1]).hex(" "), width, paint)
    values = frame.values()
    single = [row for row in rows if row.count == 1 and not isinstance(row, Flags | Opaque)]
    lines = _columns([(row.name, told(row, values[row.name])) for row in single], width, paint)
    for row in rows:
        if row.count > 1:
            lines += _wrapped(row.name, array(row, values[row.name]), width, paint)
        elif isinstance(row, Flags):
            lines += _wrapped(row.name, flags(frame, row, values[row.name]), width, paint)
        elif isinstance(row, Opaque) and any(values[row.name]):
            lines += _wrapped(row.name, values[row.name].hex(" "), width, paint)
    return lines


def told(row: Field, value: object) -> str:
    """A value with its unit, as precise as the wire has it."""
    if value is None:
        return "-"
    if row.secret:
        return "****" if value else "-"
    if isinstance(value, float):
        digits = round(math.log10(row.per))
        shown = f"{value:.{digits}f}" if digits else f"{value:.6g}"
        return f"{shown} {row.unit}".rstrip()
    return f"{value} {row.unit}".rstrip()


def array(row: Field, values: Sequence[float | None]) -> str:
    """The values of an array; what is empty behind the last one is left out."""
    used = max((place for place, value in enumerate(values, start=1) if value), default=0)
    digits = round(math.log10(row.per))
    shown = ["-" if value is None else f"{value:.{digits}f}" for value in values[:used]]
    return f"{' '.join(shown)} {row.unit}" if shown else "none"


def flags(frame: Frame, word: Flags, value: int) -> str:
    """A word of bits in hex, and the names of those that are set."""
    bits = [row for row in frame.rows() if isinstance(row, Bit) and row.offset == word.offset]
    names = [row.name for row in bits if value >> row.bit & 1]
    return " ".join([f"0x{value:0{2 * word.width}X}", *names])


def _columns(cells: list[tuple[str, str]], width: int, paint: Paint) -> list[str]:
    """Names and values side by side, read downwards, in as many columns as fit."""
    room = width - len(INDENT)
    for count in range(len(cells), 0, -1):
        height = math.ceil(len(cells) / count)
        columns = [cells[start : start + height] for start in range(0, len(cells), height)]
        sizes = [(_longest(column, 0), _longest(column, 1)) for column in columns]
        if count == 1 or sum(name + value + 1 for name, value in sizes) + 3 * (len(sizes) - 1) <= room:
            break
    lines = []
    for line in range(height):
        row = [
            f"{paint(f'{column[line][0]:<{name}}', 'dim')} {column[line][1]:<{value}}"
            for column, (name, value) in zip(columns, sizes, strict=True)
            if line < len(column)
        ]
        lines.append(INDENT + "   ".join(row).rstrip())
    return lines


def _longest(column: list[tuple[str, str]], side: int) -> int:
    return max(len(cell[side]) for cell in column)


def _wrapped(name: str, text: str, width: int, paint: Paint) -> list[str]:
    room = max(20, width - len(INDENT) - len(name) - 1)
    first, *rest = textwrap.wrap(text, room) or [""]
    hanging = " " * (len(name) + 1)
    return [f"{INDENT}{paint(name, 'dim')} {first}", *(f"{INDENT}{hanging}{more}" for more in rest)]
