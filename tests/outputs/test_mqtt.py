"""The whole way to a real broker: through its absence, its slowness, its refusals and its restarts."""

import asyncio
import contextlib
import json
import logging
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiomqtt import Client
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from jkbus.bus.bus import Bus
from jkbus.bus.events import Heard, NodeChanged
from jkbus.config import BusConfig, PackConfig, SecretUrl
from jkbus.config.tree import GroupConfig, GroupsConfig, HomeAssistantConfig, MqttConfig
from jkbus.errors import UsageError
from jkbus.model.battery import Battery
from jkbus.model.identity import Identities
from jkbus.outputs.mqtt import Mqtt, end_if_cancelled
from jkbus.outputs.refusals import denied
from jkbus.outputs.topics import Message
from jkbus.protocol import Report
from jkbus.simulator import VirtualPack
from outputs.broker import Broker, free_port, old_broker, watching
from outputs.certificates import make
from outputs.rules import faults
from outputs.support import until

STATUS = "jkbus/garage/status"
AVAILABILITY = "jkbus/garage/availability"
GATEWAY = "jkbus/availability"
CONFIG = "homeassistant/device/jkbus_garage/config"


class Garage:
    """A battery of one virtual pack, heard when we say so."""

    def __init__(self) -> None:
        named = BusConfig(link=SecretUrl("sim:2"), name="bus1", packs=(PackConfig(name="garage", address=1),))
        self.virtual = VirtualPack(1)
        self.virtual.status.state_of_charge = 60
        self.battery = Battery(Identities([named], {}))
        self.hear("settings", "about", "status")

    def hear(self, *kinds: str) -> None:
        now = asyncio.get_running_loop().time()
        for kind in kinds or ("status",):
            frame = getattr(self.virtual, kind)
            self.battery.apply("bus1", Heard(Report(frame.sealed(), 1, "acknowledgement"), now))

    def state(self, state: str) -> None:
        self.battery.apply("bus1", NodeChanged(1, state, asyncio.get_running_loop().time()))

    def volts(self, volts: float) -> None:
        self.virtual.status.battery_voltage = volts
        self.hear("status")


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Broker]:
    broker = Broker(tmp_path)
    broker.start()
    try:
        yield broker
    finally:
        broker.close()


@pytest.fixture(autouse=True)
def told(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    caplog.set_level(logging.INFO, logger="jkbus")
    yield caplog
    assert "Traceback" not in caplog.text
    assert "never retrieved" not in caplog.text


def output(port: int, garage: Garage, **more: Any) -> Mqtt:
    """Our side, impatient."""
    interval = GroupConfig(interval=more.pop("interval", 0.0))
    scheme = "mqtts" if more.pop("tls", False) else "mqtt"
    config = MqttConfig(
        url=SecretUrl(f"{scheme}://127.0.0.1:{port}"), groups=GroupsConfig(status=interval), **more
    )
    mqtt = Mqtt(config, HomeAssistantConfig(), garage.battery, [Bus(name="bus1")])
    mqtt.first_delay = mqtt.last_delay = mqtt.login_delay = 0.1
    return mqtt


def another_process(port: int) -> subprocess.Popen[bytes]:
    """Our side in a process that can be killed."""
    script = (
        "import asyncio, sys; sys.path[:0] = sys.argv[2:]\n"
        "from outputs.test_mqtt import Garage, output\n"
        "async def main(): await output(int(sys.argv[1]), Garage()).run()\n"
        "asyncio.run(main())"
    )
    return subprocess.Popen([sys.executable, "-c", script, str(port), str(Path(__file__).parent.parent)])


def add_user(passwords: Path, username: str, password: str) -> None:
    subprocess.run(["mosquitto_passwd", "-b", passwords, username, password], check=True)


@contextlib.asynccontextmanager
async def running(mqtt: Mqtt) -> AsyncIterator[Mqtt]:
    task = asyncio.create_task(mqtt.run())
    try:
        yield mqtt
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()


async def test_a_pack_is_on_the_broker_with_everything(broker: Broker) -> None:
    async with watching(broker.port) as seen, running(output(broker.port, Garage())):
        await until(lambda: seen.latest.get(GATEWAY) == "online")
        assert seen.latest[AVAILABILITY] == "online"
        assert seen.values(STATUS)["state_of_charge"] == 60
        for group in ("cells", "temperatures", "alarms", "counters", "settings", "info"):
            assert seen.values(f"jkbus/garage/{group}"), group
        assert json.loads(seen.latest[CONFIG])["device"]["name"] == "garage"
        assert seen.values("jkbus/bus1/state")["role"] == "sniffer"


async def test_only_discovery_and_availability_are_retained(broker: Broker) -> None:
    async with watching(broker.port) as seen, running(output(broker.port, Garage())):
        await until(lambda: seen.latest.get(GATEWAY) == "online")
        async with watching(broker.port) as late:
            await until(lambda: GATEWAY in late.latest and AVAILABILITY in late.latest)
            others = ("bus_bus1", "battery_of_all_packs")
            told = {f"homeassistant/device/jkbus_{other}/config" for other in others}
            assert late.retained == {GATEWAY, AVAILABILITY, CONFIG, "jkbus/battery/availability"} | told


async def test_values_follow_the_pack(broker: Broker) -> None:
    garage = Garage()
    async with watching(broker.port) as seen, running(output(broker.port, garage)):
        await until(lambda: seen.values(STATUS))
        garage.volts(55.5)
        await until(lambda: seen.values(STATUS)["battery_voltage"] == 55.5)
        garage.state("silent")
        await until(lambda: seen.latest[AVAILABILITY] == "offline")
        garage.hear()
        garage.state("heard")
        await until(lambda: seen.latest[AVAILABILITY] == "online")


async def test_the_end_of_the_gateway_is_told(broker: Broker) -> None:
    async with watching(broker.port) as seen:
        async with running(output(broker.port, Garage())):
            await until(lambda: seen.latest.get(GATEWAY) == "online")
        await until(lambda: seen.latest[GATEWAY] == "offline")


async def test_the_wish_to_end_is_never_lost() -> None:
    """asyncio.wait_for of Python 3.11 swallows a cancellation that comes together with its result."""
    task = asyncio.current_task()
    assert task is not None
    end_if_cancelled()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        end_if_cancelled()
    task.uncancel()


async def test_a_killed_gateway_is_told_by_the_broker(broker: Broker) -> None:
    async with watching(broker.port) as seen:
        program = another_process(broker.port)
        try:
            await until(lambda: seen.latest.get(GATEWAY) == "online")
        finally:
            program.kill()
            program.wait()
        await until(lambda: seen.latest[GATEWAY] == "offline")


async def test_everything_is_right_again_after_the_broker_was_away(
    broker: Broker, told: pytest.LogCaptureFixture
) -> None:
    garage = Garage()
    async with running(output(broker.port, garage)) as mqtt:
        await until(lambda: mqtt.connected)
        broker.kill()
        await until(lambda: not mqtt.connected)
        for volts in range(100):
            garage.volts(50 + volts / 100)
            await asyncio.sleep(0)
        broker.start()
        async with watching(broker.port) as seen:
            await until(lambda: seen.latest.get(GATEWAY) == "online" and seen.values(STATUS))
            assert {payload for topic, payload in seen.heard if topic == STATUS} == {seen.latest[STATUS]}
            assert seen.values(STATUS)["battery_voltage"] == 50.99
            assert CONFIG in seen.latest and seen.latest[AVAILABILITY] == "online"
    troubles = [record.getMessage() for record in told.records if record.levelno >= logging.WARNING]
    assert len(troubles) == len(set(troubles)) <= 3
    assert any("connection lost" in text for text in troubles)
    assert sum("connected (MQTT 5)" in record.getMessage() for record in told.records) == 2


async def test_memory_stays_flat_while_the_broker_is_away() -> None:
    garage = Garage()
    async with running(output(free_port(), garage)):
        await asyncio.sleep(0.1)
        tracemalloc.start()
        try:
            for step in range(4000):
                if step == 1000:
                    before, _ = tracemalloc.get_traced_memory()
                garage.volts(50 + step / 1000)
                await asyncio.sleep(0)
            after, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert after - before < 100_000


async def test_a_broker_that_stands_still_gets_the_newest_values_when_it_goes_on(broker: Broker) -> None:
    garage = Garage()
    changes = 4000
    async with watching(broker.port) as seen, running(output(broker.port, garage)) as mqtt:
        await until(lambda: seen.values(STATUS))
        broker.signal(signal.SIGSTOP)
        try:
            for step in range(1, changes + 1):
                garage.volts(40 + step / 100)
                if step % 4 == 0:
                    await asyncio.sleep(0)
        finally:
            broker.signal(signal.SIGCONT)
        await until(lambda: seen.values(STATUS)["battery_voltage"] == 40 + changes / 100)
        assert seen.count(STATUS) < changes / 2
        assert mqtt.connected


async def test_a_broker_that_takes_nothing_more_is_left_and_found_again(
    broker: Broker, told: pytest.LogCaptureFixture
) -> None:
    garage = Garage()
    mqtt = output(broker.port, garage)
    mqtt.timeout = 0.3
    async with running(mqtt):
        await until(lambda: mqtt.connected)
        broker.signal(signal.SIGSTOP)
        try:
            for step in range(200_000):
                garage.volts(40 + step % 1000 / 100)
                await asyncio.sleep(0 if step % 100 else 0.005)
                if "connection lost" in told.text:
                    break
        finally:
            broker.signal(signal.SIGCONT)
        assert "connection lost" in told.text
        garage.volts(56.78)
        async with watching(broker.port) as seen:
            await until(lambda: seen.values(STATUS).get("battery_voltage") == 56.78)


async def test_home_assistant_is_told_everything_when_it_starts(broker: Broker) -> None:
    async with watching(broker.port) as seen, running(output(broker.port, Garage())):
        await until(lambda: seen.latest.get(GATEWAY) == "online")
        before = seen.count(CONFIG), seen.count("jkbus/garage/settings")
        async with Client("127.0.0.1", broker.port) as home_assistant:
            await home_assistant.publish("homeassistant/status", "offline")
            await home_assistant.publish("homeassistant/status", "online")
        await until(lambda: seen.count(CONFIG) == before[0] + 1)
        await until(lambda: seen.count("jkbus/garage/settings") > before[1])


async def test_a_refused_login_is_told_without_the_password_and_tried_again(
    tmp_path: Path, told: pytest.LogCaptureFixture
) -> None:
    passwords = tmp_path / "passwords"
    passwords.write_text("")
    broker = Broker(tmp_path, f"password_file {passwords}")
    broker.start()
    try:
        login = {"username": "jk", "password": "Geheim1!"}
        async with running(output(broker.port, Garage(), **login)) as mqtt:
            await until(lambda: "refuses our login; check username and password" in told.text)
            add_user(passwords, **login)
            broker.signal(signal.SIGHUP)
            await until(lambda: mqtt.connected)
    finally:
        broker.close()
    assert "Geheim" not in told.text


async def test_a_broker_of_an_older_version_is_spoken_to_in_its_language(
    broker: Broker, told: pytest.LogCaptureFixture
) -> None:
    async with old_broker(broker.port) as port, watching(broker.port) as seen:
        async with running(output(port, Garage())):
            await until(lambda: seen.latest.get(GATEWAY) == "online")
        await until(lambda: seen.latest[GATEWAY] == "offline")
    assert "connected (MQTT 3.1.1)" in told.text


def test_a_broker_that_denies_a_subscription_is_understood_in_both_languages() -> None:
    subscribed = ReasonCode(PacketTypes.SUBACK, identifier=1)
    assert not denied([1]) and not denied([subscribed])
    assert denied([128]) and denied([subscribed, ReasonCode(PacketTypes.SUBACK, identifier=135)])


async def test_tls_with_an_authority_of_our_own(tmp_path: Path, told: pytest.LogCaptureFixture) -> None:
    authority, certificate, key = make(tmp_path)
    broker = Broker(tmp_path, f"certfile {certificate}", f"keyfile {key}")
    broker.start()
    try:
        async with running(output(broker.port, Garage(), tls=True)):
            await until(lambda: "its certificate is not trusted" in told.text)
        async with running(output(broker.port, Garage(), tls=True, ca=authority)) as mqtt:
            await until(lambda: mqtt.connected)
        async with running(output(broker.port, Garage(), tls=True, insecure=True)) as mqtt:
            await until(lambda: mqtt.connected)
    finally:
        broker.close()


async def test_a_certificate_that_is_none_is_told(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("nothing")
    with pytest.raises(UsageError, match=r"mqtt: ca: .*ca\.pem"):
        output(1, Garage(), tls=True, ca=file)
    with pytest.raises(UsageError, match=r"mqtt: cert: .*ca\.pem"):
        output(1, Garage(), tls=True, cert=file)


async def test_nobody_there_is_told_once(told: pytest.LogCaptureFixture) -> None:
    async with running(output(free_port(), Garage())):
        await until(lambda: "nobody listens there" in told.text)
        await asyncio.sleep(0.5)
    assert told.text.count("nobody listens there") == 1


async def test_a_server_that_is_no_broker_is_told(told: pytest.LogCaptureFixture) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    mqtt = output(server.sockets[0].getsockname()[1], Garage())
    mqtt.timeout = 0.1
    async with server, running(mqtt):
        await until(lambda: "check that it is an MQTT broker" in told.text)


async def test_what_is_announced_is_what_home_assistant_takes(broker: Broker) -> None:
    async with watching(broker.port) as seen, running(output(broker.port, Garage())):
        await until(lambda: seen.latest.get(GATEWAY) == "online")
        for topic, payload in seen.latest.items():
            if topic.endswith("/config"):
                assert faults(Message(topic, payload, retain=True)) == []


async def test_nothing_secret_is_published(broker: Broker) -> None:
    garage = Garage()
    garage.virtual.about.device_password = "Geheim1!"
    garage.virtual.about.setup_password = "Geheim2!"
    garage.virtual.about.user_data = "Geheim3!"
    garage.hear("about")
    async with watching(broker.port) as seen, running(output(broker.port, garage)):
        await until(lambda: seen.latest.get(GATEWAY) == "online")
        assert seen.values("jkbus/garage/info")["model"]
        assert "Geheim" not in repr(seen.heard)
