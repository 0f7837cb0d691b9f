"""When an alarm counts: a state machine per subject and alarm, with time as an argument.

An alarm that is seen begins to *rise*. If it is still seen after a while, and twice at least, it *stands*: it
has an entry, and whoever listens is told that it came. One that is not seen any more *falls*; if it is seen
again soon it is the same entry, which counts how often it came. Only when it has been gone for long enough
did it go, namely at the moment it fell. Each return within an hour doubles the time it must be gone, up to
an hour, so that an alarm that flaps fills one entry and not the journal.

       seen            seen for long enough            not seen          not seen for long enough
  -----------> rising ----------------------> stands ------------> falls -------------------------> gone
                 | not seen                     ^                    | seen
                 v                              +--------------------+
              nothing

What is not looked at does not change: a pack that is silent keeps its alarms. Where nobody looked for longer
than `UNWATCHED` (or since the restart) before it was seen to be gone, the entry says so.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from ..model.alarms import Alarm
from .entry import ACKNOWLEDGED, CAME, WENT, Change, Entry, Subject, Values

UNWATCHED = 180.0  # s
_HOUR = 3600.0  # s that a flapping alarm must be gone at most, unless its patience is longer


class Patience(NamedTuple):
    """For how many s an alarm must be seen, and not be seen any more; and how often it must be seen."""

    comes: float
    goes: float
    times: int = 2


class Look(NamedTuple):
    """One look at a subject: when by a clock that never jumps and by the wall's, and what was measured then.

    `before` are the values of the look before it.
    """

    at: float
    wall: float
    values: Callable[[], Values] = dict
    before: Callable[[], Values] = dict


class Sighting(NamedTuple):
    """An alarm that is seen, and the sentence that tells how much of it."""

    alarm: Alarm
    sentence: Callable[[], str] = str


@dataclass(slots=True)
class _Track:
    """An alarm of a subject: rising while its entry has no id, falling while its entry has `fell`."""

    entry: Entry
    first_at: float
    times: int = 0
    seen_at: float | None = None  # None until it is seen after a restart
    seen: float = 0.0  # by the wall's clock
    fell_at: float | None = None  # None also for what fell before a restart
    returns: int = 0  # since it was away for an hour

    @property
    def stands(self) -> bool:
        return self.entry.id > 0

    def so_far(self) -> Entry:
        """The entry as it is by now."""
        return replace(self.entry, seen=max(self.entry.came, self.seen))


_Tracks = dict[str, _Track]  # by name of the alarm


class Journal:
    """The alarms that rise, stand and fall. `standing` are the entries that stood when we last looked.

    `patience` says how long an alarm must be seen. What happened is fetched with `take`; what should be kept
    on disk with `unsaved`.
    """

    def __init__(
        self, patience: Callable[[Alarm], Patience], standing: Iterable[Entry] = (), next_id: int = 1
    ) -> None:
        self._patience = patience
        self._next_id = next_id
        self._tracks: dict[tuple[str, str], _Tracks] = {}
        self._changes: list[Change] = []
        self._unsaved: dict[int, Entry] = {}
        self._gone: dict[
            tuple[tuple[str, str], str], tuple[float, int]
        ] = {}  # when, and how often it had returned
        for entry in standing:
            self._tracks.setdefault(entry.subject.id, {})[entry.alarm.name] = _Track(
                entry, 0.0, seen=entry.seen
            )
            self._next_id = max(self._next_id, entry.id + 1)

    @property
    def standing(self) -> list[Entry]:
        """What stands now, the worst first, of these the newest."""
        entries = [track.so_far() for track in self._all() if track.stands]
        return sorted(entries, key=lambda entry: (-entry.alarm.severity, -entry.came, -entry.id))

    def look(
        self, subject: Subject, seen: Iterable[Sighting], look: Look, watched: Callable[[str], bool]
    ) -> None:
        """Take what is seen of a subject; of alarms that are `watched` (by name), the rest is not there."""
        tracks = self._tracks.get(subject.id)
        found = {sighting.alarm.name: sighting for sighting in seen}
        if tracks is None:
            if not found:
                return
            tracks = self._tracks[subject.id] = {}
        for name in [name for name in tracks if name not in found and watched(name)]:
            self._missed(tracks, tracks[name], look)
        for sighting in found.values():
            self._seen(tracks, subject, sighting, look)

    def tick(self, at: float) -> None:
        """Let those go that have been gone for long enough."""
        for tracks in self._tracks.values():
            for track in list(tracks.values()):
                self._end_if_over(tracks, track, at)

    def acknowledge(self, id: int, who: str, wall: float) -> Entry | None:
        """Somebody has taken note of an entry that stands; None if there is none of that id."""
        track = self._find(id)
        if track is None:
            return None
        if track.entry.acknowledged is None:
            self._keep(track, acknowledged(track.so_far(), who, wall), ACKNOWLEDGED)
        return track.so_far()

    def close(self, id: int, who: str, wall: float) -> Entry | None:
        """Somebody says that an entry stands no more; None if there is none of that id."""
        track = self._find(id)
        if track is None:
            return None
        went = max(track.entry.came, wall)
        entry = replace(acknowledged(track.so_far(), who, wall), went=went, closed_by=who)
        self._keep(track, entry, WENT)
        del self._tracks[entry.subject.id][entry.alarm.name]
        return entry

    def happened(self, subject: Subject, sighting: Sighting, look: Look) -> Entry:
        """Enter something that came and went at once."""
        track = _Track(replace(_rising(subject, sighting, look), went=look.wall), look.at, seen=look.wall)
        self._come(track)
        return track.entry

    def take(self) -> list[Change]:
        """What happened since the last call, in order."""
        changes, self._changes = self._changes, []
        return changes

    def unsaved(self, all_standing: bool = False) -> list[Entry]:
        """Entries that are not on disk as they are now; with `all_standing` also when each was last seen."""
        if all_standing:
            self._unsaved |= {entry.id: entry for entry in self.standing}
        entries, self._unsaved = list(self._unsaved.values()), {}
        return entries

    def _seen(self, tracks: _Tracks, subject: Subject, sighting: Sighting, look: Look) -> None:
        alarm = sighting.alarm
        track = tracks.get(alarm.name)
        if track is None or (not track.stands and look.at - (track.seen_at or 0.0) > UNWATCHED):
            track = tracks[alarm.name] = _Track(_rising(subject, sighting, look), look.at)
        track.times += 1
        track.seen_at, track.seen = look.at, look.wall
        if not track.stands:
            patience = self._patience(alarm)
            if look.at - track.first_at >= patience.comes and track.times >= patience.times:
                track.returns = self._returns(track)
                self._come(track)
        elif track.entry.fell is not None:
            track.fell_at = None
            track.returns += 1
            count = track.entry.count + 1
            self._keep(track, replace(track.so_far(), fell=None, after={}, unwatched=False, count=count))

    def _missed(self, tracks: _Tracks, track: _Track, look: Look) -> None:
        if not track.stands:
            del tracks[track.entry.alarm.name]
            return
        if track.entry.fell is None:
            track.fell_at = look.at
            unwatched = track.seen_at is None or look.at - track.seen_at > UNWATCHED
            fell = max(track.entry.came, look.wall)
            self._keep(track, replace(track.so_far(), fell=fell, after=look.values(), unwatched=unwatched))
        self._end_if_over(tracks, track, look.at)

    def _end_if_over(self, tracks: _Tracks, track: _Track, at: float) -> None:
        entry = track.entry
        if entry.fell is None:
            return
        if track.fell_at is None:
            track.fell_at = at
        if at - track.fell_at >= _quiet(self._patience(entry.alarm).goes, track.returns):
            del tracks[entry.alarm.name]
            self._gone[entry.subject.id, entry.alarm.name] = (at, track.returns)
            self._keep(track, replace(entry, went=entry.fell), WENT)

    def _returns(self, track: _Track) -> int:
        entry = track.entry
        gone_at, returns = self._gone.pop((entry.subject.id, entry.alarm.name), (-_HOUR, 0))
        return returns + 1 if track.first_at - gone_at < _HOUR else 0

    def _come(self, track: _Track) -> None:
        entry = replace(track.so_far(), id=self._next_id)
        self._next_id += 1
        self._keep(track, entry, CAME)

    def _keep(self, track: _Track, entry: Entry, kind: str = "") -> None:
        track.entry = entry
        self._unsaved[entry.id] = entry
        if kind:
            self._changes.append(Change(kind, entry))

    def _all(self) -> Iterable[_Track]:
        return [track for tracks in self._tracks.values() for track in tracks.values()]

    def _find(self, id: int) -> _Track | None:
        return next((track for track in self._all() if track.stands and track.entry.id == id), None)


def acknowledged(entry: Entry, who: str, wall: float) -> Entry:
    """The entry with a note of who has seen it; the first one counts."""
    if entry.acknowledged is not None:
        return entry
    return replace(entry, acknowledged=wall, acknowledged_by=who)


def _rising(subject: Subject, sighting: Sighting, look: Look) -> Entry:
    return Entry(
        0,
        subject,
        sighting.alarm,
        sighting.sentence(),
        look.wall,
        look.wall,
        before=look.before(),
        during=look.values(),
    )


def _quiet(goes: float, returns: int) -> float:
    """How long an alarm must be gone that has returned so often."""
    return min(goes * 2.0 ** min(returns, 20), max(goes, _HOUR))
