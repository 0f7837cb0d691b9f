"""The entities of the node whose place is taken, as the configuration chooses them: theirs in name and look.

They are on the node itself, as they were, and all of them from the first moment on, so that Home Assistant
finds nothing missing. What shows something wrong there shows the right value here (`outputs.reference`).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from ..config import BusConfig, EsphomeConfig, OldEntityConfig
from ..config.values import slug
from ..config.words import nearest, shown
from ..control.settings import SETTINGS
from ..errors import UsageError
from ..history.whole import KEY
from ..outputs.controls import ALL_PACKS, Control, button_of, control_of
from ..outputs.diagnostics import BUS
from ..outputs.entities import ENTITIES
from ..outputs.entity import TEXT_LIMIT, Get
from ..outputs.facts import Facts, Value
from ..outputs.groups import DEFAULTS, Policy
from ..outputs.reference import Counterpart, counterparts
from .catalogue import value_of
from .entries import CATEGORIES, NUMBER, SENSOR, STATE_CLASSES, SWITCH, Entry, entry, number_of, span_of
from .listing import Listing, bus_owner

Chosen = Mapping[str, OldEntityConfig]
_GROUPS = {entity.key: entity.group for entity in (*ENTITIES, *BUS)}
_GROUPS |= {  # of the values that only the old world has
    "=balancing_direction": "status",
    "=temperature_sensor_3": "temperatures",
    "=remaining_from_soc": "status",
    "=operation_mode_bitmask": "settings",
    "=alarm_sensor_count": "alarms",
    "=alarm_sensors_on": "alarms",
    "=errors": "alarms",
    "=uart1_protocol": "info",
    "=uart2_protocol": "info",
    "=manufacturer": "info",
}
_EMERGENCY = button_of("emergency_start")


def chosen(config: EsphomeConfig, buses: Sequence[BusConfig]) -> Listing:
    """What is listed. Raises UsageError for a pack, an entity or a name that cannot be."""
    packs = {slug(pack.name): bus.name for bus in buses for pack in bus.packs}
    entries: dict[str, list[Entry]] = {KEY: [], **{bus_owner(bus.name): [] for bus in buses}}
    deadbands: dict[str, dict[str, float]] = {group: {} for group in DEFAULTS}
    for name, platforms in config.entities.items():
        if slug(name) not in packs:
            raise UsageError(
                f"esphome: entities: {_unknown('pack', name, list(packs))}; name it below buses:"
            )
        for row, said in _rows(name, platforms):
            owner = bus_owner(packs[slug(name)]) if _GROUPS[row.ours] == "bus" else slug(name)
            found = _entry(owner, row, said, platforms.get("binary_sensor", {}))
            entries.setdefault(owner, []).append(found)
            if band := DEFAULTS[found.group].deadband.get(row.ours) if found.group in DEFAULTS else None:
                deadbands[found.group][found.key] = band * abs(said.multiply or 1)
    if config.broadcast is not None:
        entries[KEY].append(_broadcast(config.broadcast))
    _refuse_twins([found for owned in entries.values() for found in owned])
    return Listing(entries, {group: _damped(policy, deadbands[group]) for group, policy in DEFAULTS.items()})


def _damped(policy: Policy, deadband: Mapping[str, float]) -> Policy:
    return replace(policy, deadband=deadband)


def _rows(pack: str, platforms: Mapping[Any, Chosen]) -> Iterator[tuple[Counterpart, OldEntityConfig]]:
    """The entities of a pack, without those for which there is no value, or only a secret one."""
    for platform, entities in platforms.items():
        known = [key for of, key in counterparts() if of == platform]
        for key, said in entities.items():
            row = counterparts().get((platform, key))
            if row is None:
                raise UsageError(f"esphome: entities: {pack}: {_unknown(platform, key, known)}")
            if said.multiply is not None and platform != SENSOR:
                raise UsageError(
                    f"esphome: entities: {pack}: {platform} {key}: multiply: is for sensors; what is set"
                    " would not be what is shown, so remove it"
                )
            if row.get is not None:
                yield row, said


def _unknown(what: str, name: str, known: Sequence[str]) -> str:
    likely = nearest(name, known)
    return f"there is no {what} {shown(name)}" + (f", did you mean {likely}?" if likely else "")


def _entry(owner: str, row: Counterpart, said: OldEntityConfig, alarms: Chosen) -> Entry:
    control = _control(row)
    get = _counter(row, alarms) or (value_of(control) if control and control.group else row.get)
    decimals = row.precision if said.accuracy_decimals is None else said.accuracy_decimals
    decimals = decimals if row.platform == SENSOR else None  # what can be set is shown as the pack has it
    return entry(
        row.platform,
        f"{row.platform}/{said.name}",
        _look(row, said, control, decimals),
        number=number_of("", row.platform, said.name),
        owner=owner,
        group=_GROUPS[row.ours],
        title=said.name,
        device=0,
        get=None if get is None else partial(_shaped, get, said.multiply, decimals),
        control=control,
    )


def _control(row: Counterpart) -> Control | None:
    if row.platform not in (NUMBER, SWITCH):
        return None
    return control_of(SETTINGS[row.ours]) if row.ours in SETTINGS else _EMERGENCY


def _look(
    row: Counterpart, said: OldEntityConfig, control: Control | None, decimals: int | None
) -> dict[str, Any]:
    look: dict[str, Any] = {
        "icon": row.icon if said.icon is None else said.icon,
        "disabled_by_default": said.disabled,
        "entity_category": CATEGORIES[row.category],
        "device_class": row.device_class,
    }
    if row.platform in (SENSOR, NUMBER):
        look["unit_of_measurement"] = row.unit if said.unit is None else said.unit
    if row.platform == SENSOR:
        look |= {"accuracy_decimals": decimals or 0, "state_class": STATE_CLASSES[row.state_class]}
    if row.platform == NUMBER and control is not None:
        look |= span_of(control)
    return look


def _counter(row: Counterpart, alarms: Chosen) -> Get | None:
    """Counts those alarms that are chosen, as the old firmware did; None for what is no counter."""
    gets = [
        one.get
        for (platform, key), one in counterparts().items()
        if platform == "binary_sensor" and key.startswith("alarm_") and key in alarms and one.get is not None
    ]
    if row.ours == "=alarm_sensor_count":
        return lambda facts: len(gets)
    return partial(_standing, gets) if row.ours == "=alarm_sensors_on" else None


def _standing(gets: Sequence[Get], facts: Facts) -> Value:
    return sum(bool(get(facts)) for get in gets) if facts.status else None


def _shaped(get: Get, multiply: float | None, decimals: int | None, subject: Any) -> Value:
    """A value in the scale and with the decimals in which it is shown."""
    value = get(subject)
    if isinstance(value, str):
        return value[:TEXT_LIMIT]
    if value is None or isinstance(value, bool):
        return value
    value = value if multiply is None else value * multiply
    return value if decimals is None else round(value, decimals)


def _broadcast(said: OldEntityConfig) -> Entry:
    """The switch that lets a change be for all packs; it is off at the start."""
    look = {"icon": said.icon or "", "disabled_by_default": said.disabled}
    number = number_of("", SWITCH, said.name)
    place: dict[str, Any] = {"owner": KEY, "group": "", "title": said.name, "device": 0, "number": number}
    return entry(SWITCH, "broadcast", look, get=lambda nothing: None, control=ALL_PACKS, **place)


def _refuse_twins(entries: Sequence[Entry]) -> None:
    for (platform, title), count in Counter((one.platform, one.title) for one in entries).items():
        if count > 1:
            raise UsageError(
                f"esphome: entities: {count} of {platform} are called {shown(title)}; give each its own name"
            )
