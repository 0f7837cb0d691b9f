"""What survives a restart, and what happens when the disk does not play along."""

import asyncio
import json
import logging
from pathlib import Path

import pytest

from jkbus.bus.events import Heard
from jkbus.model.battery import Battery
from jkbus.model.identity import Identities
from jkbus.outputs.memory import EnergyMemory, Memory
from jkbus.protocol import Report
from jkbus.simulator import VirtualPack
from outputs.support import until


def save(memory: Memory) -> None:
    memory.write(memory.text())


def heard(battery: Battery, pack: VirtualPack, at: float) -> None:
    battery.apply("bus1", Heard(Report(pack.status.sealed(), pack.address, "acknowledgement"), at))


def test_what_is_saved_is_there_again(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "deep" / "memory.json")
    memory.section("packs")["garage"] = {"name": "Größe", "serial": None}
    save(memory)
    assert Memory(memory.file).section("packs") == {"garage": {"name": "Größe", "serial": None}}
    assert [path.name for path in memory.file.parent.iterdir()] == ["memory.json"]


def test_nothing_is_written_while_nothing_changes(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory.json")
    memory.section("energy")["a"] = 1
    save(memory)
    memory.file.unlink()
    save(memory)
    assert not memory.file.exists()
    again = Memory(tmp_path / "memory.json")
    assert again.section("energy") == {}


@pytest.mark.parametrize("damage", ["", "{", '{"energy": 3}', "[]", "\x00\x00", '{"a": {}} trailing'])
def test_a_damaged_file_is_set_aside_and_nothing_is_deleted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    file = tmp_path / "memory.json"
    file.write_text(damage)
    memory = Memory(file)
    memory.section("energy")["a"] = 1
    save(memory)
    (aside,) = tmp_path.glob("memory.json.damaged-*")
    assert aside.read_text() == damage
    assert json.loads(file.read_text()) == {"energy": {"a": 1}}
    assert "is damaged" in caplog.text and aside.name in caplog.text


def test_a_file_that_is_no_text_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "memory.json").write_bytes(b"\xff\xfe\x00")
    assert Memory(tmp_path / "memory.json").section("energy") == {}
    assert list(tmp_path.glob("memory.json.damaged-*"))


def test_a_full_disk_is_told_once_and_made_good_later(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    folder = tmp_path / "state"
    memory = Memory(folder / "memory.json")
    folder.write_text("a file where the folder should be")
    memory.section("energy")["a"] = 1
    save(memory)
    save(memory)
    assert len(caplog.records) == 1
    assert "cannot be written" in caplog.text and "Traceback" not in caplog.text
    folder.unlink()
    save(memory)
    assert Memory(folder / "memory.json").section("energy") == {"a": 1}


def test_writing_leaves_the_old_file_when_it_fails_half_way(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory.json")
    memory.section("energy")["a"] = 1
    save(memory)
    (tmp_path / "memory.json.new").mkdir()
    memory.section("energy")["a"] = 2
    save(memory)
    assert Memory(tmp_path / "memory.json").section("energy") == {"a": 1}


def test_energy_goes_on_where_it_was_before_the_restart(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory.json")
    memory.section("energy")["bus1_0"] = {"charged": 100.5, "discharged": 80.25, "gaps_s": 7}
    battery = Battery(Identities([], {}))
    energies = EnergyMemory(battery, memory)
    pack = VirtualPack(0)
    heard(battery, pack, 0.0)
    energies.restore(battery.packs[0])
    energies.restore(battery.packs[0])
    energy = battery.packs[0].energy
    assert (energy.charged, energy.discharged, energy.gaps_s) == (100.5, 80.25, 7.0)
    energy.charged += 0.125
    energies.keep()
    assert memory.section("energy")["bus1_0"] == {"charged": 100.625, "discharged": 80.25, "gaps_s": 7}


@pytest.mark.parametrize("kept", [None, 3, {}, {"charged": "1"}, {"charged": -1}, {"charged": float("nan")}])
def test_odd_energies_in_the_file_count_as_nothing(tmp_path: Path, kept: object) -> None:
    memory = Memory(tmp_path / "memory.json")
    memory.section("energy")["bus1_0"] = kept
    battery = Battery(Identities([], {}))
    heard(battery, VirtualPack(0), 0.0)
    EnergyMemory(battery, memory).restore(battery.packs[0])
    assert battery.packs[0].energy.charged == 0.0


def test_a_pack_that_is_not_identified_is_not_kept(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory.json")
    battery = Battery(Identities([], {}))
    energies = EnergyMemory(battery, memory)
    heard(battery, VirtualPack(5), 0.0)
    energies.restore(battery.packs[0])
    energies.keep()
    assert memory.section("energy") == {}


async def test_energy_is_saved_now_and_then_and_at_the_end(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory.json")
    battery = Battery(Identities([], {}))
    energies = EnergyMemory(battery, memory)
    heard(battery, VirtualPack(0), 0.0)
    energies.restore(battery.packs[0])
    task = asyncio.create_task(energies.run(every=0.01))
    await until(memory.file.exists)
    battery.packs[0].energy.charged = 42.0
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert Memory(memory.file).section("energy")["bus1_0"]["charged"] == 42.0


def test_a_file_nobody_may_read_is_left_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "memory.json").mkdir()
    caplog.set_level(logging.WARNING)
    memory = Memory(tmp_path / "memory.json")
    memory.section("energy")["a"] = 1
    save(memory)
    assert "cannot be read" in caplog.text and (tmp_path / "memory.json").is_dir()


def test_of_two_gateways_with_one_folder_the_second_keeps_nothing_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = Memory(tmp_path / "memory.json"), Memory(tmp_path / "memory.json")
    with first.held() as is_first:
        assert is_first
        first.section("energy")["a"] = {"charged": 1.0}
        first.write(first.text())
        with second.held() as is_first:
            assert not is_first
            second.write(second.text())
        assert "another gateway keeps its state there" in caplog.text
    third = Memory(tmp_path / "memory.json")
    assert third.section("energy") == {"a": {"charged": 1.0}}
    caplog.clear()
    with third.held():
        third.section("energy")["a"] = {"charged": 2.0}
        third.write(third.text())
    assert caplog.text == ""
    assert Memory(tmp_path / "memory.json").section("energy") == {"a": {"charged": 2.0}}
