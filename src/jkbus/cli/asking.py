"""Questions to the person at the keyboard."""

import getpass
import sys
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


def _answer(prompt: str) -> str:
    try:
        return input(prompt).strip()
    except EOFError:
        raise UsageError("nobody answers; give --link and --yes to be asked nothing") from None
