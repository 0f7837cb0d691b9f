"""The stream of changes: server-sent events, for the page and for programs."""

from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import StreamingResponse

from .accounts import Accounts
from .live import Live
from .routes.answers import content, faults
from .visitors import visitor_of

EVENTS = "text/event-stream"
EXAMPLE = 'event: hello\ndata: {"version":"1.0"}\n\n'
Key = Annotated[str, Query(max_length=200, description="The key of a pack to be told of in full, too")]


def router(live: Live, accounts: Accounts) -> APIRouter:
    """The route of the stream."""
    api = APIRouter(tags=["now"])

    @api.get(
        "/api/stream",
        response_class=StreamingResponse,
        responses={**faults(), **content(EVENTS, EXAMPLE, "Events without end")},
        summary="What changes, as it changes",
    )
    async def stream(request: Request, pack: Key = "") -> StreamingResponse:
        """Server-sent events: first everything, then what changed.

        `hello` {version}, `battery` as of api/battery, `pack` one of api/packs, `bus` one of api/bus,
        `alarms` {standing: entries}, and with ?pack=KEY `detail` as of api/packs/KEY. A comment every 10 s
        tells that the line is alive. Of what came too fast only the newest is sent.
        """
        still = partial(accounts.stands, visitor_of(request.scope).session)
        headers = {"X-Accel-Buffering": "no"}
        return StreamingResponse(_sent(live, pack, still), media_type=EVENTS, headers=headers)

    return api


async def _sent(live: Live, wanted: str, still: Callable[[], bool]) -> AsyncIterator[bytes]:
    """Begun only once somebody reads: who hangs up before it is not kept as a client."""
    client = await live.open(wanted, still)
    try:
        async for chunk in client.chunks():
            yield chunk
    finally:
        live.close(client)
