"""A request of the local API and its answer: how one is carried out, and what may be in it.

What can be asked is a table of names and `Doing`s, so that whoever knows something adds a row.
"""

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, TypeVar

from ..config.words import printable
from ..errors import JkbusError, UsageError
from .outcomes import Who

log = logging.getLogger("jkbus.local")

MOST = 256  # names, wishes or plans in a request
_NAME = 64  # characters of who asks

Json = dict[str, Any]
Request = Mapping[str, Any]
Doing = Callable[[Request], AsyncIterator[Json]]
Doings = Mapping[str, Doing]
Sized = TypeVar("Sized", list[Any], dict[str, Any])


async def answer(doings: Doings, request: Request) -> AsyncIterator[Json]:
    """Do what a request asks for, and give the objects of its answer as they come. Raises nothing."""
    try:
        do = doings.get(str(request.get("do")))
        if do is None:
            raise UsageError(f"a request says what to do: one of {', '.join(doings)}")
        async for each in do(request):
            yield each
    except JkbusError as error:
        yield fault(error)
    except Exception:
        log.exception("a request to %s failed", request.get("do"))
        yield fault(JkbusError("the request could not be carried out; the log of the gateway tells more"))


def fault(error: JkbusError) -> Json:
    """An error as an answer."""
    return {"error": str(error), "asked_wrong": isinstance(error, UsageError)}


def words(request: Request, key: str) -> list[str]:
    """A list of names; empty if there is none. Raises UsageError for anything else."""
    found = request.get(key, [])
    if not isinstance(found, list) or not all(isinstance(word, str) for word in found):
        raise UsageError(f"{key}: a list of names is expected")
    return few(key, found)


def section(request: Request, key: str) -> Json:
    """An object; empty if there is none. Raises UsageError for anything else."""
    found = request.get(key, {})
    if not isinstance(found, dict):
        raise UsageError(f"{key}: an object is expected")
    return few(key, found)


def few(key: str, things: Sized) -> Sized:
    """What a bus full of packs can use; more would only keep the gateway from its buses."""
    if len(things) > MOST:
        raise UsageError(f"{key}: {len(things)} are too many; {MOST} at most")
    return things


def who(request: Request) -> Who:
    """Who asks, as far as that is said."""
    said = section(request, "who")
    via, user = (printable(str(said.get(key, "")))[:_NAME] for key in ("via", "user"))
    return Who(via or "local", user)
