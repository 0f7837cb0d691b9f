"""The local API: what can be asked about packs as they are, and the answers, as plain JSON objects.

    {"do": "packs"}                                     {"packs": [{"name", "key", "bus", "address", ...}]}
    {"do": "get", "packs": [..], "names": [..]}         {"packs": [{"name", ..., "age_s", "values": {..}}]}
    {"do": "plan", "packs": [..], "wishes": {..}, "each": {pack: {..}}}  {"plans": [..], "left_out": [..]}
    {"do": "action", "packs": [..], "action": "set_clock", "value": ""}  {"plans": [..], "left_out": [..]}
    {"do": "apply", "plans": [..], "word": "", "who": {"via": .., "user": ..}}
                                                        {"result": {..}} for each step, then {"end": {..}}
    {"do": "log", "count": 20}                          {"entries": [..]}

Whatever goes wrong is {"error": a sentence, "asked_wrong": whether the request was wrong}. Every object but
`result` is the last of its answer. A pack that cannot be read has "error" and no "values" in the answer to
`get`, as long as another one can. Secrets are not told.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import partial

from ..config.words import shown
from ..errors import JkbusError, UsageError
from . import telling
from .desk import Desk
from .plan import Plan, again
from .planner import CHANGED
from .requests import Doings, Json, Request, few, section, who, words


def doings(desk: Desk) -> Doings:
    """What a desk can be asked, by name."""
    return {name: partial(do, desk) for name, do in _DOINGS.items()}


async def _packs(desk: Desk, request: Request) -> AsyncIterator[Json]:
    yield {"packs": await telling.packs(desk)}


async def _get(desk: Desk, request: Request) -> AsyncIterator[Json]:
    yield {"packs": await telling.read(desk, words(request, "packs"), words(request, "names"))}


async def _plan(desk: Desk, request: Request) -> AsyncIterator[Json]:
    wishes, each = section(request, "wishes"), section(request, "each")
    if not all(isinstance(more, dict) for more in each.values()):
        raise UsageError("each: by pack, the wishes for it are expected")
    for pack, more in each.items():
        few(f"each: {shown(pack)}", more)
    packs = words(request, "packs")
    plans = await desk.plan(packs, wishes, each)
    yield _planned_for(plans, desk.left_out(packs, list(each)))


async def _action(desk: Desk, request: Request) -> AsyncIterator[Json]:
    action, value = str(request.get("action", "")), str(request.get("value", ""))
    packs = words(request, "packs")
    plans = await desk.plan_action(packs, action, value)
    yield _planned_for(plans, desk.left_out(packs))


def _planned_for(plans: Sequence[Plan], left_out: Sequence[str]) -> Json:
    return {"plans": [plan.document() for plan in plans], "left_out": list(left_out)}


async def _apply(desk: Desk, request: Request) -> AsyncIterator[Json]:
    plans = await _shown(desk, request)
    word = str(request.get("word", ""))
    for plan in plans:
        if plan.word not in ("", word):
            raise UsageError(f"{plan.pack}: this needs the word {plan.word} to be typed; nothing was changed")
    asker = who(request)
    steps, done, undo, message = sum(len(plan.steps) for plan in plans), 0, "", ""
    try:
        async for result in desk.apply(plans, asker):
            done, undo, message = done + result.ok, result.undo, "" if result.ok else result.message
            yield {"result": result.document()}
    except JkbusError as error:
        if not undo:
            raise
        message = str(error)
    yield {"end": {"ok": done == steps, "undo": undo, "message": _ending(done, steps, message)}}


def _ending(done: int, steps: int, message: str) -> str:
    if done == steps:
        return f"{steps} of {steps} writes are done" if steps else "there was nothing to change"
    return f"stopped after {done} of {steps} writes: {message}"


async def _log(desk: Desk, request: Request) -> AsyncIterator[Json]:
    count = request.get("count", 20)
    if not isinstance(count, int) or count < 1:
        raise UsageError("count: a number from 1 on is expected")
    yield {"entries": await asyncio.to_thread(desk.audit.entries, count)}


async def _shown(desk: Desk, request: Request) -> list[Plan]:
    """The plans of a request, made again. Raises JkbusError if they are not what was shown."""
    documents = request.get("plans")
    if not isinstance(documents, list) or not all(isinstance(document, dict) for document in documents):
        raise UsageError("plans: the plans that were answered to a plan request are expected")
    few("plans", documents)
    return list(await asyncio.gather(*(_made_again(desk, document) for document in documents)))


async def _made_again(desk: Desk, document: Json) -> Plan:
    wishes, action, value = again(document)
    few("wishes", wishes)
    key = str(document.get("key", ""))
    plans = await (desk.plan_action([key], action, value) if action else desk.plan([key], wishes))
    if [list(plan.fingerprint) for plan in plans] != [document.get("fingerprint")]:
        raise JkbusError(f"{key}: {CHANGED}")
    return plans[0]


_DOINGS: Mapping[str, Callable[[Desk, Request], AsyncIterator[Json]]] = {
    "packs": _packs,
    "get": _get,
    "plan": _plan,
    "action": _action,
    "apply": _apply,
    "log": _log,
}
