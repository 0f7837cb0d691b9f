"""The configuration as one typed tree; every default is the one that suits most owners."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from jkbus.config.alarms import AlarmsConfig
from jkbus.config.esphome import EsphomeConfig
from jkbus.config.export import ExportConfig, MetricsConfig, named
from jkbus.config.fields import (
    Address,
    Amount,
    BrokerUrl,
    Button,
    Cycles,
    Duration,
    ExistingFile,
    Folder,
    Link,
    Name,
    NothingIsAnEmptyList,
    NothingIsAnEmptySection,
    Positive,
    Secret,
    Section,
    Topic,
)
from jkbus.config.history import HistoryConfig
from jkbus.config.urls import Broker, SecretUrl, parse_broker
from jkbus.config.values import format_duration
from jkbus.config.web import WebConfig
from jkbus.config.words import BadValue


def default_state() -> Path:
    """Where state is kept if nothing is said: systemd's directory, else the user's own."""
    if given := os.environ.get("STATE_DIRECTORY"):
        return Path(given.split(":")[0])
    home = os.environ.get("XDG_STATE_HOME", "")
    if home.startswith("/"):
        return Path(home, "jkbus")
    try:
        return Path.home() / ".local/state/jkbus"
    except RuntimeError:
        return Path("/var/lib/jkbus")


class TimingConfig(Section):
    """When we speak and how long we wait, on one bus; seconds."""

    listen: Duration = Field(default=5.0, description="silent before the first byte of our own")
    takeover: Duration = Field(
        default=5.0,
        description="silence of a JK master before we become master; 25s longer by TCP, 95s by an ESP32",
    )
    gap: Duration = Field(
        default=0.1, description="pause after an answer at first; it is learned from then on"
    )
    gap_floor: Duration = Field(default=0.03, description="the shortest pause that may be learned")
    gap_ceiling: Duration = Field(default=0.25, description="the longest pause that may be learned")
    answer_timeout: Positive = Field(default=0.2, description="wait for the first byte of an answer")
    status: Duration = Field(
        default=0.0, le=60, description="wanted age of measurements, 60s at most; 0s: as the line allows"
    )
    settings: Duration = Field(default=30.0, description="wanted age of settings")
    about: Duration = Field(default=3600.0, description="wanted age of model, firmware and serial number")
    missed_cycles: Cycles = Field(default=3.0, description="a pack is unavailable after so many")
    gone: Positive = Field(default=600.0, description="a pack that is silent for so long is given up")
    write: Positive = Field(default=15.0, description="a change waits for its turn at most so long")

    @model_validator(mode="after")
    def _gap_lies_between_its_bounds(self) -> Self:
        if not self.gap_floor <= self.gap <= self.gap_ceiling:
            floor, gap, ceiling = map(format_duration, (self.gap_floor, self.gap, self.gap_ceiling))
            raise BadValue(
                f"gap {gap} is not between gap_floor {floor} and gap_ceiling {ceiling}; change one"
            )
        return self


class PackConfig(Section):
    """A pack with a name of its own, found by its DIP switch or by its serial number: one of the two."""

    name: Name = Field(examples=["rs485-bms0"], description="the pack's name in topics and entities")
    address: Address | None = Field(
        default=None, description="what the DIP switch says, 0 to 15 or 0x00 to 0x0F"
    )
    serial: str | None = Field(
        default=None, min_length=1, description="follows the pack when its DIP switch changes"
    )
    link: Link | None = Field(
        default=None,
        examples=["/dev/ttyUSB1"],
        description="a second wire, to the RS485-1 port of this pack alone (protocol 001); needs address",
    )
    writes: bool | None = Field(
        default=None, description="true: its settings may be changed; as the bus has it if nothing is said"
    )


class BusConfig(Section):
    """One RS485 line and the link to it."""

    link: Link = Field(
        examples=["/dev/ttyUSB0"],
        description="a path, socket://host:port, esphome://host, replay:FILE or sim:6",
    )
    name: Name = Field(default="", description="the bus's name in topics; bus1, bus2, ... if it has none")
    read_only: bool = Field(default=False, description="true: never send a byte")
    writes: bool = Field(default=False, description="true: settings may be changed from here")
    baudrate: int = Field(default=115200, ge=1200, le=4_000_000, description="bits a second")
    rs485: Literal["auto", "kernel", "rts"] = Field(
        default="auto", description="who switches the direction: the adapter, the kernel (TIOCSRS485), or RTS"
    )
    timing: TimingConfig = Field(default=TimingConfig(), description="when we speak and how long we wait")
    packs: Annotated[tuple[PackConfig, ...], NothingIsAnEmptyList] = Field(
        default=(), description="names for packs; others that are found are added by themselves"
    )


class GroupConfig(Section):
    """How often one group of values goes out; None leaves it to the group's own default."""

    interval: Duration | None = Field(default=None, description="at most once in this time")
    heartbeat: Positive | None = Field(default=None, description="at least once in this time, changed or not")
    deadband: dict[str, Amount] | None = Field(
        default=None, description="by name of a value, the change that is too small to tell"
    )
    only_if_changed: bool | None = Field(
        default=None, description="true: nothing goes out while nothing changes"
    )


class GroupsConfig(Section):
    """The groups of a pack's values."""

    status: GroupConfig = GroupConfig()
    cells: GroupConfig = GroupConfig()
    temperatures: GroupConfig = GroupConfig()
    alarms: GroupConfig = GroupConfig()
    settings: GroupConfig = GroupConfig()
    counters: GroupConfig = GroupConfig()
    info: GroupConfig = GroupConfig()


class MqttConfig(Section):
    """The broker and what it gets; `broker` has address and login ready for use."""

    url: BrokerUrl = Field(
        examples=["mqtt://127.0.0.1:1883"],
        description="mqtts:// for TLS; port 1883 or 8883 if not given",
    )
    username: str | None = Field(default=None, description="instead of the one in the url")
    password: Secret | None = Field(default=None, description="instead of the one in the url, for !secret")
    topic: Topic = Field(default="jkbus", description="every topic begins with it")
    client_id: str | None = Field(
        default=None, min_length=1, description="made from the host's name if not given"
    )
    ca: ExistingFile | None = Field(
        default=None, description="file with the authority that signed the broker's certificate"
    )
    cert: ExistingFile | None = Field(
        default=None, description="file with our certificate, if the broker asks for one"
    )
    key: ExistingFile | None = Field(default=None, description="file with the key of our certificate")
    insecure: bool = Field(default=False, description="true: do not check the broker's certificate")
    groups: GroupsConfig = Field(
        default=GroupsConfig(), description="how often each group of values goes out"
    )

    @property
    def broker(self) -> Broker:
        """Host, port, TLS and login; username and password of their own win over those in the URL."""
        broker = parse_broker(self.url)
        password = self.password.get_secret_value() if self.password else broker.password
        return Broker(broker.host, broker.port, broker.tls, self.username or broker.username, password)

    @model_validator(mode="after")
    def _certificates_belong_to_tls(self) -> Self:
        used = [name for name in ("ca", "cert", "key", "insecure") if getattr(self, name)]
        if used and not parse_broker(self.url).tls:
            raise BadValue(f"without TLS there is no use for {' and '.join(used)}; write mqtts:// in the url")
        if self.key and not self.cert:
            raise BadValue("key needs a certificate; add cert: with its file")
        return self


class HomeAssistantConfig(Section):
    """Discovery by Home Assistant, on wherever there is a broker."""

    enabled: bool = Field(default=True, description="false: Home Assistant is told nothing")
    discovery_prefix: Topic = Field(
        default="homeassistant", description="as set in Home Assistant's MQTT integration"
    )
    buttons: Annotated[tuple[Button, ...], NothingIsAnEmptyList] = Field(
        default=("set_clock",), description="actions shown as buttons, of set_clock and emergency_start"
    )


class LogConfig(Section):
    """What is told while running."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="debug, info, warning or error"
    )


class Config(Section):
    """Everything a user can set."""

    substitutions: Annotated[dict[str, str], NothingIsAnEmptySection] = Field(
        default={}, description="texts to insert with ${name} anywhere else", exclude=True
    )
    buses: Annotated[tuple[BusConfig, ...], NothingIsAnEmptyList] = Field(
        examples=["[{link: /dev/ttyUSB0}]"], description="RS485 lines"
    )
    mqtt: Annotated[MqttConfig | None, NothingIsAnEmptySection] = Field(
        default=None, description="the MQTT broker"
    )
    homeassistant: HomeAssistantConfig = Field(
        default=HomeAssistantConfig(), description="discovery by Home Assistant"
    )
    names: Literal["jkbus", "jk-bms-card"] = Field(
        default="jkbus", description="what entities are called; jk-bms-card: as that card looks for them"
    )
    history: HistoryConfig = Field(default=HistoryConfig(), description="what is kept of the past")
    alarms: AlarmsConfig = Field(default=AlarmsConfig(), description="the journal of alarms")
    export: Annotated[tuple[ExportConfig, ...], NothingIsAnEmptyList] = Field(
        default=(), description="databases of time series that are sent every value"
    )
    metrics: Annotated[MetricsConfig | None, NothingIsAnEmptySection] = Field(
        default=None, description="a page of present values for Prometheus"
    )
    web: WebConfig = Field(default=WebConfig(), description="the page of the gateway, for a browser")
    esphome: Annotated[EsphomeConfig | None, NothingIsAnEmptySection] = Field(
        default=None, description="the gateway as an ESPHome device"
    )
    state: Folder = Field(default_factory=default_state, description="directory for what survives a restart")
    log: LogConfig = Field(default=LogConfig(), description="what is told while running")

    @field_validator("buses", mode="after")
    @classmethod
    def _every_bus_has_a_name(cls, buses: tuple[BusConfig, ...]) -> tuple[BusConfig, ...]:
        if not buses:
            raise BadValue("at least one bus is needed; add for instance - link: /dev/ttyUSB0")
        named = enumerate(buses, start=1)
        return tuple(bus if bus.name else bus.model_copy(update={"name": f"bus{n}"}) for n, bus in named)

    @field_validator("export", mode="after")
    @classmethod
    def _every_export_has_a_name(cls, exports: tuple[ExportConfig, ...]) -> tuple[ExportConfig, ...]:
        return named(exports)

    @property
    def discovery(self) -> bool:
        """Whether Home Assistant's discovery is sent: there is a broker, and it was not turned off."""
        return self.mqtt is not None and self.homeassistant.enabled


def demo_config(packs: int = 7) -> Config:
    """One simulated bus, as `jkbus demo` runs it: a JK master and its slaves."""
    return Config(buses=(BusConfig(link=SecretUrl(f"sim:{packs}")),))
