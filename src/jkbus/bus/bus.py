"""One RS485 line: bytes and a time in, events and bytes out. No I/O, and it never asks what time it is.

`receive` takes what was heard and says what it meant, `poll` says what to send now, `wake_at` when to come
back at the latest. Between them stands one exchange at a time: a request of ours is pending until its report
came, the line garbled it, or its time is over. What others say passes through the same ears: their requests
prove a JK master (see roles.py), their answers are as good as ours. What somebody wants to have written or
read is an order (see orders.py), and comes before what the schedule would ask.
"""

from ..protocol.framing import PATIENCE, Framer
from ..protocol.messages import (
    Ack,
    Message,
    Noise,
    Padding,
    Read,
    Refusal,
    Report,
    Request,
    Write,
    request,
)
from .calm import Calm
from .counters import Counters
from .doubt import Doubt
from .events import Event, Heard, NodeChanged, OrderEnded, RoleChanged
from .exchange import Exchange
from .gap import Gap
from .missing import missing
from .nodes import HEARD, SILENT, Node
from .orders import SETTLE, Order, Orders
from .others import Others
from .pulse import Pulse
from .roles import MASTER, PSEUDO_MASTER, SNIFFER, role_at
from .schedule import ABOUT, SETTINGS, SLAVES, STATUS, Schedule, wants_about
from .timing import BYTE, Timing
from .voice import Voice

_LATE = 1.0  # s within which an acknowledgement still belongs to the report before it
_LIFE_CHECK = 0.25  # s between two looks at who has become silent and what our role is
_ASLEEP = 2.0  # s between two calls after which we cannot know who spoke in between
_SILENT, _STALL = 2, 2.5  # unanswered words in a row, and s that a network may then stand still
_GARBLED = 250  # bytes of noise after which an answer is known to be lost


class Bus:
    """The state machine of one line. For reading: `role`, `reason`, `nodes`, `counters`, `gap`, `cycle`.

    `only` is the address of the one pack on a link of its own, at its port RS485-1: nobody else is asked
    there, and address 0 answers there like any other.
    """

    def __init__(
        self,
        timing: "Timing | None" = None,
        read_only: bool = False,
        name: str = "bus1",
        only: "int | None" = None,
    ) -> None:
        self.name = name
        self.timing = timing or Timing()
        self.read_only = read_only
        self.role = SNIFFER
        self.reason = "not started"
        self.role_since = 0.0
        self.nodes: dict[int, Node] = {}
        self.counters = Counters()
        self.master_heard: float | None = None
        self._listen_anew()
        self._slaves = SLAVES if only is None else range(only, only + 1)
        self._schedule = Schedule(self.timing, self._slaves)
        self._gap = Gap(self.timing)
        self._doubt = Doubt()
        self._started: float | None = None
        self._voice = Voice(self.timing.jitter > 0)
        self._orphan: tuple[Report, float] | None = None  # a report of an unknown pack, and when it came
        self._orders = Orders()
        self._life_at = 0.0
        self._awake_at = 0.0
        self._events: list[Event] = []

    @property
    def asked(self) -> int:
        """Words of ours since the last answer to one."""
        return self._voice.asked

    @property
    def gap(self) -> float:
        """Pause after an answer in seconds, as learned so far."""
        return self._gap.seconds

    @property
    def cycle(self) -> float:
        """Seconds in which the status of each pack should be heard once, in the present role."""
        if self.role != MASTER:
            return self._pulse.period
        return self._schedule.cycle(sum(1 for node in self.nodes.values() if node.alive), self.gap)

    def load(self, now: float) -> float:
        """Share of the last 10 s in which the line carried bytes, in per cent."""
        return self.counters.load(now)

    @property
    def wake_at(self) -> float:
        """When to call `receive(b"", now)` and `poll(now)` at the latest."""
        pending = self._voice.pending
        own = self._speak_at() if pending is None else pending.deadline
        framing = self._framer.wake_at
        times = [self._life_at, own if framing is None else framing, self._orders.wake_at]
        if self.role == SNIFFER and self._started is not None and not self.read_only:
            times.append(max(self._started + self.timing.listen, self._life_at))
        return min([at for at in times if at is not None])

    def receive(self, data: bytes, now: float) -> "list[Event]":
        """Take what was heard (b"" when only time has passed) and return what it meant, in order."""
        if self._started is None or now - self._awake_at > _ASLEEP:
            self._started = self.role_since = now
        self._awake_at = now
        if data:
            self.counters.bytes_in += len(data)
            self.counters.carried(len(data), now)
        for message in self._framer.feed(data, now) if data else self._framer.poll(now):
            self._hear(message, now)
        self._tick(now)
        return self._take_events()

    def poll(self, now: float) -> bytes:
        """What to send now; b"" for silence."""
        speak_at = self._speak_at()
        if self._started is None or speak_at is None or now < speak_at or self._framer.wake_at is not None:
            return b""
        if not self._voice.takes_turn(self.role, now):
            return b""
        order = self._orders.choose(now)
        if order is not None:
            return self._say(order.address, order.type, order.next_word(), now, order)
        if self.role == MASTER:
            choice = self._schedule.choose(self.nodes, now, self.cycle)
        else:
            choice = wants_about(self.nodes, now, self.timing)
        return b"" if choice is None else self._say(*choice, request(*choice), now)

    def order(self, order: Order, now: float) -> None:
        """Take an order; `OrderEnded` tells how it went. Raises ValueError for what must not be said here."""
        if order.data and self.read_only:
            raise ValueError(f"{self.name}: this link only listens")
        if order.address not in self._slaves:
            raise ValueError(f"{self.name}: nobody answers at address {order.address} here")
        self._orders.add(order)
        self._life_at = min(self._life_at, now)

    def withdraw(self, order: Order, now: float) -> None:
        """Nobody waits for the order any more; it has its outcome at once, and no event tells of it."""
        self._orders.withdraw(order)

    def lost(self, now: float) -> "list[Event]":
        """The link is gone: nobody can be heard. After it has come back, listen first, as at the start."""
        self._voice.give_up(now)
        self._started = self._voice.window = self.master_heard = None
        self._listen_anew()
        self._become(SNIFFER, "the link is lost", now)
        for node in self.nodes.values():
            if node.alive:
                self._move(node, SILENT, now)
        return self._take_events()

    def missing(self) -> "list[str]":
        """What cannot be had on this bus as it is, and why: a sentence each, for people."""
        return missing(self)

    def _listen_anew(self) -> None:
        """Nothing that was heard before a link was opened tells anything about what comes now."""
        jitter = self.timing.jitter
        self._framer = Framer(PATIENCE + jitter, prompt=jitter == 0)
        self._others, self._pulse, self._calm = Others(), Pulse(jitter), Calm(jitter > 0)

    def _speak_at(self) -> "float | None":
        """When we may speak next, None if not before something is heard."""
        if self.read_only:
            return None
        ordered, due = self._orders.ready_at(), self._schedule.due_at
        return self._voice.speaks_at(self.role, due if ordered is None else min(due, ordered))

    def _say(self, address: int, type: int, data: bytes, now: float, order: "Order | None" = None) -> bytes:
        exchange = Exchange(address, type, data, now, self._patience(), order)
        node = self.nodes.get(address)
        if node is not None:
            node.requests += 1
            if not exchange.is_write:
                node.asked_at[type] = now
        if order is not None:
            order.said(now)
        if not exchange.is_write:
            self._framer.asked(address, type, now + len(data) * BYTE)
        self.counters.bytes_out += len(data)
        self.counters.carried(len(data), now)
        return self._voice.say(exchange)

    def _patience(self) -> float:
        """How long an answer may take to begin. A network where everybody is silent at once stands still."""
        timing = self.timing
        stalled = timing.jitter and self.asked >= _SILENT and any(node.alive for node in self.nodes.values())
        return timing.answer_timeout + (_STALL if stalled else timing.jitter)

    def _hear(self, message: Message, now: float) -> None:
        orphan, self._orphan = self._orphan, None
        if isinstance(message, Report):
            self._hear_report(message, now)
        elif isinstance(message, Noise) and not isinstance(message, Padding):
            self._hear_noise(message, now)
        elif isinstance(message, (Request, Write)) and self._voice.is_echo(message, now):
            self.counters.echoes += 1
        elif isinstance(message, Request):
            self._hear_request(message, now)
        elif isinstance(message, (Ack, Refusal)) and self._voice.ends_write(message, now):
            pass
        elif isinstance(message, Ack) and orphan is not None:
            self._hear_late(message, *orphan, now)
        elif isinstance(message, (Read, Write)):
            self._voice.rest(now, max(SETTLE, self.timing.answer_timeout))

    def _hear_report(self, report: Report, now: float) -> None:
        self.counters.reports += 1
        address = report.address
        if address is None or report.type not in (SETTINGS, STATUS, ABOUT):
            self.counters.unknown += 1
            self._orphan = (report, now)
            return
        if address == 0 and 0 not in self._slaves:
            self._master(now)
            if report.type == SETTINGS:
                self._voice.window = self._pulse.beat(now)
        if not self._doubt.believes(report, now):
            self.counters.doubted += 1
            self._garbled(now)
            return
        node = self.nodes.get(address)
        if node is None:
            node = self.nodes[address] = Node(address, now)
        node.hear(report, now, self.nodes.values(), self._doubt.noisy(now))
        if node.state != HEARD:
            self._move(node, HEARD, now)
        self._answer(node, report.type, now)
        self._events.append(Heard(report, now))
        self._orders.hear(address, report.frame, now)

    def _hear_late(self, ack: Ack, report: Report, at: float, now: float) -> None:
        """An acknowledgement that came later than the framer waits, next after the report it closes."""
        if report.type == ack.type and now - at < _LATE:
            report.address, report.evidence = ack.address, "acknowledgement"
            self.counters.unknown -= 1
            self.counters.reports -= 1
            self._hear_report(report, now)

    def _answer(self, node: Node, type: int, now: float) -> None:
        """Close the exchange that this report answers, if any."""
        pending = self._voice.pending
        if pending is not None and pending.answers(node.address, type):
            node.took(now - pending.sent_at)
            self._calm.returned(now - pending.sent_at, now)
            self._voice.pending, self._voice.asked = None, 0
            self._schedule.answered(node.address, now)
            self._gap.answered(now)
        else:
            latency = self._others.answer(node, type, now)
            if latency is not None:
                self._calm.answered(latency, now)
            elif type == ABOUT and self.asked:
                self._calm.disturbed(now)  # a JK master does not ask for it: our word, held up on its way
        if node.address in self._slaves:  # a JK master spoke unasked, and will not be asked: nobody is deaf
            self._voice.rest(now, self.gap)

    def _hear_request(self, message: Request, now: float) -> None:
        if self._voice.pending is not None:
            self.counters.collisions += 1
            self._calm.disturbed(now)
            self._voice.give_up(now)
        self._others.ask(message.address or 0, message.type, self.nodes, now)
        self._master(now)

    def _hear_noise(self, noise: Noise, now: float) -> None:
        self.counters.noise += len(noise.data)
        self.counters.bad_sums += noise.bad_sums
        pending = self._voice.pending
        address = pending.address if pending else self._others.address
        if noise.bad_sums:
            self._doubt.noise(now)
            if address in self.nodes:
                self.nodes[address].bad_sums += noise.bad_sums
        if pending is not None:
            pending.noise += len(noise.data)
            if pending.noise >= _GARBLED and self._framer.wake_at is None:
                self._garbled(now)

    def _garbled(self, now: float) -> None:
        """What was heard may have been the answer to us, but cannot be used."""
        pending = self._voice.pending
        if pending is not None:
            pending.noise += 1
            self.counters.collisions += self.role == PSEUDO_MASTER
            self._fail(pending, now)

    def _master(self, now: float) -> None:
        """A JK master is there: step back at once."""
        self.master_heard = now
        self._calm.master(now)
        self._update_role(now)

    def _tick(self, now: float) -> None:
        """What time alone decides."""
        pending = self._voice.pending
        if pending is not None and now >= pending.deadline and self._framer.wake_at is None:
            self._fail(pending, now)
        self._update_role(now)
        self._events += [OrderEnded(order, now) for order in self._orders.ended(now)]
        if now >= self._life_at:
            self._life_at = now + _LIFE_CHECK
            self._judge_nodes(now)

    def _judge_nodes(self, now: float) -> None:
        timing, cycle = self.timing, self.cycle
        for node in self.nodes.values():
            polled = self.role == MASTER and node.address in self._slaves
            state = node.judge(now, self.role_since, cycle, timing.missed_cycles, timing.gone, polled)
            if state != node.state:
                self._move(node, state, now)

    def _fail(self, pending: Exchange, now: float) -> None:
        self._voice.give_up(now)
        self._voice.rest(now, self.gap)
        node = self.nodes.get(pending.address)
        if pending.is_write:
            return
        if node is None or not node.alive:
            self._schedule.missed(pending.address, now, garbled=pending.noise > 0)
            return
        node.timeouts += 1
        node.failures += 1
        if not pending.noise and not self._doubt.noisy(now):
            self._gap.deaf(now)

    def _update_role(self, now: float) -> None:
        if self._started is not None:
            started, heard, calm = self._started, self.master_heard, self._calm
            role, reason = role_at(now, started, heard, self.read_only, self.timing, calm)
            self._become(role, reason, now)

    def _become(self, role: str, reason: str, now: float) -> None:
        if (role, reason) == (self.role, self.reason):
            return
        if role != self.role:
            self.role_since = now
        self.role, self.reason = role, reason
        self._schedule.due_at = now
        self._events.append(RoleChanged(role, reason, now))

    def _take_events(self) -> "list[Event]":
        events, self._events = self._events, []
        return events

    def _move(self, node: Node, state: str, now: float) -> None:
        before, node.state, node.since = node.state, state, now
        self._schedule.due_at = now
        self._events.append(NodeChanged(node.address, state, now, before))
