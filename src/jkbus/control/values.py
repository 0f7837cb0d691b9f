"""What people write for a value, and how a value is shown to them."""

import re
from decimal import ROUND_HALF_UP, Decimal

from ..errors import UsageError
from ..protocol import About
from .settings import Setting, span

Value = float | int | bool

_ON = {"on", "true", "yes", "1"}
_OFF = {"off", "false", "no", "0"}
_NUMBER = re.compile(r"([-+−]?)([0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)\s*(\D*)", re.ASCII)
_SPELLINGS = {"µs": {"us", "μs"}, "°C": {"c", "℃", "degc", "°"}, "s": {"sec"}}
_HUGE = 10**12  # beyond anything that fits into a register
_FEWEST, _MOST = 4, 32  # cells of a pack: a voltage of so many was meant for all of them


def parse(setting: Setting, text: object, about: About | None = None, cells: int = 0) -> int:
    """The raw number of `text`: "3.65", "3.65 V", "3,65", 3.65, on, off; bool for a switch only.

    Rounded to the nearest raw number, halves away from zero. `about` narrows the range where the board is
    known, `cells` helps where a pack's voltage was given for a cell's. Raises UsageError, which names the
    setting, what is wrong with the value and what would be right.
    """
    if setting.switch:
        return _switch(setting, text)
    number = _number(setting, text)
    low, high = span(setting, about)
    if abs(number) < _HUGE:
        raw = int((number * setting.row.per).to_integral_value(ROUND_HALF_UP))
        if round(low * setting.row.per) <= raw <= round(high * setting.row.per):
            return raw
    given = f"{setting.name}: {_cut(text)}"
    if setting.unit not in given:
        given += f" {setting.unit}"
    if hint := _pack_meant(setting, float(number), cells):
        raise UsageError(f"{given}: {hint}")
    raise UsageError(f"{given} is not within {shown(setting, low)} to {shown(setting, high)}")


def plain(setting: Setting, raw: int) -> Value:
    """The value of a raw number as JSON has it: a bool for a switch, else a number in the setting's unit."""
    if setting.switch:
        return bool(raw)
    return raw / setting.row.per if setting.row.per > 1 else raw


def raw_of(setting: Setting, value: Value) -> int:
    """The raw number of a value that `plain` made."""
    return round(value * setting.row.per)


def shown(setting: Setting, value: Value) -> str:
    """A value as people read it: 3.600 V, 25 A, -20.0 °C, on."""
    if setting.switch:
        return "on" if value else "off"
    per, unit = setting.row.per, setting.unit
    text = f"{value:.{len(str(per)) - 1}f}"
    if unit in ("A", "Ah"):
        text = text.rstrip("0").rstrip(".")
    return f"{text} {unit}".rstrip()


def _switch(setting: Setting, text: object) -> int:
    if isinstance(text, (bool, int, float)) and text in (0, 1):
        return int(text)
    word = text.strip().lower() if isinstance(text, str) else ""
    if word in _ON or word in _OFF:
        return int(word in _ON)
    raise UsageError(f"{setting.name}: {_cut(text)} is neither on nor off; it is a switch")


def _number(setting: Setting, text: object) -> Decimal:
    unit = f" in {setting.unit}" if setting.unit else ""
    if isinstance(text, bool) or not isinstance(text, (str, int, float)):
        raise UsageError(f"{setting.name}: {_cut(text)} is no number; give one{unit}")
    if isinstance(text, (int, float)):
        if text != text:
            raise UsageError(f"{setting.name}: {text} is no number; give one{unit}")
        return Decimal(str(text)) if abs(text) < _HUGE else Decimal(_HUGE)
    return decimal(setting.name, setting.unit, text)


def decimal(name: str, unit: str, text: str) -> Decimal:
    """The number of a text like "3.65", "3,65" or "3.65 V". Raises UsageError, which begins with `name`."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"{name}: {_cut(text)} is no number; give one{f' in {unit}' if unit else ''}")
    sign, digits, suffix = found.groups()
    if not _is_unit(suffix.strip().lower(), unit):
        remedy = f"give it in {unit}" if unit else "it is a number without a unit"
        raise UsageError(f"{name}: {_cut(suffix.strip())} is not its unit; {remedy}")
    if unit != "V" and re.fullmatch(r"[0-9]+,[0-9]{3}", digits):
        joined, pointed = digits.replace(",", ""), digits.replace(",", ".")
        raise UsageError(f"{name}: {digits} can be read in two ways; write {joined} or {pointed}")
    return Decimal(("-" if sign in ("-", "−") else "") + digits.replace(",", "."))


def _is_unit(suffix: str, unit: str) -> bool:
    return not suffix or suffix == unit.lower() or suffix in _SPELLINGS.get(unit, ())


def _pack_meant(setting: Setting, volts: float, cells: int) -> str:
    """What to say of a voltage that makes sense for a whole pack only; "" for any other value."""
    if setting.unit != "V" or setting.low < 1 or not _FEWEST * setting.low <= volts <= _MOST * setting.high:
        return ""
    text = "a cell value is expected, did you mean the pack?"
    if not cells:
        return text
    each = shown(setting, volts / cells)
    return f"{text} {cells} cells at {volts:g} V are {each} each"


def _cut(text: object) -> str:
    """What was given, short enough for a sentence."""
    if isinstance(text, int) and abs(text) >= _HUGE:
        return "a number that long"
    given = text if isinstance(text, str) else str(text).lower() if isinstance(text, bool) else repr(text)
    if isinstance(text, float):
        given = given.removesuffix(".0")
    given = given if given.isprintable() else repr(given)
    return given if len(given) <= 40 else given[:40] + "…"
