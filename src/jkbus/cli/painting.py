"""Colours for a terminal, and none for anything else."""

import os
import sys
from typing import TextIO

CODES = {
    "good": "32",
    "warn": "33",
    "bad": "1;31",
    "note": "36",
    "settings": "34",
    "about": "35",
    "strong": "1",
    "dim": "2",
}


class Paint:
    """`paint("78 %", "good")` is the text in that colour, or just the text where colours are off."""

    def __init__(self, on: bool) -> None:
        self.on = on

    def __call__(self, text: str, style: str) -> str:
        return f"\x1b[{CODES[style]}m{text}\x1b[0m" if self.on and style in CODES and text else text


def coloured(stream: TextIO | None = None) -> bool:
    """Whether colours are welcome there: a terminal that can, and no NO_COLOR."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return (stream or sys.stdout).isatty() and os.environ.get("TERM") != "dumb"
