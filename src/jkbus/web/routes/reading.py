"""What is now: the battery, its packs, and what they are set to. Nothing here causes a word on a bus."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response
from typing_extensions import TypedDict

from ...config.words import suggestion
from ..documents.battery import Battery
from ..documents.pack import Detail
from ..documents.packs import Summary
from ..documents.settings import Fleet
from ..problems import not_there
from ..shown import Shown
from ..view import View
from .answers import faults, told

RECENT = 10  # alarms that are told with a pack

Name = Annotated[
    str,
    Path(
        max_length=200,
        description="The key of a pack, or its name",
        examples=["rs485-bms1"],
    ),
]


BusName = Annotated[str, Path(max_length=200, description="The name of a bus", examples=["bus1"])]
Address = Annotated[int, Path(ge=0, le=15, description="The address of a pack on it", examples=[1])]


class Packs(TypedDict):
    """All packs that were heard, in the order of bus and address."""

    packs: list[Summary]


def router(shown: Shown) -> APIRouter:
    """The routes that tell what is now."""
    api = APIRouter(tags=["now"])
    view = View(shown)

    @api.get("/api/battery", response_model=Battery, responses=faults(), summary="The battery as a whole")
    async def battery() -> Response:
        """All packs that are heard as one: sums, averages and extremes; null where nothing is known."""
        return told(await shown.whole.settled())

    @api.get("/api/packs", response_model=Packs, responses=faults(), summary="Every pack in short")
    async def packs() -> Response:
        """The packs that were heard so far. Values of one that is not `available` are its last ones."""
        return told({"packs": [view.summary(pack) for pack in shown.battery.packs]})

    @api.get("/api/settings", response_model=Fleet, responses=faults(), summary="The settings of all packs")
    async def settings() -> Response:
        """Settings side by side, as they were last heard: for this nothing is asked on a bus."""
        return told(view.fleet())

    @api.get("/api/packs/{name}", response_model=Detail, responses=faults(404), summary="A pack in full")
    async def pack(name: Name) -> Response:
        """Cells, probes, switches, every other value by group, settings, and the last alarms of a pack."""
        return told(await _in_full(shown, view, name))

    @api.get(
        "/api/packs/{bus}/{address}",
        response_model=Detail,
        responses=faults(404),
        summary="A pack in full that has no key yet",
    )
    async def place(bus: BusName, address: Address) -> Response:
        """The same for a pack that has not told who it is: it goes by its bus and address."""
        return told(await _in_full(shown, view, f"{bus}/{address}"))

    return api


async def _in_full(shown: Shown, view: View, name: str) -> Detail:
    found = view.pack(name)
    if found is None:
        names = dict.fromkeys(pack.name for pack in shown.battery.packs)
        likely = suggestion(name, names) if names else "no pack has been heard yet"
        raise not_there(f"there is no pack of that name; {likely}")
    recent = await shown.alarms.entries(RECENT, found.key) if found.key else []
    return view.detail(found, recent)
