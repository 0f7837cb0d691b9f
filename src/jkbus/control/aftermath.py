"""After a restart: what became of steps that were begun and never ended.

Their lines in the log of changes have no second one: the power was cut or the program killed between the two.
The next report of the pack tells whether it took the change, and that becomes the second line. A change of
which steps were never begun is closed by a line of its own.
"""

import asyncio
import logging

from ..bus.orders import DONE, UNKNOWN, UNLIKE
from ..errors import JkbusError
from ..model.battery import Battery
from ..model.pack import Pack
from .audit import Audit, Entry
from .closing import HALTED, closing, lacking
from .plan import Step
from .settings import SETTINGS
from .values import shown

log = logging.getLogger("jkbus.aftermath")


async def look_back(battery: Battery, audit: Audit) -> None:
    """Tell of the steps that were left open, and close each when its pack is heard; ends with the last."""
    try:
        for line in lacking(await asyncio.to_thread(audit.entries)):
            await _note(audit, line, f"{line.get('pack')}: a change was cut short: {line['message']}")
        entries = await asyncio.to_thread(audit.unfinished)
        for entry in entries:
            log.warning("%s: %s was under way when jkbus was stopped", entry.get("pack"), _what(entry))
        await _close(battery, audit, entries)
    except JkbusError as error:
        log.warning("%s", error)


async def _close(battery: Battery, audit: Audit, entries: list[Entry]) -> None:
    for entry in [entry for entry in entries if _step(entry) is None]:
        await _end(audit, entry, UNKNOWN, "nobody knows whether the pack took it")
        entries.remove(entry)
    subscription = battery.subscribe()
    try:
        while entries:
            for pack in await subscription.wait():
                for entry in [entry for entry in entries if entry["key"] == pack.key]:
                    if await _judge(audit, entry, pack):
                        entries.remove(entry)
    finally:
        subscription.close()


async def _judge(audit: Audit, entry: Entry, pack: Pack) -> bool:
    """Close an entry if the report that tells has been heard."""
    step = _step(entry)
    assert step is not None and step.judge is not None
    frame = pack.settings if step.type == 1 else pack.about
    if frame is None:
        return False
    now = {change["name"]: getattr(frame, change["name"]) for change in entry["changes"]}
    told = " and ".join(f"{name} = {shown(SETTINGS[name], value)}" for name, value in now.items())
    took = step.judge(frame)
    for change in entry["changes"]:
        value = now[change["name"]]
        change["read"] = bool(value) if SETTINGS[change["name"]].switch else value
        change["read_text"] = shown(SETTINGS[change["name"]], value)
    message = f"the pack {'took it' if took else 'did not take it'}: it shows {told}"
    await _end(audit, entry, DONE if took else UNLIKE, message)
    return True


async def _end(audit: Audit, entry: Entry, result: str, message: str) -> None:
    text = f"{entry.get('pack')}: {_what(entry)} was under way when jkbus was stopped; {message}"
    rest = {name: value for name, value in entry.items() if name != "at"}
    ended = {**rest, "result": result, "message": text}
    await _note(audit, ended, text)
    if line := closing(ended, HALTED):
        await asyncio.to_thread(audit.note, line)


async def _note(audit: Audit, line: Entry, told: str) -> None:
    log.warning("%s", told)
    await asyncio.to_thread(audit.note, line)


def _what(entry: Entry) -> str:
    """A step in words, from its line."""
    try:
        return entry["action"] or " and ".join(f"{c['name']} = {c['new_text']}" for c in entry["changes"])
    except (KeyError, TypeError):
        return "a change"


def _step(entry: Entry) -> Step | None:
    """The step of a line as far as it can be judged; None for an action, and for what is no step of ours."""
    try:
        (type,) = {SETTINGS[change["name"]].type for change in entry["changes"]}
        data = bytes.fromhex(entry["data"])
        return Step((), data, type, data[2] << 8 | data[3]) if entry["key"] and not entry["action"] else None
    except (KeyError, TypeError, ValueError, IndexError):
        return None
