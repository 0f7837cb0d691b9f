"""What the routes of the API have in common: their answers, and how what may go wrong is described."""

from typing import Any

from starlette.responses import Response

from ..documents.numbers import encoded
from ..problems import Problem

BODY = (408, 413, 415)  # how a body may be wrong
Statuses = dict[int | str, dict[str, Any]]

_FAULTS = {
    400: "The request is not understood, or what it asks for can never be.",
    401: "Somebody has to log in first.",
    403: "Whoever asks may not do this, or asks from a page that is not ours.",
    404: "There is nothing by that name.",
    408: "The request takes too long.",
    409: "It cannot be done now; the sentence tells why.",
    413: "The request is longer than any could be.",
    415: "The body is not JSON.",
    429: "Too many requests; try again later.",
    503: "The gateway has too much to do, or is about to stop.",
}


def faults(*more: int) -> Statuses:
    """How a route that reads may fail; `more` are statuses that not every route has."""
    return {
        status: {"model": Problem, "description": _FAULTS[status]}
        for status in sorted({400, 401, 403, 429, 503, *more})
    }


def content(media_type: str, example: str, description: str) -> Statuses:
    """How an answer that is no JSON is described."""
    schema = {} if media_type.endswith("yaml") else {"type": "string"}  # YAML is read as what it stands for
    return {
        200: {"description": description, "content": {media_type: {"schema": schema, "example": example}}}
    }


def told(document: object) -> Response:
    """A document as an answer; its shape is that of the route's response model."""
    return Response(encoded(document), media_type="application/json", headers={"Cache-Control": "no-store"})
