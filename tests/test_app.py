"""The gateway over a real TCP link to virtual packs: it comes back by itself, and says what it must."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from controlling import Tapped, hurry
from controlling import config as config_of
from jkbus.app import Gateway, bus_for
from jkbus.config import BusConfig, Config, PackConfig, SecretUrl, TimingConfig, WebConfig
from jkbus.control.locks import kept
from jkbus.control.outcomes import Who
from jkbus.errors import JkbusError
from jkbus.simulator import VirtualLine, VirtualPack, bank
from jkbus.simulator.serve import serve
from jkbus.transport.links import Link
from material import TESTS

PATIENCE = 20.0  # s; a busy machine is no failure


@asynccontextmanager
async def packs(port: int) -> AsyncIterator[None]:
    """Three virtual packs without a master at a TCP port."""
    ready = asyncio.Event()
    line = bank(3, master=False)
    task = asyncio.create_task(serve(line, tcp=f"127.0.0.1:{port}", ready=lambda where: ready.set()))
    await asyncio.wait_for(ready.wait(), PATIENCE)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def running(gateway: Gateway) -> AsyncIterator[None]:
    task = asyncio.create_task(gateway.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(gateway: Gateway, condition: Callable[[], bool]) -> None:
    """Look whenever a pack changes, for a while."""
    subscription = gateway.battery.subscribe()
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await subscription.wait()
    subscription.close()


def config(port: int, state: Path) -> Config:
    names = tuple(PackConfig(name=f"pack{address}", address=address) for address in (1, 2, 3))
    timing = TimingConfig(listen=0.05, takeover=1.0)
    bus = BusConfig(link=SecretUrl(f"socket://127.0.0.1:{port}"), name="bus1", packs=names, timing=timing)
    return Config(buses=(bus,), state=state, web=WebConfig(enabled=False))


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def test_a_gateway_that_reboots_is_found_again_and_meanwhile_every_pack_is_unavailable(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    port = free_port()
    gateway = Gateway(config(port, tmp_path))
    async with running(gateway):
        async with packs(port):
            await until(gateway, lambda: sum(pack.available for pack in gateway.battery.packs) == 3)
        await until(gateway, lambda: not any(pack.available for pack in gateway.battery.packs))
        async with packs(port):
            await until(gateway, lambda: sum(pack.available for pack in gateway.battery.packs) == 3)
    lost = [record for record in caplog.records if "trying again" in record.getMessage()]
    assert len(lost) == 1
    assert "bus1: pack2 (address 2) is silent" in caplog.text
    assert "bus1: pack2 (address 2) is heard" in caplog.text


async def test_energy_survives_a_restart(tmp_path: Path) -> None:
    port = free_port()
    async with packs(port):
        first = Gateway(config(port, tmp_path))
        async with running(first):
            await until(first, lambda: len(first.battery.packs) == 3)
            first.battery.packs[0].energy.charged = 12.5
        second = Gateway(config(port, tmp_path))
        async with running(second):
            await until(second, lambda: len(second.battery.packs) == 3)
            assert second.battery.packs[0].energy.charged == pytest.approx(12.5, abs=0.1)


async def test_a_recording_ends_and_so_does_the_gateway(tmp_path: Path) -> None:
    capture = TESTS / "captures" / "txubelaxu_replay_test_yaml_short.stream.hex"
    bus = BusConfig(link=SecretUrl(f"replay:{capture}"), name="bus1")
    gateway = Gateway(Config(buses=(bus,), state=tmp_path, web=WebConfig(enabled=False)))
    async with asyncio.timeout(PATIENCE):
        await gateway.run()
    assert [pack.address for pack in gateway.battery.packs] == [2, 3]
    assert gateway.buses[0].counters.bytes_out == 0


async def test_what_cannot_be_opened_at_all_ends_it_with_one_sentence(tmp_path: Path) -> None:
    async def refuse(*args: object, **options: object) -> Link:
        raise JkbusError("link x: this can never be")

    gateway = Gateway(config(free_port(), tmp_path), refuse)
    with pytest.raises(JkbusError, match="this can never be"):
        await gateway.run()


def test_a_gateway_leaves_the_links_to_a_command_that_was_there_before(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def work() -> None:
        tapped = Tapped(bank(3, master=False))
        gateway = Gateway(config_of(tmp_path), tapped.open)
        with kept(tmp_path / "command.lock"):
            task = asyncio.create_task(gateway.run())
            await asyncio.sleep(30)
            assert not tapped.links
            assert caplog.text.count("a command talks to the packs; waiting until it has ended") == 1
        await asyncio.sleep(5)
        assert len(gateway.battery.packs) == 3
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    hurry(work())


def test_two_gateways_do_not_take_over_at_the_same_moment() -> None:
    times = {bus_for(BusConfig(link=SecretUrl("sim:1"), name="bus1")).timing.takeover for _ in range(20)}
    assert len(times) > 10
    assert all(5.0 <= time <= 5.5 for time in times)


@dataclass
class Two:
    """A JK master with two slaves, and a second wire to the master's own port."""

    gateway: Gateway
    main: Tapped
    own: Tapped

    @property
    def zero(self) -> VirtualPack:
        return self.main.line.packs[0]


@asynccontextmanager
async def two_wires(state: Path, alone: bool = False) -> AsyncIterator[Two]:
    line = VirtualLine([VirtualPack(address) for address in range(3)], master=True)
    main, own = Tapped(line), Tapped(VirtualLine([line.packs[0].port()]))

    async def open_either(url: str, **options: object) -> Link:
        return await (main if url == "sim:1" else own).open(url)

    zero = PackConfig(name="zero", address=0, link=SecretUrl("sim:2"))
    gateway = Gateway(config_of(state, zero, PackConfig(name="one", address=1)), open_either, alone)
    if alone:
        async with gateway.at_hand():
            yield Two(gateway, main, own)
    else:
        async with running(gateway):
            yield Two(gateway, main, own)


def test_a_master_is_read_and_written_over_a_link_of_its_own(tmp_path: Path) -> None:
    async def work() -> None:
        async with two_wires(tmp_path, alone=True) as two:
            desk = two.gateway.desk
            plans = await desk.plan(["zero"], {"charge_current_limit": 80, "heating_start_temperature": -3})
            results = [result async for result in desk.apply(plans, Who("test"))]
            assert all(result.ok for result in results)
            assert two.zero.settings.charge_current_limit == 80
            assert len(two.own.writes) == 2
            assert not two.main.writes
            pack = two.gateway.battery.pack("bus1", 0)
            assert pack is not None
            assert pack.about is not None

    hurry(work())


def test_the_second_wire_is_no_bus_for_outputs_and_its_pack_is_there_once(tmp_path: Path) -> None:
    async def work() -> None:
        async with two_wires(tmp_path) as two:
            await asyncio.sleep(20)
            assert [bus.name for bus in two.gateway.buses] == ["bus1"]
            assert [wire.bus.name for wire in two.gateway.wires] == ["bus1", "bus1/zero"]
            assert [(pack.bus, pack.address) for pack in two.gateway.battery.packs] == [
                ("bus1", 0),
                ("bus1", 1),
                ("bus1", 2),
            ]
            assert two.gateway.wires[1].bus.role == "master"
            assert {data[0] for data in two.own.said} == {0}

    hurry(work())


def test_a_pack_with_two_wires_is_there_as_long_as_either_hears_it(tmp_path: Path) -> None:
    async def work() -> None:
        async with two_wires(tmp_path) as two:
            await asyncio.sleep(20)
            pack, master = two.gateway.battery.pack("bus1", 0), two.main.line.master
            assert pack is not None
            assert master is not None
            for main, own, available in [
                (True, True, True),
                (False, True, True),
                (True, True, True),
                (True, False, True),
                (False, False, False),
                (False, True, True),
                (True, True, True),
            ]:
                master.active = main
                two.own.line.faults.lost_requests = 0.0 if own else 1.0
                await asyncio.sleep(90)
                assert pack.available is available, (main, own)
                assert (pack.settings is not None) or not available

    hurry(work())


def test_a_pack_that_only_the_bus_hears_is_reached_over_the_bus(tmp_path: Path) -> None:
    async def work() -> None:
        async with two_wires(tmp_path) as two:
            await asyncio.sleep(20)
            one, zero = (two.gateway.battery.pack("bus1", address) for address in (1, 0))
            assert one is not None
            assert zero is not None
            assert two.gateway.route(one) == (two.gateway.buses[0], 1)
            assert two.gateway.route(zero) == (two.gateway.wires[1].bus, 0)

    hurry(work())
