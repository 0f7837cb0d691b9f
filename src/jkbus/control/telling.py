"""What packs show of themselves, as plain JSON: settings, measurements, who they are; no secrets."""

import asyncio
from collections.abc import Sequence
from typing import Any

from ..config.words import shown, suggestion
from ..errors import JkbusError, UsageError
from ..model.pack import HEARD, LATE, Pack
from ..protocol import About, Settings, Status
from ..protocol.fields import Text
from ..protocol.frames import Frame
from .desk import Desk
from .plan import present
from .reading import outdated
from .roll import Expected
from .settings import SETTINGS

Json = dict[str, Any]

_COMMON = {row.name for row in Frame.rows()}
READABLE: dict[str, type[Frame]] = {
    row.name: frame
    for frame in (Settings, Status, About)
    for row in frame.rows()
    if row.name not in _COMMON and not (isinstance(row, Text) and row.secret)
}
"""Every value that may be read, and the report that has it."""


async def packs(desk: Desk) -> list[Json]:
    """Who is there and who should be, and whether each may be written to."""
    await desk.roll.call(["all"])
    return [_introduced(desk, pack) for pack in desk.packs(["all"])] + [
        {**_named(pack), "available": False, "writes": False, "why": _unheard(pack)}
        for pack in desk.roll.missing(["all"])
    ]


async def read(desk: Desk, selection: Sequence[str], names: Sequence[str]) -> list[Json]:
    """Values of packs by name; every setting if no names are given. Values that a pack lacks are None.

    Who a pack is, and the two settings beside that, may be as old as `timing: about` allows; the rest is of
    now. A pack that cannot be read has the sentence why as `error`. Raises JkbusError if that is all of them.
    """
    for name in names:
        if name not in READABLE:
            raise UsageError(f"there is no value {shown(name)}; {_hint(name)}")
    await desk.roll.call(selection)
    lacking = [_failed(_named(pack), _unheard(pack), names) for pack in desk.roll.missing(selection)]
    found = desk.packs(selection)
    if not found and not lacking:
        await desk.select(selection)  # says that there is nobody
    told = [*await asyncio.gather(*(_told(desk, pack, names) for pack in found)), *lacking]
    if all("error" in pack for pack in told):
        raise JkbusError("\n".join(pack["error"] for pack in told))
    return told


async def _told(desk: Desk, pack: Pack, names: Sequence[str]) -> Json:
    types = {READABLE[name].type for name in names} or {Settings.type, About.type}
    try:
        lasting = {About.type} if pack.about is not None and not outdated(pack) else set()
        await desk.refresh([pack], sorted(types - lasting))
    except JkbusError as error:
        return _failed(_named(pack), str(error), names)
    now = asyncio.get_running_loop().time()
    dated = types - {About.type} or types
    frames = [frame for frame in (pack.settings, pack.status, pack.about) if frame and frame.type in dated]
    ages = [age for frame in frames if (age := pack.age(frame.kind, now)) is not None]
    return {**_named(pack), "age_s": round(max(ages, default=0.0), 1), "values": _values(pack, names)}


def _values(pack: Pack, names: Sequence[str]) -> Json:
    settings = present(pack)
    if not names:
        return {
            name: value for name, value in settings.items() if SETTINGS[name].known(pack.about) is not False
        }
    frames = {Settings: pack.settings, Status: pack.status, About: pack.about}
    rest = {name: getattr(frames[READABLE[name]], name, None) for name in names}
    return {name: _plain(settings.get(name, value)) for name, value in rest.items()}


def _plain(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes | bytearray) else value


def _introduced(desk: Desk, pack: Pack) -> Json:
    why = desk.permits.why_not(pack)
    return {**_named(pack), "available": pack.state in (HEARD, LATE), "writes": not why, "why": why}


def _named(pack: Pack | Expected) -> Json:
    return {"name": pack.name, "key": pack.key, "bus": pack.bus, "address": pack.address}


def _unheard(pack: Expected) -> str:
    return f"{pack.name}: nothing was heard; check the cable, the power and the address"


def _failed(named: Json, error: str, names: Sequence[str]) -> Json:
    return {**named, "age_s": None, "values": dict.fromkeys(names), "error": error}


def _hint(name: str) -> str:
    likely = suggestion(name, READABLE)
    return likely if likely.startswith("did") else "`jkbus get PACK` lists the settings"
