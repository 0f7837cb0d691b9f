"""The page for Prometheus: as promtool judges it, and as a real Prometheus reads it."""

import asyncio
import contextlib
import json
import logging
import socket
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from jkbus.bus.bus import Bus
from jkbus.bus.events import Heard, NodeChanged
from jkbus.config import BusConfig, MetricsConfig, PackConfig, SecretUrl
from jkbus.errors import UsageError
from jkbus.model.battery import Battery
from jkbus.model.identity import Identities
from jkbus.outputs.entities import ENTITIES
from jkbus.outputs.exposition import BATTERY, LINE, PACK, Exposition
from jkbus.outputs.facts import Facts
from jkbus.outputs.metrics import Metrics
from jkbus.outputs.numbers import numeric
from jkbus.protocol import Report
from jkbus.simulator import VirtualPack
from outputs.broker import free_port
from outputs.databases import Prometheus, fetch, program
from outputs.support import captured, until

Found = dict[tuple[str, tuple[tuple[str, str], ...]], float]


class Shed:
    """A battery of some virtual packs on one bus, and its page."""

    def __init__(self, packs: int = 2) -> None:
        names = tuple(PackConfig(name=f"Pack {number}", address=number) for number in range(packs))
        config = BusConfig(link=SecretUrl("sim:2"), name='my "bus"', packs=names)
        self.battery, self.bus = Battery(Identities([config], {})), Bus(name='my "bus"')
        self.virtual = [VirtualPack(number) for number in range(packs)]
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.metrics = Metrics(MetricsConfig(listen=f"127.0.0.1:{self.port}"), self.battery, [self.bus])
        for number in range(packs):
            self.hear(number, "settings", "about", "status")

    def hear(self, number: int, *kinds: str) -> None:
        now = asyncio.get_running_loop().time()
        for kind in kinds or ("status",):
            report = Report(getattr(self.virtual[number], kind).sealed(), number, "acknowledgement")
            self.battery.apply(self.bus.name, Heard(report, now))

    async def page(self) -> Found:
        return read(await asyncio.to_thread(fetch, f"{self.url}/metrics"))


@contextlib.asynccontextmanager
async def served(shed: Shed) -> AsyncIterator[Shed]:
    task = asyncio.create_task(shed.metrics.run())
    try:
        await until(lambda: task.done() or is_open(shed.port))
        yield shed
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def is_open(port: int, host: str = "127.0.0.1") -> bool:
    with contextlib.suppress(OSError), socket.create_connection((host, port)):
        return True
    return False


def read(text: str) -> Found:
    """The samples of a page by name and labels."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def of(found: Found, metric: str, /, **labels: str) -> list[float]:
    """The values of a metric whose labels are these and maybe others."""
    wanted = set(labels.items())
    return [value for (one, has), value in found.items() if one == metric and wanted <= set(has)]


async def test_promtool_has_nothing_to_say_against_the_page() -> None:
    promtool = program("promtool", "prometheus")
    async with served(Shed(3)) as shed:
        text = await asyncio.to_thread(fetch, f"{shed.url}/metrics")
    checked = await asyncio.to_thread(
        subprocess.run, [promtool, "check", "metrics"], input=text, capture_output=True, text=True
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


async def test_values_are_told_in_base_units() -> None:
    async with served(Shed()) as shed:
        status, settings = shed.virtual[1].status, shed.virtual[1].settings
        status.state_of_charge, status.battery_voltage, status.battery_current = 63, 52.695, -12.5
        status.remaining_capacity, status.battery_temperature_4 = 176.4, 21.5
        status.cell_voltage = (*[3.301] * 15, 3.299)
        status.alarm_cell_undervoltage = True
        settings.short_circuit_delay = 1500
        shed.hear(1, "settings", "status")
        found = await shed.page()
    labels = {"pack": "pack_1", "bus": 'my "bus"'}
    for name, value in {
        "jkbus_pack_state_of_charge_ratio": 0.63,
        "jkbus_pack_voltage_volts": 52.695,
        "jkbus_pack_current_amperes": -12.5,
        "jkbus_pack_remaining_capacity_coulombs": 635040.0,
        "jkbus_pack_short_circuit_delay_seconds": 0.0015,
        "jkbus_pack_charge_mosfet_on": float(status.charge_mosfet_on),
        "jkbus_pack_online": 1.0,
    }.items():
        assert of(found, name, **labels) == [pytest.approx(value, rel=1e-12)]
    assert of(found, "jkbus_pack_cell_voltage_volts", **labels, cell="16") == [3.299]
    assert of(found, "jkbus_pack_temperature_celsius", **labels, sensor="4") == [21.5]
    assert len(of(found, "jkbus_pack_temperature_celsius", **labels, sensor="mosfet")) == 1
    assert of(found, "jkbus_pack_alarm_active", **labels, alarm="cell_undervoltage") == [1.0]
    assert sum(of(found, "jkbus_pack_alarm_active", **labels)) == 1
    assert of(found, "jkbus_pack_info", **labels, name="Pack 1", address="1") == [1.0]
    assert of(found, "jkbus_battery_packs_heard") == [2.0]
    assert of(found, "jkbus_bus_role", bus='my "bus"', role="sniffer") == [1.0]


def test_every_number_of_the_table_has_a_name_of_its_own() -> None:
    told = [(one.family, one.label, one.which) for table in (PACK, BATTERY, LINE) for one in table.values()]
    assert len(set(told)) == len(told) > 250
    assert {entity.key for entity, _ in numeric(ENTITIES)} - PACK.keys() == {"alarms"}
    by_family: dict[str, set[tuple[str, bool]]] = {}
    for one in PACK.values():
        by_family.setdefault(one.family, set()).add((one.label, one.counter))
    assert all(len(kinds) == 1 for kinds in by_family.values())


def test_every_number_of_a_pack_is_told() -> None:
    pack = captured("syssi_faker_v19")
    page, facts = Exposition({}), Facts(pack)
    page.pack(pack, None, 0.0)
    told = {
        (family.name, tuple(sample.labels.values())[2:])
        for family in page.families
        for sample in family.samples
    }
    for entity in ENTITIES:
        one = PACK.get(entity.key)
        if one is None or entity.group == "gateway" or not entity.exists(facts) or one.get(facts) is None:
            continue
        assert (one.family, (one.which,) if one.which else ()) in told


async def test_a_silent_pack_vanishes_but_for_its_silence() -> None:
    async with served(Shed()) as shed:
        now = asyncio.get_running_loop().time()
        shed.battery.apply(shed.bus.name, NodeChanged(1, "silent", now, "late"))
        found = await shed.page()
    left = {name for name, labels in found if ("pack", "pack_1") in labels}
    assert left == {"jkbus_pack_online", "jkbus_pack_info"}
    assert of(found, "jkbus_pack_online", pack="pack_1") == [0.0]
    assert of(found, "jkbus_pack_online", pack="pack_0") == [1.0]
    assert (of(found, "jkbus_battery_packs"), of(found, "jkbus_battery_packs_heard")) == ([2.0], [1.0])


async def test_with_no_pack_at_all_there_is_no_battery() -> None:
    async with served(Shed(0)) as shed:
        found = await shed.page()
    assert not [name for name, _ in found if name.startswith("jkbus_battery_") and "packs" not in name]
    assert of(found, "jkbus_battery_packs") == [0.0]


async def test_energy_counts_from_when_the_pack_was_seen_and_never_jumps() -> None:
    async with served(Shed()) as shed:
        (pack, _) = shed.battery.packs
        pack.energy.charged = 5000.0  # kWh, of all the years before
        name, found = "jkbus_pack_energy_charged_joules_total", []
        for kwh in (5000.0, 5000.25, 4999.9, 5000.0):
            pack.energy.charged = kwh
            found += of(await shed.page(), name, pack="pack_0")
    assert found == [0.0, 900_000.0, 0.0, pytest.approx(360_000.0)]


async def test_no_secret_is_on_the_page() -> None:
    async with served(Shed()) as shed:
        shed.virtual[0].about.device_password = "4711pin"
        shed.hear(0, "about")
        assert "4711pin" not in await asyncio.to_thread(fetch, f"{shed.url}/metrics")


async def test_prometheus_asks_and_is_told_at_once_when_a_pack_is_silent(tmp_path: Path) -> None:
    async with served(Shed()) as shed:
        server = Prometheus(tmp_path / "prometheus", [f"127.0.0.1:{shed.port}"])
        await asyncio.to_thread(server.start)
        try:
            await told(server, "up", {"127": 1.0})
            await told(server, "jkbus_pack_online", {"pack_0": 1.0, "pack_1": 1.0})
            volts = {f"pack_{number}": shed.virtual[number].status.battery_voltage for number in (0, 1)}
            await told(server, "jkbus_pack_voltage_volts", volts)
            now = asyncio.get_running_loop().time()
            shed.battery.apply(shed.bus.name, NodeChanged(1, "silent", now, "late"))
            await told(server, "jkbus_pack_voltage_volts", {"pack_0": volts["pack_0"]})
        finally:
            server.kill()


async def told(server: Prometheus, query: str, wanted: dict[str, float]) -> None:
    """Wait until a query gives these values by pack."""
    found: dict[str, float] = {}
    for _ in range(100):
        result: list[dict[str, Any]] = await asyncio.to_thread(server.query, query)
        found = {
            one["metric"].get("pack", one["metric"]["instance"][:3]): float(one["value"][1]) for one in result
        }
        if found == wanted:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{query}: {found}")


async def test_there_are_few_pages_and_the_dashboard_is_one() -> None:
    async with served(Shed()) as shed:
        assert "dashboard.json" in await asyncio.to_thread(fetch, f"{shed.url}/")
        assert json.loads(await asyncio.to_thread(fetch, f"{shed.url}/dashboard.json"))["uid"] == "jkbus"
        with pytest.raises(HTTPError, match="404"):
            await asyncio.to_thread(fetch, f"{shed.url}/etc/passwd")
        with pytest.raises(HTTPError, match="405"):
            await asyncio.to_thread(urlopen, Request(f"{shed.url}/metrics", b"x"), timeout=5)


async def test_no_visitor_holds_up_another_one_or_our_end(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    async with served(Shed()) as shed:
        silent = [socket.create_connection(("127.0.0.1", shed.port)) for _ in range(20)]
        rude = socket.create_connection(("127.0.0.1", shed.port))
        rude.sendall(b"GET /metrics HTTP/1.1\r\n\r\n")
        rude.close()
        pages = await asyncio.gather(*(shed.page() for _ in range(10)))
        assert all(of(page, "jkbus_battery_packs") == [2.0] for page in pages)
        before = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - before < 1.0
    for one in silent:
        one.close()
    assert "Traceback" not in caplog.text + "".join(capfd.readouterr())


async def test_work_goes_on_between_the_packs_of_a_page() -> None:
    shed, turns = Shed(16), 0

    async def work() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    async with served(shed):
        await shed.page()
        other = asyncio.create_task(work())
        await shed.metrics._collected()
        other.cancel()
    assert turns >= 15


async def test_an_address_that_is_taken_is_told_with_the_remedy() -> None:
    async with served(Shed()) as shed:
        with pytest.raises(UsageError, match=r"metrics: listen: .* cannot be had .*write another port"):
            await shed.metrics.run()


async def test_it_listens_where_it_is_told_to() -> None:
    shed = Shed()
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("needs IPv6")
    shed.metrics = Metrics(MetricsConfig(listen=f"[::1]:{shed.port}"), shed.battery, [shed.bus])
    task = asyncio.create_task(shed.metrics.run())
    await until(lambda: is_open(shed.port, "::1"))
    assert "jkbus_info" in await asyncio.to_thread(fetch, f"http://[::1]:{shed.port}/metrics")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
