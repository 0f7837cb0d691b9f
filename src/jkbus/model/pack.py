"""A pack as its last reports tell it, and what follows from them."""

from dataclasses import dataclass, field

from ..protocol import About, Report, Settings, Status
from . import alarms
from .energy import Energy

HEARD, LATE, SILENT, GONE = "heard", "late", "silent", "gone"


@dataclass(slots=True, eq=False)
class Pack:
    """The last Settings, Status and About of an address, and when each was heard.

    `key` is the identity for everything outside (topics, unique ids, files), None until it is known;
    `name` is for people. `state` is heard, late, silent or gone; the values of a pack that is neither
    heard nor late are old and must not be shown as present. Times are seconds of the bus's clock.
    """

    bus: str
    address: int
    name: str
    key: str | None = None
    state: str = HEARD
    since: float = 0.0  # of the state
    first_heard: float = 0.0  # since it was absent
    settings: Settings | None = None
    status: Status | None = None
    about: About | None = None
    heard_at: dict[str, float] = field(default_factory=dict)  # by kind of report
    energy: Energy = field(default_factory=Energy)

    def take(self, report: Report, at: float) -> None:
        """Keep a report in place of the one before it."""
        frame = report.frame
        if isinstance(frame, Status):
            self.status = frame
            self.energy.add(self.power or 0.0, at)
        elif isinstance(frame, Settings):
            self.settings = frame
        elif isinstance(frame, About):
            self.about = frame
        self.heard_at[frame.kind] = at

    def returned(self, at: float) -> None:
        """It was silent and is heard again: what it told before is not of now, and it may be another pack."""
        self.first_heard = at
        self.status = self.settings = None

    @property
    def available(self) -> bool:
        """Whether its values are of now."""
        return self.status is not None and self.state in (HEARD, LATE)

    @property
    def serial(self) -> str | None:
        """Serial number; None until an About was heard, and for boards that have none."""
        return (self.about.serial_number.strip() or None) if self.about is not None else None

    @property
    def role(self) -> str:
        """master or slave: the DIP switch says which."""
        return "master" if self.address == 0 else "slave"

    def age(self, kind: str, now: float) -> float | None:
        """Seconds since the report of that kind (settings, status, about) was heard; None for never."""
        at = self.heard_at.get(kind)
        return None if at is None else now - at

    @property
    def cells(self) -> tuple[float, ...]:
        """Voltage of each wired cell in volts, cell 1 first; 0.0 is a reading. Empty before a Status."""
        return () if self.status is None else tuple(v for v in self.status.cell_voltage if v is not None)

    @property
    def wire_resistances(self) -> tuple[float, ...]:
        """Resistance of the balance wire of each wired cell in Ω, cell 1 first."""
        if self.status is None:
            return ()
        pairs = zip(self.status.cell_voltage, self.status.cell_wire_resistance, strict=True)
        return tuple(resistance for voltage, resistance in pairs if voltage is not None)

    @property
    def power(self) -> float | None:
        """Watts, positive while charging: voltage times current, since the board's own figure has no sign."""
        if self.status is None:
            return None
        return round(self.status.battery_voltage * self.status.battery_current, 3)

    @property
    def temperatures(self) -> dict[str, float]:
        """°C of every probe that is there, by row name: the MOSFET and battery probes 1, 2, 4 and 5.

        Probe 3 of the register map repeats the MOSFET on PB boards and is left out.
        """
        if self.status is None:
            return {}
        names = ("mosfet_temperature", *(f"battery_temperature_{n}" for n in (1, 2, 4, 5)))
        readings = {name: getattr(self.status, name) for name in names}
        return {name: value for name, value in readings.items() if value is not None}

    @property
    def alarms(self) -> tuple[alarms.Alarm, ...]:
        """Alarms that are set now, worst first."""
        return () if self.status is None else alarms.active(self.status)
