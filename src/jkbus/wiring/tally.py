"""What was heard in steps of ten seconds, for an hour: per address, so that who suffers can be told."""

from collections import Counter, deque
from collections.abc import Iterable

STEP = 10.0  # s
KEPT = 360  # steps: an hour


class Step:
    """Ten seconds. Counters are by address; None stands for an address that is not known."""

    def __init__(self, began: float) -> None:
        self.began = began
        self.heard = 0  # bytes, echoes included
        self.echo = 0  # bytes
        self.noise = 0  # bytes
        self.stray = 0  # bytes of noise that were no part of a report
        self.floating = 0  # bytes of these that an undriven line makes: FF, 00 and those with one bit off
        self.cut = 0  # reports whose end did not come in time
        self.said = 0  # requests of ours
        self.reports: Counter[int | None] = Counter()
        self.damaged: Counter[int | None] = Counter()
        self.asked: Counter[tuple[int, int]] = Counter()  # requests of others, by address and type
        self.collided = 0  # requests of others while ours waited for its answer
        self.beats = 0  # settings that a JK master told unasked: one a period


class Tally:
    """The steps of the last hour; `now` opens a new one when its time has come."""

    def __init__(self) -> None:
        self.steps: deque[Step] = deque(maxlen=KEPT)

    def at(self, now: float) -> Step:
        """The step that `now` lies in; times never go back, and where they do the last step goes on."""
        if not self.steps or now >= self.steps[-1].began + STEP:
            self.steps.append(Step(now))
        return self.steps[-1]

    def since(self, began: float) -> list[Step]:
        """The steps that began then or later."""
        return [step for step in self.steps if step.began >= began]


def total(steps: Iterable[Step]) -> Step:
    """All steps as one."""
    sums = Step(0.0)
    for step in steps:
        for name in ("heard", "echo", "noise", "stray", "floating", "cut", "said", "collided", "beats"):
            setattr(sums, name, getattr(sums, name) + getattr(step, name))
        sums.reports += step.reports
        sums.damaged += step.damaged
        sums.asked += step.asked
    return sums


def share(damaged: int, reports: int) -> float:
    """The share of answers that came damaged, 0 where there is none."""
    return damaged / (damaged + reports) if damaged + reports else 0.0


def by_packs(steps: Iterable[Step]) -> dict[int, tuple[int, int]]:
    """Whole and damaged answers by the number of packs that were heard in the same or the previous step."""
    found: dict[int, tuple[int, int]] = {}
    before: set[int | None] = set()
    for step in steps:
        here: set[int | None] = {address for address in step.reports if address is not None}
        packs = len(here | before)
        whole, damaged = found.get(packs, (0, 0))
        found[packs] = whole + step.reports.total(), damaged + step.damaged.total()
        before = here
    return found
