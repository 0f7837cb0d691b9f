"""The document of the API (OpenAPI), as it really answers."""

from typing import Any

from fastapi import FastAPI

ABOUT = """What the page of a jkbus gateway is made of, for programs.

Unknown is null and never 0. Times are unix seconds, durations seconds; units are V, A, W, Ah, °C, Ω and kWh;
current and power are positive while charging. A fault is {"error": a sentence, "asked_wrong": bool}. Where
the configuration names users, send `Authorization: Bearer TOKEN` with a token of `web: tokens:`.
"""


def described(app: FastAPI) -> None:
    """Let the document tell of our faults, not of those that FastAPI would answer with."""
    describe = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.description = ABOUT
            app.openapi_schema = _as_it_is(describe())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _as_it_is(document: dict[str, Any]) -> dict[str, Any]:
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
    schemas = document.get("components", {}).get("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    document["servers"] = [{"url": "..", "description": "this gateway"}]
    document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    document["security"] = [{}, {"token": []}]
    return document
