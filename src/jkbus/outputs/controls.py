"""What can be changed of a pack from outside: which controls it has, and what a command for one says.

A control is made of a setting and of the entity that shows its value, so that both have one title and one
unit. What it shows is the value that was read from the pack last; nothing here assumes that a wish came true.
"""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from ..config.words import nearest, printable, shown
from ..control.actions import ACTIONS
from ..control.desk import Desk
from ..control.settings import SETTINGS, Setting, span
from ..errors import UsageError
from ..model.pack import Pack
from ..protocol import About
from .entities import ENTITIES
from .entity import Entity
from .topics import APPLY_TO_ALL, OFF, ON, PRESS

LONGEST = 64  # bytes of a command's payload
LAST_CHANGE = "last_change"  # the sensor that tells what became of a command
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?", re.ASCII)
_BY_KEY = {entity.key: entity for entity in ENTITIES}


@dataclass(frozen=True, slots=True)
class Control:
    """A setting or action of a pack as Home Assistant shows it; `group` has its value under its name."""

    name: str
    platform: str  # number, switch or button
    title: str
    group: str = ""
    unit: str = ""
    device_class: str = ""
    low: float = 0.0
    high: float = 0.0
    step: float = 0.0

    @property
    def key(self) -> str:
        """Its own among the keys of the entities, which may have one of the same name."""
        return f"{'do' if self.platform == 'button' else 'set'}_{self.name}"


ALL_PACKS = Control(APPLY_TO_ALL, "switch", "Apply changes to all packs")


class Writing(NamedTuple):
    """What may be changed: which packs, of which buses any (by name), which actions a button may start."""

    pack: Callable[[Pack], bool] = lambda pack: False
    bus: Callable[[str], bool] = lambda name: False
    buttons: tuple[str, ...] = ()

    def controls(self, pack: Pack, before: Collection[str] = ()) -> tuple[Control, ...]:
        """The controls of a pack; of those that cannot be judged yet, the ones whose keys are in `before`."""
        return controls(pack, self.buttons, before) if self.pack(pack) else ()


NOTHING = Writing()


def permitted(desk: Desk, buttons: tuple[str, ...]) -> Writing:
    """What may be changed of the packs of a desk."""
    return Writing(lambda pack: not desk.permits.forbidden(pack), desk.permits.allows, buttons)


def controls(pack: Pack, buttons: Iterable[str], before: Collection[str]) -> tuple[Control, ...]:
    """The controls of a pack that may be written."""
    found = []
    for name, setting in SETTINGS.items():
        there = setting.known(pack.about)
        if there or (there is None and f"set_{name}" in before):
            found.append(_control(setting, pack))
    return (*found, *map(button_of, buttons))


def control_of(setting: Setting, about: About | None = None) -> Control:
    """The control of a setting, with the span of the board that told this about itself."""
    entity = _BY_KEY[setting.name]
    if setting.switch:
        return Control(setting.name, "switch", entity.title, entity.group)
    low, high = span(setting, about)
    said = (entity.title, entity.group, entity.unit, entity.device_class)
    return Control(setting.name, "number", *said, low, high, setting.step)


def button_of(name: str) -> Control:
    """The control that starts an action."""
    return Control(name, "button", ACTIONS[name].title)


def _control(setting: Setting, pack: Pack) -> Control:
    """The control of a setting. Its span holds the value of now, which may be out of all bounds."""
    found = control_of(setting, pack.about)
    value = present_value(found, pack) if found.platform == "number" else None
    return found if value is None else replace(found, low=min(found.low, value), high=max(found.high, value))


def hidden(found: Iterable[Control], shown: Collection[str]) -> list[Entity]:
    """What has the value of a control, where it is not shown as an entity of its own."""
    return [_BY_KEY[control.name] for control in found if control.group and control.name not in shown]


def present_value(control: Control, pack: Pack) -> float | bool | None:
    """What the pack shows for a control now; None where nothing was read, and for a button."""
    report = pack.about if control.group == "info" else pack.settings
    if report is None or not control.group:
        return None
    value: float | bool = getattr(report, control.name)
    return bool(value) if control.platform == "switch" else value


def lacking(control: Control, pack: Pack) -> str:
    """Why the pack cannot take a command for the control; "" if it can."""
    if not control.group or (there := SETTINGS[control.name].known(pack.about)):
        return ""
    why = "has not told its firmware yet" if there is None else "has no such setting"
    return f"{pack.name} {why}"


def demand(name: str, payload: bytes, known: Iterable[Control]) -> tuple[Control, float | bool]:
    """The control of that name among those `known`, and what the payload wishes for it.

    True stands for the press of a button. Raises UsageError with a sentence for whoever sent it.
    """
    by_name = {control.name: control for control in known}
    if name not in by_name:
        likely = nearest(name, by_name)
        hint = f"did you mean {likely}?" if likely else "`jkbus get PACK` lists what can be set"
        raise UsageError(f"there is nothing to set by the name {shown(name)}; {hint}")
    control = by_name[name]
    text = _text(name, payload)
    if control.platform == "number":
        if not _NUMBER.fullmatch(text):
            raise UsageError(f"{name}: a plain number such as 3.45 is expected, not {shown(text)}")
        return control, float(text)
    words = {PRESS: True} if control.platform == "button" else {ON: True, OFF: False}
    if text not in words:
        raise UsageError(f"{name}: {' or '.join(words)} is expected, not {shown(text)}")
    return control, words[text]


def _text(name: str, payload: bytes) -> str:
    if len(payload) > LONGEST:
        raise UsageError(f"{name}: {len(payload)} bytes are too many for a value; send {LONGEST} at most")
    try:
        text = payload.decode().strip()
    except UnicodeDecodeError:
        raise UsageError(f"{name}: a number, ON or OFF is expected, not bytes that are no text") from None
    if not text:
        raise UsageError(f"{name}: the message is empty; send a number, ON or OFF")
    return printable(text)
