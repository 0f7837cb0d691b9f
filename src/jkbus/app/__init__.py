"""Joins links, buses, battery and outputs: the one folder that knows every layer."""

from .asking import archive_for, desk_for
from .gateway import Gateway, Opener, View, run
from .published import published_by
from .wires import Wire, bus_for

__all__ = ["Gateway", "Opener", "View", "Wire", "archive_for", "bus_for", "desk_for", "published_by", "run"]
