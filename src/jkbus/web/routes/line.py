"""The wire: how each bus does, what is said on it, a recording of it, and what the wiring check says."""

import re
import time
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response, StreamingResponse
from typing_extensions import TypedDict

from ...wiring.samples import LoadDocument
from ...wiring.verdict import VerdictDocument
from ..documents.buses import Bus
from ..lines import Decoded, Lines
from ..shown import Shown
from ..traffic import Line
from ..view import View
from .answers import content, faults, told

EVENTS, CAPTURE = "text/event-stream", "text/plain"
EXAMPLE = """event: message
id: 7
data: {"number":7,"at":1795363200.25,"way":"from","kind":"status","address":3,"text":"52.69 V","hex":"55 AA"}

"""
RECORDED = """# jkbus capture 1
0.0000 > 011016200001020000d6f1
"""

Name = Annotated[str, Path(max_length=200, description="The name of a bus", examples=["bus1"])]
Number = Annotated[int, Path(ge=1, le=1 << 53, description="The number of a message", examples=[7])]
Seconds = Annotated[int, Query(ge=1, le=3600, description="How long to record")]
Address = Annotated[int | None, Query(ge=0, le=15, description="Only the messages of this address")]
Kind = Annotated[
    list[Annotated[str, Query(max_length=20)]] | None,
    Query(
        max_length=20, description="Only messages of these kinds: status, settings, about, request, noise ..."
    ),
]


class Buses(TypedDict):
    """The buses of the configuration."""

    buses: list[Bus]


def router(shown: Shown) -> APIRouter:
    """The routes about the wire."""
    api = APIRouter(tags=["bus"])
    view = View(shown)

    @api.get("/api/bus", response_model=Buses, responses=faults(), summary="Every bus")
    async def buses() -> Response:
        """Who speaks, how busy and how clean each line is, and who is missing."""
        return told({"buses": [view.bus(bus) for bus in shown.buses]})

    if shown.watched is not None:
        _watched(api, Lines(shown))
    return api


def _watched(api: APIRouter, lines: Lines) -> None:
    """What is known by looking at the wires."""

    @api.get(
        "/api/bus/{name}/load", response_model=LoadDocument, responses=faults(404), summary="A busy hour"
    )
    async def load(name: Name) -> Response:
        """Load, gap, noise, damaged and whole reports of the last hour, in steps of ten seconds."""
        return told(lines.watch(name).samples.document())

    @api.get(
        "/api/bus/{name}/wiring",
        response_model=VerdictDocument,
        responses=faults(404),
        summary="The wiring check",
    )
    async def wiring(name: Name) -> Response:
        """What the wires make of what is said: good, or which fault, how sure that is, and the remedy."""
        return told(lines.verdict(name))

    _flowing(api, lines)


def _flowing(api: APIRouter, lines: Lines) -> None:
    """What is sent as it happens."""

    @api.get(
        "/api/bus/{name}/traffic",
        response_class=StreamingResponse,
        responses={**faults(404), **content(EVENTS, EXAMPLE, "Events for five minutes")},
        summary="What is said on a bus",
    )
    async def traffic(name: Name, address: Address = None, kind: Kind = None) -> StreamingResponse:
        """Server-sent events: `message` for each message in words, the last ones first, and `left_out`
        {count} for those that were too many: fifty a second are told. Secrets are blanked. It ends after five
        minutes; connect again to look on.
        """
        lines.may_look(name)

        def wanted(line: Line) -> bool:
            document = line.document()
            return address in (None, document["address"]) and (not kind or document["kind"] in kind)

        headers = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
        return StreamingResponse(lines.look(name, wanted), media_type=EVENTS, headers=headers)

    @api.get(
        "/api/bus/{name}/traffic/{number}",
        response_model=Decoded,
        responses=faults(404),
        summary="A message in full",
    )
    async def message(name: Name, number: Number) -> Response:
        """All bytes of a message that was told just now, and the values of a report; secrets are blanked."""
        return told(lines.line(name, number))

    @api.get(
        "/api/bus/{name}/capture",
        response_class=StreamingResponse,
        responses={**faults(404), **content(CAPTURE, RECORDED, "A recording, while it is made")},
        summary="Record a bus",
    )
    async def capture(name: Name, seconds: Seconds = 60) -> StreamingResponse:
        """A file for `jkbus replay` and `jkbus decode`, or to send to somebody: secrets are blanked."""
        watch = lines.watch(name)
        lines.may_tape()
        file = f"jkbus-{re.sub(r'[^A-Za-z0-9_-]+', '-', name)}-{time.strftime('%Y%m%d-%H%M%S')}.jkc"
        headers = {"Content-Disposition": f'attachment; filename="{file}"', "X-Accel-Buffering": "no"}
        return StreamingResponse(lines.tape(watch, seconds), media_type=CAPTURE, headers=headers)
