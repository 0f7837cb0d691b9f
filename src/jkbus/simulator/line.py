"""Many packs on one wire, with the times of the wire and whatever goes wrong on it.

Pure: time is an argument, and the line looks at it in messages rather than bytes. Whoever speaks makes an
`Utterance`; its bytes are in the air from `start`, one each 86.8 µs. Two at the same time damage each other
where they overlap. What begins, ends or is due waits in a heap and happens in order whenever somebody
writes or reads. Those who listen are `Tap`s: the program under test has one, more may be attached.
"""

import math
from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from random import Random
from typing import Protocol

from ..protocol.checksum import crc16
from . import slave
from .air import Tap, Utterance
from .faults import Faults, Mischief
from .master import JkMaster
from .pack import VirtualPack
from .port import Port
from .wire import BYTE, USB_CHUNK

_MOMENT = 1e-9  # s by which sums of times may differ
_BURST = 16  # bytes of the longest burst of noise


Station = VirtualPack | Port


class World(Protocol):
    """What moves the packs: called with the time before a pack speaks, at whatever times that happens."""

    def run(self, now: float) -> None: ...


class VirtualLine:
    """`packs` on a wire, or own ports of packs; with `master` the one at address 0 polls the others.

    `write` what the program under test says, `read` what it hears, both with the time; `wake_at` tells when
    there is something to read or to be done. `master.active`, `faults`, `world`, each pack and the lists
    `packs` and `ports` may be changed while it runs.
    """

    def __init__(
        self,
        packs: Sequence[Station],
        *,
        master: bool = False,
        seed: int = 0,
        faults: Faults | None = None,
        world: World | None = None,
        chunk: int = USB_CHUNK,
    ) -> None:
        self.packs = [pack for pack in packs if isinstance(pack, VirtualPack)]
        self.ports = [port for port in packs if isinstance(port, Port)]
        self.world = world
        self.chunk = chunk
        self.now = -math.inf
        self.collisions = 0
        self.random = Random(seed)
        self.faults = faults or Faults()
        self._mischief = Mischief(self.random)
        self._steps: list[tuple[float, int, Callable[[float], None]]] = []
        self._count = 0
        self._air: list[Utterance] = []
        self._busy_until = -math.inf
        self._deaf_until: dict[Station, float] = {}
        self._noise_at = -math.inf
        self._noise_rate = 0.0
        self.tap = Tap()
        self._taps = [self.tap]
        own = next((pack for pack in self.packs if pack.address == 0), None)
        self.master = JkMaster(own, self.random, active=master) if own else None

    @property
    def wake_at(self) -> float:
        """When the next chunk arrives at the program or the next internal step is due; inf if never."""
        return self.wake(self.tap)

    def wake(self, tap: Tap) -> float:
        """The same for another tap."""
        return min(tap.wake_at, self._due())

    def write(self, data: bytes, now: float, tap: Tap | None = None) -> None:
        """Somebody (the program under test, if no `tap` is given) speaks at `now`, behind its last words."""
        self._advance(now)
        speaker = tap or self.tap
        start = max(now, speaker.speaks_until)
        if not data:
            return
        speaker.speaks_until = start + len(data) * BYTE
        if start > now:
            self._at(start, lambda at: self._start(data, at, speaker))
        else:
            self._start(data, now, speaker)

    def read(self, now: float, tap: Tap | None = None) -> bytes:
        """What has arrived at the program (or at `tap`) by `now`."""
        self._advance(now)
        return (tap or self.tap).take(now)

    def attach(self) -> Tap:
        """Another one who listens and may speak."""
        self._taps.append(tap := Tap())
        return tap

    def call(self, time: float, step: Callable[[float], None]) -> None:
        """Let something happen at a time: whoever else hangs on the line lives by it."""
        self._at(time, step)

    def detach(self, tap: Tap) -> None:
        """One who listened goes away."""
        self._taps.remove(tap)

    def _due(self) -> float:
        due = self._steps[0][0] if self._steps else math.inf
        if self.master and self.master.active:
            due = min(due, max(self.master.wake_at, self.now))
        if self.faults.flood > 0:
            due = min(due, self._noise_at if self.faults.flood == self._noise_rate else self.now)
        return due

    def _advance(self, now: float) -> None:
        """Let happen what is due by `now`."""
        if self.now == -math.inf:
            self.now = now
        while (due := self._due()) <= now:
            self.now = max(self.now, due)
            if self._steps and self._steps[0][0] <= due:
                heappop(self._steps)[2](self.now)
            elif self.master and self.master.active and self.master.wake_at <= due:
                self._let_master_speak(self.master)
            else:
                self._make_noise()
        self.now = max(self.now, now)

    def _at(self, time: float, step: Callable[[float], None]) -> None:
        self._count += 1
        heappush(self._steps, (time, self._count, step))

    def _let_master_speak(self, master: JkMaster) -> None:
        self._live(master.pack)
        data = master.poll(self.now)
        if data:
            self._start(data, self.now, master)

    def _live(self, pack: Station) -> None:
        """Let the pack catch up with the time."""
        if self.world:
            self.world.run(self.now)
        else:
            pack.run(self.now)

    def _start(self, data: bytes, at: float, speaker: object) -> None:
        """Somebody begins to speak."""
        wire = self._mischief.spoil(data, self.faults, len(self.packs))
        utterance = Utterance(wire, at, len(data), speaker, clean=wire is data)
        if at < self._busy_until - _MOMENT:
            self._collide(utterance)
        self._air = [other for other in self._air if other.end > at]
        self._air.append(utterance)
        self._busy_until = max(self._busy_until, utterance.end)
        for tap in self._taps:
            if tap is not speaker or self.faults.echo:
                self._deliver(tap, utterance, utterance.hidden)
        self._at(utterance.end, lambda at: self._end(utterance, at))

    def _collide(self, utterance: Utterance) -> None:
        """Damage what overlaps; a speaker that does not hear itself loses what others say meanwhile."""
        self.collisions += 1
        utterance.clean = False
        utterance.hidden = math.ceil((self._busy_until - utterance.start) / BYTE - 1e-6)
        for other in self._air:
            first, last = other.place(utterance.start), math.ceil(other.place(utterance.end))
            if other.end > utterance.start and first < last:
                other.clean = False
                other.data = other.data[:first] + self.random.randbytes(last - first) + other.data[last:]
        if isinstance(utterance.speaker, Tap) and not self.faults.echo:
            self._deafen(utterance.speaker, utterance)

    def _deafen(self, tap: Tap, own: Utterance) -> None:
        """Take from what arrives at `tap` the bytes that are in the air while it speaks itself."""
        kept: list[tuple[float, Utterance, int, int]] = []
        for arrival, other, first, last in tap.chunks:
            begin, end = other.place(own.start), other.place(own.end)
            if min(last, begin) > first:
                kept.append((min(arrival, own.start), other, first, min(last, begin)))
            if last > max(first, end):
                kept.append((arrival, other, max(first, end), last))
        tap.chunks.clear()
        tap.chunks.extend(kept)

    def _deliver(self, tap: Tap, utterance: Utterance, first: int) -> None:
        """Let the bytes of an utterance arrive at a tap, in the chunks that its adapter makes."""
        faults, chunks = self.faults, tap.chunks
        if faults.garbles and utterance.speaker is not tap:
            utterance = utterance.garbled(faults)
        total = len(utterance.data)
        before = chunks[-1][0] if chunks else -math.inf
        while first < total:
            size = self.random.randint(1, faults.split) if faults.split else self.chunk
            last = min(total, first + size)
            arrival = utterance.start + last * BYTE
            if faults.delay:
                arrival += self.random.uniform(0, faults.delay)
            before = max(before, arrival)
            chunks.append((before, utterance, first, last))
            first = last

    def _end(self, utterance: Utterance, at: float) -> None:
        """Somebody has finished speaking: who is meant hears it, if it is whole."""
        speaker = utterance.speaker
        if isinstance(speaker, Station):
            if utterance.clean and self.master and self.master.active:
                self.master.answered(speaker.address, at)
        elif isinstance(speaker, Tap):
            self._hear_tap(speaker, utterance, at)
        elif utterance.clean:
            self._hear(utterance.data, utterance.start, at)

    def _hear_tap(self, tap: Tap, utterance: Utterance, at: float) -> None:
        """Cut what a program said into messages; pieces that follow each other closely belong together."""
        if self.faults.garbles and tap is self.tap:
            return
        data = utterance.data[utterance.hidden :]
        whole = utterance.clean and tap.framer.wake_at is None
        if whole and len(data) > 3 and crc16(data[:-2]) == data[-2] | data[-1] << 8:
            self._hear(data, utterance.start, at)
            return
        for message in tap.framer.feed(data, at):
            if message.kind != "noise":
                self._hear(message.data, at - len(message.data) * BYTE, at)

    def _hear(self, data: bytes, start: float, at: float) -> None:
        """Every pack hears a message; the one that is meant answers after a while."""
        stations: list[Station] = [*self.packs, *self.ports]
        for pack in stations:
            if pack.address != data[0] or start < self._deaf_until.get(pack, -math.inf) - _MOMENT:
                continue
            if self.faults.lost_requests and self.random.random() < self.faults.lost_requests:
                continue
            self._live(pack)
            answer = pack.hear(data)
            if answer or pack.busy:
                self._answer(pack, answer, at + self.random.uniform(*pack.turnaround))

    def _answer(self, pack: Station, answer: bytes, at: float) -> None:
        if self.faults.pad and self.random.random() < self.faults.pad:
            answer = slave.padded(answer, True)
        self._deaf_until[pack] = at + len(answer) * BYTE + pack.busy

        def speak(now: float) -> None:
            if answer and not pack.silent:
                self._start(answer, now, pack)

        self._at(at, speak)

    def _make_noise(self) -> None:
        """An undriven line: now and then FF, heard by all, said by nobody."""
        if self.now >= self._busy_until:
            length = self.random.randint(1, _BURST)
            noise = Utterance(b"\xff" * length, self.now, length, None, clean=False)
            for tap in self._taps:
                self._deliver(tap, noise, 0)
        self._noise_rate = self.faults.flood
        self._noise_at = self.now + self.random.expovariate(self.faults.flood)
