"""The command that writes dashboards: arguments and help only, as in `commands`."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from .commands import command
from .page_commands import app as app


@command(
    ("jkbus dashboard --output battery.yaml", "for Home Assistant: overview, cells, settings, each pack"),
    ("jkbus dashboard --via esphome", "on the screen, for entities of the native API"),
    ("jkbus dashboard --jk-bms-card", "packs in the card of that name, which has to be installed"),
    ("jkbus dashboard --blueprint --output jkbus-alarm.yaml", "the automation that sends alarms to a phone"),
)
def dashboard(
    *,
    output: Annotated[Path | None, Parameter(help="The file to write, instead of the screen.")] = None,
    via: Annotated[
        Literal["mqtt", "esphome"] | None, Parameter(help="How Home Assistant gets its entities.")
    ] = None,
    jk_bms_card: Annotated[bool, Parameter(help="Use the community's card for packs.")] = False,
    prefix: Annotated[
        tuple[str, ...],
        Parameter(help="PACK=PREFIX: what its ids begin with, if it was renamed in Home Assistant."),
    ] = (),
    blueprint: Annotated[bool, Parameter(help="Write the automation blueprint for alarms instead.")] = False,
    config: Annotated[
        Path | None, Parameter(help="The configuration, instead of where `run` finds it.")
    ] = None,
) -> None:
    """Write a Home Assistant dashboard for the packs that are really there.

    It has only cards of Home Assistant's own, and only entities that are published and switched on. A running
    gateway is asked what it has told; otherwise what the last one remembered counts. No link is opened.
    """
    from .dashboarding import dashboard, write_blueprint

    if blueprint:
        write_blueprint(output)
    else:
        dashboard(config, via, jk_bms_card, prefix, output)
