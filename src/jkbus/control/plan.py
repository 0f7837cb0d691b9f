"""From wishes to bytes: what a pack must be written so that its settings are as wished.

A plan is made from the reports as they were last read, and judged as a whole before a byte is sent: every
value alone, every pair of settings that must not cross, and every state the pack passes through on the way.
What shares a register is written together: the sixteen switches of 0x1114, of which those not wished keep
their state, and the two bytes of 0x1116, 0x1118 and 0x1504.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import UsageError
from ..model.pack import Pack
from ..protocol.frames import Frame
from ..protocol.messages import write16, write32
from .cautions import cautions
from .order import arranged, crossings, detour
from .settings import SETTINGS, Setting, find
from .values import Value, parse, plain, shown

_POWER = ("charge_enabled", "discharge_enabled")  # off acts at once: a word is asked for


class Rejected(UsageError):
    """A plan that cannot be; `faults` holds a sentence for each thing that is wrong with it."""

    def __init__(self, pack: str, faults: Sequence[str]) -> None:
        super().__init__(f"{pack}: " + "; ".join(faults))
        self.pack = pack
        self.faults = list(faults)


@dataclass(frozen=True, slots=True)
class Change:
    """A setting, what it was and what it shall be, as plain numbers in `unit` or as bool."""

    name: str
    old: Value
    new: Value
    unit: str

    def document(self) -> dict[str, Any]:
        """As JSON, with both values as people read them."""
        setting = SETTINGS[self.name]
        texts = {"old_text": shown(setting, self.old), "new_text": shown(setting, self.new)}
        return {"name": self.name, "old": self.old, "new": self.new, "unit": self.unit, **texts}


@dataclass(frozen=True, slots=True)
class Step:
    """One write: the whole command in `data`, and the report (`type`) to read afterwards.

    `before` is what its register held when it was planned. `action` names a command that changes no setting;
    `moving` says that its value follows the clock.
    """

    changes: tuple[Change, ...]
    data: bytes
    type: int
    register: int
    action: str = ""
    moving: bool = False
    before: bytes = b""

    @property
    def judge(self) -> Callable[[Frame], bool] | None:
        """Whether a report shows what was written, the neighbours in its register too; None for a command."""
        return None if self.action else lambda frame: self._holds(frame, self.data[7:-2])

    @property
    def stands(self) -> Callable[[Frame], bool] | None:
        """Whether a report still shows what the step was planned from; None for a command."""
        return None if self.action else lambda frame: self._holds(frame, self.before)

    def _holds(self, frame: Frame, value: bytes) -> bool:
        start = self.register - frame.block
        return frame.type == self.type and frame.registers()[start : start + len(value)] == value

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "register": f"0x{self.register:04X}",
            "bytes": self.data.hex(" ").upper(),
            "type": self.type,
            "action": self.action,
            "changes": [change.document() for change in self.changes],
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """The writes for one pack, in order, and what its owner should hear before they are sent.

    `unchanged` names the wishes that stand so already; `word` is what has to be typed, "" for nothing.
    `wishes` (or `action` and `value`) are what the plan was made of, so that it can be made again.
    """

    pack: str
    key: str
    bus: str
    address: int
    steps: tuple[Step, ...]
    unchanged: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    word: str = ""
    wishes: Mapping[str, Value] = field(default_factory=dict)
    action: str = ""
    value: str = ""

    @property
    def changes(self) -> tuple[Change, ...]:
        """Every change of every step, in order."""
        return tuple(change for step in self.steps for change in step.changes)

    @property
    def fingerprint(self) -> tuple[str, ...]:
        """Equal for plans that write the same bytes to the same pack; the time of the clock is left out."""
        return (self.key, *((step.data[:7] if step.moving else step.data).hex() for step in self.steps))

    def document(self) -> dict[str, Any]:
        """As JSON, for users and for `again`."""
        return {
            "pack": self.pack,
            "key": self.key,
            "bus": self.bus,
            "address": self.address,
            "steps": [step.document() for step in self.steps],
            "unchanged": list(self.unchanged),
            "warnings": list(self.warnings),
            "word": self.word,
            "wishes": dict(self.wishes),
            "action": self.action,
            "value": self.value,
            "fingerprint": list(self.fingerprint),
        }


def again(document: Mapping[str, Any]) -> tuple[dict[str, Value], str, str]:
    """Wishes, action and value of a plan's document, to plan once more. Raises UsageError for another one."""
    wishes, action, value = (document.get(key) for key in ("wishes", "action", "value"))
    if not isinstance(wishes, dict) or not isinstance(action, str) or not isinstance(value, str):
        raise UsageError("this is no plan: it lacks wishes, action or value; make it with a plan request")
    return wishes, action, value


def plan(pack: Pack, wishes: Mapping[str, str | Value], address: int | None = None) -> Plan:
    """The writes that make a pack's settings as wished, from its reports as last read.

    `wishes` are values by name as `values.parse` takes them; `address` is the pack's on the wire, where it
    differs. Raises Rejected with every fault found.
    """
    old = present(pack)
    wished, faults = _understood(pack, wishes, old)
    new = {**old, **wished}
    changed = [name for name in wished if new[name] != old[name]]
    faults += crossings(new, set(changed))
    groups: dict[int, list[str]] = {}
    for name in changed:
        groups.setdefault(SETTINGS[name].register, []).append(name)
    ordered = arranged(list(groups.values()), old, new) if not faults else []
    if ordered is None:
        faults.append(detour(set(changed), old))
    if faults or ordered is None:
        raise Rejected(pack.name, faults)
    wire = pack.address if address is None else address
    return Plan(
        pack.name,
        pack.key or "",
        pack.bus,
        wire,
        tuple(_step(pack, wire, names, old, new) for names in ordered),
        unchanged=tuple(name for name in wished if name not in changed),
        warnings=cautions(old, new, pack.about, pack.status),
        word="off" if any(new[name] is False for name in changed if name in _POWER) else "",
        wishes=wished,
    )


def present(pack: Pack) -> dict[str, Value]:
    """Every setting of a pack that its last reports show, by name."""
    found: dict[str, Value] = {}
    for setting in SETTINGS.values():
        if (frame := _frame(pack, setting.type)) is not None:
            value = getattr(frame, setting.name)
            found[setting.name] = bool(value) if setting.switch else value
    return found


def _understood(
    pack: Pack, wishes: Mapping[str, str | Value], present: Mapping[str, Value]
) -> tuple[dict[str, Value], list[str]]:
    """The wishes as plain values, and a sentence for each that cannot be."""
    wished: dict[str, Value] = {}
    faults: list[str] = []
    if pack.settings is None:
        return {}, ["its settings have not been heard yet; try again in a minute"]
    cells = pack.settings.cell_count_setting
    for name, text in wishes.items():
        try:
            setting = find(name)
            if setting.name not in present:
                raise UsageError(f"{name}: its value has not been heard yet; try again in a minute")
            _check_known(setting, pack)
            if _stands_so(setting, text, present[name]):
                wished[name] = present[name]
            else:
                wished[name] = plain(setting, parse(setting, text, pack.about, cells))
        except UsageError as error:
            faults.append(str(error))
    return wished, faults


def _stands_so(setting: Setting, text: str | Value, value: Value) -> bool:
    """Whether the wish is what the pack shows, be it out of range: what was exported can be given back."""
    return text == shown(setting, value) or (isinstance(text, bool) == setting.switch and text == value)


def _check_known(setting: Setting, pack: Pack) -> None:
    known = setting.known(pack.about)
    if known:
        return
    if known is None or pack.about is None:
        raise UsageError(
            f"{setting.name}: only newer boards have it, and the versions of this one are not known yet; "
            "try again in a minute"
        )
    major, minor = setting.software
    needed = f"firmware {major}.{minor:02}"
    if setting.hardware:
        needed += f" and hardware {setting.hardware}A"
    about = pack.about
    raise UsageError(
        f"{setting.name}: a board with firmware {about.software_version} and hardware "
        f"{about.hardware_version} does not have it; it came with {needed}"
    )


def _frame(pack: Pack, type: int) -> Frame | None:
    return {1: pack.settings, 3: pack.about}[type]


def _step(
    pack: Pack, address: int, names: Sequence[str], old: Mapping[str, Value], new: Mapping[str, Value]
) -> Step:
    """The write of all `names`, which share a register; the rest of the register stays as it is."""
    setting = SETTINGS[names[0]]
    before = _frame(pack, setting.type)
    assert before is not None
    after = type(before)(bytearray(before.data))
    for name in names:
        setattr(after, name, new[name])
    size = max(2, setting.row.size)
    there = slice(setting.register - after.block, setting.register - after.block + size)
    number = int.from_bytes(after.registers()[there])
    data = (write16 if size == 2 else write32)(address, setting.register, number)
    changes = tuple(Change(name, old[name], new[name], SETTINGS[name].unit) for name in names)
    return Step(changes, data, setting.type, setting.register, before=before.registers()[there])
