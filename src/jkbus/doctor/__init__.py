"""What can be wrong around a gateway, each thing in a sentence: port, adapter, clock, disk, versions."""

from .adapters import adapter
from .clock import clock
from .disk import disk
from .finding import BAD, GOOD, NOTE, Finding, Machine
from .listeners import listeners
from .ports import holders, meddlers, permission, stable
from .versions import versions

__all__ = [
    "BAD",
    "GOOD",
    "NOTE",
    "Finding",
    "Machine",
    "adapter",
    "clock",
    "disk",
    "holders",
    "listeners",
    "meddlers",
    "permission",
    "stable",
    "versions",
]
