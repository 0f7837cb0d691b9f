"""The local API: what it can be asked, and the answers, as plain JSON objects.

    {"do": "packs"}                                     {"packs": [{"name", "key", "bus", "address", ...}]}
    {"do": "get", "packs": [..], "names": [..]}         {"packs": [{"name", ..., "age_s", "values": {..}}]}
    {"do": "plan", "packs": [..], "wishes": {..}, "each": {pack: {..}}}            {"plans": [..]}
    {"do": "action", "packs": [..], "action": "set_clock", "value": ""}            {"plans": [..]}
    {"do": "apply", "plans": [..], "word": "", "who": {"via": .., "user": ..}}
                                                        {"result": {..}} for each step, then {"end": {..}}
    {"do": "log", "count": 20}                          {"entries": [..]}

Whatever goes wrong is {"error": a sentence, "asked_wrong": whether the request was wrong}. Every object but
`result` is the last of its answer. A pack that cannot be read has "error" and no "values" in the answer to
`get`, as long as another one can. Secrets are not told.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, TypeVar

from ..config.words import printable, shown
from ..errors import JkbusError, UsageError
from . import telling
from .desk import Desk
from .outcomes import Who
from .plan import Plan, again
from .planner import CHANGED

log = logging.getLogger("jkbus.local")

MOST = 256  # names, wishes or plans in a request
_NAME = 64  # characters of who asks

Json = dict[str, Any]
Sized = TypeVar("Sized", list[Any], dict[str, Any])


async def answer(desk: Desk, request: Mapping[str, Any]) -> AsyncIterator[Json]:
    """Do what a request asks for, and give the objects of its answer as they come. Raises nothing."""
    try:
        do = _DOINGS.get(str(request.get("do")))
        if do is None:
            raise UsageError(f"a request says what to do: one of {', '.join(_DOINGS)}")
        async for each in do(desk, request):
            yield each
    except JkbusError as error:
        yield fault(error)
    except Exception:
        log.exception("a request to %s failed", request.get("do"))
        yield fault(JkbusError("the request could not be carried out; the log of the gateway tells more"))


def _words(request: Mapping[str, Any], key: str) -> list[str]:
    words = request.get(key, [])
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise UsageError(f"{key}: a list of names is expected")
    return _few(key, words)


def _section(request: Mapping[str, Any], key: str) -> Json:
    section = request.get(key, {})
    if not isinstance(section, dict):
        raise UsageError(f"{key}: an object is expected")
    return _few(key, section)


def _few(key: str, things: Sized) -> Sized:
    """What a bus full of packs can use; more would only keep the gateway from its buses."""
    if len(things) > MOST:
        raise UsageError(f"{key}: {len(things)} are too many; {MOST} at most")
    return things


def fault(error: JkbusError) -> Json:
    """An error as an answer."""
    return {"error": str(error), "asked_wrong": isinstance(error, UsageError)}


async def _packs(desk: Desk, request: Mapping[str, Any]) -> AsyncIterator[Json]:
    yield {"packs": await telling.packs(desk)}


async def _get(desk: Desk, request: Mapping[str, Any]) -> AsyncIterator[Json]:
    yield {"packs": await telling.read(desk, _words(request, "packs"), _words(request, "names"))}


async def _plan(desk: Desk, request: Mapping[str, Any]) -> AsyncIterator[Json]:
    wishes, each = _section(request, "wishes"), _section(request, "each")
    if not all(isinstance(more, dict) for more in each.values()):
        raise UsageError("each: by pack, the wishes for it are expected")
    for pack, more in each.items():
        _few(f"each: {shown(pack)}", more)
    plans = await desk.plan(_words(request, "packs"), wishes, each)
    yield {"plans": [plan.document() for plan in plans]}


async def _action(desk: Desk, request: Mapping[str, Any]) -> AsyncIterator[Json]:
    action, value = str(request.get("action", "")), str(request.get("value", ""))
    plans = await desk.plan_action(_words(request, "packs"), action, value)
    yield {"plans": [plan.document() for plan in plans]}


async def _apply(desk: Desk, request: Mapping[str, Any]) -> AsyncIterator[Json]:
    plans = await _planned(desk, request)
    word = str(request.get("word", ""))
    for plan in plans:
        if plan.word not in ("", word):
            raise UsageError(f"{plan.pack}: this needs the word {plan.word} to be typed; nothing was changed")
    who = _who(_section(request, "who"))
    steps, done, undo, message = sum(len(plan.steps) for plan in plans), 0, "", ""
    try:
        async for result in desk.apply(plans, who):
            done, undo, message = done + result.ok, result.undo, "" if result.ok else result.message
            yield {"result": result.document()}
    except JkbusError as error:
        if not undo:
            raise
        message = str(error)
    yield {"end": {"ok": done == steps, "undo": undo, "message": _ending(done, steps, message)}}


def _who(said: Json) -> Who:
    via, user = (printable(str(said.get(key, "")))[:_NAME] for key in ("via", "user"))
    return Who(via or "local", user)


def _ending(done: int, steps: int, message: str) -> str:
    if done == steps:
        return f"{steps} of {steps} writes are done" if steps else "there was nothing to change"
    return f"stopped after {done} of {steps} writes: {message}"


async def _log(desk: Desk, request: Mapping[str, Any]) -> AsyncIterator[Json]:
    count = request.get("count", 20)
    if not isinstance(count, int) or count < 1:
        raise UsageError("count: a number from 1 on is expected")
    yield {"entries": await asyncio.to_thread(desk.audit.entries, count)}


async def _planned(desk: Desk, request: Mapping[str, Any]) -> list[Plan]:
    """The plans of a request, made again. Raises JkbusError if they are not what was shown."""
    documents = request.get("plans")
    if not isinstance(documents, list) or not all(isinstance(document, dict) for document in documents):
        raise UsageError("plans: the plans that were answered to a plan request are expected")
    _few("plans", documents)
    return list(await asyncio.gather(*(_made_again(desk, document) for document in documents)))


async def _made_again(desk: Desk, document: Json) -> Plan:
    wishes, action, value = again(document)
    _few("wishes", wishes)
    key = str(document.get("key", ""))
    plans = await (desk.plan_action([key], action, value) if action else desk.plan([key], wishes))
    if [list(plan.fingerprint) for plan in plans] != [document.get("fingerprint")]:
        raise JkbusError(f"{key}: {CHANGED}")
    return plans[0]


_DOINGS: Mapping[str, Callable[[Desk, Mapping[str, Any]], AsyncIterator[Json]]] = {
    "packs": _packs,
    "get": _get,
    "plan": _plan,
    "action": _action,
    "apply": _apply,
    "log": _log,
}
