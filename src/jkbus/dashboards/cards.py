"""Cards of Home Assistant's own, as it takes them. What has no entity is no card: None, and left out."""

from collections.abc import Mapping
from typing import Any

Card = dict[str, Any]
View = dict[str, Any]

HALF, WHOLE = 6, 12  # columns of the twelve of a section


def size(columns: int | str, rows: int | str | None = None) -> Card:
    """How much of its section a card takes."""
    return {"grid_options": {"columns": columns} | ({} if rows is None else {"rows": rows})}


def heading(title: str, icon: str, alarm: str | None = None, path: str = "") -> Card:
    """The head of a section; `alarm` tells a severity, shown while there is one; `path` leads to a view."""
    card: Card = {"type": "heading", "heading": title, "icon": icon}
    if alarm is not None:
        badge: Card = {"type": "entity", "entity": alarm, "icon": "mdi:shield-alert", "color": "orange"}
        card["badges"] = [badge | {"visibility": [_not(alarm, "none")]}]
    if path:
        card["tap_action"] = to(path)
    return card


def to(path: str) -> Card:
    """What a tap does that leads to another view of the dashboard."""
    return {"action": "navigate", "navigation_path": path}


def tile(id: str | None, name: str, icon: str = "", columns: int = HALF, **more: Any) -> Card | None:
    """An entity with its state."""
    if id is None:
        return None
    card: Card = {"type": "tile", "entity": id, "name": name}
    return card | ({"icon": icon} if icon else {}) | more | size(columns)


def gauge(id: str | None, name: str) -> Card | None:
    """A state of charge."""
    if id is None:
        return None
    bounds = {"min": 0, "max": 100, "needle": True, "severity": {"green": 30, "yellow": 15, "red": 0}}
    return {"type": "gauge", "entity": id, "name": name, **bounds, **size(WHOLE, 4)}


def today(id: str | None, name: str, icon: str) -> Card | None:
    """How much a counter has grown since midnight."""
    if id is None:
        return None
    card: Card = {"type": "statistic", "entity": id, "name": name, "icon": icon, "stat_type": "change"}
    return card | {"period": {"calendar": {"period": "day"}}} | size(HALF, 2)


def history(
    named: Mapping[str, str], hours: int = 24, columns: int | str = WHOLE, rows: int = 5
) -> Card | None:
    """Lines of the last hours, of entities by id with what they are called."""
    if not named:
        return None
    entities = [{"entity": id, "name": name} for id, name in named.items()]
    return {"type": "history-graph", "hours_to_show": hours, "entities": entities} | size(columns, rows)


def days(
    named: Mapping[str, str], what: str, title: str, count: int = 14, columns: int | str = WHOLE
) -> Card | None:
    """Bars, one a day; `what` is change, max, min or mean."""
    if not named:
        return None
    entities = [{"entity": id, "name": name} for id, name in named.items()]
    card: Card = {"type": "statistics-graph", "title": title, "chart_type": "bar", "period": "day"}
    return card | {"days_to_show": count, "stat_types": [what], "entities": entities} | size(columns, 6)


def listed(named: Mapping[str, str], title: str) -> Card | None:
    """A list of entities by id; numbers among them are typed here."""
    if not named:
        return None
    rows = [{"entity": id, "name": name} for id, name in named.items()]
    card: Card = {"type": "entities", "title": title, "show_header_toggle": False, "entities": rows}
    return card | size(WHOLE)


def text(content: str, columns: int | str = WHOLE) -> Card:
    """Markdown; templates in it are filled in by Home Assistant."""
    return {"type": "markdown", "content": content, **size(columns)}


def filled(template: str, **values: object) -> str:
    """A template of Home Assistant's with values of ours in place of their names in <>."""
    for name, value in values.items():
        template = template.replace(f"<{name}>", str(value))
    return template


def switch(id: str | None, name: str, columns: int = WHOLE) -> Card | None:
    """Something that is switched by a tap, but never by one alone: it may turn off a house."""
    asked = {"action": "toggle", "confirmation": {"text": f"Really switch {name}?"}}
    return tile(id, name, columns=columns, tap_action=asked, icon_tap_action=asked)


def unless(card: Card | None, id: str | None, state: str) -> Card | None:
    """A card that is shown while an entity has another state than this one."""
    if card is None or id is None:
        return None
    return card | {"visibility": [_not(id, state)]}


def _not(id: str, state: str) -> Card:
    return {"condition": "state", "entity": id, "state_not": [state, "unknown", "unavailable"]}


def section(*cards: Card | None, span: int = 1) -> Card | None:
    """Cards below their heading; None if nothing is there but a heading."""
    found = [card for card in cards if card is not None]
    if all(card["type"] == "heading" for card in found):
        return None
    return {"type": "grid", "cards": found} | ({"column_span": span} if span > 1 else {})


def view(title: str, path: str, *sections: Card | None) -> View | None:
    """A page of sections; None if it has none."""
    found = [one for one in sections if one is not None]
    if not found:
        return None
    look = {"type": "sections", "max_columns": 4, "dense_section_placement": True}
    return {"title": title, "path": path, **look, "sections": found}
