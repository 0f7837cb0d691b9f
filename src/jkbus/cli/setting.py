"""`set` and `action`: one wish, or one command."""

from collections.abc import Sequence
from pathlib import Path

from rich.text import Text

from ..control.actions import ACTIONS
from ..errors import UsageError
from .changing import Consent, change
from .showing import indented, page, table
from .talking import Talk, configuration, converse, selected


def set_values(config: Path | None, packs: str, wishes: Sequence[str], consent: Consent) -> None:
    """Change settings of packs. Raises JkbusError."""
    request = {"do": "plan", "packs": selected([packs]), "wishes": parsed(wishes), "each": {}}

    async def work(talk: Talk) -> None:
        await change(talk, request, consent)

    converse(configuration(config), work)


def parsed(wishes: Sequence[str]) -> dict[str, str]:
    """NAME=VALUE as names with values. Raises UsageError with a line for each that is not."""
    found: dict[str, str] = {}
    faults: list[str] = []
    for wish in wishes:
        name, sign, value = (part.strip() for part in wish.partition("="))
        if not (name and sign and value):
            faults.append(f"{wish!r} is no NAME=VALUE; write for instance charge_current_limit=100")
        elif name in found:
            faults.append(f"{name} is given twice; which of them?")
        found[name] = value
    if faults:
        raise UsageError("\n".join(faults))
    return found


def act(config: Path | None, packs: str, name: str, value: str, consent: Consent) -> None:
    """Let packs do something at once. Raises JkbusError."""
    request = {"do": "action", "packs": selected([packs]), "action": name, "value": value}

    async def work(talk: Talk) -> None:
        await change(talk, request, consent)

    converse(configuration(config), work)


def list_actions() -> None:
    """Print every action with what it does."""
    shown = table(("action", "what it does", "word"))
    shown.columns[1].no_wrap = False
    for action in ACTIONS.values():
        shown.add_row(action.name, action.text, Text(action.word, style="yellow"))
    page().print("jkbus action PACK NAME [VALUE]\n", indented(shown))
