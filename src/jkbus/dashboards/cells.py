"""Cells in tables that mark the lowest ▼ and the highest ▲, and the view that compares those of all packs."""

from collections.abc import Mapping, Sequence

from .cards import View, days, filled, heading, history, section, text, view
from .home import Home

_ACROSS = 2  # cells of one pack beside each other
_LONGEST = 24  # characters of a name that heads a column

_SHOWN = """\
{% macro shown(volts, all) -%}
{%- set value = '%.3f' | format(volts) -%}
{%- if all | min < all | max and volts == all | min -%} ▼&nbsp;**{{ value }}**
{%- elif all | min < all | max and volts == all | max -%} ▲&nbsp;**{{ value }}**
{%- else -%} {{ value if volts > 0.1 else '–' }}
{%- endif -%}
{%- endmacro %}
"""
_ONE = """\
{% set cells = <cells> %}
{% set volts = cells | map(attribute=1) | map('states') | map('float', 0) | list %}
{% set all = volts | select('>', 0.1) | list or [0] %}
|<head>|
|<line>|
{% for n in range(cells | length) -%}
| {{ cells[n][0] }} | {{ shown(volts[n], all) }} {{- ' |\n' if n % <across> == <across> - 1 or loop.last }}
{%- endfor %}
"""
_ALL = """\
{% set packs = <packs> %}
| Cell |{% for pack in packs %} {{ pack.name }} |{% endfor %}
|:--|{% for pack in packs %}--:|{% endfor %}
{% for n in range(<count>) -%}
| {{ n + 1 }} |
{%- for pack in packs -%}
{%- set all = pack.ids | map('states') | map('float', 0) | select('>', 0.1) | list or [0] -%}
{{ shown(states(pack.ids[n]) | float(0), all) if n < pack.ids | length }} |
{%- endfor %}
{% endfor -%}
| **Spread** |
{%- for pack in packs -%}
{%- set all = pack.ids | map('states') | map('float', 0) | select('>', 0.1) | list or [0] -%}
{{ ' **%.0f mV** |' | format(1000 * (all | max - all | min)) }}
{%- endfor %}
"""


def cells_of(ids: Mapping[int, str]) -> str:
    """A table of one pack's cells, some beside each other."""
    across = min(_ACROSS, len(ids))
    head, line = "|".join([" Cell | Volts "] * across), "|".join(["--:|--:"] * across)
    cells = [[number, id] for number, id in ids.items()]
    return filled(_SHOWN + _ONE, cells=cells, head=head, line=line, across=across)


def cells_of_all(named: Mapping[str, Sequence[str]]) -> str:
    """A table with a column for each pack and a row for each cell; ids by the pack's name."""
    packs = [{"name": name[:_LONGEST].replace("|", "/"), "ids": list(ids)} for name, ids in named.items()]
    return filled(_SHOWN + _ALL, packs=packs, count=max(len(ids) for ids in named.values()))


def comparison(home: Home) -> View | None:
    """The cells of all packs beside each other, and how far they are apart over time."""
    named = {pack.name: list(pack.numbered("cell_voltage_").values()) for pack in home.packs}
    named = {name: ids for name, ids in named.items() if ids}
    spread = {id: pack.name for pack in home.packs for id in pack.some("cell_voltage_delta")}
    lowest = {id: pack.name for pack in home.packs for id in pack.some("cell_voltage_min")}
    highest = {id: pack.name for pack in home.packs for id in pack.some("cell_voltage_max")}
    table = text(cells_of_all(named), "full") if named else None
    return view(
        "Cells",
        "cells",
        section(heading("Cells of all packs, in volts", "mdi:battery-outline"), table, span=2),
        section(
            heading("Spread", "mdi:arrow-expand-vertical"),
            history(spread),
            days(spread, "max", "Largest spread of a day"),
        ),
        section(
            heading("Lowest and highest cell", "mdi:arrow-collapse-vertical"),
            history(lowest),
            history(highest),
        ),
    )
