"""The command line: how it ends, and how faults are told.

0: it worked. 1: it failed (link lost, broker refused). 2: something was asked for that cannot be.
"""

import io
import os
import sys
from collections.abc import Iterator, Sequence

from ..errors import JkbusError, UsageError
from .logs import verbosity

WORKED, FAILED, ASKED_WRONG, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line (of this process, if no arguments are given) and exit."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed by whoever started us
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode))
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that knows no arrows shows question marks
    code = run(sys.argv[1:] if arguments is None else arguments)
    try:
        sys.stdout.flush()
    except OSError:  # told already, or a pipe whose reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """The exit code of a command line; every fault has been told in a sentence on stderr."""
    from cyclopts import CycloptsError

    from .port_commands import app

    try:
        app.meta(list(arguments), print_error=False, exit_on_error=False, result_action="return_value")
        sys.stdout.flush()
    except CycloptsError as error:
        return tell(_usage(error), ASKED_WRONG)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        return _failed(error)
    return WORKED


def tell(sentence: str, code: int) -> int:
    """Say what is wrong on stderr; returns the exit code."""
    print(f"jkbus: {sentence}", file=sys.stderr)
    return code


def causes(error: BaseException) -> Iterator[BaseException]:
    """The faults in an error: those of a group one by one."""
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from causes(inner)
    else:
        yield error


def _failed(error: Exception) -> int:
    found = list(causes(error))
    told = [cause for cause in found if isinstance(cause, JkbusError)]
    if told:
        for cause in told:
            tell(str(cause), FAILED)
        return ASKED_WRONG if all(isinstance(cause, UsageError) for cause in told) else FAILED
    if any(isinstance(cause, BrokenPipeError) for cause in found):
        return WORKED
    if isinstance(found[0], OSError) and found[0].strerror and not verbosity():
        return tell(f"{found[0].filename or 'the output'}: {found[0].strerror}", FAILED)
    return _unexpected(error)


def _unexpected(error: Exception) -> int:
    if verbosity():
        import traceback

        traceback.print_exception(error)
    told = f"this should not have happened ({type(next(causes(error))).__name__}); please report it"
    return tell(f"{told}, with what the same command and -v prints", FAILED)


def _usage(error: Exception) -> str:
    from cyclopts.exceptions import MissingArgumentError, UnusedCliTokensError

    text = str(error).strip().removesuffix(".")
    if isinstance(error, UnusedCliTokensError):
        unused = " ".join(map(str, error.unused_tokens or ()))
        text = f"nothing more was expected after the arguments, but there is: {unused}"
    elif isinstance(error, MissingArgumentError) and error.argument is not None:
        text = f"{error.argument.name} is missing"
    elif not text.startswith("--"):
        text = f"{text[:1].lower()}{text[1:]}"
    command = " ".join(["jkbus", *(getattr(error, "command_chain", None) or ()), "--help"])
    return f"{text}; `{command}` says more"
