"""What goes wrong, as an answer: a sentence for people under a status for programs."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from typing_extensions import TypedDict

from ..config.words import shown
from ..errors import JkbusError, UsageError

NDJSON = "application/x-ndjson"


class Problem(TypedDict):
    """What went wrong and how to mend it; `asked_wrong` if it cannot be done, as against: not now."""

    error: str
    asked_wrong: bool


class Refused(JkbusError):
    """An answer other than the one that was asked for."""

    def __init__(self, status: int, sentence: str, asked_wrong: bool = True, **headers: str) -> None:
        super().__init__(sentence)
        self.status, self.asked_wrong, self.headers = status, asked_wrong, headers


def not_there(sentence: str) -> Refused:
    """What was asked for does not exist."""
    return Refused(404, sentence)


def problem(error: Refused) -> JSONResponse:
    """The answer for it."""
    headers = {name.replace("_", "-"): value for name, value in error.headers.items()}
    told: Problem = {"error": str(error), "asked_wrong": error.asked_wrong}
    return JSONResponse(told, error.status, headers)


def tell_problems(app: FastAPI) -> None:
    """Let every fault of a route be told in our words."""
    app.add_exception_handler(JkbusError, _ours)
    app.add_exception_handler(HTTPException, _theirs)
    app.add_exception_handler(RequestValidationError, _misunderstood)


async def _ours(request: Request, error: Exception) -> Response:
    if isinstance(error, Refused):
        return problem(error)
    wrong = isinstance(error, UsageError)
    return problem(Refused(400 if wrong else 409, str(error), wrong))


async def _theirs(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    path = shown(request.url.path)
    sentences = {
        404: f"there is nothing at {path}; api/openapi.json tells what there is",
        405: f"{request.method} is not possible at {path}; api/openapi.json tells what is",
        400: "the body cannot be read; an object in JSON is expected",
    }
    sentence = sentences.get(error.status_code, str(error.detail))
    answer = problem(Refused(error.status_code, sentence))
    answer.headers.update(error.headers or {})
    return answer


async def _misunderstood(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return problem(Refused(400, sentence(error.errors())))


EXPECTED = {
    "missing": "this is missing",
    "json_invalid": "this is not JSON",
    "string_type": "a text is expected",
    "string_too_long": "at most {max_length} letters are expected",
    "string_too_short": "at least {min_length} letters are expected",
    "list_type": "a list is expected",
    "dict_type": "an object is expected",
    "model_attributes_type": "an object is expected",
    "model_type": "an object is expected",
    "finite_number": "a number is expected",
    "extra_forbidden": "this is not known here",
    "literal_error": "{expected} is expected",
    "too_long": "at most {max_length} are expected",
    "too_short": "at least {min_length} are expected",
    "greater_than": "more than {gt:.12g} is expected",
    "greater_than_equal": "{ge:.12g} or more is expected",
    "less_than": "less than {lt:.12g} is expected",
    "less_than_equal": "{le:.12g} or less is expected",
}
_KINDS = {
    "int": "a whole number is expected",
    "float": "a number is expected",
    "bool": "true or false is expected",
}


def sentence(errors: Sequence[Mapping[str, Any]]) -> str:
    """What is wrong with a request, in one sentence; values are not repeated, they may be secret."""
    error = errors[0]
    where = ".".join(str(step) for step in error["loc"][1:]) or "the body"
    kind = str(error["type"])
    expected = EXPECTED.get(kind) or _KINDS.get(kind.partition("_")[0]) or "another value is expected"
    if kind == "json_invalid":
        where = "the body"
    return f"{where}: {expected.format(**error.get('ctx', {}))}; api/openapi.json tells what is understood"


def encoded(sentence: str) -> bytes:
    """A problem as JSON, for where there is no route."""
    return json.dumps({"error": sentence, "asked_wrong": True}, ensure_ascii=False).encode()
