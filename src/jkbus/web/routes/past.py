"""What was: curves, energy, health and alarms, as the requests of the local API answer them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from ...control.requests import MOST
from ..asking import asker, only
from ..documents import past as shapes
from ..problems import Refused
from ..sheet import sheet
from ..shown import Shown
from .answers import BODY, content, faults, told

LATEST = 32e9  # s, the year 2984
SERIES = 32  # curves in a sheet
_CSV = "text/csv"

Key = Annotated[
    str,
    Query(
        min_length=1,
        max_length=200,
        description="The key of a pack, or `battery` for all of them together",
        examples=["battery"],
    ),
]
ValueName = Annotated[
    str,
    Query(
        min_length=1,
        max_length=100,
        description="A value, see api/history/names",
        examples=["state_of_charge"],
    ),
]
Moment = Annotated[
    float, Query(ge=0, le=LATEST, allow_inf_nan=False, description="Unix seconds", examples=[1790000000])
]
Points = Annotated[int, Query(ge=1, le=5000, description="About so many points")]
By = Annotated[Literal["day", "hour", "month"], Query(description="How long a row is")]
Zone = Annotated[
    str,
    Query(
        max_length=100,
        description="Whose hours and days; those of the gateway's computer if it is empty",
        examples=["Europe/Berlin"],
    ),
]
SeriesList = Annotated[
    list[str],
    Query(
        min_length=1,
        max_length=SERIES,
        description="What to tell, as key:name; once for each column",
        examples=[["battery:power"]],
    ),
]
Packs = Annotated[
    list[str],
    Query(default_factory=list, max_length=MOST, description="Names or keys; all packs if there are none"),
]
Count = Annotated[int, Query(ge=1, le=1000, description="How many at most")]


class Ids(BaseModel):
    """The numbers of alarms."""

    model_config = ConfigDict(extra="forbid")

    ids: list[Annotated[int, Field(ge=0, lt=1 << 62)]] = Field(max_length=MOST, examples=[[7]])


Numbers = Annotated[Ids, Body()]


def router(shown: Shown) -> APIRouter:
    """The routes that tell what was."""
    api = APIRouter()
    _history(api, shown)
    _curves(api, shown)
    _alarms(api, shown)
    return api


def _history(api: APIRouter, shown: Shown) -> None:
    @api.get(
        "/api/history",
        response_model=shapes.Sources,
        responses=faults(409),
        summary="Who has a past",
        tags=["past"],
    )
    async def history() -> Response:
        """Packs that have a history, and the battery as a whole, which has the key `battery`."""
        return told(await only(shown.doings, {"do": "history"}))

    @api.get(
        "/api/history/names",
        response_model=shapes.Names,
        responses=faults(409),
        summary="Which values are kept",
        tags=["past"],
    )
    async def names(key: Key) -> Response:
        """Every value that has a curve: cells, probes and settings included."""
        return told(await only(shown.doings, {"do": "names", "key": key}))

    @api.get(
        "/api/history/energy",
        response_model=shapes.EnergyRows,
        responses=faults(409),
        summary="Energy by hours, days or months",
        tags=["past"],
    )
    async def energy(key: Key, start: Moment, end: Moment, by: By = "day", zone: Zone = "") -> Response:
        """kWh in and out of a pack or the battery: whole local hours, days or months that touch the time."""
        asked = {"key": key, "start": start, "end": end, "by": by, "zone": zone}
        return told(await only(shown.doings, {"do": "energy", **asked}))

    @api.get(
        "/api/health", response_model=shapes.Health, responses=faults(409), summary="Health", tags=["past"]
    )
    async def health(packs: Packs) -> Response:
        """What the past tells of cells, cables and sensors. The first answer of a day may take a while."""
        return told(await only(shown.doings, {"do": "health", "packs": packs}))


def _curves(api: APIRouter, shown: Shown) -> None:
    async def read(key: str, name: str, start: float, end: float, points: int) -> Any:
        asked = {"key": key, "name": name, "start": start, "end": end, "points": points}
        return await only(shown.doings, {"do": "curve", **asked})

    @api.get(
        "/api/history/curve",
        response_model=shapes.Curves,
        responses=faults(409),
        summary="A value over time",
        tags=["past"],
    )
    async def curve(key: Key, name: ValueName, start: Moment, end: Moment, points: Points = 500) -> Response:
        """Lowest, mean and highest value of every point, from single readings to hours, as points allow."""
        return told(await read(key, name, start, end, points))

    @api.get(
        "/api/history/csv",
        response_class=Response,
        responses={
            **faults(409),
            **content(
                _CSV,
                "time,unix,battery power (W)\r\n2026-09-21T16:13:20.000+02:00,1790000000,520\r\n",
                "The mean values as a table",
            ),
        },
        summary="Values over time as a table",
        tags=["past"],
    )
    async def table(series: SeriesList, start: Moment, end: Moment, points: Points = 5000) -> Response:
        """What a chart shows: a column for the time, one for unix seconds, and one for each series."""
        found = []
        for one in dict.fromkeys(series):
            key, colon, name = one.rpartition(":")
            if not (colon and key and name):
                raise Refused(400, "series: key:name is expected, for instance battery:power")
            curve = (await read(key, name, start, end, points))["curve"]
            found.append((f"{key} {name}", curve))
        day = datetime.fromtimestamp(start).astimezone()
        attachment = f'attachment; filename="jkbus-{day:%Y-%m-%d}.csv"'
        return StreamingResponse(sheet(found), media_type=_CSV, headers={"Content-Disposition": attachment})


def _alarms(api: APIRouter, shown: Shown) -> None:
    @api.get(
        "/api/alarms", response_model=shapes.Entries, responses=faults(409), summary="Alarms", tags=["alarms"]
    )
    async def alarms(
        packs: Packs,
        standing: Annotated[bool, Query(description="Only those that stand, the worst first")] = False,
        count: Count = 100,
    ) -> Response:
        """The journal of alarms, the newest first, each with the values before, during and after it."""
        asked = {"standing": standing, "count": count, "packs": packs}
        return told(await only(shown.doings, {"do": "alarms", **asked}))

    @api.post(
        "/api/alarms/acknowledge",
        response_model=shapes.Acknowledged,
        responses=faults(409, *BODY),
        summary="Take note of alarms",
        tags=["alarms"],
    )
    async def acknowledge(request: Request, body: Numbers) -> Response:
        """Somebody has seen these alarms; they stand on."""
        asked = {"do": "acknowledge", "ids": body.ids, "who": asker(request)}
        return told(await only(shown.doings, asked))

    @api.post(
        "/api/alarms/close",
        response_model=shapes.Closed,
        responses=faults(409, *BODY),
        summary="End alarms by hand",
        tags=["alarms"],
    )
    async def close(request: Request, body: Numbers) -> Response:
        """What was found is over; what is still seen comes again. A pack that is closed is not missed."""
        asked = {"do": "close", "ids": body.ids, "who": asker(request)}
        return told(await only(shown.doings, asked))
