"""Single values as people write them: durations, addresses, names and topics."""

from __future__ import annotations

import math
import re
import unicodedata

from jkbus.config.words import BadValue, shown, suggestion

UNITS_MS = {"ms": 1, "s": 1000, "sec": 1000, "m": 60_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
NUMBER = r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+"
PART = re.compile(rf"({NUMBER})\s*(ms|sec|s|min|m|h|d)\s*")
BUTTONS = ("set_clock", "emergency_start")
NO_BUTTONS = ("preset_lifepo4", "preset_li_ion", "preset_lto", "calibrate_voltage", "calibrate_current")
DURATION = "a duration such as 5s, 500ms, 2min or 1h30min is expected"


def parse_duration(text: object) -> float:
    """Seconds of a duration such as 5s, 500ms, 2min, 1h30min; a plain number is seconds.

    Raises `BadValue` for anything else, negative ones included.
    """
    written = "" if isinstance(text, bool) else str(text).strip()
    if written.startswith("-"):
        raise BadValue(f"a duration cannot be negative, as {shown(text)} is")
    if re.fullmatch(NUMBER, written):
        seconds = float(written)
    elif written and not PART.sub("", written):
        seconds = sum(float(count) * UNITS_MS[unit] for count, unit in PART.findall(written)) / 1000
    else:
        raise BadValue(f"{DURATION}, not {shown(text)}")
    if not math.isfinite(seconds):
        raise BadValue(f"{DURATION}, not a number beyond measure")
    return seconds


def format_duration(seconds: float) -> str:
    """A duration as people write it, exact to the millisecond: 1h30min, 5s, 250ms."""
    rest = round(seconds * 1000)
    parts = []
    for unit in ("d", "h", "min", "s", "ms"):
        count, rest = divmod(rest, UNITS_MS[unit])
        parts += [f"{count}{unit}"] if count else []
    return "".join(parts) or "0s"


def parse_address(text: object) -> int:
    """The address of a pack, 0 to 15, from a number or from text in decimal or hexadecimal (0x0A)."""
    written = "" if isinstance(text, bool) else str(text).strip()
    sign, digits = ("-", written[1:]) if written.startswith("-") else ("", written)
    if not re.fullmatch(r"0[xX][0-9a-fA-F]+|[0-9]+", digits):
        raise BadValue(f"an address from 0 to 15 is expected, not {shown(text)}")
    address = int(digits, 16 if digits[:2] in {"0x", "0X"} else 10) if len(digits) < 20 else 1000
    if sign or address > 15:
        raise BadValue(f"address {shown(text)} cannot be; the DIP switch gives 0 to 15 (0x00 to 0x0F)")
    return address


def slug(name: str) -> str:
    """A name as part of a topic: lower case ASCII letters, digits, - and _; empty if nothing remains."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9_-]+", "_", plain).strip("_")


RESERVED = {"all": "every pack at once", "battery": "all packs as one"}


def check_name(name: str) -> str:
    """The name of a pack or bus, if a topic can be made of it."""
    if not name.strip():
        raise BadValue("the name is empty; give one such as garage-1")
    if len(name) > 64 or not name.isprintable():
        raise BadValue("a name is one line of at most 64 characters")
    if not slug(name):
        raise BadValue(f"{shown(name)} needs a letter a to z or a digit, because topics are made of it")
    if "," in name:
        raise BadValue(
            f"{shown(name)} holds a comma, which separates packs on the command line; leave it away"
        )
    if slug(name) in RESERVED:
        raise BadValue(f"{shown(name)} means {RESERVED[slug(name)]}; choose another name, such as {name}-1")
    return name


def check_topic(topic: str) -> str:
    """A topic's prefix, if MQTT allows it."""
    if not topic or "" in topic.split("/"):
        raise BadValue("no level of a topic may be empty; write for instance jkbus or home/jkbus")
    if re.search(r"[+#\x00-\x20]", topic) or topic.startswith("$"):
        raise BadValue(f"a topic holds no +, # or spaces and begins with no $, unlike {shown(topic)}")
    return topic


def check_button(action: str) -> str:
    """The name of an action, if it may be had at the touch of a button."""
    if action in NO_BUTTONS:
        raise BadValue(f"{action} is no button, as a touch must not change so much; use `jkbus action`")
    if action not in BUTTONS:
        raise BadValue(f"{shown(action)} is no action for a button; {suggestion(action, BUTTONS)}")
    return action
