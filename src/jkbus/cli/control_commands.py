"""The commands that read and change settings of packs: arguments and help only, as in `commands`."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Group, Parameter
from cyclopts.validators import Number

from .commands import Json, command
from .commands import app as app

if TYPE_CHECKING:
    from .changing import Consent

SETTINGS = Group("Settings of packs", sort_key=1)
ABOUT = """Settings of packs as a file: written, compared, applied, taken back.

A profile is a YAML file with names, values and units. It states only what it wants to govern."""
FORMS = "A pack's name, several with commas between them, or all."

settings = App(
    name="settings",
    help=ABOUT,
    group=SETTINGS,
    group_commands=Group("Commands", sort_key=0),
    help_format="rich",
    default_parameter=app.default_parameter,
    sort_key=52,
)
app.command(settings)

Config = Annotated[Path | None, Parameter(help="The configuration, instead of where `run` finds it.")]
Pack = Annotated[str, Parameter(name="PACK", help=FORMS)]
Packs = Annotated[str, Parameter(name="PACK", help=FORMS, required=True)]
DryRun = Annotated[bool, Parameter(help="Only show the plan.")]
Yes = Annotated[bool, Parameter(help="Do not ask.")]
Word = Annotated[str, Parameter(help="The word that a dangerous plan asks for.")]


@Parameter(name="*")
@dataclass(frozen=True)
class Going:
    """How far a change goes."""

    dry_run: DryRun = False
    yes: Yes = False
    word: Word = ""
    json: Json = False
    config: Config = None

    def consent(self) -> "Consent":
        """The same without the configuration, and with the command that undoes it."""
        from shlex import join

        from .changing import Consent

        undo = ["jkbus", "settings", "undo", *(["--config", str(self.config)] if self.config else [])]
        return Consent(self.dry_run, self.yes, self.word, self.json, join(undo))


@command(
    ("jkbus get rs485-bms1", "every setting of a pack, and what it may be"),
    ("jkbus get all charge_current_limit state_of_charge", "the same values of every pack"),
    ("jkbus get rs485-bms1,rs485-bms2", "two packs beside each other"),
    group=SETTINGS,
)
def get(
    pack: Pack,
    /,
    *names: Annotated[str, Parameter(name="NAME", help="Settings, or other values; every setting.")],
    config: Config = None,
    json: Json = False,
) -> None:
    """What packs are set to, or any other value they tell.

    Of several packs, what differs from most of them is marked with ≠. Where a gateway runs with this
    configuration it answers; otherwise the link is opened for this command.
    """
    from .getting import get

    get(config, pack, names, json)


@command(
    ("jkbus set rs485-bms1 charge_current_limit=100", "shows the plan, asks, writes, reads back"),
    ("jkbus set all charge_enabled=on balancing_enabled=on", "two settings of every pack"),
    ("jkbus set rs485-bms1 charge_enabled=off --word off", "what cuts power wants a word, not a yes"),
    ("jkbus set rs485-bms1 precharge_time=5 --dry-run", "only the plan, with the bytes"),
    group=SETTINGS,
)
def set(
    pack: Pack,
    /,
    *wishes: Annotated[
        str, Parameter(name="NAME=VALUE", help="What to change, with or without unit.", required=True)
    ],
    going: Going = Going(),
) -> None:
    """Change settings of packs.

    First comes the plan: what is now, what will be, and the bytes. Nothing is sent before you agree. Each
    write is read back, and the settings from before are saved in a file for `jkbus settings undo`. It needs
    `writes: true` in the configuration.
    """
    from .setting import set_values

    set_values(going.config, pack, wishes, going.consent())


@command(
    ("jkbus settings export rs485-bms1", "on the screen"),
    ("jkbus settings export all --output packs.yaml", "into a file: what all share, and where they differ"),
    on=settings,
)
def export(
    *packs: Packs,
    output: Annotated[Path | None, Parameter(help="The file to write, instead of the screen.")] = None,
    config: Config = None,
) -> None:
    """Write the settings of packs as a profile, to keep or to edit."""
    from .profiling import export

    export(config, packs, output)


@command(
    ("jkbus settings diff summer.yaml all", "which packs have not what the profile says"),
    ("jkbus settings diff rs485-bms1 rs485-bms2", "what two packs are set to differently"),
    on=settings,
)
def diff(
    first: Annotated[str, Parameter(name="FIRST", help="A profile, or the pack to compare with.")],
    /,
    *packs: Annotated[str, Parameter(name="PACK", help=f"{FORMS} After a profile nothing means all.")],
    config: Config = None,
    json: Json = False,
) -> None:
    """Show where packs differ from a profile, or from the first of them.

    Exit codes: 0 nothing differs, 1 something does, 2 asked for something wrong.
    """
    from .drifting import diff

    diff(config, first, packs, json)


@command(
    ("jkbus settings apply summer.yaml all", "shows every plan, asks once, writes pack by pack"),
    ("jkbus settings apply summer.yaml rs485-bms1 --dry-run", "only the plan"),
    on=settings,
)
def apply(
    profile: Annotated[Path, Parameter(help="The profile.")], /, *packs: Packs, going: Going = Going()
) -> None:
    """Make packs as a profile wants them.

    Stops at the first refusal and says what was done and what was not. The settings from before are saved
    in a file for `jkbus settings undo`.
    """
    from .profiling import apply

    apply(going.config, profile, packs, going.consent())


@command(
    ("jkbus settings undo", "what was changed last"),
    ("jkbus settings undo FILE", "what was changed when that file was saved"),
    on=settings,
)
def undo(
    file: Annotated[Path | None, Parameter(help="A file saved before a change; the last one.")] = None,
    /,
    *,
    going: Going = Going(),
) -> None:
    """Take a change back: write again what was set before it.

    That is a change too, so a second undo takes the first one back.
    """
    from .profiling import undo

    undo(going.config, file, going.consent())


@command(
    ("jkbus settings log", "the last changes: when, who, which pack, what, and what came of it"),
    ("jkbus settings log --count 500 --json", "more of them, with every byte, for programs"),
    on=settings,
)
def log(
    *,
    count: Annotated[int, Parameter(help="How many; 20.", validator=Number(gte=1))] = 20,
    config: Config = None,
    json: Json = False,
) -> None:
    """What was changed by whom: by this command, over MQTT, or on the web."""
    from .changes import log

    log(config, count, json)


@command(
    ("jkbus action", "lists all actions"),
    ("jkbus action all set_clock", "sets the clock of every pack"),
    ("jkbus action rs485-bms1 preset_lifepo4", "replaces all limits, and asks for a word before"),
    ("jkbus action rs485-bms1 calibrate_voltage 52.71", "with what a good meter shows"),
    group=SETTINGS,
)
def action(
    pack: Annotated[str | None, Parameter(name="PACK", help=FORMS)] = None,
    name: Annotated[str | None, Parameter(name="NAME", help="The action; nothing lists them.")] = None,
    value: Annotated[str, Parameter(name="VALUE", help="The true voltage or current of a calibration.")] = "",
    /,
    *,
    going: Going = Going(),
) -> None:
    """Let packs do something at once: set the clock, load a preset, start the emergency mode.

    Those that replace limits or cut power ask for a typed word.
    """
    from .setting import act, list_actions

    if pack is None or name is None:
        list_actions()
    else:
        act(going.config, pack, name, value, going.consent())
