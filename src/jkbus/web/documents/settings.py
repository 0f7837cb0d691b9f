"""The settings of packs side by side, as last heard: nothing is asked on a bus for them."""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from typing_extensions import TypedDict

from ...control.cautions import consequences
from ...control.plan import present
from ...control.settings import SETTINGS, Setting, span
from ...control.values import Value
from ...model.pack import Pack
from ...outputs.entities import ENTITIES
from .packs import key_of

Group = Literal["cells", "balancing", "charging", "discharging", "temperatures", "board"]

_TITLES = {entity.key: entity.title for entity in ENTITIES}
_GROUPS: tuple[tuple[Group, tuple[str, ...]], ...] = (
    ("balancing", ("balancing_",)),
    ("temperatures", ("heating_", "temperature_", "mosfet_")),
    ("charging", ("charge_", "requested_", "special_charger")),
    ("discharging", ("discharge_", "short_circuit_", "precharge_")),
    ("cells", ("cell_", "soc_", "power_off_", "design_capacity")),
)
"""Where a setting is shown: in the first group with a beginning of its name."""


class Row(TypedDict):
    """A setting: what it is called, what it may be, and what it does (`text`).

    A number lies between `min` and `max` in steps of `step`, all in `unit`; a switch is true or false.
    `cautions` are sentences on what a change may bring with it.
    """

    name: str
    title: str
    text: str
    unit: str
    group: Group
    kind: Literal["number", "switch", "choice", "text"]
    min: float | None
    max: float | None
    step: float | None
    options: list[str]
    cautions: list[str]


class PackRow(Row):
    """A setting of one pack; null where its value has not been heard."""

    value: float | bool | None


class FleetRow(Row):
    """A setting of several packs by key, null where it is not known or not there; whether they differ."""

    values: dict[str, float | bool | None]
    differs: bool


class FleetPack(TypedDict):
    """A pack in the table; `why` says in a sentence why it cannot be written to now, "" where it can."""

    key: str
    name: str
    settable: bool
    why: str


class Fleet(TypedDict):
    """The settings of all packs."""

    packs: list[FleetPack]
    rows: list[FleetRow]


class Judged(NamedTuple):
    """A pack, and why it cannot be written to now; "" if it can."""

    pack: Pack
    why: str


def rows(pack: Pack) -> list[PackRow]:
    """The settings that a pack has, or may have as long as its firmware is not known."""
    found = present(pack)
    return [
        {**row(setting, [pack]), "value": found.get(setting.name)}
        for setting in SETTINGS.values()
        if setting.known(pack.about) is not False
    ]


def fleet(packs: Sequence[Judged]) -> Fleet:
    """The settings of these packs side by side."""
    told = {key_of(pack): _told(pack) for pack, _ in packs}
    return {
        "packs": [
            {"key": key_of(pack), "name": pack.name, "settable": not why, "why": why} for pack, why in packs
        ],
        "rows": [
            _beside(setting, [pack for pack, _ in packs], told)
            for setting in SETTINGS.values()
            if not packs or any(setting.known(pack.about) is not False for pack, _ in packs)
        ],
    }


def row(setting: Setting, packs: Iterable[Pack]) -> Row:
    """A setting, with the widest range that any of these packs takes."""
    spans = [span(setting, pack.about) for pack in packs] or [span(setting, None)]
    number = not setting.switch
    return {
        "name": setting.name,
        "title": _TITLES[setting.name],
        "text": setting.text,
        "unit": setting.unit,
        "group": group_of(setting.name),
        "kind": "number" if number else "switch",
        "min": min(low for low, _ in spans) if number else None,
        "max": max(high for _, high in spans) if number else None,
        "step": setting.step if number else None,
        "options": [],
        "cautions": list(consequences(setting.name)),
    }


def group_of(name: str) -> Group:
    """Where a setting is shown."""
    return next((group for group, beginnings in _GROUPS if name.startswith(beginnings)), "board")


def _told(pack: Pack) -> dict[str, Value]:
    return {
        name: value for name, value in present(pack).items() if SETTINGS[name].known(pack.about) is not False
    }


def _beside(setting: Setting, packs: Iterable[Pack], told: dict[str, dict[str, Value]]) -> FleetRow:
    values: dict[str, float | bool | None] = {key: values.get(setting.name) for key, values in told.items()}
    known = {value for value in values.values() if value is not None}
    return {**row(setting, packs), "values": values, "differs": len(known) > 1}
