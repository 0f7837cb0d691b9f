"""The battery as a whole: announced when a pack is heard, told as one, silent when all are."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from jkbus.bus.events import Heard
from jkbus.history.whole import whole
from jkbus.model.battery import Battery
from jkbus.model.energy import Energy
from jkbus.model.identity import Identities
from jkbus.model.pack import SILENT, Pack
from jkbus.outputs.groups import DEFAULTS
from jkbus.outputs.homeassistant import Discovery
from jkbus.outputs.memory import EnergyMemory, Memory
from jkbus.outputs.pack_topics import REPEATS
from jkbus.outputs.publisher import Publisher
from jkbus.outputs.sources import Sources
from jkbus.outputs.topics import Message, Topics
from jkbus.protocol import Report
from jkbus.simulator import VirtualPack
from outputs.rules import discovered, faults

TOPICS = Topics("jkbus")
CONFIG = "homeassistant/device/jkbus_battery_of_all_packs/config"
STATE, AVAILABILITY = "jkbus/battery/state", "jkbus/battery/availability"
DISCOVERY = Discovery("homeassistant", TOPICS, DEFAULTS, "0.1.0", alarms=True)


class Stage:
    """Two packs of which we decide who is heard, and what is told of them together."""

    def __init__(self, energy: Energy | None = None, discovery: Discovery | None = DISCOVERY) -> None:
        self.packs: list[Pack] = []
        self.virtual = [VirtualPack(number) for number in range(2)]
        source = (lambda: energy) if energy is not None else None
        sources = Sources(packs=lambda: self.packs, energy=source)
        self.publisher = Publisher(TOPICS, DEFAULTS, [], discovery, sources=sources)

    def hear(self, at: float, amperes: float = 10.0) -> dict[str, str]:
        if not self.packs:
            self.packs = [Pack("bus1", number, f"Pack {number}", key=f"p{number}") for number in range(2)]
        for pack, virtual in zip(self.packs, self.virtual, strict=True):
            virtual.status.battery_current = amperes
            pack.take(Report(virtual.status.sealed(), 1), at)
        return self.due(at)

    def due(self, at: float) -> dict[str, str]:
        return by_topic(self.publisher.due([], at))


def by_topic(messages: Iterable[Message]) -> dict[str, str]:
    return {message.topic: message.payload for message in messages}


def values(told: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(told[STATE])
    return found


def test_without_a_pack_there_is_no_battery() -> None:
    told = Stage().due(0.0)
    assert (told[AVAILABILITY], CONFIG in told, STATE in told) == ("offline", False, False)


def test_the_battery_is_a_device_that_hangs_on_nothing() -> None:
    message = DISCOVERY.battery([])
    assert faults(message) == []
    told = Stage(Energy(5.0, 4.0)).hear(0.0)
    assert faults(Message(CONFIG, told[CONFIG], True)) == []
    payload = discovered(told[CONFIG])
    assert payload["device"]["name"] == "Battery" and "via_device" not in payload["device"]
    assert payload["availability"] == [{"topic": "jkbus/availability"}, {"topic": AVAILABILITY}]
    parts = payload["components"]
    assert parts["power"]["default_entity_id"] == "sensor.jkbus_battery_power"
    assert {"alarm", "alarm_severity", "energy_charged"} <= parts.keys()
    assert parts["alarm"]["state_topic"] == "jkbus/battery/alarm"
    assert parts["energy_charged"]["state_class"] == "total_increasing"
    assert len(parts) == 13 and all(part.get("enabled_by_default", True) for part in parts.values())
    assert set(values(told)) == parts.keys() - {"alarm", "alarm_severity"}


def test_what_is_told_is_the_whole_that_is_remembered() -> None:
    stage = Stage(Energy(5.1234, 4.0))
    told = values(stage.hear(0.0))
    together = whole(stage.packs)
    assert together is not None
    assert (told["battery_current"], told["packs_heard"]) == (20.0, 2)
    assert told["power"] == round(together.power)
    assert told["cell_voltage_min"] == together.cell_voltage_min
    assert told["state_of_charge"] == pytest.approx(together.state_of_charge, abs=0.05)
    assert (told["energy_charged"], told["energy_discharged"]) == (5.123, 4.0)


def test_a_battery_whose_energy_nobody_knows_has_none() -> None:
    told = Stage().hear(0.0)
    assert not {"energy_charged", "energy_discharged"} & discovered(told[CONFIG])["components"].keys()
    assert "energy_charged" not in values(told)


def test_a_change_goes_out_and_a_small_one_does_not() -> None:
    stage = Stage()
    stage.hear(0.0)
    for at in REPEATS:
        assert STATE in stage.hear(at)
    assert STATE not in stage.hear(40.0, 10.02)
    assert values(stage.hear(50.0, 12.0))["battery_current"] == 24.0
    assert STATE in stage.hear(110.0, 12.0)


def test_values_of_one_silent_pack_are_left_out_and_of_all_are_no_values() -> None:
    stage = Stage()
    stage.hear(0.0)
    stage.packs[0].state = SILENT
    told = stage.hear(5.0)
    assert (values(told)["packs_heard"], values(told)["battery_current"]) == (1, 10.0)
    stage.packs[1].state = SILENT
    assert stage.due(10.0) == {AVAILABILITY: "offline"}
    assert stage.due(100.0) == {}
    stage.packs[1].state = "heard"
    told = stage.hear(101.0)
    assert (told[AVAILABILITY], CONFIG in told) == ("online", False)
    assert values(told)["packs_heard"] == 1


def test_after_a_reconnect_everything_is_told_again() -> None:
    stage = Stage()
    first = stage.hear(0.0)
    stage.publisher.forget()
    assert stage.due(0.5) == first


def test_the_energy_of_the_whole_does_not_jump_as_packs_are_found(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory.json")
    memory.section("energy").update(
        {
            "bus1_0": {"charged": 100.0, "discharged": 90.0},
            "bus1_1": {"charged": 50.0, "discharged": 40.0},
            "odd": None,
        }
    )
    battery = Battery(Identities([], {}))
    energies = EnergyMemory(battery, memory)
    seen = [energies.whole().charged]
    for address in (0, 1):
        pack = VirtualPack(address)
        for kind in ("status", "about"):
            frame = getattr(pack, kind)
            if kind == "about":
                frame.serial_number = ""
            battery.apply("bus1", Heard(Report(frame.sealed(), address, "acknowledgement"), 0.0))
            found = battery.pack("bus1", address)
            assert found is not None
            energies.restore(found)
            seen.append(energies.whole().charged)
    assert seen == [150.0] * 5
    assert energies.whole().discharged == 130.0
    battery.packs[0].energy.charged += 1.0
    assert energies.whole().charged == 151.0
