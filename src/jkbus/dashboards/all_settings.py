"""The settings of all packs side by side: a table that marks what differs, and lists where they are set."""

import re
from collections.abc import Callable, Iterable, Mapping

from ..control.settings import SETTINGS
from ..outputs.controls import control_of
from .cards import Card, View, filled, heading, listed, section, switch, text, view
from .home import Home, Owner

SET = "set_"
_TITLES = {name: control_of(setting) for name, setting in SETTINGS.items()}
_SHORT = {  # so that a narrow card shows all of a name: no two may look alike where protections are set
    r"(under|over)voltage protection voltage": r"\1VP",
    r"(under|over)voltage release voltage": r"\1VP release",
    r"overcurrent release time": "overCP release",
    r"overcurrent (\d|delay)": r"overCP \1",
    r"Short circuit": "SCP",
    r"release time": "release",
    r"(under|over)temperature protection": r"\1TP",
    r"(under|over)temperature": r"\1TP",
    r"\bunder(?=[VT]P)": "U",
    r"\bover(?=[VTC]P)": "O",
    r"( cell)?( delta)? voltage\b": "",
    r" current (?=limit)": " ",
}
_TABLE = """\
{% set names = <names> %}
{% set rows = <rows> %}
| Setting |{% for name in names %} {{ name }} |{% endfor %}
|:--|{% for name in names %}--:|{% endfor %}
{% for title, ids in rows -%}
{%- set usual = ids | select | map('states') | list | statistical_mode -%}
| {{ title }} |
{%- for id in ids -%}
{%- set value = states(id) if id else usual -%}
{{ ' – |' if not id else ' %s |' | format(value) if value == usual else ' **≠&nbsp;%s** |' | format(value) }}
{%- endfor %}
{% endfor %}
"""
_LOCKED = """\
Settings of <packs> are not shown: they cannot be changed from here, and Home Assistant keeps entities that \
only show them switched off. To change them, write `writes: true` at their bus in the configuration of jkbus \
(a JK master never takes changes). Then write this dashboard again.

`jkbus get <first>` shows all of them in a terminal."""
_GROUPS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("Current", lambda name: "current" in name or "short_circuit" in name),
    ("Cells and charge", lambda name: "voltage" in name or "balanc" in name or "soc" in name),
    ("Temperature", lambda name: "temperature" in name or "heating" in name),
)


def all_settings(home: Home) -> View | None:
    """What packs are set to, beside each other; a list for each that can be set."""
    settable = [pack for pack in home.packs if any(key.startswith(SET) for key in pack.ids)]
    others = [pack for pack in home.packs if pack not in settable]
    lists = [_list(pack) for pack in settable]
    locked = section(heading("Not to be set", "mdi:lock"), text(_locked(others))) if others else None
    return view("Settings", "settings", _beside(settable), *lists, locked)


def _beside(packs: list[Owner]) -> Card | None:
    if len(packs) < 2:
        return None
    there = [name for name in SETTINGS if any(f"{SET}{name}" in pack.ids for pack in packs)]
    rows = [[titled(name), [pack.ids.get(f"{SET}{name}", "") for pack in packs]] for name in there]
    table = text(filled(_TABLE, names=[pack.name.replace("|", "/") for pack in packs], rows=rows), "full")
    return section(heading("Side by side: ≠ differs from most", "mdi:table"), table, span=3)


def titled(name: str) -> str:
    """A setting as people call it, with its unit."""
    control = _TITLES[name]
    return f"{control.title} ({control.unit})" if control.unit else control.title


def short(name: str) -> str:
    """A setting in the fewest words that tell it from the others."""
    title = _TITLES[name].title
    for pattern, word in _SHORT.items():
        title = re.sub(pattern, word, title)
    return title


def _list(pack: Owner) -> Card | None:
    """Everything that can be set of a pack: numbers in groups, then switches."""
    there = [name for name in SETTINGS if f"{SET}{name}" in pack.ids]
    numbers = grouped(name for name in there if not SETTINGS[name].switch)
    lists = (
        listed({pack.ids[f"{SET}{name}"]: short(name) for name in names}, group)
        for group, names in numbers.items()
    )
    on_off = [name for name in there if SETTINGS[name].switch]
    switches = (switch(pack.ids[f"{SET}{name}"], _TITLES[name].title) for name in on_off)
    return section(heading(pack.name, "mdi:tune"), *lists, *switches)


def grouped(names: Iterable[str]) -> Mapping[str, list[str]]:
    """Settings by the group that they are listed in."""
    found: dict[str, list[str]] = {group: [] for group in (*dict(_GROUPS), "Other")}
    for name in names:
        found[next((group for group, is_in in _GROUPS if is_in(name)), "Other")].append(name)
    return {group: names for group, names in found.items() if names}


def _locked(packs: list[Owner]) -> str:
    return filled(_LOCKED, packs=", ".join(pack.name for pack in packs), first=packs[0].key)
