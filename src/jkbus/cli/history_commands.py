"""The commands about the past of packs: arguments and help only, as in `commands`."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Group, Parameter
from cyclopts.validators import Number

from .commands import Json, command
from .control_commands import Config
from .control_commands import app as app

PAST = Group("The past of packs", sort_key=2)
SOURCE = "A pack's name, or battery for all packs together."

history = App(
    name="history",
    help="What was measured: listed, drawn, exported, and the energy in and out.",
    group=PAST,
    group_commands=Group("Commands", sort_key=0),
    help_format="rich",
    default_parameter=app.default_parameter,
    sort_key=60,
)
app.command(history)

alarms = App(
    name="alarms",
    group=PAST,
    group_commands=Group("Commands", sort_key=0),
    help_format="rich",
    default_parameter=app.default_parameter,
    help_epilogue="""[bold]Examples[/bold]
  jkbus alarms             [dim]what stands, and the last ten that are over[/dim]
  jkbus alarms ack all     [dim]you have seen all that stand[/dim]
  jkbus alarms --count 50  [dim]more of the past[/dim]
""",
    sort_key=62,
)
app.command(alarms)

Pack = Annotated[str, Parameter(name="PACK", help=SOURCE)]
Last = Annotated[str, Parameter(help="How long until now, such as 12h, 7d, 2w or 1y.")]
From = Annotated[str, Parameter(name="--from", help="Since when: 2026-06-01, '2026-06-01 14:30', yesterday.")]
To = Annotated[str, Parameter(help="Until when; of a date alone, the whole day.")]
Id = Annotated[str, Parameter(name="ID", help="Numbers of alarms, or all.")]


@command(("jkbus history list", "each pack, and the battery as a whole"), on=history)
def list(*, config: Config = None, json: Json = False) -> None:
    """Which packs have a history, since when, and how large it is."""
    from .remembering import list_sources

    list_sources(config, json)


@command(
    ("jkbus history names rs485-bms1", "of a pack"),
    ("jkbus history names battery", "of all packs together"),
    on=history,
)
def names(pack: Pack, /, *, config: Config = None, json: Json = False) -> None:
    """Which values are kept, and their units."""
    from .remembering import list_names

    list_names(config, pack, json)


@command(
    ("jkbus history show battery power", "the last 24 hours"),
    ("jkbus history show rs485-bms1 power,state_of_charge", "one below the other"),
    ("jkbus history show rs485-bms1 power --from yesterday", "until now"),
    ("jkbus history show rs485-bms1 power --last 1h --table", "as numbers"),
    on=history,
)
def show(
    pack: Pack,
    names: Annotated[str, Parameter(name="NAME", help="A value; several with commas between them.")],
    /,
    *,
    last: Last = "",
    from_: From = "",
    to: To = "",
    points: Annotated[
        int | None, Parameter(help="How many at most.", validator=Number(gte=2, lte=5000))
    ] = None,
    table: Annotated[bool, Parameter(help="Numbers instead of a plot.")] = False,
    config: Config = None,
    json: Json = False,
) -> None:
    """Draw values over time, the last 24 hours if nothing else is said.

    The line is the mean, the dots around it reach from the lowest to the highest reading. Current and power
    are positive while charging. Where nothing was heard there is nothing.
    """
    from .charting import show
    from .spans import span

    show(config, pack, names, span(last, from_, to), points, table, json)


@command(
    ("jkbus history export battery power --output day.csv", "the last 24 hours"),
    ("jkbus history export all all --last 30d --output all.parquet", "everything"),
    ("jkbus history export all power --raw --output raw.csv", "every report"),
    on=history,
)
def export(
    pack: Annotated[str, Parameter(name="PACK", help=f"{SOURCE} Several with commas, or all.")],
    names: Annotated[str, Parameter(name="NAME", help="Values with commas between them, or all.")],
    /,
    *,
    last: Last = "",
    from_: From = "",
    to: To = "",
    raw: Annotated[bool, Parameter(help="Every report as it was heard, as long as those are kept.")] = False,
    output: Annotated[Path, Parameter(help="The file to write: .csv or .parquet.")],
    config: Config = None,
) -> None:
    """Write values into a file for a spreadsheet (.csv) or for data tools (.parquet).

    A row for each pack and minute with lowest, mean and highest value, or for each hour where minutes are
    forgotten. Times are local ones with their zone; names and units are those of `jkbus history names`.
    """
    from .exporting import export
    from .spans import span

    export(config, pack, names, span(last, from_, to), raw, output)


@command(
    ("jkbus history energy", "all packs together, the last 14 days"),
    ("jkbus history energy rs485-bms1 --by hour", "a pack, the last 24 hours"),
    ("jkbus history energy --by month", "the last year"),
    on=history,
)
def energy(
    pack: Annotated[str, Parameter(name="PACK", help="A pack's name; all packs together.")] = "",
    /,
    *,
    by: Annotated[Literal["hour", "day", "month"], Parameter(help="How long a row is; day.")] = "day",
    last: Last = "",
    from_: From = "",
    to: To = "",
    config: Config = None,
    json: Json = False,
) -> None:
    """How many kWh went in and out, by hours, days or months of your clock.

    A time in which nothing was heard is told, and nothing is made up for it.
    """
    from .spans import span
    from .tallying import DEFAULTS, energy

    energy(config, pack, span(last, from_, to, DEFAULTS[by]), by, json)


@command(
    ("jkbus health", "every pack"),
    ("jkbus health rs485-bms1 --json", "one, for programs"),
    group=PAST,
)
def health(
    *packs: Annotated[str, Parameter(name="PACK", help="Names of packs; all.")],
    config: Config = None,
    json: Json = False,
) -> None:
    """How the packs are: what is fine, what to watch, what to do.

    It looks at the last 30 days. What it cannot know yet it names, with what is missing.
    """
    from .examining import health

    health(config, packs, json)


@alarms.default
def list_alarms(
    *,
    all: Annotated[bool, Parameter(help="Remarks too, such as a full battery.")] = False,
    count: Annotated[
        int, Parameter(help="How many that are over; 10.", validator=Number(gte=0, lte=1000))
    ] = 10,
    config: Config = None,
    json: Json = False,
) -> None:
    """What is wrong and what was: the alarms of packs, and what the gateway found."""
    from .alarming import show_alarms

    show_alarms(config, all, count, json)


@command(
    ("jkbus alarms ack 17", "you have seen alarm 17"),
    ("jkbus alarms ack all", "and all others that stand"),
    on=alarms,
)
def ack(*ids: Id, config: Config = None) -> None:
    """Take note of alarms: they stay until what is wrong is mended, and are shown as seen."""
    from .alarming import acknowledge

    acknowledge(config, ids)


@command(("jkbus alarms close 17", "the pack of alarm 17 was taken away"), on=alarms)
def close(*ids: Id, config: Config = None) -> None:
    """Say that alarms are over, where the gateway cannot know: a pack was taken away.

    One that is still seen comes again.
    """
    from .alarming import close

    close(config, ids)
