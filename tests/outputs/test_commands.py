"""Commands from a real broker through the whole gateway to virtual packs, and what comes back."""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiomqtt import Client

from jkbus.app import Gateway
from jkbus.config import BusConfig, Config, PackConfig, SecretUrl, WebConfig
from jkbus.config.tree import MqttConfig, TimingConfig
from jkbus.control.outcomes import Who
from jkbus.outputs import changes, wishes
from jkbus.simulator import VirtualLine, bank
from jkbus.transport.simulation import Simulation
from outputs.broker import Broker, Watcher, old_broker, watching
from outputs.support import until

NAMES = ("garage", "barn", "shed")
LIMIT = "charge_current_limit"
SETTINGS = "jkbus/garage/settings"
CHANGE = "jkbus/garage/change"
CONFIG = "homeassistant/device/jkbus_garage/config"
SWITCH = "jkbus/bus1/apply_to_all"


class Site:
    """A gateway with three virtual packs at addresses 1 to 3, and what is published of them."""

    def __init__(self, port: int, folder: Path, line: VirtualLine, writes: bool) -> None:
        packs = tuple(PackConfig(name=name, address=place) for place, name in enumerate(NAMES, 1))
        timing = TimingConfig(listen=0.05, takeover=0.2, settings=2.0)
        bus = BusConfig(link=SecretUrl("sim:3"), name="bus1", writes=writes, packs=packs, timing=timing)
        mqtt = MqttConfig(url=SecretUrl(f"mqtt://127.0.0.1:{port}"))
        self.port, self.line, self.writes = port, line, writes
        self.gateway = Gateway(
            Config(buses=(bus,), mqtt=mqtt, state=folder, web=WebConfig(enabled=False)), self._open
        )

    async def _open(self, url: str, **options: object) -> Simulation:
        return Simulation(str(url), self.line)

    def limit(self, place: int = 0) -> float:
        """The limit in the virtual pack."""
        return self.line.packs[place].settings.charge_current_limit

    async def say(self, *messages: tuple[str, str | bytes], retain: bool = False) -> None:
        """Publish commands, as Home Assistant would."""
        async with Client("127.0.0.1", self.port) as client:
            for topic, payload in messages:
                await client.publish(f"jkbus/{topic}", payload, qos=1, retain=retain)

    async def met(self, seen: Watcher) -> None:
        """Wait until each pack has told everything, and can be set if it may be."""
        battery, desk = self.gateway.battery, self.gateway.desk
        await until(lambda: len(battery.packs) == len(NAMES))
        await desk.refresh(battery.packs, [1, 3])
        await until(lambda: all(f"jkbus/{name}/info" in seen.latest for name in NAMES))
        await until(lambda: not self.writes or all(f"jkbus/{name}/change" in seen.latest for name in NAMES))

    @property
    def log(self) -> list[dict[str, Any]]:
        return [entry for entry in self.gateway.audit.entries() if entry["result"] != "begun"]


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


@contextlib.asynccontextmanager
async def site(
    port: int, folder: Path, line: VirtualLine | None = None, writes: bool = True
) -> AsyncIterator[tuple[Site, Watcher]]:
    """A gateway that runs and is listened to."""
    line = line or bank(3, master=False, living=False, firmware=("15.41", "19.27", "14.20"))
    here = Site(port, folder / "state", line, writes)
    async with watching(port) as seen:
        task = asyncio.create_task(here.gateway.run())
        try:
            await here.met(seen)
            yield here, seen
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def answer(seen: Watcher, text: str, topic: str = CHANGE, within: float = 15.0) -> dict[str, Any]:
    """What was told of a change, once it is told with that text."""
    await until(lambda: text in seen.values(topic).get("message", ""), within)
    return seen.values(topic)


async def test_a_number_is_set_and_shown_as_it_was_read_back(broker: Broker, tmp_path: Path) -> None:
    async with site(broker.port, tmp_path) as (here, seen):
        before = here.limit()
        await here.say((f"garage/set/{LIMIT}", "44.5"))
        told = await answer(seen, "44.5 A was written and read back")
        assert (told["name"], told["old"], told["new"]) == (LIMIT, before, 44.5)
        assert (told["ok"], told["who"]) == (True, "mqtt")
        assert here.limit() == 44.5
        await until(lambda: seen.values(SETTINGS)[LIMIT] == 44.5)
        assert here.limit(1) == before
        assert [entry["who"] for entry in here.log] == [{"via": "mqtt", "user": ""}]


async def test_a_switch_is_set_and_shown(broker: Broker, tmp_path: Path) -> None:
    async with site(broker.port, tmp_path) as (here, seen):
        await here.say(("garage/set/heating_enabled", "ON"), ("garage/set/discharge_enabled", "OFF"))
        await answer(seen, "discharge_enabled = off was written")
        await until(lambda: seen.values(SETTINGS)["discharge_enabled"] is False)
        assert seen.values(SETTINGS)["heating_enabled"] is True
        assert here.line.packs[0].settings.heating_enabled


async def test_a_value_that_cannot_be_shows_the_old_one_again_and_says_why(
    broker: Broker, tmp_path: Path
) -> None:
    async with site(broker.port, tmp_path) as (here, seen):
        name = "cell_overvoltage_protection_voltage"
        count, before = seen.count(SETTINGS), seen.values(SETTINGS)[name]
        await here.say((f"garage/set/{name}", "1.3"))
        told = await answer(seen, "must be below")
        assert told["ok"] is False and told["message"].startswith("refused: ")
        await until(lambda: seen.count(SETTINGS) > count)
        assert seen.values(SETTINGS)[name] == before
        assert here.log == []


async def test_a_refusal_of_the_pack_is_told(broker: Broker, tmp_path: Path) -> None:
    async with site(broker.port, tmp_path) as (here, seen):
        before = seen.values("jkbus/garage/info")["requested_charge_voltage_time"]
        count = seen.count("jkbus/garage/info")
        await here.say(("garage/set/requested_charge_voltage_time", "0"))
        told = await answer(seen, "does not take this value")
        assert (told["ok"], told["old"], told["new"]) == (False, before, 0.0)
        await until(lambda: seen.count("jkbus/garage/info") > count)
        assert seen.values("jkbus/garage/info")["requested_charge_voltage_time"] == before


async def test_what_is_so_already_is_told_and_not_written(broker: Broker, tmp_path: Path) -> None:
    async with site(broker.port, tmp_path) as (here, seen):
        await here.say((f"garage/set/{LIMIT}", f"{here.limit():g}"))
        assert (await answer(seen, "garage had it already"))["ok"] is True
        assert here.log == []


NONSENSE: tuple[tuple[str, str | bytes, str], ...] = (
    (LIMIT, "", "the message is empty"),
    (LIMIT, "much", "a plain number such as 3.45 is expected"),
    (LIMIT, b"\xff\xfe", "no text"),
    (LIMIT, "1" * 65, "65 bytes are too many"),
    ("charge_curent_limit", "20", "did you mean charge_current_limit?"),
    ("preset_lto", "PRESS", "nothing to set by the name 'preset_lto'"),
    ("emergency_start", "PRESS", "nothing to set by the name 'emergency_start'"),
    ("heating_start_temperature", "200", "heating_start_temperature: 200 °C is not within"),
    (LIMIT, "36000", "charge_current_limit: 36000 A is not within"),
    ("cell_count_setting", "1e9", "cell_count_setting"),
)


async def test_what_makes_no_sense_gets_a_sentence_and_reaches_no_wire(
    broker: Broker, tmp_path: Path, told: pytest.LogCaptureFixture
) -> None:
    async with site(broker.port, tmp_path) as (here, seen):
        for name, payload, sentence in NONSENSE:
            await here.say((f"garage/set/{name}", payload))
            assert (await answer(seen, sentence))["ok"] is False
            assert sentence in told.text
        assert here.log == []


async def test_a_button_starts_its_action(broker: Broker, tmp_path: Path) -> None:
    async with site(broker.port, tmp_path) as (here, seen):
        await here.say(("garage/set/set_clock", "PRESS"))
        assert (await answer(seen, "set_clock was acknowledged"))["name"] == "set_clock"
        assert [register for register, _ in here.line.packs[0].commands] == [0x1612]


async def test_a_retained_command_is_refused_at_every_connection(
    broker: Broker, tmp_path: Path, told: pytest.LogCaptureFixture
) -> None:
    async with Client("127.0.0.1", broker.port) as client:
        await client.publish(f"jkbus/garage/set/{LIMIT}", "11", retain=True)
        await client.publish("jkbus/bus1/set/apply_to_all", "ON", retain=True)
    async with site(broker.port, tmp_path) as (here, seen):
        assert (await answer(seen, "a retained message is no command"))["ok"] is False
        await until(lambda: "apply_to_all: a retained message" in told.text)
        assert seen.latest[SWITCH] == "OFF"
        await here.say((f"garage/set/{LIMIT}", "55"))
        await answer(seen, "55 A was written")
        assert [entry["changes"][0]["new"] for entry in here.log] == [55]
    assert told.text.count(f"{LIMIT}: a retained message is no command") == 1


async def test_a_command_sent_to_be_retained_is_refused_too_until_it_is_cleared(
    broker: Broker, tmp_path: Path
) -> None:
    async with site(broker.port, tmp_path) as (here, seen):
        await here.say((f"garage/set/{LIMIT}", "11"), retain=True)
        await answer(seen, "a retained message is no command")
        await here.say((f"garage/set/{LIMIT}", ""), retain=True)
        await here.say((f"garage/set/{LIMIT}", "22"))
        await answer(seen, "22 A was written")
        assert here.limit() == 22


async def test_where_writes_are_off_nobody_listens_and_nothing_is_announced(
    broker: Broker, tmp_path: Path
) -> None:
    async with site(broker.port, tmp_path, writes=False) as (here, seen):
        before = here.limit()
        await until(lambda: CONFIG in seen.latest)
        await here.say((f"garage/set/{LIMIT}", "11"), ("bus1/set/apply_to_all", "ON"))
        await here.say((f"garage/set/{LIMIT}", "11"))
        await asyncio.sleep(0.5)
        assert here.limit() == before
        assert CHANGE not in seen.latest and SWITCH not in seen.latest
        assert "set_" not in seen.latest[CONFIG]
    log = (tmp_path / "mosquitto.log").read_text()
    assert "/set/" not in log


async def test_an_older_broker_is_heard_too(broker: Broker, tmp_path: Path) -> None:
    async with old_broker(broker.port) as port, site(port, tmp_path) as (here, seen):
        here.port = broker.port
        await here.met(seen)
        await here.say((f"garage/set/{LIMIT}", "33"))
        await answer(seen, "33 A was written")


async def test_a_change_for_all_packs_reaches_those_that_have_the_setting(
    broker: Broker, tmp_path: Path
) -> None:
    async with site(broker.port, tmp_path) as (here, seen):
        await here.say(("bus1/set/apply_to_all", "ON"))
        await until(lambda: seen.latest[SWITCH] == "ON")
        await here.say((f"garage/set/{LIMIT}", "66"))
        await answer(seen, f"{LIMIT} = 66 A was written to garage, barn and shed")
        assert [here.limit(place) for place in range(3)] == [66] * 3
        await until(lambda: seen.values("jkbus/shed/settings")[LIMIT] == 66)
        await answer(seen, "66 A was written and read back", "jkbus/shed/change")
        await here.say(("barn/set/heating_start_temperature", "3"))
        told = await answer(seen, "left out: shed has no such setting", "jkbus/barn/change")
        assert "was written to barn and garage" in told["message"]
        await here.say(("bus1/set/apply_to_all", "OFF"))
        await until(lambda: seen.latest[SWITCH] == "OFF")
        await here.say((f"garage/set/{LIMIT}", "77"))
        await answer(seen, "77 A was written and read back")
        assert [here.limit(place) for place in range(3)] == [77, 66, 66]


async def test_nothing_is_written_anywhere_if_one_pack_cannot_take_it(broker: Broker, tmp_path: Path) -> None:
    line = bank(3, master=False, living=False, firmware="15.41")
    line.packs[2].settings.cell_overvoltage_release_voltage = 3.5
    line.packs[2].settings.cell_overvoltage_protection_voltage = 3.6
    for pack in line.packs[:2]:
        pack.settings.cell_overvoltage_release_voltage = 3.3
    async with site(broker.port, tmp_path, line) as (here, seen):
        await here.say(
            ("bus1/set/apply_to_all", "ON"), ("garage/set/cell_overvoltage_protection_voltage", "3.45")
        )
        told = await answer(seen, "must be below")
        assert told["ok"] is False and "shed" in told["message"]
        assert here.log == []


async def test_the_first_pack_that_refuses_ends_a_change_for_all(broker: Broker, tmp_path: Path) -> None:
    line = bank(3, master=False, living=False, firmware="15.41")
    async with site(broker.port, tmp_path, line) as (here, seen):
        answer_of_barn = line.packs[1].hear
        refusal = bytes.fromhex("02 90 03 FC 01")
        object.__setattr__(
            line.packs[1], "hear", lambda data: refusal if len(data) == 13 else answer_of_barn(data)
        )
        await here.say(("bus1/set/apply_to_all", "ON"), (f"garage/set/{LIMIT}", "88"))
        told = await answer(seen, "not sent to shed")
        assert told["ok"] is False
        assert "was written to garage" in told["message"] and "barn refused" in told["message"]
        assert [here.limit(0), here.limit(2) == 88] == [88, False]


async def test_a_command_ends_well_though_the_broker_goes_in_the_middle(
    broker: Broker, tmp_path: Path
) -> None:
    async with site(broker.port, tmp_path) as (here, _):
        await here.say(("bus1/set/apply_to_all", "ON"), (f"garage/set/{LIMIT}", "99"))
        await until(lambda: here.gateway.audit.entries())
        broker.kill()
        await until(lambda: [here.limit(place) for place in range(3)] == [99] * 3, 20)
        broker.start()
        async with watching(broker.port) as late:
            await answer(late, "was written to garage, barn and shed", within=20)
            assert late.values(SETTINGS)[LIMIT] == 99
            assert late.latest[SWITCH] == "ON"


async def test_two_hundred_commands_at_once_are_carried_out_in_order_or_refused_loudly(
    broker: Broker, tmp_path: Path, told: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wishes, "MOST", 10)
    async with site(broker.port, tmp_path) as (here, seen):
        statuses = seen.count("jkbus/barn/status")
        await here.say(*((f"garage/set/{LIMIT}", str(10 + number)) for number in range(200)))
        await until(lambda: "10 changes are waiting already" in told.text)
        await until(lambda: len(here.log) >= 10, 30)
        await here.say((f"garage/set/{LIMIT}", "300"))
        await answer(seen, "300 A was written", within=30)
        done = [entry["changes"][0]["new"] for entry in here.log]
        assert done == sorted(done) and done[-1] == 300
        assert here.limit() == 300
        assert told.text.count("changes are waiting already") + len(done) == 201
        assert seen.count("jkbus/barn/status") >= statuses


async def test_who_waited_too_long_is_refused(
    broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wishes, "PATIENCE", 0.3)
    async with site(broker.port, tmp_path) as (here, seen):
        await here.say(*((f"garage/set/{LIMIT}", str(10 + number)) for number in range(5)))
        await answer(seen, "waited more than 0.3 s for its turn")
        assert 1 <= len(here.log) < 5


async def test_a_change_from_the_command_line_is_told_too(broker: Broker, tmp_path: Path) -> None:
    async with site(broker.port, tmp_path) as (here, seen):
        desk = here.gateway.desk
        plans = await desk.plan(["garage"], {LIMIT: 12.5, "heating_enabled": True})
        async for result in desk.apply(plans, Who("command line", "pi")):
            assert result.ok
        told = await answer(seen, "heating_enabled = on was written")
        assert told["who"] == "command line"
        await until(lambda: seen.values(SETTINGS)[LIMIT] == 12.5)


async def test_the_last_change_is_still_told_after_a_restart(broker: Broker, tmp_path: Path) -> None:
    async with site(broker.port, tmp_path) as (here, seen):
        await here.say((f"garage/set/{LIMIT}", "44.5"))
        told = await answer(seen, "44.5 A was written")
    async with site(broker.port, tmp_path) as (here, seen):
        await until(lambda: seen.values(CHANGE) == told)


def test_the_json_of_a_change_is_whole_however_long_its_sentence() -> None:
    text = changes.told(datetime(2026, 5, 4, tzinfo=UTC), "x", None, None, False, "long " * 100, "mqtt")
    assert len(json.loads(text)["message"]) == 255
