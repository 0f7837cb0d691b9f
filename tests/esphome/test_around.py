"""What a node tells and does besides its entities: alarms, its log, its address, its port."""

import asyncio
import json
import logging
import socket
from pathlib import Path

import pytest
from aioesphomeapi.model import Event, LogLevel

from controlling import hurry, running, three
from jkbus.config.alarms import AlarmsConfig
from nodes import KEY, configured, listens, node, port_of, seen, until


def test_alarms_are_events_of_their_pack_and_of_the_battery(tmp_path: Path) -> None:
    debounce = AlarmsConfig.model_validate({"debounce": {"warning": 0}})
    given = configured(tmp_path).model_copy(update={"alarms": debounce})

    async def look() -> None:
        async with node(three(), given) as bench, seen(given) as found:
            assert found.value("Alarm severity", "b") == "none"
            bench.pack(2).wire_resistance[2] = 0.5
            await found.until(lambda: found.value("Alarm severity", "b") != "none", 300)
            events = [state for state in found.told if isinstance(state, Event)]
            assert {event.device_id for event in events} == {found.device("b"), found.device("Battery")}
            assert {event.event_type for event in events} == {"came"}
            (action,) = found.services
            standing = bench.gateway.alarms.standing()
            assert standing and not any(entry.acknowledged for entry in standing)
            await found.client.execute_service(action, {"pack": "b"})
            await found.until(lambda: all(one.acknowledged for one in bench.gateway.alarms.standing()))

    hurry(look())


def test_the_log_is_told_at_the_level_asked_for_and_without_secrets(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    given = configured(tmp_path)
    caplog.set_level("INFO", "jkbus")

    async def look() -> None:
        async with node(three(), given), seen(given) as one, seen(given) as other:
            every: list[str] = []
            bad: list[str] = []
            one.client.subscribe_logs(
                lambda said: every.append(said.message.decode()), LogLevel.LOG_LEVEL_INFO
            )
            other.client.subscribe_logs(
                lambda said: bad.append(said.message.decode()), LogLevel.LOG_LEVEL_WARN
            )
            await asyncio.sleep(0.2)
            switch = one.find("bus1 Apply changes to all packs")
            one.client.switch_command(switch.key, True)
            one.client.switch_command(4711, True)
            await one.until(lambda: bad)
            assert any("for all packs" in line for line in every), every
            assert len(bad) == 1 and "cannot be set" in bad[0]
            assert KEY not in "".join(every)

    hurry(look())


def test_an_address_is_made_up_once_and_kept(tmp_path: Path) -> None:
    given = configured(tmp_path, mac=None)

    async def address() -> str:
        async with node(three(), given, heard=1), seen(given, states=False) as found:
            kept = json.loads((tmp_path / "memory.json").read_text())["esphome"]
            assert kept["mac"] == found.info.mac_address  # at once, as power may be cut
            return found.info.mac_address

    first = hurry(address())
    assert hurry(address()) == first
    assert int(first[:2], 16) & 3 == 2  # locally administered, of one device
    kept = json.loads((tmp_path / "memory.json").read_text())["esphome"]
    assert kept["mac"] == first and KEY not in json.dumps(kept)


def test_a_pack_that_is_configured_no_more_is_forgotten(tmp_path: Path) -> None:
    given = configured(tmp_path)
    bus = given.buses[0]
    later = given.model_copy(update={"buses": (bus.model_copy(update={"packs": bus.packs[:2]}),)})

    async def look() -> None:
        line = three()
        async with node(line, given, heard=60):
            pass
        line = three()
        line.packs[2].silent = True
        async with node(line, later, heard=1), seen(later) as found:
            assert [device.name for device in found.info.devices] == ["Battery", "a", "b"]

    hurry(look())


def test_a_port_that_is_taken_is_tried_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    given = configured(tmp_path)

    async def look() -> None:
        taken = socket.create_server(("127.0.0.1", port_of(given)))
        async with node(three(), given, heard=100):
            assert caplog.text.count("is another program there?") == 1
            taken.close()
            await until(lambda: listens(given), 60)
            async with seen(given) as found:
                assert found.value("Voltage", "b") is not None

    hurry(look())


def test_an_action_for_a_pack_that_is_not_there_is_answered_with_a_sentence(tmp_path: Path) -> None:
    given = configured(tmp_path)

    async def look() -> None:
        async with node(three(), given), seen(given) as found:
            (action,) = found.services
            answer = await found.client.execute_service(action, {"pack": "q"}, return_response=True)
            assert answer is not None and not answer.success
            assert answer.error_message == "there is no pack q"

    hurry(look())


def test_a_fault_in_the_log_is_told_in_one_line(tmp_path: Path) -> None:
    given = configured(tmp_path)

    async def look() -> None:
        async with node(three(), given, heard=1), seen(given) as found:
            lines: list[str] = []
            found.client.subscribe_logs(
                lambda said: lines.append(said.message.decode()), LogLevel.LOG_LEVEL_ERROR
            )
            await asyncio.sleep(0.2)
            try:
                raise ValueError("a secret thing")
            except ValueError:
                logging.getLogger("jkbus.test").exception("that\nwent wrong")
            await found.until(lambda: lines)
            assert lines == ["ERROR jkbus.test: that\\u000awent wrong"]

    hurry(look())


def test_the_buses_go_on_where_the_node_cannot_be(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    wrong = {"b": {"sensor": {"batery_voltage": {"name": "voltage"}}}}
    given = configured(tmp_path, entities=wrong)

    async def look() -> None:
        async with running(three(), given.state, given) as bench:
            await until(lambda: len([one for one in bench.gateway.battery.packs if one.available]) == 3, 60)

    hurry(look())
    assert "did you mean battery_voltage?; there is no native API until then" in caplog.text
