"""Virtual packs that live for days, and the history somebody would have kept of them."""

import math
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from jkbus.health import Health, Nameplate, Past, Track, health
from jkbus.simulator import SunnyDay, VirtualPack

START = 1_780_272_000.0  # unix s: midnight UTC, the first of June 2026
LEAK = 0.003  # A by which a cell discharges itself where a test wants that
PLATE = Nameplate(280.0, 3.61)
_SCALARS = (
    "battery_current",
    "battery_voltage",
    "state_of_charge",
    "remaining_capacity",
    "battery_temperature_1",
    "battery_temperature_2",
    "balancing_state",
    "charge_mosfet_on",
    "discharge_mosfet_on",
)


class Diary:
    """Minutes of one pack as a history keeps them: means of what its board showed, as coarse as that is."""

    def __init__(self, pack: VirtualPack, step: float = 60.0) -> None:
        self.pack, self.step = pack, step
        self.names = [*_SCALARS, *(f"cell_voltage_{number}" for number in range(1, len(pack.cells) + 1))]
        self.times = array("d")
        self.columns = {name: array("d") for name in self.names}
        self._sums = [0.0] * len(self.names)
        self._count = 0
        self._minute = -math.inf

    def note(self, now: float) -> None:
        """Take what the pack shows at unix time `now`."""
        minute = now // self.step * self.step
        if minute != self._minute:
            self.close()
            self._minute = minute
        self._sums = [a + b for a, b in zip(self._sums, self._shown(), strict=True)]
        self._count += 1

    def close(self) -> None:
        """End the minute."""
        if self._count:
            self.times.append(self._minute)
            for column, total in zip(self.columns.values(), self._sums, strict=True):
                column.append(total / self._count)
        self._sums, self._count = [0.0] * len(self.names), 0

    def tracks(self) -> dict[str, Track]:
        """What was noted so far, by name."""
        self.close()
        return {name: Track(self.times, column) for name, column in self.columns.items()}

    def past(self) -> Past:
        """What was noted so far."""
        return Past.of(self.tracks(), self.step)

    def _shown(self) -> list[float]:
        pack, guard = self.pack, self.pack.guard
        probes = pack.heat.readings()
        return [
            round(pack.measured, 3),
            round(pack.voltage, 3),
            float(pack.soc),
            pack.remaining,
            round(probes[0] or 0.0, 1),
            round(probes[1] or 0.0, 1),
            float(pack.balancing),
            float(guard.charge),
            float(guard.discharge),
            *(round(volt, 3) for volt in pack.cells.voltage),
        ]


def packs(count: int = 3, soc: float = 0.6, temperature: float = 22.0) -> list[VirtualPack]:
    """Packs at addresses from 1 on, alike but for what chance gave their cells."""
    return [VirtualPack(address, soc=soc, seed=7, temperature=temperature) for address in range(1, count + 1)]


def level(pack: VirtualPack) -> None:
    """Let all cells be full together."""
    cells = pack.cells
    missing = min(whole - charge for whole, charge in zip(cells.capacity, cells.charge, strict=True))
    cells.charge = [whole - missing for whole in cells.capacity]


def live_days(
    world: SunnyDay,
    days: float,
    each_hour: Callable[[float], None] = lambda hour: None,
    every: float = 10.0,
) -> list[Diary]:
    """Let days of sun and loads pass from midnight on; `each_hour` is told the hours since the start."""
    diaries = [Diary(pack) for pack in world.packs]
    world.run(0.0)
    per_hour = round(3600 / every)
    for tick in range(1, round(days * 86400 / every) + 1):
        if tick % per_hour == 1:
            each_hour(tick // per_hour)
        world.run(tick * every)
        for diary in diaries:
            diary.note(START + (tick - 1) * every)
    return diaries


def drive(
    pack: VirtualPack,
    legs: Sequence[tuple[float, float]],
    *,
    every: float = 10.0,
    step: float = 60.0,
    ambient: float = 22.0,
) -> Diary:
    """Let a pack alone carry currents, (A, at most s) each; a leg ends where its board lets none through."""
    diary, now = Diary(pack, step), 0.0
    for current, seconds in legs:
        for _ in range(round(seconds / every)):
            pack.step(current, ambient, every)
            diary.note(START + now)
            now += every
            if current and not pack.current:
                break
    return diary


@dataclass
class Bank:
    """Packs after some days, the Ω of their leads, what was kept of them, and what health makes of it."""

    packs: dict[str, VirtualPack]
    leads: dict[str, float]
    pasts: dict[str, Past]
    plates: dict[str, Nameplate]
    health: Health


def bank(world: SunnyDay, diaries: Sequence[Diary], names: Sequence[str]) -> Bank:
    """What health makes of packs side by side; the truth of their cables comes along."""
    pasts = {name: diary.past() for name, diary in zip(names, diaries, strict=True)}
    plates = dict.fromkeys(names, PLATE)
    lived = {name: diary.pack for name, diary in zip(names, diaries, strict=True)}
    leads = {name: world.leads[pack] for name, pack in lived.items()}
    return Bank(lived, leads, pasts, plates, health(pasts.items(), plates))
