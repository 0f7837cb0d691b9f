"""Who asks: found out by the guard, seen by the routes."""

from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any, Literal

Role = Literal["full", "read"]
Scope = MutableMapping[str, Any]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who may look, and with the role `full` change something; `session` is that of a browser."""

    name: str
    role: Role | None
    session: str = ""


NOBODY = Visitor("", None)
OWNER = Visitor("", "full")


def visitor_of(scope: Scope) -> Visitor:
    """Who sent this request."""
    found = scope.get("state", {}).get("visitor", NOBODY)
    assert isinstance(found, Visitor)
    return found
