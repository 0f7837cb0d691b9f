"""What people see of a pack's health: few figures, told when they change and once an hour.

A figure is an entity from the moment it is known for the first time; what is missing for the others says
`jkbus health`.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..health.estimate import Answer, Estimate
from ..health.findings import ACT, FINE, UNKNOWN, WATCH
from ..health.report import Health
from .entity import Entity, derived, grouped
from .facts import Facts, Value

Source = Callable[[], Health | None]
"""What was found out last about the health of all packs; None while nothing was."""

GROUP = "health"
_NOTHING = "nothing to watch or to do"


def _row(key: str, title: str, **more: Any) -> Entity:
    def get(facts: Facts) -> Value:
        return facts.health.get(key)

    def exists(facts: Facts) -> bool | None:
        return True if key in facts.health else None

    return derived(key, get, title, on=True, exists=exists, **more)


HEALTH = grouped(
    GROUP,
    _row("health", "Health", options=(FINE, WATCH, ACT)),
    _row("health_text", "Health in words"),
    _row("health_resistance", "Pack resistance", unit="mΩ", precision=2, state_class="measurement"),
    _row("health_capacity", "Measured capacity", unit="Ah", precision=1, state_class="measurement"),
    _row(
        "health_spread_top",
        "Cell spread at the top",
        unit="mV",
        device_class="voltage",
        precision=0,
        state_class="measurement",
    ),
    _row(
        "health_spread_bottom",
        "Cell spread at the bottom",
        unit="mV",
        device_class="voltage",
        precision=0,
        state_class="measurement",
    ),
    _row("health_share", "Deviation of current share", unit="%", precision=1, state_class="measurement"),
)


class Examined:
    """The health of packs by their keys, put into values only once for each time it was found out."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._of: Health | None = None
        self._values: dict[str, Mapping[str, Value]] = {}

    def values(self, key: str) -> Mapping[str, Value]:
        """What is known of a pack, by key of its entity."""
        health = self._source()
        if health is not self._of:
            self._of, self._values = health, {}
        if health is not None and key not in self._values:
            self._values[key] = dict(values(health, key))
        return self._values.get(key, {})


def values(health: Health, key: str) -> Iterator[tuple[str, Value]]:
    """The figures of a pack that are known: mΩ, Ah, mV and per cent of the share that is expected of it."""
    known = [finding for finding in health.findings.get(key, ()) if finding.kind != UNKNOWN]
    if known:
        worst = known[0]
        told = [f"{worst.subject}: {worst.sentence}", worst.advice]
        yield "health", worst.kind
        yield "health_text", "; ".join(filter(None, told)) if worst.kind != FINE else _NOTHING
    if key in health.figures:
        figures = health.figures[key]
        yield from _known("health_resistance", figures.resistance.pack, 1000)
        yield from _known("health_capacity", figures.capacity.whole)
        yield from _known("health_spread_top", figures.top.now, 1000)
        yield from _known("health_spread_bottom", figures.bottom.now, 1000)
    sharing = health.sharing.get(key)
    if sharing is not None and isinstance(sharing.share, Estimate) and sharing.expected > 0:
        yield "health_share", 100 * (sharing.share.value / sharing.expected - 1)


def _known(key: str, answer: Answer, times: float = 1) -> Iterator[tuple[str, Value]]:
    if isinstance(answer, Estimate):
        yield key, answer.value * times
