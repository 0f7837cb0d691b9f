"""A JK-PB pack that is not there: cells, temperatures, a board with MOSFETs, and the three reports it tells.

The world outside decides what current it would like (`step`); the pack carries what its MOSFETs allow. Its
Settings, Status and About are real frames, written through their rows, and its settings are what its board
obeys. Time comes only through `step` and `run`.
"""

from random import Random
from typing import Any

from ..protocol import About, Settings, Status
from ..protocol.frames import Frame
from . import slave
from .cells import Cells
from .firmware import FIRMWARE
from .guard import Guard, Senses
from .heat import HEATER_CURRENT, Heat
from .mishaps import Mishap
from .port import Port
from .stages import Stages
from .telling import dress, tell

_STEP = 10.0  # s, the longest step of the physics
_BALANCER_CURRENT = 2.0  # A, what the hardware of a PB2A can do
_BALANCER_TURN = 8.0  # s in which the balancer takes from one cell, then gives to another
_WIRE_LIMIT = 0.2  # Ω above which the wire of a cell raises its alarm
_STRONGEST = 5000.0  # A that anybody may want

GIVING, TAKING = 1, 2  # as balancing_state has it


class VirtualPack:
    """A pack at `address` with `cells` cells of `capacity` Ah, filled to `soc` (0 to 1).

    Worth turning while it runs: `wanted` (A, what the world would like, positive charging), `ambient` (°C),
    `silent` (unplugged), `off`, `blown` (its fuse), `gain` and `zero` (its current sensor), `heat.probes`
    (None unplugs one), `wire_resistance` (Ω each), `guard.reminders` (alarm bits without effect),
    `turnaround`, `deaf` and `settling` (s), `mishaps` (what befalls the next writes). `commands` and
    `forbidden_writes` list (register, bytes) written to documented and to dangerous command registers.
    """

    def __init__(
        self,
        address: int,
        *,
        cells: int = 16,
        capacity: float = 280.0,
        soc: float = 0.6,
        firmware: str = "15.41",
        serial: str | None = None,
        name: str | None = None,
        seed: int = 0,
        temperature: float = 22.0,
        cycles: float = 12.4,
        rtc: int | None = None,
    ) -> None:
        random = Random(f"{seed}/{address}/{serial}")
        self.address = address
        self.firmware = FIRMWARE[firmware]
        self.turnaround = (0.007, 0.020)  # s between the end of a request and the start of its answer
        self.deaf = 0.03  # s after an answer in which nothing is heard
        self.settling = 0.3  # the same after a write
        self.busy = 0.0  # s in which nothing is heard after what was heard last
        self.mishaps: list[Mishap] = []
        self.silent = False
        self.off = False
        self.blown = False
        self.wanted = 0.0
        self.ambient = temperature
        self.cells = Cells(cells, capacity, soc, random)
        self.cells.temperature = temperature
        self.heat = Heat(temperature, random)
        self.stages = Stages(full=soc >= 0.99)
        self.wire_resistance = [random.uniform(0.073, 0.083) for _ in range(cells)]
        self.current = 0.0  # A through the terminals
        self.balancing = 0
        self.remaining = capacity * soc  # Ah as the board counts them
        self.cycle_capacity = capacity * cycles
        self.runtime = float(random.randrange(10**6, 3 * 10**7))
        self.uptime = float(random.randrange(10**4, 10**6))
        self.rtc = self.uptime if rtc is None else float(rtc)
        self.log_count = random.randrange(200)
        self.offset = random.randint(-4, 4)  # mV from the sum of the cells to the pack voltage
        self.gain = 1.0  # what the board makes of an ampere
        self.zero = 0.0  # A that it sees where none flow
        self.commands: list[tuple[int, bytes]] = []
        self.forbidden_writes: list[tuple[int, bytes]] = []
        self.settings = Settings(Settings.blank().data)
        self.status = Status(Status.blank().data)
        self.about = About(About.blank().data)
        self.told: dict[str, Any] = {}  # rows of Status as they were last written
        self._frames: dict[int, Frame] = {1: self.settings, 2: self.status, 3: self.about}
        dress(self, cells, capacity, serial, name, random)
        self.guard = Guard(
            self.settings.values(),
            warns_of_heat=not self.firmware.heater,
            cold_discharge=self.firmware.cold_discharge,
        )
        self._now: float | None = None
        self._fresh = False
        self._starved = False  # off because a cell fell too low
        self.obey()

    @property
    def full(self) -> float:
        """Ah that the board takes for a full battery."""
        return max(self._design, 0.001)

    @property
    def soc(self) -> int:
        """State of charge in per cent as the board counts it."""
        return min(100, round(100 * self.remaining / self.full))

    @property
    def voltage(self) -> float:
        """Pack voltage in V."""
        return sum(self.cells.voltage) + self.offset / 1000

    @property
    def measured(self) -> float:
        """What the board takes the current for, in A; its charge count follows it."""
        return self.current * self.gain + self.zero

    @property
    def bad_wires(self) -> int:
        """Mask of the cells whose wire has too much resistance."""
        return sum(1 << cell for cell, ohm in enumerate(self.wire_resistance) if ohm > _WIRE_LIMIT)

    def run(self, now: float) -> None:
        """Let the time since the last run pass, if it is a second or more, with what is `wanted`."""
        if self._now is None:
            self._now = now
        elif now - self._now >= 1.0:
            elapsed, self._now = now - self._now, now
            self.step(self.wanted, self.ambient, elapsed)

    def step(self, current: float, ambient: float, dt: float) -> None:
        """Let `dt` s pass in which the world wants `current` A (positive: charging) and has `ambient` °C."""
        self.wanted, self.ambient = current, ambient
        while dt > 0:
            part = min(dt, _STEP)
            dt -= part
            self._pass(part)
        self._fresh = False

    def hear(self, data: bytes) -> bytes:
        """Answer a whole message from the wire; empty where a real pack would be silent."""
        return slave.answer(self, data) if self.address else b""

    def port(self) -> Port:
        """Its RS485-1 port, for a line beside its own: `VirtualLine([pack.port()])`."""
        return Port(self)

    def frame(self, type: int) -> Frame:
        """The Settings, Status or About of this moment."""
        if type == 1:
            return self.settings
        if not self._fresh:
            tell(self)
            self._fresh = True
        return self._frames[type]

    def report(self, type: int) -> bytes:
        """The whole answer: report, acknowledgement, and the zeros around it where the firmware has them."""
        return slave.report(self, type)

    def obey(self) -> None:
        """Take over what stands in Settings and About, after somebody has written there."""
        self.guard.obey(self.settings.values())
        self._design = self.settings.design_capacity
        self._hold = self.about.requested_charge_voltage_time * 3600
        self._rebulk = self.about.rebulk_soc
        self.remaining = min(self.remaining, self.full)
        self._look(0.0)
        self._fresh = False

    def _pass(self, dt: float) -> None:
        self.uptime += dt
        self.rtc += dt
        if self.off and self._starved and self.wanted > 0:  # a charger wakes the board
            self.off = self._starved = False
        self.current = 0.0 if self.off else self._allowed(self.wanted)
        heater = HEATER_CURRENT if self.heat.heating and not self.off else 0.0
        self.cells.temperature = self.heat.battery
        self.cells.carry(self.current - heater, dt)
        voltage = sum(self.cells.voltage)
        self.heat.step(self.current, self.cells.prompt_resistance * 2, heater * voltage, self.ambient, dt)
        if self.off:
            return
        self.current -= heater
        self.runtime += dt
        self._balance(dt)
        self._count(dt)
        self._look(dt)

    def _allowed(self, wanted: float) -> float:
        """The part of a wanted current that the fuse and the MOSFETs let through."""
        if self.blown:
            return 0.0
        if wanted > 0:
            return min(wanted, _STRONGEST) if self.guard.charge else 0.0
        return max(wanted, -_STRONGEST) if self.guard.discharge else 0.0

    def _balance(self, dt: float) -> None:
        settings, voltage = self.guard.settings, self.cells.voltage
        highest, lowest = max(voltage), min(voltage)
        self.balancing = 0
        if (
            settings["balancing_enabled"]
            and highest - lowest > settings["balancing_trigger_delta_voltage"]
            and highest > settings["balancing_start_cell_voltage"]
        ):
            charge = self.balancing_current * dt / 3600 / 2
            self.cells.move(voltage.index(highest), voltage.index(lowest), charge)
            self.balancing = TAKING if self.uptime // _BALANCER_TURN % 2 else GIVING

    @property
    def balancing_current(self) -> float:
        """A that the balancer moves while it works."""
        return min(_BALANCER_CURRENT, self.settings.balancing_current_limit)

    def _count(self, dt: float) -> None:
        """Count charge, and correct the count where a cell says full or empty."""
        moved = self.measured * dt / 3600
        self.remaining = min(max(self.remaining + moved, 0.0), self.full)
        self.cycle_capacity += abs(moved) if moved < 0 else 0.0
        settings = self.guard.settings
        if self.current >= 0 and max(self.cells.voltage) >= settings["soc_100_cell_voltage"]:
            self.remaining = self.full
        elif self.current <= 0 and min(self.cells.voltage) <= settings["soc_0_cell_voltage"]:
            self.remaining = 0.0

    def _look(self, dt: float) -> None:
        """Let the board look at itself: protections, heater, charge stage, and whether to stay on at all."""
        settings, readings, voltage = self.guard.settings, self.heat.readings(), self.cells.voltage
        known = [reading for reading in readings if reading is not None]
        before = self.guard.alarms
        self.guard.step(
            Senses(
                highest=max(voltage),
                lowest=min(voltage),
                voltage=sum(voltage),
                current=self.current,
                hottest=max(known, default=None),
                coldest=min(known, default=None),
                mosfet=self.heat.mosfet,
                full=self.soc >= 99,
                cells=len(voltage),
                sensor_missing=len(known) < len(readings),
                wire_alarm=self.bad_wires != 0,
            ),
            dt,
        )
        self.log_count += (self.guard.alarms & ~before).bit_count()
        if self.firmware.heater:
            self._heat(min(known, default=None))
        if self.firmware.charge_stages:
            rcv, floats = settings["requested_charge_cell_voltage"], settings["charge_float_mode_enabled"]
            per_cell = sum(voltage) / len(voltage)
            self.stages.step(per_cell, self.soc, rcv, self._hold, self._rebulk, floats, dt)
        if min(voltage) < settings["power_off_cell_voltage"] and self.guard.emergency <= 0:
            self.off = self._starved = True
        self.current = 0.0 if self.off else self._allowed(self.current)

    def _heat(self, coldest: float | None) -> None:
        settings = self.guard.settings
        if (
            not settings["heating_enabled"]
            or coldest is None
            or coldest > settings["heating_stop_temperature"]
        ):
            self.heat.heating = False
        elif coldest < settings["heating_start_temperature"]:
            self.heat.heating = True
