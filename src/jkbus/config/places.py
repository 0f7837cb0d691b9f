"""Where each key and value of the tree was written."""

from __future__ import annotations

from dataclasses import replace

from jkbus.config.faults import Loc, Place


class Places:
    """The place of every path; one that was never written has the place of what holds it."""

    def __init__(self, file: str) -> None:
        self._file = Place(file)
        self._keys: dict[Loc, Place] = {}
        self._values: dict[Loc, Place] = {}

    def key(self, loc: Loc) -> Place:
        """Where the key at this path stands."""
        return self._keys.get(loc) or self.value(loc)

    def value(self, loc: Loc) -> Place:
        """Where the value at this path stands, or what it is missing from."""
        for length in range(len(loc), -1, -1):
            if place := self._values.get(loc[:length]):
                return place
        return self._file

    def note_key(self, loc: Loc, place: Place) -> None:
        """Remember where a key stands."""
        self._keys[loc] = place

    def note_value(self, loc: Loc, place: Place) -> None:
        """Remember where a value stands: in the line of its key, unless it comes from another file."""
        key = self._keys.get(loc)
        self._values[loc] = replace(place, line=key.line) if key and key.file == place.file else place
