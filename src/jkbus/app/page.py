"""What the page is given of the gateway, and the page itself, which is loaded when it is wanted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..control.requests import Doings
from .watching import blanks, recorder

if TYPE_CHECKING:
    from ..web.server import Web
    from .gateway import Gateway

Page = Callable[["Gateway", Doings, Callable[[], float]], "Web"]


def page() -> Page:
    """How the page of a gateway is made; to be called in a thread, since its libraries take long to load."""
    from ..web.server import Web
    from ..web.shown import Shown
    from ..web.watched import Watched
    from ..web.whole import Whole

    def made(gateway: Gateway, answers: Doings, clock: Callable[[], float]) -> Web:
        energy, alarms = gateway.energy.whole, gateway.alarms
        return Web(
            Shown(
                config=gateway.config,
                battery=gateway.battery,
                buses=gateway.buses,
                doings=answers,
                alarms=alarms,
                energy=energy,
                whole=Whole(gateway.battery, energy, alarms, answers, clock, gateway.wall),
                permits=gateway.permits,
                clock=clock,
                wall=gateway.wall,
                began=clock(),
                troubles=gateway.troubles,
                watched=Watched(
                    {bus.name: gateway.watches[bus.name] for bus in gateway.buses}, blanks, recorder
                ),
            )
        )

    return made
