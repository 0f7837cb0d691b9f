"""What is looked at on the wires now: the traffic of each bus, and recordings that are being made."""

from collections.abc import AsyncIterator

from typing_extensions import TypedDict

from ..outputs.traffic import detail, kind, plain
from ..protocol.messages import Report
from ..wiring.verdict import VerdictDocument
from ..wiring.watch import Watch
from .onlooker import Onlooker, Wanted
from .problems import Refused, not_there
from .shown import Shown
from .taping import tape
from .traffic import Line, Traffic

MOST_LOOKING = 8  # at one line
MOST_TAPES = 3


class Row(TypedDict):
    """A value of a report."""

    name: str
    value: str
    unit: str


class Decoded(TypedDict):
    """A message in full: `hex` are all its bytes, `rows` the values of a report, none of them secret."""

    number: int
    kind: str
    address: int | None
    at: float
    text: str
    hex: str
    rows: list[Row]


class Lines:
    """What is looked at on the wires now: the traffic of each bus, and recordings that are being made."""

    def __init__(self, shown: Shown) -> None:
        if shown.watched is None:
            raise ValueError("there is nothing to look at the wires with")
        self._watches, self._blanks, self._recorders = shown.watched
        self._shown = shown
        self._traffic: dict[str, Traffic] = {}
        self._tapes = 0

    def watch(self, name: str) -> Watch:
        """The watch of a bus. Raises Refused."""
        if name not in self._watches:
            raise not_there(f"there is no bus of that name; there are {', '.join(self._watches)}")
        return self._watches[name]

    def verdict(self, name: str) -> VerdictDocument:
        """What the wiring check says; without a link it cannot say anything of the wires."""
        verdict = self.watch(name).verdict(self._shown.clock(), self._shown.wall())
        if (trouble := self._shown.troubles.get(name)) is not None:
            verdict |= {"state": "unsure", "sentence": trouble, "findings": []}
        return verdict

    def may_look(self, name: str) -> None:
        """Raises Refused where too many look at a line already."""
        self.watch(name)
        if name in self._traffic and len(self._traffic[name].listeners) >= MOST_LOOKING:
            raise Refused(429, "too many look at this line already; close another page that does")

    async def look(self, name: str, wanted: Wanted) -> AsyncIterator[bytes]:
        """What one more who looks at a line is told."""
        traffic = self._traffic.get(name)
        if traffic is None:
            traffic = self._traffic[name] = Traffic(self.watch(name), self._blanks, self._wall)
        onlooker = Onlooker(wanted)
        onlooker.first(list(traffic.kept))
        traffic.listeners.append(onlooker.take)
        try:
            async for chunk in onlooker.events():
                yield chunk
        finally:
            traffic.listeners.remove(onlooker.take)
            if not traffic.listeners:
                traffic.close()
                del self._traffic[name]

    def line(self, name: str, number: int) -> Decoded:
        """A message that was shown lately, in full. Raises Refused."""
        self.watch(name)
        traffic = self._traffic.get(name)
        for line in traffic.kept if traffic is not None else ():
            if line.number == number:
                return decoded(line)
        raise not_there("this message is no longer kept; choose a newer one")

    async def tape(self, watch: Watch, seconds: int) -> AsyncIterator[bytes]:
        """A recording as it is made."""
        self._tapes += 1
        try:
            async for chunk in tape(watch, self._recorders, self._shown.clock(), seconds):
                yield chunk
        finally:
            self._tapes -= 1

    def may_tape(self) -> None:
        """Raises Refused while too many recordings are made."""
        if self._tapes >= MOST_TAPES:
            raise Refused(429, f"{MOST_TAPES} recordings are being made already; wait until one has ended")

    def _wall(self, at: float) -> float:
        return self._shown.wall() - (self._shown.clock() - at)


def decoded(line: Line) -> Decoded:
    """A message in full."""
    message = line.message
    return {
        "number": line.number,
        "kind": kind(message),
        "address": message.address,
        "at": round(line.at, 3),
        "text": detail(message, plain),
        "hex": message.data.hex(" "),
        "rows": rows(message) if isinstance(message, Report) else [],
    }


def rows(report: Report) -> list[Row]:
    """Every value of a report, as it is read from its bytes."""
    units = {row.name: row.unit for row in report.frame.rows()}
    return [
        {"name": name, "value": _text(value), "unit": units.get(name, "")}
        for name, value in report.frame.values().items()
    ]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, bytes):
        return value.hex(" ")
    if isinstance(value, list | tuple):
        return "  ".join(_text(one) or "-" for one in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
