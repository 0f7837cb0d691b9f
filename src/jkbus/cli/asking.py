"""Questions to the person at the keyboard."""

import asyncio
import getpass
import os
import sys
import termios
from collections.abc import Callable, Sequence

from ..errors import UsageError


def ask(question: str, default: str = "", check: Callable[[str], object] | None = None) -> str:
    """The answer to a question, or `default` for an empty one.

    `check` raises UsageError for an answer that cannot be: its sentence is shown and the question comes
    again. Raises UsageError when there is nobody to answer.
    """
    while True:
        answer = _answer(f"{question}{f' [{default}]' if default else ''}: ") or default
        try:
            if check is not None:
                check(answer)
        except UsageError as error:
            print(error)
            continue
        return answer


def confirm(question: str, default: bool) -> bool:
    """Yes or no."""
    answer = _answer(f"{question} [{'Y/n' if default else 'y/N'}]: ").lower()
    return answer.startswith("y") if answer else default


def choose(question: str, choices: Sequence[tuple[str, str]], check: Callable[[str], object]) -> str:
    """One of (value, description) by its number, or whatever else is typed and `check` lets through."""
    for number, (value, description) in enumerate(choices, start=1):
        print(f"  {number}  {value}  ({description})")
    numbered = {str(number): value for number, (value, _) in enumerate(choices, start=1)}
    answer = ask(question, "1" if choices else "", lambda typed: typed in numbered or check(typed))
    return numbered.get(answer, answer)


def secret(question: str) -> str:
    """An answer that does not appear on the screen."""
    if not sys.stdin.isatty():
        return _answer(f"{question}: ")
    return getpass.getpass(f"{question}: ")


async def typed(question: str) -> str:
    """A line from the terminal, empty for Ctrl-D, while everything else goes on.

    What was typed before the question is no answer to it.
    """
    keyboard = sys.stdin.fileno()
    termios.tcflush(keyboard, termios.TCIFLUSH)
    print(question, end="", flush=True)
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(keyboard, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(keyboard)
    line = os.read(keyboard, 4096)
    if not line.endswith(b"\n"):
        print()
    return line.decode(errors="replace").strip()


def _answer(prompt: str) -> str:
    try:
        return input(prompt).strip()
    except EOFError:
        raise UsageError("nobody answers; give --link and --yes to be asked nothing") from None
