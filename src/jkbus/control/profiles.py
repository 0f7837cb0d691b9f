"""Profiles: settings in a YAML file, by name and with units, made to be read and changed by hand.

    settings:                   # for every pack the profile is used with
      cell_overvoltage_protection_voltage: 3.600 V
      charge_enabled: on
    packs:                      # only where a pack differs from that
      rs485-bms2:
        charge_current_limit: 100.000 A

A profile states only what it wants to govern. The file that undoes a change is a profile too: it names its
packs, and nothing for any other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..config.faults import Fault, Place, dotted, faulty
from ..config.reader import BROKEN, Reader
from ..config.syntax import UnreadableFile, compose
from ..config.template import quoted
from ..config.values import slug
from ..config.words import nearest, printable, shown
from ..errors import UsageError
from . import values
from .settings import SETTINGS, Setting, find
from .values import Value

Values = Mapping[str, Value]

SECTIONS = ("settings", "packs")
EMPTY = "the profile governs nothing; write under settings: a line for each, such as charge_enabled: on"


@dataclass(frozen=True, slots=True)
class Profile:
    """What a file wants: `common` of every pack, `packs` of the packs named there, by setting."""

    common: Values
    packs: Mapping[str, Values]

    @property
    def names(self) -> frozenset[str]:
        """Every setting that is governed, of any pack."""
        return frozenset(self.common).union(*self.packs.values())

    def wishes_for(self, *names: str) -> dict[str, Value]:
        """What is wanted of a pack that goes by these names (its name, its key)."""
        known = {slug(name) for name in names}
        own = (wishes for name, wishes in self.packs.items() if slug(name) in known)
        return dict(self.common) | {name: value for wishes in own for name, value in wishes.items()}


def load(path: Path) -> Profile:
    """The profile in a file. Raises `ConfigError` with a line for every fault: file, line and remedy."""
    try:
        compose(path)
    except UnreadableFile as bad:
        raise faulty([Fault(Place(str(path), bad.line), bad.about, bad.why)], str(path)) from None
    reading = _Reading(path)
    profile = reading.profile()
    if reading.faults:
        raise faulty(reading.faults, str(path))
    return profile


class _Reading:
    """A file on its way to a profile; `faults` is complete after `profile`."""

    def __init__(self, path: Path) -> None:
        self._reader = Reader(path)
        self._data = self._reader.read()
        self.faults = self._reader.faults

    def profile(self) -> Profile:
        data = self._section(self._data, ())
        for name in data.keys() - {*SECTIONS, "substitutions"}:
            likely = nearest(name, SECTIONS)
            told = f"did you mean {likely}?" if likely else "settings: and packs: are known here"
            if name in SETTINGS:
                told = "a setting stands below settings:, further to the right"
            self._fault((name,), f"unknown key; {told}")
        packs = self._section(data.get("packs"), ("packs",))
        known: dict[str, str] = {}
        for name in packs:
            if other := known.get(slug(name)):
                self._fault(("packs", name), f"this is the same pack as {other}; put both into one")
            known[slug(name)] = name
        common = self._wishes(data.get("settings"), ("settings",))
        own = {name: self._wishes(wishes, ("packs", name)) for name, wishes in packs.items()}
        if not self.faults and not common and not any(own.values()):
            self._fault((), EMPTY)
        return Profile(common, own)

    def _wishes(self, data: object, loc: tuple[str, ...]) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for name, text in self._section(data, loc).items():
            try:
                setting = find(name)
                if text is None or isinstance(text, dict | list):
                    self._fault((*loc, name), f"a value is expected behind the name, not {shown(text)}")
                elif text is not BROKEN:
                    found[name] = values.plain(setting, values.parse(setting, text))
            except UsageError as error:
                self._fault((*loc, name), str(error).removeprefix(f"{name}: "))
        return found

    def _section(self, data: object, loc: tuple[str, ...]) -> dict[str, object]:
        if isinstance(data, dict):
            return data
        if data is not None and data is not BROKEN:
            self._fault(loc, f"name: value lines are expected here, not {shown(data)}")
        return {}

    def _fault(self, loc: tuple[str, ...], text: str) -> None:
        self.faults.append(Fault(self._reader.places.value(loc), dotted(loc), text))


def text(packs: Mapping[str, Values], title: str, common: bool = False) -> str:
    """The profile that holds these values, by pack and setting, for `load`; `title` says what it is.

    Each pack has its own section, so that it is for nobody else; with `common` what all of them share stands
    once, for every pack the profile may ever be used with. Values that cannot be set are remarks.
    """
    shared = _shared(list(packs.values())) if common else {}
    own = {
        name: {setting: value for setting, value in settings.items() if shared.get(setting) != value}
        for name, settings in packs.items()
    }
    lines = [f"# {printable(line)}" for line in title.splitlines()]
    if shared:
        lines += ["settings:", *_lines(shared, "  ")]
    if any(own.values()):
        lines += ["packs:"]
    for name, settings in own.items():
        if settings:
            lines += [f"  {quoted(name)}:", *_lines(settings, "    ")]
    return "\n".join([*lines, ""])


def _shared(packs: Sequence[Values]) -> dict[str, Value]:
    """The settings that all packs have, with the value most of them have."""
    names = [name for name in SETTINGS if all(name in settings for settings in packs)]
    counted = {name: Counter(settings[name] for settings in packs) for name in names if packs}
    return {name: counter.most_common(1)[0][0] for name, counter in counted.items()}


def _lines(settings: Values, margin: str) -> Iterable[str]:
    for name, setting in SETTINGS.items():
        if name in settings:
            line = f"{margin}{name}: {values.shown(setting, settings[name])}"
            yield line if _writable(setting, settings[name]) else f"#{line[1:]}  ({_range(setting)})"


def _writable(setting: Setting, value: Value) -> bool:
    return setting.low <= value <= setting.high


def _range(setting: Setting) -> str:
    low, high = values.shown(setting, setting.low), values.shown(setting, setting.high)
    return f"cannot be set; {low} to {high} can"


@dataclass(frozen=True, slots=True)
class Row:
    """A setting of several packs: what is wanted of each and what it has, None for nothing."""

    name: str
    wanted: tuple[Value | None, ...]
    found: tuple[Value | None, ...]

    @property
    def differs(self) -> tuple[bool, ...]:
        """Which packs have not what is wanted; where nothing is wanted, anything will do."""
        pairs = zip(self.wanted, self.found, strict=True)
        return tuple(wanted is not None and wanted != found for wanted, found in pairs)


def diff(wanted: Sequence[Values], found: Sequence[Values]) -> list[Row]:
    """What is wanted of each pack beside what it has, for every setting that is wanted of any of them."""
    names = [name for name in SETTINGS if any(name in wishes for wishes in wanted)]
    return [
        Row(name, tuple(one.get(name) for one in wanted), tuple(one.get(name) for one in found))
        for name in names
    ]
