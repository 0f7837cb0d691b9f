"""From a route to the requests of the local API and back, so that both check the same."""

from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import StreamingResponse

from ..control.requests import Doings, Json, answer
from .documents.numbers import encoded
from .problems import NDJSON, Refused
from .visitors import visitor_of


def asker(request: Request) -> Json:
    """Who asks, as the log of changes and the journal of alarms note it."""
    return {"via": "web", "user": visitor_of(request.scope).name}


async def only(doings: Doings, asked: Json) -> Json:
    """The one object of an answer. Raises Refused with the sentence that was answered instead."""
    found = [each async for each in answer(doings, asked)]
    return _sound(found[-1])


async def lines(doings: Doings, asked: Json) -> StreamingResponse:
    """The objects of an answer as they come, a line each. Raises Refused if the first one is a fault.

    A fault that comes later is the last line: {"error", "asked_wrong"}.
    """
    objects = aiter(answer(doings, asked))
    first = _sound(await anext(objects))

    async def told() -> AsyncIterator[bytes]:
        yield encoded(first) + b"\n"
        async for found in objects:
            yield encoded(found) + b"\n"

    return StreamingResponse(told(), media_type=NDJSON)


def _sound(found: Json) -> Json:
    if "error" in found and "asked_wrong" in found:
        wrong = bool(found["asked_wrong"])
        raise Refused(400 if wrong else 409, str(found["error"]), wrong)
    return found
