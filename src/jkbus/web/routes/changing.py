"""What may be changed: plans, and carrying them out, with the same checks as on the command line."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Body
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from ...control.requests import MOST
from .. import profiles
from ..asking import asker, lines, only
from ..documents.changes import Plans
from ..documents.past import Log
from ..problems import NDJSON, Refused, not_there
from ..shown import Shown
from .answers import BODY, content, faults, told
from .past import Count
from .reading import Name

Wish = bool | int | float | str
Word = Annotated[str, Field(max_length=200)]
Selection = Annotated[list[Word], Field(max_length=MOST, description="Names, keys, or all")]
Wishes = Annotated[dict[Word, Wish], Field(max_length=MOST)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Wanted(_Body):
    """What settings shall be: `wishes` of all `packs`, `each` besides by pack; units may be left out."""

    packs: Selection = Field(examples=[["rs485-bms1"]])
    wishes: Wishes = Field(default={}, examples=[{"cell_overvoltage_protection_voltage": "3.60 V"}])
    each: Annotated[dict[Word, Wishes], Field(max_length=MOST)] = Field(
        default={}, examples=[{"rs485-bms2": {"charge_current_limit": 100}}]
    )


class Wanting(_Body):
    """An action for packs, such as `set_clock`; some take a value."""

    packs: Selection = Field(examples=[["all"]])
    action: Word = Field(examples=["set_clock"])
    value: int | float | Word = ""


class Chosen(_Body):
    """Plans as they were answered, and the word where one of them asks for it."""

    plans: list[dict[str, Any]] = Field(max_length=MOST)
    word: Word = ""


class Sent(_Body):
    """A profile in YAML, and the packs it is for."""

    text: str = Field(max_length=profiles.LONGEST, examples=["settings:\n  charge_enabled: on\n"])
    packs: Selection = Field(examples=[["all"]])


def router(shown: Shown) -> APIRouter:
    """The routes that plan, change, and tell what was changed."""
    api = APIRouter(tags=["changes"])
    _plans(api, shown)
    _carrying_out(api, shown)
    _profiles(api, shown)
    return api


def _plans(api: APIRouter, shown: Shown) -> None:
    @api.post(
        "/api/plan", response_model=Plans, responses=faults(409, *BODY), summary="Plan changes of settings"
    )
    async def plan(body: Annotated[Wanted, Body()]) -> Response:
        """What would have to be written, from what the packs are set to now. Writes nothing."""
        return told(await only(shown.doings, {"do": "plan", **body.model_dump()}))

    @api.post("/api/action", response_model=Plans, responses=faults(409, *BODY), summary="Plan an action")
    async def action(body: Annotated[Wanting, Body()]) -> Response:
        """What would have to be written to set a clock, begin the emergency mode, ... Writes nothing."""
        asked = {"do": "action", **body.model_dump(), "value": str(body.value)}
        return told(await only(shown.doings, asked))


def _carrying_out(api: APIRouter, shown: Shown) -> None:
    end = '{"end":{"ok":true,"undo":"...","message":"1 of 1 writes are done"}}\n'

    @api.post(
        "/api/apply",
        response_class=StreamingResponse,
        responses={
            **faults(409, *BODY),
            **content(NDJSON, end, "A line {result} for each step as it is done, and a last one {end}"),
        },
        summary="Carry out plans",
    )
    async def apply(request: Request, body: Annotated[Chosen, Body()]) -> Response:
        """Write what the plans say, read it back, and tell of every step.

        The packs are read once more before: if they are not what they were when the plan was made, nothing is
        written. A change that was begun goes on when whoever asked for it hangs up.
        """
        asked = {"do": "apply", "plans": body.plans, "word": body.word, "who": asker(request)}
        return await lines(shown.doings, asked)

    @api.get("/api/log", response_model=Log, responses=faults(409), summary="What was changed")
    async def log(count: Count = 100) -> Response:
        """The last steps of changes, the newest at the end: by whom, what, and what came of it."""
        return told(await only(shown.doings, {"do": "log", "count": count}))


def _profiles(api: APIRouter, shown: Shown) -> None:
    @api.post("/api/profile", response_model=Plans, responses=faults(409, *BODY), summary="Plan a profile")
    async def profile(body: Annotated[Sent, Body()]) -> Response:
        """What would have to be written so that packs are as a profile wants them. Writes nothing."""
        wanted = await asyncio.to_thread(profiles.read, body.text)
        each = await profiles.wishes(shown.doings, wanted, body.packs)
        asked = {"do": "plan", "packs": body.packs, "wishes": {}, "each": each}
        return told(await only(shown.doings, asked))

    @api.get(
        "/api/packs/{name}/profile",
        response_class=Response,
        responses={
            **faults(404, 409),
            **content("text/yaml", "settings:\n  charge_enabled: on\n", "A profile with every setting"),
        },
        summary="The settings of a pack as a profile",
    )
    async def exported(name: Name) -> Response:
        """The file that `jkbus settings export` writes, to be changed and sent to api/profile."""
        try:
            text = await profiles.written(shown.doings, name)
        except Refused as error:
            raise (not_there(str(error)) if error.asked_wrong else error) from None
        attachment = 'attachment; filename="jkbus-profile.yaml"'
        return Response(text.encode(), media_type="text/yaml", headers={"Content-Disposition": attachment})
