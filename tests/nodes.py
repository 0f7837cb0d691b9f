"""A gateway as an ESPHome node in virtual time, and clients of ESPHome's own making."""

import asyncio
import base64
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aioesphomeapi.client import APIClient
from aioesphomeapi.model import DeviceInfo, EntityInfo, EntityState, Event, UserService

from controlling import Bench, config, running
from jkbus.config import BusConfig, Config, EsphomeConfig, PackConfig, SecretUrl, TimingConfig, WebConfig
from jkbus.simulator import VirtualLine

KEY = base64.b64encode(bytes(range(32))).decode()
OTHER_KEY = base64.b64encode(bytes(range(1, 33))).decode()
MAC = "24:6F:28:AB:CD:EF"
HEARD = 30.0  # s until every pack of a short bus has told everything


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def configured(state: Path, given: Config | None = None, **said: Any) -> Config:
    """A gateway's configuration with a node; encrypted unless it is `plaintext`."""
    said = {"name": "barn", "listen": "127.0.0.1", "api_port": free_port(), "mac": MAC, **said}
    if not said.get("plaintext"):
        said.setdefault("encryption_key", KEY)
    parts = {"esphome": EsphomeConfig.model_validate(said), "web": WebConfig(enabled=False)}
    return (given or config(state, listen=0.1)).model_copy(update=parts)


def many(state: Path, packs: range, writes: bool = True, **timing: float) -> Config:
    """A bus with packs rs485-bms0 and so on."""
    named = tuple(PackConfig(name=f"rs485-bms{address}", address=address) for address in packs)
    times = TimingConfig(**{"listen": 0.1, "takeover": 1.0, **timing})
    bus = BusConfig(link=SecretUrl("sim:1"), name="bus1", packs=named, writes=writes, timing=times)
    return Config(buses=(bus,), state=state, web=WebConfig(enabled=False))


async def until(done: Callable[[], object], within: float) -> None:
    """Wait for something in virtual time."""
    for _ in range(int(within / 0.1)):
        if done():
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"not within {within:g} s")


@dataclass
class Seen:
    """A client and all that it was told: `states` by device and key the last, `told` one after the other."""

    client: APIClient
    info: DeviceInfo
    entities: list[EntityInfo]
    services: list[UserService]
    states: dict[tuple[int, int], EntityState] = field(default_factory=dict)
    told: list[EntityState] = field(default_factory=list)
    ended: list[bool] = field(default_factory=list)  # whether each end was expected

    def take(self, state: EntityState) -> None:
        """Note a state."""
        self.told.append(state)
        if not isinstance(state, Event):
            self.states[state.device_id, state.key] = state

    def device(self, name: str) -> int:
        """The number of a device."""
        return next(device.device_id for device in self.info.devices if device.name == name)

    def find(self, title: str, device: str = "", kind: str = "") -> EntityInfo:
        """The entity of that name, of that class if there are several."""
        number = self.device(device) if device else 0
        found = [one for one in self.entities if (one.name, one.device_id) == (title, number)]
        (one,) = [one for one in found if kind in type(one).__name__]
        return one

    def value(self, title: str, device: str = "", kind: str = "") -> Any:
        """What an entity says; None where its state is missing."""
        one = self.find(title, device, kind)
        state: Any = self.states[one.device_id, one.key]
        return None if getattr(state, "missing_state", False) else state.state

    async def until(self, done: Callable[[], object], within: float = 60.0) -> None:
        """Wait for something in virtual time."""
        await until(done, within)


@asynccontextmanager
async def node(line: VirtualLine, given: Config, heard: float = HEARD) -> AsyncIterator[Bench]:
    """A gateway that has listened for some seconds."""
    async with running(line, given.state, given) as bench:
        await until(lambda: listens(given), 10)
        await asyncio.sleep(heard)
        yield bench


def listens(given: Config) -> bool:
    """Whether somebody answers at the port of the node."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port_of(given))) == 0


def port_of(given: Config) -> int:
    """The port of the node."""
    assert given.esphome is not None
    return given.esphome.api_port


def a_client(given: Config, key: str | None = KEY, name: str = "test", **options: Any) -> APIClient:
    """A client that is not connected yet."""
    return APIClient("127.0.0.1", port_of(given), "", client_info=name, noise_psk=key, **options)


@asynccontextmanager
async def seen(
    given: Config, key: str | None = KEY, states: bool = True, **options: Any
) -> AsyncIterator[Seen]:
    """A client that has asked for everything."""
    client = a_client(given, key, **options)
    ended: list[bool] = []

    async def stop(expected: bool) -> None:
        ended.append(expected)

    await client.connect(on_stop=stop, login=True)
    try:
        info = await client.device_info()
        entities, services = await client.list_entities_services()
        found = Seen(client, info, entities, services, ended=ended)
        if states:
            client.subscribe_states(found.take)
            await asyncio.sleep(0.5)
        yield found
    finally:
        await client.disconnect(force=True)
