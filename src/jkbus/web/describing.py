"""The document of the API (OpenAPI), as it really answers."""

import asyncio
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from .documents.numbers import encoded

PATH = "/api/openapi.json"
ABOUT = """What the page of a jkbus gateway is made of, for programs.

Unknown is null and never 0. Times are unix seconds, durations seconds; units are V, A, W, Ah, °C, Ω and kWh;
current and power are positive while charging. A fault is {"error": a sentence, "asked_wrong": bool}. Where
the configuration names users, send `Authorization: Bearer TOKEN` with a token of `web: tokens:`.
"""


class Api(FastAPI):
    """The application, which tells of our faults and not of those that FastAPI would answer with.

    Its document is made once, in a thread: with many routes it takes longer than a bus may wait.
    """

    def __init__(self, version: str) -> None:
        super().__init__(
            title="jkbus", description=ABOUT, version=version, openapi_url=None, redirect_slashes=False
        )
        self._document = b""
        self.add_route(PATH, self._tell, include_in_schema=False)

    def openapi(self) -> dict[str, Any]:
        """The document."""
        if self.openapi_schema is None:
            self.openapi_schema = _as_it_is(super().openapi())
        return self.openapi_schema

    async def _tell(self, request: Request) -> Response:
        self._document = self._document or await asyncio.to_thread(lambda: encoded(self.openapi()))
        return Response(self._document, media_type="application/json")


def _as_it_is(document: dict[str, Any]) -> dict[str, Any]:
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
    parts = document.setdefault("components", {})
    for name in ("HTTPValidationError", "ValidationError"):
        parts.get("schemas", {}).pop(name, None)
    document["servers"] = [{"url": "..", "description": "this gateway"}]
    parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    document["security"] = [{}, {"token": []}]
    return document
