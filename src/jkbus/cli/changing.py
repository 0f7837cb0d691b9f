"""From a plan to changed packs: show it, ask, carry it out, tell what was read back."""

import asyncio
import getpass
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Group

from ..errors import JkbusError, UsageError
from . import asking
from .documents import dumps
from .showing import Document, aside, page, proposed, several
from .talking import Talk, one

UNTOUCHED = "nothing was written"
_TELLS = "`jkbus settings log` tells what was written, `jkbus settings undo` takes it back"


@dataclass(frozen=True)
class Consent:
    """What the command line allows: nothing but the plan, all without a question, the word of a dangerous
    plan; `json` for programs, which are asked nothing. `undo` is the command that undoes it."""

    dry_run: bool = False
    yes: bool = False
    word: str = ""
    json: bool = False
    undo: str = "jkbus settings undo"


async def change(talk: Talk, request: dict[str, Any], consent: Consent) -> None:
    """Plan what `request` asks for, show it, and carry it out if it may be. Raises JkbusError."""
    answer = await one(talk, request)
    plans = answer["plans"]
    due = [plan for plan in plans if plan["steps"]]
    if consent.json:
        print(dumps(answer), flush=True)
    else:
        shown = [proposed(plan) for plan in plans if due and _says_something(plan)]
        shown += [Group(aside(f"left out: {why}"), "") for why in answer.get("left_out", ())]
        page().print(*shown, sep="\n", end="\n" if shown else "")
    if not due:
        told = f"nothing to change: that is how {several([plan['pack'] for plan in plans])} {_are(plans)} set"
    elif consent.dry_run:
        told = f"dry run: {UNTOUCHED}"
    else:
        word = await agreed(due, consent)
        await carry_out(talk, due, word, consent)
        return
    if not consent.json:
        print(told)


def _says_something(plan: Document) -> bool:
    return bool(plan["steps"] or plan["unchanged"] or plan["warnings"])


def _are(plans: Sequence[Document]) -> str:
    return "is" if len(plans) == 1 else "are"


async def agreed(plans: Sequence[Document], consent: Consent) -> str:
    """The word of the plans, "" for none, once somebody agreed. Raises JkbusError when nobody did."""
    word = next((plan["word"] for plan in plans if plan["word"]), "")
    if word and consent.word:
        if consent.word != word:
            raise UsageError(f"--word {consent.word} is not the word for this, which is {word}; {UNTOUCHED}")
        return word
    if consent.yes and not word:
        return word
    if consent.json or not sys.stdin.isatty():
        add = f"--word {word}" if word else "--yes"
        raise UsageError(f"nobody is there to agree; add {add} if this is what you want; {UNTOUCHED}")
    packs = several([plan["pack"] for plan in plans])
    question = f"Type {word} to write this to {packs}: " if word else f"Write this to {packs}? [y/N] "
    try:
        answer = await asking.typed(question)
    except asyncio.CancelledError:
        print(f"\njkbus: {UNTOUCHED}", file=sys.stderr)
        raise
    if answer != word if word else not answer.lower().startswith("y"):
        raise JkbusError(UNTOUCHED)
    return word


async def carry_out(talk: Talk, plans: Sequence[Document], word: str, consent: Consent) -> None:
    """Write the plans and tell what was read back, step by step. Raises JkbusError at the first refusal."""
    request = {"do": "apply", "plans": plans, "word": word, "who": {"via": "command line", "user": user()}}
    undo = ""
    end: dict[str, Any] = {}
    try:
        async for answer in talk.ask(request):
            undo = (answer.get("result") or answer.get("end") or {}).get("undo") or undo
            if consent.json:
                print(dumps(answer), flush=True)
            elif "result" in answer and answer["result"]["ok"]:
                print(answer["result"]["message"], flush=True)
            end = answer.get("end", end)
    except asyncio.CancelledError:
        how = "the gateway goes on with it" if talk.goes_on else "nothing more is begun"
        print(f"\njkbus: left before the end; {how}, and {_TELLS}", file=sys.stderr)
        raise
    finally:
        if undo and not consent.json:
            print(f"to undo it: {consent.undo} {undo}", flush=True)
    if not end.get("ok"):
        raise JkbusError(end["message"])


def user() -> str:
    """Who sits at the keyboard, for the audit log."""
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):  # a container in which nobody has a name
        return str(os.getuid())
